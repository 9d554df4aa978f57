"""The database is away: 503 in words, what was typed stays, and the next request tries again."""

import re

import psycopg
import pytest
from django.db import InterfaceError, OperationalError, connection
from django.test import Client
from procrastinate.exceptions import ConnectorException

from comments import jobs
from healthnews import away
from tests.factories import PASSWORD, make_article, make_comment, make_user

pytestmark = pytest.mark.django_db
TEXT = "My eyelid twitches & more.\n\nSince Monday."


@pytest.fixture
def database_away():
    """A function: from now on every query of this thread fails as if the server were gone, until it is called again."""
    hold = []

    def refuse(execute, sql, params, many, context):
        raise OperationalError("server closed the connection unexpectedly")

    def switch(error=refuse):
        if hold:
            hold.pop().__exit__(None, None, None)
        else:
            hold.append(connection.execute_wrapper(error))
            hold[0].__enter__()

    yield switch
    if hold:
        switch()


@pytest.fixture
def strict():
    """A client that is asked for a token, with one, and that shows pages instead of raising."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.cookies["csrftoken"] = "t" * 32
    return client


def assert_in_words(answer):
    assert answer.status_code == 503
    assert answer["Retry-After"] == "10"
    page = answer.content.decode()
    assert "We will be back in a moment" in page and "Traceback" not in page
    assert 'class="masthead"' in page and "</html>" in page
    assert "no-store" in answer["Cache-Control"]
    assert "sessionid" not in answer.cookies and "hn_in" not in answer.cookies
    return page


@pytest.mark.parametrize("signed_in", [True, False])
def test_every_kind_of_page_is_a_503_in_words_and_back_afterwards(strict, database_away, signed_in):
    article = make_article()
    comment = make_comment(article)
    if signed_in:
        strict.force_login(make_user("moderator"))
    addresses = ["/", "/articles/", article.get_absolute_url(), f"/comments/{comment.pk}/", "/search/?q=a"]
    addresses += ["/moderation/", "/admin/", "/accounts/profile/", "/no-such-page/"]
    before = [strict.get(address).status_code for address in addresses]
    database_away()
    for address in addresses:
        if signed_in or not address.startswith(("/moderation", "/admin", "/accounts")):
            assert_in_words(strict.get(address))
    assert strict.get("/healthz/live").status_code == 200
    database_away()
    assert [strict.get(address).status_code for address in addresses] == before


def test_comment_that_could_not_be_stored_comes_back_in_a_form_that_can_be_sent(strict, database_away):
    article = make_article()
    parent = make_comment(article)
    strict.force_login(make_user())
    url = f"/articles/{article.slug}/comments/"
    sent = {"body": TEXT, "parent": parent.pk, "csrfmiddlewaretoken": "t" * 32}
    database_away()
    page = assert_in_words(strict.post(url, sent))
    assert f'action="{url}"' in page
    typed = re.search(r'<textarea[^>]* name="body"[^>]*>\n(.*?)</textarea>', page, re.S).group(1)
    assert typed == TEXT.replace("&", "&amp;")
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    assert fields["parent"] == str(parent.pk)
    database_away()
    again = strict.post(url, fields | {"body": TEXT})
    assert again.status_code == 303


def test_login_with_a_comment_beside_it_keeps_the_comment_and_shows_no_password(strict, database_away):
    article = make_article()
    sent = {"login": make_user().email, "password": PASSWORD, "body": TEXT, "discussion": article.slug}
    database_away()
    page = assert_in_words(strict.post("/accounts/login/", sent | {"csrfmiddlewaretoken": "t" * 32}))
    assert "Since Monday." in page
    assert f'name="discussion" value="{article.slug}"' in page
    assert PASSWORD not in page


def test_form_without_a_token_is_not_offered_for_sending(strict, database_away):
    database_away()
    answer = strict.post("/articles/some-article/comments/", {"body": TEXT})
    assert answer.status_code == 403  # the token's own page, which has asked nobody either


@pytest.mark.parametrize("error", [OperationalError("gone"), InterfaceError("closed")])
def test_what_middleware_asks_is_answered_alike(strict, monkeypatch, error):
    from django.contrib.redirects.middleware import RedirectFallbackMiddleware

    def fail(*arguments):
        raise error

    monkeypatch.setattr(RedirectFallbackMiddleware, "process_response", fail)
    assert_in_words(strict.get("/no-such-page/"))


def test_decision_whose_mail_could_not_be_queued_keeps_the_reply(strict, monkeypatch):
    comment = make_comment(status="pending")
    strict.force_login(make_user("moderator"))

    def fail(decisions):
        raise ConnectorException from psycopg.OperationalError("server closed the connection")

    monkeypatch.setattr(jobs, "tell_authors", fail)
    sent = {"action": "publish", "version": 1, "reply": TEXT, "csrfmiddlewaretoken": "t" * 32}
    page = assert_in_words(strict.post(f"/moderation/comments/{comment.pk}/decisions/", sent))
    assert 'name="reply"' in page and "Since Monday." in page
    comment.refresh_from_db()
    assert (comment.status, comment.version) == ("pending", 1)


def test_other_faults_are_no_absence():
    assert not away.is_away(ValueError("x"))
    assert not away.is_away(None)
