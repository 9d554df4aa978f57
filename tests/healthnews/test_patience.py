"""A database that is frozen: nobody waits for ever, what was typed stays, and it goes on by itself."""

import contextlib
import os
import signal

import pytest
from django.conf import settings
from django.db import OperationalError, close_old_connections, connection
from django.test import Client

from comments.models import Comment
from healthnews import patience
from tests.factories import make_article, make_user

pytestmark = pytest.mark.django_db(transaction=True)
TEXT = "Typed while nobody answered & kept.\n\nSecond paragraph."


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """As a web process, in less time."""
    monkeypatch.setattr(patience, "PROBE", 0.3)
    patience.allow(0.3)
    yield
    patience.allow(None)
    connection.close()


@pytest.fixture
def frozen():
    """The backend of this thread's connection, stopped; a function lets it go on."""
    if not settings.EMBEDDED:
        pytest.skip("needs a server that it may stop")
    connection.ensure_connection()
    pid = connection.connection.info.backend_pid

    def go_on():
        with contextlib.suppress(ProcessLookupError):  # it went on, and found that it was left
            os.kill(pid, signal.SIGCONT)

    os.kill(pid, signal.SIGSTOP)
    yield go_on
    go_on()


class Served(Client):
    """A client whose requests begin as those of a real server do; the test client takes that away."""

    def request(self, **kwargs):
        close_old_connections()
        return super().request(**kwargs)


@pytest.fixture
def reader():
    """Somebody with an article before them."""
    client = Served(enforce_csrf_checks=True, raise_request_exception=False)
    client.cookies["csrftoken"] = "t" * 32
    client.force_login(make_user())
    client.article = make_article()
    return client


def test_comment_posted_into_silence_is_answered_in_time_and_can_be_sent_again(reader, frozen, monkeypatch):
    address = f"/articles/{reader.article.slug}/comments/"
    sent = {"body": TEXT, "csrfmiddlewaretoken": "t" * 32}
    answer = reader.post(address, sent)
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert "Second paragraph." in answer.content.decode()
    assert patience.is_mute()
    frozen()
    monkeypatch.setattr(patience, "_next_try", 0.0)
    assert reader.post(address, sent).status_code == 303
    assert not patience.is_mute()
    assert Comment.objects.count() == 1


def test_the_next_do_not_wait_for_what_one_has_found(reader, frozen):
    assert reader.get("/").status_code == 503
    before = patience._next_try
    assert reader.get("/").status_code == 503
    assert patience._next_try == before  # nobody has tried again, and so nobody has waited
    assert reader.get("/healthz/live").status_code == 200
    assert reader.get("/healthz/ready").status_code == 503


def test_one_tries_again_after_a_while_and_is_not_kept_long(reader, frozen, monkeypatch):
    assert reader.get("/").status_code == 503
    monkeypatch.setattr(patience, "_next_try", 0.0)
    assert reader.get("/").status_code == 200  # only that backend was frozen, not the server
    assert not patience.is_mute()


def test_a_connection_that_is_still_there_may_be_the_one_that_answers(monkeypatch):
    connection.ensure_connection()
    patience.unheard()
    monkeypatch.setattr(patience, "_next_try", 0.0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    assert not patience.is_mute()


def test_a_slow_statement_is_ended_and_nobody_else_suffers():
    with pytest.raises(OperationalError), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(60)")
    assert not patience.is_mute()
    assert connection.connection.closed  # nobody knows what state it is in
    connection.close()
    sleeping = (
        "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query = 'SELECT pg_sleep(60)'"
    )
    with connection.cursor() as cursor:
        cursor.execute(sleeping)
        assert cursor.fetchone() == (0,)


def test_commands_have_time():
    patience.allow(None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.8)")
    patience.unheard()
    assert not patience.is_mute()


def test_web_is_impatient():
    from healthnews import wsgi  # noqa: F401 - what gunicorn runs

    assert patience._seconds == settings.HN_STATEMENT_SECONDS
