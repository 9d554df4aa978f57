"""Widths and formats of a picture: made by a job, printed on every page, never in the way."""

import io
import re
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image as Pixels

from articles import jobs, pictures
from articles.models import Image, SiteState
from articles.models.images import reencode
from tests.factories import make_article, make_person, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def make_image(size=(500, 300), mode="RGB", **changes) -> Image:
    """A stored picture, half transparent in mode LA."""
    out = io.BytesIO()
    picture = Pixels.linear_gradient("L").resize(size).convert(mode)
    if mode == "LA":
        picture.putalpha(100)
    picture.save(out, "PNG")
    file = reencode(SimpleUploadedFile("x.png", out.getvalue(), "image/png"))
    said = {"title": "p", "alt": "A calf", "caption": "The calf.", "credit": "A. Drawer", "licence": "CC0"}
    return Image.objects.create(file=file, **said | changes)


def queued() -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args, priority FROM procrastinate_jobs WHERE task_name = 'articles.make_renditions' ORDER BY id"
        )
        return cursor.fetchall()


def files(media) -> set[str]:
    return {str(path.relative_to(media)) for path in (media / "renditions").rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("width", "widths"),
    [
        (1, [1]),
        (100, [100]),
        (160, [160]),
        (170, [160]),
        (500, [160, 320, 480]),
        (600, [160, 320, 480, 600]),
        (800, [160, 320, 480, 800]),
        (1600, [160, 320, 480, 800, 1080, 1440]),
        (2400, [160, 320, 480, 800, 1080, 1440, 1920]),
    ],
)
def test_no_width_is_wider_than_the_picture(width, widths):
    assert pictures.widths_for(width) == widths


def test_a_new_picture_queues_one_job_behind_all_mail():
    before = len(queued())
    image = make_image()
    image.title = "Renamed"
    image.save()
    (args, priority), *more = queued()[before:]
    assert more == [] and priority < 0
    assert args in ({"image_id": image.pk}, f'{{"image_id": {image.pk}}}')


def test_a_picture_that_was_not_stored_queues_nothing():
    before = len(queued())
    with pytest.raises(RuntimeError), transaction.atomic():
        make_image()
        raise RuntimeError
    assert len(queued()) == before


def test_the_job_makes_what_it_records(media):
    image = make_image()
    jobs.make_renditions(image_id=image.pk)
    image.refresh_from_db()
    assert set(image.renditions) == {"avif", "webp", "jpeg"}
    for format in image.renditions:
        assert [width for width, _ in image.rendition_urls(format)] == [160, 320, 480]
        for width, url in image.rendition_urls(format):
            path = media / url.removeprefix("/media/")
            assert path.stat().st_size == image.renditions[format][str(width)]
            with Pixels.open(path) as made:
                assert made.format == format.upper() and made.size == (width, round(width * 0.6))
                assert not made.getexif() and "icc_profile" not in made.info
    assert len(files(media)) == 9


def test_a_transparent_picture_has_no_jpeg_and_stays_transparent(media):
    image = make_image(mode="LA")
    image.make_renditions()
    assert set(image.renditions) == {"avif", "webp"}
    for format in ("avif", "webp"):
        with Pixels.open(media / image.rendition_urls(format)[0][1].removeprefix("/media/")) as made:
            assert made.mode == "RGBA"


def test_the_job_runs_twice_without_harm_and_renews_the_pages_once(media):
    image = make_image()
    version = SiteState.current()
    jobs.make_renditions(image_id=image.pk)
    assert SiteState.current() == version + 1
    made = files(media)
    jobs.make_renditions(image_id=image.pk)
    jobs.make_renditions(image_id=10**9)
    assert SiteState.current() == version + 1 and files(media) == made


def test_what_a_killed_job_left_is_written_over(media, monkeypatch):
    image = make_image()
    save, saved = image.file.storage.save, []

    def dies(name, content, **options):
        if len(saved) == 4:
            raise KeyboardInterrupt
        saved.append(save(name, content, **options))
        return saved[-1]

    monkeypatch.setattr(image.file.storage, "save", dies)
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        image.make_renditions()
    assert len(files(media)) == 4 and Image.objects.get().renditions == {}
    (media / saved[0]).write_bytes(b"half")
    monkeypatch.undo()
    jobs.make_renditions(image_id=image.pk)
    image.refresh_from_db()
    assert len(files(media)) == 9
    assert (media / saved[0]).stat().st_size == image.renditions["avif"]["160"]


def test_files_of_widths_that_are_made_no_longer_go(media, monkeypatch):
    image = make_image()
    image.make_renditions()
    monkeypatch.setattr(pictures, "WIDTHS", (160, 480))
    image.make_renditions()
    assert len(files(media)) == 6
    assert {name for name, _ in Image.objects.get().rendition_urls("avif")} == {160, 480}


@pytest.mark.django_db(transaction=True)
def test_four_runs_at_once_leave_the_files_of_one(media):
    image = make_image()

    def run(_):
        try:
            Image.objects.get(pk=image.pk).make_renditions()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(run, range(4)))
    assert files(media) == Image.objects.get().rendition_names() and len(files(media)) == 9


