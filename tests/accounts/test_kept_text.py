"""A comment typed before logging in is there afterwards, whatever the login went through."""

from types import SimpleNamespace

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from accounts import kept_text
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db(databases=["default", "limits"])
URL = "/accounts/login/"
KEPT = "Your comment is kept; it will be here after you log in."
TYPED = {"discussion": "hay-fever", "body": "Mine began\nin May.", "parent": "7"}


def session_of(client):
    """A request that carries the client's session as it is stored."""
    return SimpleNamespace(session=SessionStore(client.cookies["sessionid"].value))


def test_a_text_survives_failed_tries_and_the_change_of_the_token(client):
    user = make_user()
    for _ in range(3):
        page = client.post(URL, TYPED | {"login": user.email, "password": "wrong"}).content.decode()
        assert KEPT in page
    before = client.cookies["sessionid"].value
    client.post(URL, {"login": user.email, "password": PASSWORD, "next": "/search/"})
    assert client.cookies["sessionid"].value != before
    assert kept_text.get(session_of(client), "hay-fever") == {"body": "Mine began\nin May.", "parent": "7"}


def test_a_text_sent_with_the_right_password_is_kept_as_well_and_leads_back_to_the_box(client):
    answer = client.post(URL, TYPED | {"login": make_user().email, "password": PASSWORD})
    assert answer["Location"] == "/articles/hay-fever/comments/new/"
    assert kept_text.get(session_of(client), "hay-fever")["body"] == TYPED["body"]


def test_a_text_survives_signing_up_and_verifying(client, mailoutbox, link_in):
    client.post(URL, TYPED | {"login": "new@example.org", "password": PASSWORD})
    assert KEPT in client.get("/accounts/signup/").content.decode()
    client.post(
        "/accounts/signup/", {"display_name": "New", "email": "new@example.org", "password1": PASSWORD}
    )
    client.post(link_in(mailoutbox[0]))
    answer = client.post(URL, {"login": "new@example.org", "password": PASSWORD})
    assert answer["Location"] == "/articles/hay-fever/comments/new/"
    assert kept_text.get(session_of(client), "hay-fever")["body"] == TYPED["body"]


def test_logging_out_forgets_the_text(client):
    user = make_user()
    client.post(URL, TYPED | {"login": user.email, "password": PASSWORD})
    client.post("/accounts/logout/")
    assert KEPT not in client.get(URL).content.decode()


def test_a_link_cannot_put_a_text_into_a_session(client):
    page = client.get(URL, TYPED).content.decode()
    assert KEPT not in page
    assert "sessionid" not in client.cookies


def test_a_text_survives_the_limit_on_tries(client):
    for _ in range(31):
        answer = client.post(URL, TYPED | {"login": "a@example.org", "password": "x"})
    assert answer.status_code == 429
    assert "your comment is kept" in answer.content.decode()


def test_what_is_kept_is_bounded():
    request = SimpleNamespace(session=SessionStore())
    for number in range(8):
        kept_text.keep(request, f"article-{number}", "x" * 30_000, number)
    kept = [kept_text.get(request, f"article-{number}") for number in range(8)]
    assert kept[:3] == [None] * 3 and all(kept[3:])
    assert {len(entry["body"]) for entry in kept[3:]} == {20_000}
    kept_text.keep(request, "article-3", "again")
    kept_text.keep(request, "article-9", "new")
    assert kept_text.get(request, "article-3") == {"body": "again", "parent": ""}
    assert kept_text.get(request, "article-4") is None
    assert kept_text.newest(request) == ("article-9", {"body": "new", "parent": ""})
    kept_text.drop(request, "article-9")
    assert kept_text.get(request, "article-9") is None


@pytest.mark.parametrize("slug", ["", "a/b", "../x", "a b", "x" * 301, "a\x00"])
def test_nothing_is_kept_for_what_is_no_slug(client, slug):
    user = make_user()
    answer = client.post(URL, TYPED | {"discussion": slug, "login": user.email, "password": PASSWORD})
    assert answer["Location"] == "/accounts/profile/"


def test_a_nul_and_half_a_character_in_a_text_do_no_harm(client):
    body = b"discussion=a&body=one%00two%ED%A0%80&login=a%40example.org&password=x"
    answer = Client().post(URL, body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 200
    assert KEPT in answer.content.decode()
