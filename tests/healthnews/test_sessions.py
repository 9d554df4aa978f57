"""Sessions are read in one question, and none that is over or was never given out."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from healthnews.sessions import SessionStore
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def stored(**data) -> str:
    session = SessionStore()
    session.update(data)
    session.create()
    return session.session_key


def test_what_was_stored_is_read_again():
    key = stored(word="Grüße")
    assert SessionStore(key)["word"] == "Grüße"
    session = SessionStore(key)
    session["word"] = "more"
    session.save()
    assert SessionStore(key)["word"] == "more" and Session.objects.count() == 1


@pytest.mark.parametrize("key", ["made-up", "", "x" * 5_000, "ключ", "'; --"])
def test_a_key_that_was_never_given_out_is_dropped(key):
    session = SessionStore(key)
    assert session.load() == {} and session.session_key is None
    assert not Session.objects.exists()


def test_what_is_over_is_not_read():
    key = stored(word="late")
    with time_machine.travel(timezone.now() + timedelta(seconds=settings.SESSION_COOKIE_AGE + 1)):
        session = SessionStore(key)
        assert session.load() == {} and session.session_key is None


def test_what_cannot_be_decoded_is_an_empty_session():
    key = stored(word="x")
    Session.objects.update(session_data="broken")
    assert SessionStore(key).load() == {}


@pytest.mark.django_db(transaction=True)
def test_whoever_is_logged_in_costs_two_questions(client):
    client.force_login(make_user())
    client.get("/accounts/profile/")  # plans are made
    with CaptureQueriesContext(connection) as asked:
        client.get("/accounts/profile/")
    assert [each["sql"].split("(")[0].strip() for each in asked][:2] == [
        "EXECUTE session",
        "EXECUTE user_with_roles",
    ]
