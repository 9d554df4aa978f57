"""What the tests of appeals share."""

import pytest
from django.core import mail

from comments.models import Decision, Report
from tests.factories import make_comment, make_user


@pytest.fixture
def other():
    return make_user("moderator")


@pytest.fixture
def removed(moderator, clause):
    comment = make_comment(author=make_user(), body="It helped my twitching.")
    comment.decide("remove", by=moderator, version=1, clause=clause)
    return comment


def lodge(client, comment, text="I named nobody."):
    return client.post(f"/comments/{comment.pk}/appeal/", {"text": text})


def mails_to(user) -> list:
    return [each for each in mail.outbox if each.to == [user.email]]


def decided(comment, action, by, **given) -> Decision:
    comment.refresh_from_db()
    return comment.decide(action, by=by, version=comment.version, **given)


@pytest.fixture
def redacted(moderator):
    comment = make_comment(author=make_user(), body="Ask at 020 7946 0018, the helpline.")
    decided(comment, "publish_redacted", moderator, redactions=((7, 20),))
    return comment


@pytest.fixture
def kept(moderator):
    """A comment that was reported, and stays."""
    comment = make_comment(author=make_user(), body="Throw your tablets away.")
    reader = make_user(display_name="Rita Reader")
    report, _ = Report.file(comment, reason="dangerous", by=reader, note="Somebody may really do it.")
    decided(comment, "keep", moderator)
    return report
