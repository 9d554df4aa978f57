"""What the tests of the switches share."""

import pytest
from django.test import Client

from tests.factories import make_regular, make_user

ALL_CLOSED = "All discussions on this site are closed to new comments at the moment."


@pytest.fixture
def moderator(moderator, client):
    """The one of all tests of comments, logged in."""
    client.force_login(moderator)
    return moderator


@pytest.fixture
def administrator():
    return make_user("administrator", display_name="Ad Min")


@pytest.fixture
def reader():
    """Somebody in a browser of their own, whose comments appear at once."""
    user = make_regular()
    browser = Client()
    browser.force_login(user)
    return browser


def post(browser, article, body="Something kind about sleep."):
    return browser.post(f"/articles/{article.slug}/comments/", {"body": body})


def switch_thread(client, article, mode, **data):
    return client.post(f"/moderation/threads/{article.pk}/switch/", {"mode": mode} | data)


def switch_site(client, mode, **data):
    return client.post("/moderation/switches/", {"mode": mode} | data)
