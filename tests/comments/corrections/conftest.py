"""What the tests of corrections share: a comment, and its way to the editors."""

import pytest

from comments.models import CorrectionRequest
from tests.factories import make_article, make_comment, make_user

BODY = """<p>Most twitches are harmless. Magnesium tablets help nearly everybody who has cramps at night.</p>
<p>Coffee makes it worse, and so does little sleep.</p>"""


@pytest.fixture
def moderator(moderator, client):
    """The one of all tests of comments, logged in."""
    client.force_login(moderator)
    return moderator


@pytest.fixture
def article():
    return make_article(title="Twitching", body=BODY)


def comment_on(article, body="> Coffee makes it worse\nNo trial says so: https://example.org/trial.", **more):
    return make_comment(article, make_user(display_name="Ada"), body=body, **more)


def address_of(comment) -> str:
    return f"/moderation/comments/{comment.pk}/correction/"


def send(comment, by=None, **changes) -> CorrectionRequest:
    said = {"passage": "Coffee makes it worse", "claim": "No trial says so."} | changes
    return CorrectionRequest.send(comment, by=by or make_user("moderator"), **said)
