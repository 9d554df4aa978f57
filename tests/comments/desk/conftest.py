"""What the tests of queue and card share."""

import pytest

from comments.models import Comment
from comments.screening import Finding, Outcome
from tests.factories import make_article, make_user, verdict


@pytest.fixture
def moderator(moderator, client):
    """The one of all tests of comments, logged in."""
    client.force_login(moderator)
    return moderator


def held(body, *found, **fields) -> Comment:
    """A comment that waits because of `found`: (code, words of the text)."""
    findings = [
        Finding(code, Outcome.HOLD, body.index(words), body.index(words) + len(words))
        for code, words in found
    ]
    return Comment.submit(
        article=fields.get("article") or make_article(),
        by=fields.get("by") or make_user(),
        body=body,
        parent=fields.get("parent"),
        verdict=verdict("hold", *findings),
    )


def page(client, path) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def decide(client, comment, **data):
    data.setdefault("version", comment.version)
    return client.post(f"/moderation/comments/{comment.pk}/decisions/", data)
