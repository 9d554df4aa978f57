"""Pages that are only read answer GET and HEAD, and refuse everything else before anybody asks for a token."""

import pytest
from django.test import Client

from tests.factories import make_article, make_comment, make_person

pytestmark = pytest.mark.django_db
LISTS = (
    "/",
    "/articles/",
    "/tags/",
    "/tags/sleep/",
    "/authors/",
    "/authors/ann/",
    "/search/",
    "/search/?q=pain",
)
FEEDS = ("/feed/", "/tags/sleep/feed/", "/authors/ann/feed/", "/sitemap.xml", "/robots.txt")
PAGES = (
    "/about/",
    "/privacy/",
    "/pages/about/",
    "/comments-policy/",
    "/comments-policy/1/",
    "{article}",
    "/articles/no-such/",
)
HEALTH = ("/healthz/live", "/healthz/ready", "/accounts/corner/", "/demo/mail/", "/media/no-such.png")


@pytest.fixture
def strict():
    """A client that is asked for tokens, as browsers are."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def address(request):
    article = make_article(tags=["sleep"], authors=[make_person(slug="ann")])
    make_comment(article)
    return request.param.format(article=article.get_absolute_url())


@pytest.mark.parametrize("address", [*LISTS, *FEEDS, *PAGES, *HEALTH], indirect=True)
def test_page_that_is_read_answers_head_like_get_and_refuses_the_rest(strict, address):
    got, head = strict.get(address), strict.head(address)
    assert head.status_code == got.status_code
    assert head.headers["Content-Type"] == got.headers["Content-Type"]
    assert head.content == b""
    for method in ("POST", "PUT", "PATCH", "DELETE", "FOO", "OPTIONS"):
        answer = strict.generic(method, address, b"body=x", "application/x-www-form-urlencoded")
        assert answer.status_code == 405, method
        assert answer["Allow"] == "GET, HEAD"
