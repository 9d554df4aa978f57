"""What stands before Django: the same answers, without asking Django."""

import gzip
from io import BytesIO
from unittest import mock

import pytest
from django.core.cache import caches
from django.core.wsgi import get_wsgi_application
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from healthnews import front as module
from healthnews.front import Front
from tests.factories import make_article, make_comment

# Requests as a server gets them: each ends with looking after its connection, which a test within a transaction bears not.
pytestmark = pytest.mark.django_db(transaction=True)


class Counting:
    """The application behind the front, which knows how often it was asked."""

    def __init__(self):
        self.application, self.asked = get_wsgi_application(), 0

    def __call__(self, environ, start_response):
        self.asked += 1
        return self.application(environ, start_response)


@pytest.fixture
def behind():
    caches["pages"].clear()
    return Counting()


@pytest.fixture
def front(behind):
    return Front(behind)


def ask(application, path="/articles/a/", method="GET", query="", **headers):
    """(status, headers, body) of a request as a browser sends it."""
    environ = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "testserver",
        "HTTP_ACCEPT_ENCODING": "gzip, deflate, br, zstd",
        "wsgi.input": BytesIO(),
        "wsgi.url_scheme": "http",
    } | {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    said = []
    body = application(environ, lambda *args: said.append(args[:2]))
    text = b"".join(body)
    if hasattr(body, "close"):
        body.close()
    return said[0][0], said[0][1], text


@pytest.mark.parametrize("path", ["/", "/articles/a/"])
def test_the_second_reader_gets_what_the_first_got_and_django_is_not_asked(front, behind, path):
    make_comment(make_article(slug="a"))
    first = ask(front, path)
    with CaptureQueriesContext(connection) as questions:
        second = ask(front, path, cookie="sessionid=abc; hn_in=1")
    assert first == second
    assert (behind.asked, len(questions)) == (1, 1)
    assert b"</html>" in gzip.decompress(second[2])


def test_a_new_comment_is_there_at_once(front, behind):
    article = make_article(slug="a")
    ask(front)
    make_comment(article, body="Brand new words.")
    assert b"Brand new words." in gzip.decompress(ask(front)[2])
    assert behind.asked == 2


def test_who_has_the_page_is_told_that_it_still_holds(front, behind):
    make_article(slug="a")
    status, headers, _ = ask(front)
    etag = dict(headers)["ETag"]
    for asked in (etag, etag.removeprefix("W/"), f'"other", {etag}'):
        status, kept, body = ask(front, if_none_match=asked)
        assert (status, body) == ("304 Not Modified", b"")
        assert {name for name, _ in headers} - {name for name, _ in kept} == {
            *("Content-Type", "Content-Length", "Content-Encoding")
        }
    assert ask(front, if_none_match='"other"')[0] == "200 OK"
    assert behind.asked == 1


def test_who_cannot_unpack_gets_the_page_unpacked(front, behind):
    make_article(slug="a")
    packed, plain = ask(front), ask(front, accept_encoding="")
    again = ask(front, accept_encoding="")
    assert again == plain == ask(behind.application, accept_encoding="")
    assert again[2] == gzip.decompress(packed[2])
    assert "Content-Encoding" not in dict(again[1])
    assert dict(packed[1])["ETag"] == "W/" + dict(again[1])["ETag"]
    assert ask(front) == packed
    assert behind.asked == 2


def test_head_has_the_headers_and_no_body(front):
    make_article(slug="a")
    _, headers, _ = ask(front)
    assert ask(front, method="HEAD") == ("200 OK", headers, b"")


@pytest.mark.parametrize(
    "unusual",
    [
        {"method": "POST"},
        {"query": "sort=newest"},
        {"accept_encoding": "identity"},
        {"hx_request": "true"},
        {"path": "/articles/"},
        {"host": "elsewhere.example"},
        {"x_forwarded_proto": "https"},
    ],
)
def test_what_looks_unusual_goes_the_long_way(front, behind, unusual):
    make_article(slug="a")
    ask(front)
    answer = ask(front, **unusual)
    assert behind.asked == 2
    assert (
        answer[:1] + answer[2:]
        == ask(behind.application, **unusual)[:1] + ask(behind.application, **unusual)[2:]
    )


def test_what_is_not_public_is_djangos_to_refuse(front, behind):
    make_article(slug="a", publish=False)
    gone = make_article(slug="gone")
    type(gone).objects.filter(pk=gone.pk).update(retire_at=timezone.now())
    assert ask(front)[0] == "404 Not Found"
    assert ask(front, "/articles/gone/")[0] == "410 Gone"
    assert ask(front, "/articles/none/")[0] == "404 Not Found"
    assert not front.headers


def test_without_database_django_says_what_is_the_matter(front, behind):
    make_article(slug="a")
    ask(front)
    with mock.patch.object(module, "key_of_article", side_effect=DatabaseError):
        ask(front)
    assert behind.asked == 2


def test_what_is_remembered_has_an_end(front):
    make_article(slug="a")
    with mock.patch.object(module, "MOST", 1):
        ask(front, "/")
        ask(front, "/articles/a/")
    assert len(front.headers) == 1
