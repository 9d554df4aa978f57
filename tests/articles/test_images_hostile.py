"""Files that somebody mangled, made too large, or took with a camera that says too much."""

import io
import random
import struct
import zlib

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as Pixels
from PIL import ImageCms

from articles.models.images import reencode


def encoded(picture, format="PNG", **options) -> bytes:
    out = io.BytesIO()
    picture.save(out, format, **options)
    return out.getvalue()


def stored(content: bytes) -> Pixels.Image:
    return Pixels.open(reencode(SimpleUploadedFile("x", content)))


def refusal(content: bytes) -> str:
    with pytest.raises(ValidationError) as caught:
        reencode(SimpleUploadedFile("x", content))
    return " ".join(caught.value.messages)


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def png(width: int, height: int, *chunks: bytes) -> bytes:
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(b"\0" * 100))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + body + chunk(b"IEND", b"")


def swapped_profile() -> bytes:
    """sRGB with red and blue changed for each other: a picture in it has other colours than its numbers say."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    count = struct.unpack_from(">I", profile, 128)[0]
    entries = {profile[132 + 12 * n : 136 + 12 * n]: 136 + 12 * n for n in range(count)}
    red, blue = entries[b"rXYZ"], entries[b"bXYZ"]
    table = bytearray(profile)
    table[red : red + 8], table[blue : blue + 8] = profile[blue : blue + 8], profile[red : red + 8]
    return bytes(table)


@pytest.mark.parametrize(
    ("width", "height"), [(30_000, 30_000), (8_000, 7_000), (50_000_001, 1), (2**31 - 1, 1)]
)
def test_too_many_pixels_are_refused_by_the_header_alone(width, height):
    assert "more than 50 million pixels" in refusal(png(width, height))


def test_a_bomb_in_the_text_of_a_picture_is_refused():
    bomb = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(b"\0" * 80_000_000))
    assert "broken" in refusal(png(10, 10, bomb))


@pytest.mark.parametrize(
    "content",
    [
        b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        b"<!doctype html><script>alert(1)</script>",
        b"%PDF-1.7 ",
        b"\0\0\0\x18ftypheic\0\0\0\0heicmif1",
        encoded(Pixels.new("RGB", (9, 9)), "GIF"),
        encoded(Pixels.new("RGB", (9, 9)), "TIFF"),
        encoded(Pixels.new("RGB", (9, 9)), "BMP"),
        encoded(Pixels.new("RGB", (9, 9)), "ICO"),
    ],
    ids=["svg", "html", "pdf", "heic", "gif", "tiff", "bmp", "ico"],
)
def test_what_is_no_picture_of_ours_is_refused_whatever_its_name(content):
    assert "not a JPEG, PNG or WebP" in refusal(content)


def test_a_script_hidden_behind_a_picture_is_gone():
    content = encoded(Pixels.new("RGB", (60, 40), "teal"), "JPEG") + b"<script>alert(1)</script>"
    assert b"script" not in reencode(SimpleUploadedFile("x", content)).read()


@pytest.mark.parametrize("profile", [None, swapped_profile()], ids=["no profile", "profile"])
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_place_camera_and_notes_are_gone_and_the_picture_stands_upright(format, profile):
    exif = Pixels.Exif()
    exif[0x010F], exif[0x0112] = "SecretCamera", 6
    exif.get_ifd(0x8825)[2] = (51.0, 30.0, 0.0)
    said = {"exif": exif.tobytes(), "icc_profile": profile, "comment": b"SecretNote"}
    content = encoded(Pixels.new("RGB", (60, 40), "teal"), format, **said)
    assert b"SecretCamera" in content
    assert b"Secret" not in reencode(SimpleUploadedFile("x", content)).read()
    clean = stored(content)
    assert clean.size == (40, 60)
    assert not clean.getexif() and not set(clean.info) & {"exif", "xmp", "comment", "icc_profile"}


def test_colours_of_another_profile_are_kept_when_the_profile_goes():
    content = encoded(Pixels.new("RGB", (20, 20), (255, 0, 0)), icc_profile=swapped_profile())
    red, green, blue = stored(content).convert("RGB").getpixel((10, 10))
    assert blue > 240 and red < 20


def test_a_profile_that_cannot_be_read_is_as_none():
    content = encoded(Pixels.new("RGB", (20, 20), (255, 0, 0)), icc_profile=b"nonsense" * 40)
    assert stored(content).getpixel((10, 10))[0] > 240


def test_sixteen_bits_of_grey_are_scaled():
    content = encoded(Pixels.new("I;16", (20, 20), 32_768))
    assert abs(stored(content).getpixel((10, 10))[0] - 128) < 3


def test_transparency_survives():
    content = encoded(Pixels.new("RGBA", (20, 20), (255, 0, 0, 0)), icc_profile=swapped_profile())
    clean = stored(content)
    assert clean.format == "PNG" and clean.getpixel((10, 10))[3] == 0


def test_a_picture_that_only_could_be_transparent_is_stored_as_jpeg():
    assert stored(encoded(Pixels.new("RGBA", (20, 20), (255, 0, 0, 255)))).format == "JPEG"


def test_a_strip_one_pixel_high_is_stored():
    assert stored(encoded(Pixels.new("RGB", (60_000, 1)))).size == (2400, 1)


@pytest.mark.parametrize("length", [1, 7])
def test_a_stump_of_exif_is_refused_in_words(length):
    assert "broken" in refusal(png(4, 4, chunk(b"eXIf", b"MM\0*\0\0\0\b"[:length])))


def test_mangled_files_are_stored_or_refused_in_words():
    chance = random.Random(7)
    exif = Pixels.Exif()
    exif.get_ifd(0x8825)[2] = (51.0, 30.0, 0.0)
    noise = Pixels.effect_noise((24, 16), 80)
    whole = [
        encoded(noise.convert(mode), format, exif=exif.tobytes(), icc_profile=swapped_profile())
        for format, mode in (
            ("JPEG", "RGB"),
            ("JPEG", "CMYK"),
            ("PNG", "P"),
            ("PNG", "I;16"),
            ("WEBP", "RGBA"),
        )
    ]
    kept = refused = 0
    for _ in range(600):
        content = bytearray(chance.choice(whole))
        for _ in range(chance.choice((1, 2, 8))):
            content[chance.randrange(min(len(content), chance.choice((40, 200, 10**6))))] = chance.randrange(
                256
            )
        if chance.random() < 0.2:
            del content[chance.randrange(len(content)) :]
        try:
            reencode(SimpleUploadedFile("x", bytes(content)))
            kept += 1
        except ValidationError as error:
            assert error.messages[0].startswith("This ")
            refused += 1
    assert kept > 50 and refused > 50