def test_the_page_prints_the_stored_file_at_once_and_the_widths_afterwards(client):
    image = make_image(size=(900, 600))
    article = make_article(lead_image=image)
    html = client.get(article.get_absolute_url()).content.decode()
    (tag,) = re.findall(r"<img[^>]*>", html)
    assert f'src="{image.file.url}"' in tag and "srcset" not in tag and "<source" not in html
    assert 'width="900" height="600" alt="A calf"' in tag
    jobs.make_renditions(image_id=image.pk)
    html = client.get(article.get_absolute_url()).content.decode()
    types = re.findall(r'<source type="([^"]*)" srcset="([^"]*)" sizes="[^"]+">', html)
    assert [kind for kind, _ in types] == ["image/avif", "image/webp"]
    for _, srcset in types:
        assert re.findall(r" (\d+)w", srcset) == ["320", "480", "800"]
    (tag,) = re.findall(r"<img[^>]*>", html)
    assert f'src="{image.file.url}"' in tag and "-800.jpg 800w" in tag and 'decoding="async"' in tag
    assert 'width="900" height="600" alt="A calf"' in tag
    assert 'fetchpriority="high"' in tag and "loading" not in tag
    for url in re.findall(r'[ "](/media/[^ ",]+)', html):
        assert client.get(url)["Content-Type"].startswith("image/")


def test_a_picture_smaller_than_every_width_is_offered_as_it_is(client):
    image = make_image(size=(90, 60))
    image.make_renditions()
    html = client.get(make_article(lead_image=image).get_absolute_url()).content.decode()
    assert "-90.avif 90w" in html and "-90.jpg 90w" in html


def test_only_the_picture_at_the_top_is_fetched_first(client):
    for _ in range(6):
        make_article(lead_image=make_image())
    call_command("make_renditions", stdout=StringIO())
    for path, first in (("/", 1), ("/articles/", 0)):
        tags = re.findall(r"<img[^>]*>", client.get(path).content.decode())
        assert len(tags) == 6
        assert sum('fetchpriority="high"' in tag for tag in tags) == first
        assert sum('loading="lazy"' in tag for tag in tags) == 6 - first
        assert all(re.search(r' width="\d+" height="\d+" alt=""', tag) for tag in tags)


def test_a_portrait_is_offered_for_its_box(client):
    photo = make_image(size=(480, 480), focus="top")
    photo.make_renditions()
    person = make_person(photo=photo)
    make_article(authors=[person])
    html = client.get(reverse("articles:authors")).content.decode()
    assert 'class="photo photo--64 focus--top"' in html
    assert 'sizes="64px"' in html and 'width="64" height="64" alt="A calf"' in html


@pytest.mark.parametrize("path", ["/", "/articles/", "/tags/sleep/", "/authors/ann/", "/authors/", "article"])
def test_pictures_cost_no_queries(client, path):
    ann = make_person(slug="ann", photo=make_image(size=(200, 200)))
    image = make_image()

    def publish(number, **fields):
        return [make_article(authors=[ann, make_person()], tags=["sleep"], **fields) for _ in range(number)]

    def queries(at) -> int:
        SiteState.bump()
        with CaptureQueriesContext(connection) as caught:
            assert client.get(at).status_code == 200
        return len(caught)

    plain = publish(5)[0]
    at = plain.get_absolute_url() if path == "article" else path
    queries(at)
    without = queries(at)
    rich = publish(45, lead_image=image)[0]
    call_command("make_renditions", stdout=StringIO())
    assert queries(rich.get_absolute_url() if path == "article" else path) == without


def test_new_widths_and_words_renew_a_kept_page(client):
    image = make_image()
    path = make_article(lead_image=image).get_absolute_url()
    etag = client.get(path)["ETag"]
    assert client.get(path, headers={"If-None-Match": etag}).status_code == 304
    jobs.make_renditions(image_id=image.pk)
    fresh = client.get(path, headers={"If-None-Match": etag})
    assert fresh.status_code == 200 and "image/avif" in fresh.content.decode()
    Image.objects.get().save()
    assert client.get(path, headers={"If-None-Match": fresh["ETag"]}).status_code == 200


def test_the_command_makes_what_is_missing_and_all_when_asked():
    first, second = make_image(), make_image(size=(90, 60))
    first.make_renditions()
    out = StringIO()
    call_command("make_renditions", stdout=out)
    assert out.getvalue() == "1 pictures, 3 files.\n"
    second.refresh_from_db()
    assert second.rendition_urls("avif")
    call_command("make_renditions", "--all", stdout=out)
    assert out.getvalue().endswith("2 pictures, 12 files.\n")


def test_the_command_names_a_picture_whose_file_is_gone_and_makes_the_others(media):
    gone, there = make_image(), make_image()
    Path(gone.file.path).unlink()
    with pytest.raises(CommandError, match=f"picture {gone.pk} "):
        call_command("make_renditions", stdout=StringIO())
    there.refresh_from_db()
    assert there.renditions


def test_the_librarys_list_shows_the_lightest_file(client):
    client.force_login(make_user("editor"))
    image = make_image()
    listed = reverse("admin:articles_image_changelist")
    assert f'src="{image.file.url}"' in client.get(listed).content.decode()
    image.make_renditions()
    assert f'src="{image.rendition_urls("webp")[0][1]}"' in client.get(listed).content.decode()
    page = client.get(reverse("admin:articles_image_change", args=[image.pk])).content.decode()
    assert "Made for screens: 160, 320, 480 wide." in page
