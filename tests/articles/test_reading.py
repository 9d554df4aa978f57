"""The article's page: what is printed, and that nothing is claimed that no record stands behind."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image as Pixels

from articles.models import Disclaimer, Image, Review
from articles.models.images import reencode
from tests.factories import make_article, make_person, make_user

pytestmark = pytest.mark.django_db


def make_image(tmp_path, **changes) -> Image:
    path = tmp_path / "picture.png"
    Pixels.new("RGB", (60, 40), "teal").save(path)
    file = reencode(SimpleUploadedFile("picture.png", path.read_bytes(), "image/png"))
    said = {"title": "p", "alt": "A calf", "caption": "The calf.", "credit": "A. Drawer", "licence": "CC0"}
    return Image.objects.create(file=file, **said | changes)


def make_rich_article(tmp_path, **changes):
    """One with everything that a page can print."""
    writer = make_person(
        name="Ann Writer", post_nominals="MD", bio="Writes well.\n\nAnd much.", job_title="Writer"
    )
    article = make_article(
        publish=False,
        title="Why muscles <twitch>",
        lead_image=make_image(tmp_path),
        tags=["Sleep"],
        **changes,
    )
    draft = article.draft
    draft.bylines.create(person=writer, role="author", position=0)
    draft.bylines.create(person=make_person(name="Rae Viewer"), role="reviewer", position=1)
    draft.bylines.create(person=make_person(name="Fay Checker"), role="fact_checker", position=2)
    draft.bylines.create(person=make_person(name="Eddie Tor"), role="editor", position=3)
    draft.sources.create(
        title="On twitching", publisher="An institute", year=2020, url="https://example.org/t", position=1
    )
    draft.sources.create(title="On cramps", position=2)
    return draft.save_version(by=None).publish(by=None, kind="first")


def page_of(client, article) -> str:
    response = client.get(article.get_absolute_url())
    assert response.status_code == 200
    return response.content.decode()


def test_page_prints_headline_byline_roles_picture_sources_tags_and_boxes(client, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    html = page_of(client, make_rich_article(tmp_path))
    assert "Why muscles &lt;twitch&gt;</h1>" in html
    for words in ("By <a", "Medically reviewed by <a", "Fact-checked by <a", "Edited by <a"):
        assert words in html
    assert 'width="60" height="40" alt="A calf"' in html
    assert "The calf." in html and "A. Drawer / CC0" in html
    assert '<li id="source-1" value="1">' in html and 'href="https://example.org/t"' in html
    assert '<li id="source-2" value="2">' in html
    assert 'href="/tags/Sleep/"' in html
    assert "Writes well." in html and "And much." not in html
    assert "All articles by Ann Writer" in html
    assert Disclaimer.objects.first().text.split("\n")[0][:40] in html


def test_decorative_picture_has_an_empty_alt(client, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    article = make_article(lead_image=make_image(tmp_path), lead_decorative=True)
    assert 'height="40" alt=""' in page_of(client, article)


def test_article_without_records_says_so(client):
    html = page_of(client, make_article())
    assert "There is no record of a medical review." in html
    assert "None are named." in html
    assert "Medically reviewed" not in html and "Last updated" not in html


def test_review_is_named_and_a_later_change_admitted(client):
    article = make_article(at=timezone.now() - timedelta(days=30))
    reviewer = make_person(name="Rae Viewer")
    Review.record(article, reviewer=reviewer, by=None, months=12, at=timezone.now() - timedelta(days=20))
    html = page_of(client, article)
    assert "Rae Viewer</a> reviewed it on" in html and "It has been changed since then." not in html
    article.draft.save_version(by=None).publish(by=None, kind="update", note="New dose.")
    assert "It has been changed since then." in page_of(client, article)


def test_overdue_review_is_announced_above_the_text(client):
    at = timezone.now() - timedelta(days=800)
    article = make_article(at=at)
    Review.record(article, reviewer=make_person(), by=None, months=12, at=at)
    html = page_of(client, article)
    assert "was due for medical review on" in html.split('<div class="prose">')[0]


def test_old_article_says_originally_published(client):
    assert "Originally published" in page_of(client, make_article(at=datetime(2017, 5, 3, tzinfo=UTC)))


def test_callout_says_its_level_in_words(client):
    article = make_article(body='<div class="callout callout-emergency"><p>Call.</p></div>')
    assert '<p class="callout__label">Emergency</p>' in page_of(client, article)


def test_retired_article_answers_410_with_a_notice(client):
    article = make_article(title="Old advice")
    article.move("retire", by=make_user("editor"))
    response = client.get(article.get_absolute_url())
    assert response.status_code == 410
    assert "no longer published" in response.content.decode()
    assert "Twitching is common" not in response.content.decode()


def test_scheduled_article_is_not_there_yet(client):
    article = make_article(at=timezone.now() + timedelta(hours=1))
    assert client.get(article.get_absolute_url()).status_code == 404


def test_about_names_its_own_address_as_canonical(client):
    html = client.get("/about/").content.decode()
    assert '<link rel="canonical" href="http://127.0.0.1:8000/about/">' in html


def test_page_has_canonical_and_open_graph(client):
    article = make_article(title="Sleep & rest", dek="Short.")
    html = page_of(client, article)
    url = f"http://127.0.0.1:8000{article.get_absolute_url()}"
    assert f'<link rel="canonical" href="{url}">' in html
    assert '<meta property="og:title" content="Sleep &amp; rest">' in html
    assert f'<meta property="og:url" content="{url}">' in html


def test_sources_and_bylines_cost_no_more_queries_by_number(client):
    def queries(article) -> int:
        with CaptureQueriesContext(connection) as caught:
            page_of(client, article)
        return len(caught)

    few, many = make_article(publish=False), make_article(publish=False)
    for article, number in ((few, 5), (many, 50)):
        for place in range(number):
            article.draft.bylines.create(person=make_person(), position=place)
            article.draft.sources.create(title=f"Source {place}", position=place + 1)
        article.draft.save_version(by=None).publish(by=None, kind="first")
    assert queries(few) == queries(many)
