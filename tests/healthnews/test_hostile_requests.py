"""Every address of readers, desk and admin, with requests that nobody's browser would make: words, never a 500."""

import base64
import re
from urllib.parse import quote

import pytest
from django.test import Client
from django.urls import get_resolver
from hypothesis import given, settings
from hypothesis import strategies as st

from articles import search
from articles.filters import Filters
from articles.models import Article
from comments import limits, threads
from comments.models import Comment, Report
from healthnews import paging
from tests.factories import make_article, make_comment, make_person, make_user

pytestmark = pytest.mark.django_db

NASTY = {
    "nul": "a\x00b",
    "half a surrogate pair": b"a%ED%A0%80b",
    "broken UTF-8": b"a%FF%FEb",
    "directions": "\u202eb\u2066\u200f",
    "zalgo": "Z" + "\u0334\u0322" * 300,
    "64 KB without a blank": "y" * 65_536,
    "a huge number": "9" * 400,
    "past bigint": str(2**63),
    "negative": "-1",
    "other digits": "\u0661\u00b2",
    "nothing": "",
    "a forged cursor": paging.encode(2**63 - 1, 2**63 - 1),
    "an impossible moment": paging.encode(-(2**62), 1),
}
FIELDS = [
    "body",
    "parent",
    "confirm",
    "version",
    "action",
    "clause",
    "reply",
    "message",
    "note",
    "canned_reply",
]
FIELDS += [
    "comments",
    "discussion",
    "answer",
    "release",
    "undo",
    "kind",
    "edition",
    "at",
    "revision",
    "title",
]
FIELDS += [
    "sort",
    "after",
    "before",
    "root",
    "q",
    "tag",
    "author",
    "year",
    "lane",
    "reason",
    "article",
    "next",
]
FIELDS += [
    "display_name",
    "login",
    "email",
    "password",
    "p",
    "o",
    "_changelist_filters",
    "_to_field",
    "page",
    "since",
]
FIELDS += ["text", "name", "provision", "good_faith", "about_child_abuse", "country", "format", "show"]
LONG = {"64 KB without a blank", "a huge number", "zalgo"}
FORM = "application/x-www-form-urlencoded"
KINDS = {
    "application/json": b'{"body": "x", "parent": {"a": [1]}}',
    "text/plain": b"body=x",
    "multipart/form-data": b"--x\r\n",
    "multipart/form-data; boundary=x": b'--x\r\nContent-Disposition: form-data; name="body"; filename="\x00"\r\n\r\nx\r\n--x--',
    "application/xml": b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>",
    "": b"\xff\xfe\x00",
}


def encoded(value) -> bytes:
    return value if isinstance(value, bytes) else quote(value).encode()


def addresses(values: dict) -> list[str]:
    """Every address that the URL table knows, with `values` for its parts; "1" for those that are not named there."""

    def walk(patterns, before=""):
        for pattern in patterns:
            whole = before + str(pattern.pattern)
            if hasattr(pattern, "url_patterns"):
                yield from walk(pattern.url_patterns, whole)
            else:
                yield whole

    found = set()
    for route in walk(get_resolver().url_patterns):
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"(?P<\1>x)", route) if "(?P<" not in route else route
        path = re.sub(
            r"\(\?P<(\w+)>(?:\[[^\]]*\]|[^()\[\]]|\([^()]*\))*\)", lambda m: str(values.get(m[1], "1")), path
        )
        found.add("/" + re.sub(r"[\^$\\]|\(\?:|\)\?", "", path).lstrip("/"))
    return sorted(found)


@pytest.fixture
def rows():
    article = make_article(authors=[make_person()], tags=["Nerves"])
    comment = make_comment(article, status="pending")
    published = make_comment(article)
    return {"slug": article.slug, "pk": comment.pk, "object_id": article.draft.pk, "published": published}


def test_the_walk_knows_the_addresses_of_readers_and_desk(rows):
    found = addresses(rows)
    for known in (
        f"/articles/{rows['slug']}/comments/",
        f"/comments/{rows['pk']}/edit/",
        f"/moderation/comments/{rows['pk']}/decisions/",
        f"/admin/articles/draft/{rows['object_id']}/change/",
        "/search/",
        "/comments/preview/",
        f"/comments/{rows['pk']}/report/",
        f"/comments/{rows['pk']}/helpful/",
        f"/comments/{rows['pk']}/appeal/",
        f"/comments/{rows['pk']}/decision/",
        f"/comments/people/{rows['pk']}/hide/",
        "/comments/help/",
    ):
        assert known in found
    assert not [path for path in found if re.search(r"[<>?()\[]", path)]


