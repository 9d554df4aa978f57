"""The door for articles of another system leaves what writing, saving and publishing would have left."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles.models import Article, Draft, Role, SiteState, Tag
from articles.models.bringing_in import bring_in
from tests.factories import make_person

pytestmark = pytest.mark.django_db
AT = datetime(2015, 3, 4, 5, 6, tzinfo=UTC)
TEXT = {"title": "Hiccups", "dek": "Mostly harmless.", "body": "<p>They <em>stop</em>.</p>"}
OWN = {"id", "article", "live_version", "draft", "created_at", "edited_at", "slug"}


def columns(row) -> dict:
    """What the database holds of a row, but its keys and times of writing."""
    return {
        field.attname: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if field.name not in OWN
    }


def rows(article) -> list:
    """Everything that stands behind an article."""
    article = Article.objects.get(pk=article.pk)
    found = [
        article,
        article.draft,
        *article.versions.all(),
        *article.bylines.all(),
        *article.draft.bylines.all(),
    ]
    return [columns(row) for row in found] + [list(article.tags.all()), list(article.draft.tags.all())]


@pytest.mark.parametrize(
    "at", [AT, None, timezone.now() + timedelta(days=2)], ids=["public", "draft", "scheduled"]
)
@pytest.mark.parametrize("signed", [True, False])
def test_what_comes_in_is_as_if_it_had_been_written_here(at, signed):
    person = make_person(post_nominals="MD") if signed else None
    tags = [Tag.objects.create(name=name, slug=name.lower()) for name in ("Nerves", "Breath")]
    written = Draft(**TEXT)
    written.start(kind="article", by=None)
    if signed:
        written.bylines.create(person=person, role=Role.AUTHOR)
    written.tags.set(tags)
    if at:
        written.save_version(by=None).publish(by=None, kind="first", at=at)
    article = Article(kind="article", title=TEXT["title"], slug="hiccups")
    before = SiteState.current()
    with CaptureQueriesContext(connection) as queries:
        bring_in(article, Draft(**TEXT), author=person, tags=tags, at=at)
    assert len(queries) <= 13
    assert (article.slug, article.draft.slug) == ("hiccups-2", "hiccups-2")
    here, there = rows(article), rows(written.article)
    for row in (here, there):
        if at:
            assert row[2]["snapshot"].pop("slug").startswith("hiccups")
    assert here == there
    assert SiteState.current() > before if at else SiteState.current() == before
    assert not Draft.objects.get(article=article).is_newer


def test_its_words_are_found():
    article = bring_in(
        Article(kind="article", title="Hiccups", slug="x"), Draft(**TEXT), author=None, tags=[], at=AT
    )
    assert Article.objects.filter(search="harmless", pk=article.pk).exists()
