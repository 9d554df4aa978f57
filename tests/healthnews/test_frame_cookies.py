"""Cookies and headers: shared pages set nothing, answers for one viewer are kept by nobody."""

import pytest

from tests.factories import make_article, make_user

pytestmark = pytest.mark.django_db


def test_a_shared_page_sets_no_cookie_even_for_somebody_who_is_logged_in(client):
    article = make_article()
    client.force_login(make_user())
    for address in ("/", f"/articles/{article.slug}/", "/articles/", "/tags/", "/robots.txt"):
        answer = client.get(address)
        assert answer.status_code == 200, address
        assert not answer.cookies, address
        assert "Cookie" not in answer.get("Vary", ""), address


def test_a_shared_page_does_not_clear_a_cookie_that_outlived_its_session(client):
    client.cookies["hn_in"] = "1"
    assert not client.get(f"/articles/{make_article().slug}/").cookies


def test_the_cookie_comes_back_when_a_viewers_page_finds_it_missing(client):
    client.force_login(make_user())
    answer = client.get("/accounts/corner/")
    assert answer.cookies["hn_in"].value == "1"
    assert answer.cookies["hn_in"]["samesite"] == "Lax"
    assert "hn_in" not in client.get("/accounts/corner/").cookies


def test_over_https_the_cookie_is_secure(client, settings):
    settings.SESSION_COOKIE_SECURE = True
    client.force_login(make_user())
    assert client.get("/accounts/corner/").cookies["hn_in"]["secure"]


def test_what_looked_at_the_session_is_private_unless_it_says_otherwise(rf):
    from django.contrib.sessions.backends.db import SessionStore
    from django.http import HttpResponse

    from healthnews.middleware import private_by_default

    def answer(look, **headers):
        request = rf.get("/")
        request.session = SessionStore()

        def view(request):
            if look:
                request.session.get("anything")
            return HttpResponse(headers=headers)

        return private_by_default(view)(request).get("Cache-Control")

    assert answer(look=False) is None
    assert answer(look=True) == "private, no-store"
    assert answer(look=True, **{"Cache-Control": "max-age=60"}) == "max-age=60"


def test_every_answer_carries_the_policy(client):
    for address in ("/", "/accounts/login/", "/no-such-page/", "/healthz/live"):
        policy = client.get(address)["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "script-src 'self';" in policy, address
        assert "unsafe" not in policy and "nonce" not in policy, address
