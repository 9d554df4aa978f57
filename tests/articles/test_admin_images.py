"""Uploads: every picture is written anew, and what cannot be is refused in words."""

import io
import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image as Pixels

from articles.models import Image
from tests.factories import make_article, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_the_desk(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    client.force_login(make_user("author"))


def picture(format="JPEG", *, size=(320, 200), **options) -> bytes:
    out = io.BytesIO()
    Pixels.new("RGB", size, "teal").save(out, format, **options)
    return out.getvalue()


def upload(client, content: bytes, name="holiday.jpg", **changes):
    fields = {"title": "A nerve", "alt": "A nerve, drawn", "credit": "Ana", "licence": "CC BY 4.0"} | changes
    file = SimpleUploadedFile(name, content, "image/jpeg")
    return client.post(reverse("admin:articles_image_add"), fields | {"file": file})


def bomb() -> bytes:
    """A PNG of a few bytes that claims 30,000 by 30,000 pixels."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    )


def test_a_photograph_loses_its_place_and_its_name(client):
    exif = Pixels.Exif()
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[2] = (51.0, 30.0, 0.0)
    content = picture(exif=exif.tobytes())
    assert Pixels.open(io.BytesIO(content)).getexif().get_ifd(0x8825)
    answer = upload(client, content)
    assert answer.status_code == 302
    image = Image.objects.get()
    stored = image.file.read()
    assert b"SecretCamera" not in stored and not Pixels.open(io.BytesIO(stored)).getexif()
    assert "holiday" not in image.file.name
    assert (image.width, image.height, image.uploaded_by.is_staff) == (320, 200, True)


@pytest.mark.parametrize("format", ["PNG", "WEBP"])
def test_other_formats_are_stored_as_jpeg(client, format):
    upload(client, picture(format), f"x.{format.lower()}")
    assert Pixels.open(Image.objects.get().file).format == "JPEG"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (
            b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
            "not a JPEG, PNG or WebP",
        ),
        (picture("GIF"), "not a JPEG, PNG or WebP"),
        (picture(size=(1200, 900))[:2000], "broken"),
        (b"MZ" + b"\x00" * 400, "not a JPEG, PNG or WebP"),
        (b"", "empty"),
    ],
    ids=["svg", "gif", "truncated", "program", "empty"],
)
def test_what_is_no_whole_picture_is_refused_in_words(client, content, words):
    answer = upload(client, content)
    assert answer.status_code == 200
    page = answer.content.decode()
    assert words in page and 'value="A nerve"' in page
    assert not Image.objects.exists()


def test_a_bomb_is_refused_before_it_is_unpacked(client):
    page = upload(client, bomb(), "bomb.png").content.decode()
    assert "not a JPEG, PNG or WebP picture that we can read" in page or "million pixels" in page
    assert not Image.objects.exists()


def test_fifty_megabytes_are_refused_by_their_size(client):
    page = upload(client, picture() + b"\x00" * 50 * 1024 * 1024).content.decode()
    assert "larger than 20 MB" in page
    assert not Image.objects.exists()


def test_a_stored_file_is_never_replaced(client):
    upload(client, picture())
    image = Image.objects.get()
    client.force_login(make_user("editor"))
    file = SimpleUploadedFile("other.jpg", picture(size=(10, 10)), "image/jpeg")
    fields = {"title": "Renamed", "alt": "", "credit": "Ana", "licence": "CC0", "file": file}
    client.post(reverse("admin:articles_image_change", args=[image.pk]), fields)
    renamed = Image.objects.get()
    assert (renamed.title, renamed.file.name, renamed.width) == ("Renamed", image.file.name, 320)


def test_an_image_names_where_it_is_used(client):
    upload(client, picture())
    image = Image.objects.get()
    article = make_article(title="With a picture", lead_image=image)
    client.force_login(make_user("editor"))
    page = client.get(reverse("admin:articles_image_change", args=[image.pk])).content.decode()
    assert reverse("admin:articles_draft_change", args=[article.draft.pk]) in page
    listed = client.get(reverse("admin:articles_image_changelist")).content.decode()
    assert image.file.url in listed and 'alt="True"' in listed
