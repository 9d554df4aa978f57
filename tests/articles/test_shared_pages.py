"""Shared pages: the same bytes for everybody, for five articles or fifty, whatever is asked."""

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories import make_article, make_comment, make_person, make_user

pytestmark = pytest.mark.django_db

LISTS = (
    "/",
    "/articles/",
    "/articles/?year=2026",
    "/tags/",
    "/tags/sleep/",
    "/authors/",
    "/authors/ann/",
    "/search/",
    "/search/?q=twitching",
    "/search/?tag=sleep",
    "/feed/",
    "/tags/sleep/feed/",
    "/authors/ann/feed/",
    "/sitemap.xml",
)


def publish(number: int, ann) -> None:
    for _ in range(number):
        make_article(authors=[ann, make_person()], tags=["sleep", f"rest{number}"])


def client_of(user) -> Client:
    client = Client()
    if user:
        client.force_login(user)
    return client


@pytest.mark.parametrize("path", [*LISTS, "/about/", "/privacy/", "article"])
def test_everybody_gets_the_same_bytes_and_no_cookie(path):
    ann = make_person(slug="ann")
    publish(3, ann)
    comment = make_comment(make_article(tags=["sleep"]))
    if path == "article":
        path = comment.article.get_absolute_url()
    viewers = (None, make_user(), make_user("moderator"), comment.author)
    answers = [client_of(user).get(path) for user in viewers]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    for answer in answers:
        assert not answer.cookies
        assert "cookie" not in answer.get("Vary", "").lower()
        assert "public" in answer["Cache-Control"]
        assert answer["ETag"]


@pytest.mark.parametrize("path", LISTS)
def test_unchanged_page_answers_304_and_a_new_article_changes_it(client, path):
    ann = make_person(slug="ann")
    publish(2, ann)
    etag = client.get(path)["ETag"]
    assert client.get(path, headers={"If-None-Match": etag}).status_code == 304
    make_article(title="Twitching anew", authors=[ann], tags=["sleep", "brandnew"])
    make_article(authors=[make_person()])
    fresh = client.get(path, headers={"If-None-Match": etag})
    if path != "/search/":
        assert fresh.status_code == 200 and fresh["ETag"] != etag


@pytest.mark.parametrize("path", LISTS)
def test_fifty_articles_cost_the_queries_of_five(client, path):
    ann = make_person(slug="ann")
    publish(5, ann)
    client.get(path)  # the site's row is read once per process

    def queries() -> int:
        caches["pages"].clear()
        with CaptureQueriesContext(connection) as caught:
            assert client.get(path).status_code == 200
        return len(caught)

    few = queries()
    publish(45, ann)
    assert queries() == few


NASTY = (
    "x" * 65_536,
    "!&|:*'",
    "'\"\\ () <-> & !",
    '"unclosed phrase',
    "-",
    "the",
    "\ufffe\ud7ff\u202e",
    "𐍈" * 300,
    "a:*b <script>",
    "%",
)


@pytest.mark.parametrize("name", ["q", "tag", "author", "year", "after", "before", "part"])
@pytest.mark.parametrize(
    "path", ["/", "/articles/", "/tags/sleep/", "/authors/ann/", "/search/", "/sitemap.xml"]
)
def test_nothing_that_can_be_asked_is_an_error(client, path, name):
    make_article(tags=["sleep"], authors=[make_person(slug="ann")])
    for value in (*NASTY, "0", "99999", "0000", "-5", "٢٠٢٠", "9" * 30):
        assert client.get(path, {name: value}).status_code in {200, 404}
        assert client.get(path, {"q": "twitching", name: value}).status_code in {200, 404}


@pytest.mark.parametrize("query", ["q=a%00b", "q=%ff%fe", "year=%00", "after=%00"])
def test_broken_bytes_in_a_query_are_refused_or_read_over(client, query):
    assert client.get(f"/search/?{query}").status_code in {200, 400}
