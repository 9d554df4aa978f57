"""The desk's search: all comments, folded words, pages, hostile input."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comments import search
from comments.filters import Filters
from comments.models import Clause
from tests.comments.desk.conftest import page
from tests.factories import make_article, make_comment, make_user, verdict

pytestmark = pytest.mark.django_db


def test_search_finds_every_comment_whatever_its_state_accents_or_capitals(client, moderator):
    author = make_user()
    make_comment(body="The Café in Zürich.", author=author)
    removed = make_comment(body="Another café.", author=author)
    removed.decide("remove", by=moderator, version=1, clause=Clause.in_force().first())
    make_comment(status="pending", body="A CAFE that waits.", author=author)
    make_comment(body="Nothing of that kind.", author=author)
    found, after = search.search(Filters(q="cafe"))
    assert [str(each.comment.status) for each in found] == ["pending", "removed", "published"]
    assert after == ""
    assert "The <mark>Café</mark> in <mark>Zürich</mark>." in page(client, "/moderation/?q=caf%C3%A9+zurich")
    assert "No comment holds these words." in page(client, "/moderation/?q=caff")


def test_search_reads_the_text_that_stands_and_the_edit_that_waits(moderator):
    author = make_user()
    comment = make_comment(body="The oldest words.", author=author)
    comment.edit("The newest words.", by=author, verdict=verdict("hold"), version=1)
    assert len(search.search(Filters(q="oldest"))[0]) == len(search.search(Filters(q="newest"))[0]) == 1
    comment.refresh_from_db()
    comment.decide("publish", by=moderator, version=comment.version)
    assert search.search(Filters(q="oldest"))[0] == []


def test_search_is_paged_and_its_queries_do_not_grow(client, moderator):
    article, author, asked = make_article(), make_user(), []
    for size in (5, 45):
        for n in range(size):
            make_comment(article, author, body=f"Tea number {n}.")
        with CaptureQueriesContext(connection) as queries:
            page(client, "/moderation/?q=tea")
        asked.append(len(queries))
    assert asked[0] == asked[1]
    first, after = search.search(Filters(q="tea"))
    second, end = search.search(Filters(q="tea", after=after))
    assert len({each.comment.pk for each in first + second}) == 50
    assert end == ""


def test_search_goes_by_the_index_and_by_author_and_article(client, moderator):
    ada, article = make_user(email="ada@example.org"), make_article()
    make_comment(article, ada, body="Tea of Ada.")
    make_comment(body="Tea of others.")
    for narrowed in ("author=ada%40example.org", f"article={article.slug}"):
        html = page(client, f"/moderation/?q=tea&{narrowed}")
        assert "of Ada." in html
        assert "of others." not in html
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT id FROM comments_commenttext WHERE to_tsvector('simple'::regconfig,"
            " regexp_replace(normalize(body, NFKD), '[\\u0300-\\u036f]', '', 'g')) @@ to_tsquery('simple', 'tea')"
        )
        assert "comment_text_words" in str(cursor.fetchall())


def test_a_search_that_takes_too_long_is_said_in_words(client, moderator, monkeypatch):
    make_comment(body="Tea.")
    monkeypatch.setattr(search, "Words", lambda name: Slow(name))
    monkeypatch.setattr(search, "LONGEST", 50)
    assert "Too many comments hold these words" in page(client, "/moderation/?q=tea")


class Slow(search.Words):
    """The words, after a while."""

    template = "to_tsvector('simple'::regconfig, pg_sleep(2)::text || %(expressions)s)"


@pytest.mark.parametrize("q", ["'", "\x00", "((", "a" * 500, "-", "%", "\u0301", '"a b'])
def test_nothing_that_can_be_typed_breaks_search_or_filters(client, moderator, q):
    for name in ("q", "reason", "article", "author", "after", "lane"):
        assert client.get("/moderation/", {name: q}).status_code == (400 if "\x00" in q else 200)
    assert client.get("/moderation/waiting/", {"since": q}).status_code in {200, 400}