def attempts(path: str):
    """(method, query, body, content type) of everything that is tried at an address; at those of the admin, less."""
    admin = path.startswith("/admin/")
    for name, value in NASTY.items():
        if admin and name not in {"half a surrogate pair", "past bigint"}:
            continue
        nasty = encoded(value)
        pairs = b"&".join(field.encode() + b"=" + nasty for field in (FIELDS[:9] if name in LONG else FIELDS))
        yield "POST", b"", pairs, FORM
        if name not in LONG:
            yield "GET", pairs, b"", ""
    yield "GET", b"&".join(name.encode() + b"=" + b"y" * 3_000 for name in FIELDS[-26:]), b"", ""
    for kind, body in list(KINDS.items())[: 1 if admin else None]:
        yield "POST", b"", body, kind
    twice = b"&".join(field.encode() + b"=" + value for field in FIELDS for value in (b"1", b"x", b"2"))
    yield "POST", b"", twice, FORM
    for method in (
        ("PUT", "DELETE") if admin else ("HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "NONSENSE")
    ):
        yield method, b"", b"body=x" if method != "TRACE" else b"", FORM


def breaks(client, path) -> list:
    found = []
    for method, query, body, kind in attempts(path):
        answer = client.generic(method, path, body, content_type=kind, QUERY_STRING=query.decode("latin-1"))
        if answer.status_code >= 500:
            found.append((answer.status_code, method, path, query[:80], body[:80], kind))
    return found


PLACES = {
    "reader": ("", r"/(?!admin/|moderation/|accounts/|static/)"),
    "moderator": ("moderator", r"/(?:moderation|comments|articles/.*comments)"),
    "administrator": ("administrator", r"/admin/"),
    "anonymous": (None, r"/accounts/|/articles/.*comments/$|/comments/"),
    "reader of others": ("others", r"/comments/"),
}


@pytest.mark.parametrize(("role", "place"), PLACES.values(), ids=PLACES)
def test_no_request_to_any_address_is_a_500(rows, role, place, settings, monkeypatch):
    settings.HN_POSTS_A_MINUTE = settings.HN_POSTS_AN_HOUR = 10_000
    monkeypatch.setattr(limits, "spend", lambda *args: None)
    client, found = Client(raise_request_exception=False), []
    user = make_user(role if role != "others" else "") if role is not None else None
    if user and role != "others":
        Comment.objects.filter(pk=rows["pk"]).update(author=user)
    else:
        # A comment of somebody else, in public, that was reported: what stands open to strangers.
        rows["pk"] = rows["published"].pk
        Report.file(rows["published"], reason="abuse", by=user)
    asked = [path for path in addresses(rows) if re.match(place, path)]
    assert len(asked) > 5
    for path in asked:
        if user:
            client.force_login(user)
        found += breaks(client, path)
    assert found == []


@pytest.mark.parametrize("number", ["0", "9" * 18, "9" * 5_000, "-1", "%D9%A1", "%00", "%ED%A0%80"])
def test_no_forged_id_in_an_address_is_a_500(rows, number):
    client = Client(raise_request_exception=False)
    for role in ("", "moderator"):
        client.force_login(make_user(role))
        for path in addresses({"slug": number, "pk": number, "object_id": number}):
            if not path.startswith("/admin/"):
                for method in ("GET", "POST"):
                    answer = client.generic(method, path, b"body=x&version=1", content_type=FORM)
                    assert answer.status_code < 500, (method, path)


cursors = st.one_of(
    st.text(max_size=140),
    st.lists(st.integers(-(2**70), 2**70), min_size=1, max_size=4).map(
        lambda numbers: paging.encode(*numbers)
    ),
    st.binary(max_size=60).map(lambda raw: base64.urlsafe_b64encode(raw).decode()),
)


@given(cursors, st.integers(1, 3))
def test_any_cursor_is_so_many_numbers_that_a_database_holds_or_none(cursor, size):
    numbers = paging.decode(cursor, size)
    assert numbers is None or len(numbers) == size and all(abs(number) < 2**63 for number in numbers)


@given(st.lists(st.integers(-(2**63) + 1, 2**63 - 1), min_size=1, max_size=3))
def test_a_cursor_of_ours_is_read_as_it_was_written(numbers):
    assert paging.decode(paging.encode(*numbers), len(numbers)) == numbers


@settings(max_examples=60, deadline=None)
@given(after=cursors, before=cursors, descending=st.booleans())
def test_any_cursors_lead_to_a_page(after, before, descending):
    rows = Comment.objects.all()
    page = paging.page_by_time(rows, "posted_at", size=3, after=after, before=before, descending=descending)
    assert page.rows == []


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=250), cursors)
def test_anything_can_be_searched_for(text, after):
    words = Filters.of({"q": text, "tag": text, "author": text, "year": text})
    list(words.apply(Article.objects.listed()))
    assert len(words.q) <= search.MAX_QUERY
    assert search.search(Article.objects.listed(), words.q, size=5, after=after).rows == []


@settings(max_examples=80, deadline=None)
@given(
    text=st.text(alphabet="ab \"-()|&!:*<>'\\\u0301\u00e9", max_size=60),
    words=st.sets(st.text(min_size=1, max_size=5), max_size=4),
)
def test_an_excerpt_marks_hits_in_any_text(text, words):
    found = search.excerpt(text, {search.folded(word).lower() for word in words} - {""})
    assert found.count(search.START) == found.count(search.STOP)


@settings(max_examples=30, deadline=None)
@given(after=cursors, before=cursors, root=st.integers(-1, 2**63 - 1))
def test_any_cursors_lead_to_a_page_of_a_thread(after, before, root):
    article = Article(pk=0, slug="a")
    assert threads.page_of_roots(article, after=after, before=before).branches == []
    assert threads.page_of_answers(article, root, after=after, before=before) is None
