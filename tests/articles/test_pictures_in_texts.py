"""A picture of the library in an article's text is printed like all of the site's pictures."""

import re

import pytest
from django.core.cache import caches
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.models import Image
from tests.articles.test_images_in_a_browser import visit  # noqa: F401 (a fixture)
from tests.articles.test_images_renditions import make_image
from tests.factories import make_article

MOST = 8  # as in tests/healthnews/test_page_cost.py


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def figure(image, alt="A calf") -> str:
    return f'<figure><img src="{image.file.url}" alt="{alt}"><figcaption>Said.</figcaption></figure>'


def printed(client, article) -> str:
    caches["pages"].clear()
    page = client.get(article.get_absolute_url()).content.decode()
    return re.search(r'<div class="prose">(.*?)</div>\s*(?:<aside|<section|</div>)', page, re.S)[1]


def test_it_has_widths_formats_and_a_place_and_its_own_words(db, client):
    image = make_image(size=(1600, 1000))
    article = make_article(body="<p>Before.</p>" + figure(image, alt="One &amp; “two” >") + "<p>After.</p>")
    assert "<source" not in printed(client, article) and 'width="1600" height="1000"' in printed(
        client, article
    )
    image.make_renditions()
    text = printed(client, article)
    for part in (
        "<p>Before.</p><figure><picture>",
        'type="image/avif"',
        'type="image/webp"',
        "-800.jpg 800w",
    ):
        assert part in text
    assert 'width="1600" height="1000" alt="One &amp; “two” &gt;" loading="lazy"' in text
    assert "</picture><figcaption>Said.</figcaption></figure><p>After.</p>" in text
    assert "-160.avif" not in text and "-1920.avif" not in text


def test_what_is_not_in_the_library_stays_as_it_is(db, client, settings):
    strange = '<p><img src="/media/images/none.jpg" alt="" width="3" height="2"></p>'
    elsewhere = '<p><img src="https://elsewhere.example/media/x.jpg" alt="x"></p>'
    article = make_article(body=strange + elsewhere)
    assert printed(client, article) == strange + elsewhere


def test_several_cost_one_question_more_than_none_and_the_page_stays_within_its_measure(db, client):
    counts = []
    for count in (0, 1, 12):
        images = [make_image(size=(320, 200)) for _ in range(count)]
        article = make_article(lead_image=make_image(), body="<p>x</p>" + "".join(map(figure, images)))
        for image in images:
            image.make_renditions()
        caches["pages"].clear()
        with CaptureQueriesContext(connection) as queries:
            page = client.get(article.get_absolute_url()).content.decode()
        assert page.count("<picture>") == count + 1
        counts.append(len(queries))
    assert counts[1] == counts[2] == counts[0] + 1 <= MOST


@pytest.mark.django_db(transaction=True)
@pytest.mark.journey
@pytest.mark.parametrize(
    ("screen", "large"),
    [((390, 844, 2), "-800.avif"), ((1280, 900, 1), "-800.avif"), ((1280, 900, 2), "-1440.avif")],
)
def test_each_screen_loads_what_it_needs_and_nothing_moves(visit, screen, large):  # noqa: F811
    wide, small = make_image(size=(1600, 1000)), make_image(size=(60, 40))
    for image in (wide, small):
        image.make_renditions()
    words = "<p>Words.</p>" * 12
    article = make_article(
        body=words + figure(wide) + words + f'<p>In <img src="{small.file.url}" alt=""> line.</p>' + words
    )
    page = visit(article.get_absolute_url(), *screen)
    sources = page.evaluate("[...document.querySelectorAll('.prose img')].map((each) => each.currentSrc)")
    assert sources[0].endswith(large) and sources[1].endswith("-60.avif")
    assert page.evaluate("document.querySelectorAll('.prose img')[1].getBoundingClientRect().width") == 60
    assert page.evaluate("window.shifted") == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= screen[0]


def test_a_picture_is_found_by_its_file_and_by_nothing_else(db):
    image = make_image()
    assert Image.by_url([image.file.url, "", "/media/", "/x", image.file.name]) == {image.file.url: image}
