"""What the tests of the switches share."""

import pytest
from django.test import Client

from comments.models import Comment
from tests.factories import make_comment, make_user

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
    user = make_user()
    for n in range(3):
        make_comment(author=user, body=f"Earlier {n}.")
    Comment.objects.filter(author=user).update(posted_at="2020-01-01T00:00Z")
    browser = Client()
    browser.force_login(user)
    return browser


def post(browser, article, body="Something kind about sleep."):
    return browser.post(f"/articles/{article.slug}/comments/", {"body": body})


def switch_thread(client, article, mode, **data):
    return client.post(f"/moderation/threads/{article.pk}/switch/", {"mode": mode} | data)


def switch_site(client, mode, **data):
    return client.post("/moderation/switches/", {"mode": mode} | data)
