"""Who had reported a comment and read that it is gone reads when it is back: once, and only they."""

from datetime import timedelta

import pytest
from django.utils import timezone

from comments.models import Appeal, Comment, Decision, Notice, Report
from comments.models.undoing import undo
from tests.comments.appeals.conftest import decided, mails_to
from tests.comments.conftest import work
from tests.factories import make_comment, make_user

pytestmark = pytest.mark.django_db

BACK = "it can be read again"


@pytest.fixture
def report():
    comment = make_comment(author=make_user(), body="Ask at 020 7946 0018, the helpline.")
    return Report.file(comment, reason="abuse", by=make_user())[0]


def told(report) -> list[str]:
    """What was mailed about it, one after the other."""
    work()
    return [each.body for each in mails_to(report.reporter)]


def test_what_was_refused_and_is_published_after_all_is_back(report, moderator, clause):
    decided(report.comment, "hold", moderator)
    decided(report.comment, "reject", moderator, clause=clause)
    assert "taken it down" in told(report)[-1]
    published = decided(report.comment, "publish", moderator)
    assert BACK in told(report)[-1]
    assert Notice.objects.get(user=report.reporter, decision=published).mailed_at


def test_of_what_stayed_without_parts_nobody_had_read_that_it_is_gone(report, moderator, clause):
    decided(report.comment, "publish_redacted", moderator, redactions=((7, 20),))
    before = told(report)
    decided(report.comment, "remove", moderator, clause=clause)
    restored = decided(report.comment, "restore", moderator)
    assert told(report) == before
    assert Appeal.target(report.comment, report.reporter) != restored


def test_it_is_told_once_however_often_it_goes_and_comes(report, moderator, clause):
    for _ in range(2):
        decided(report.comment, "remove", moderator, clause=clause)
        decided(report.comment, "restore", moderator)
    assert [BACK in body for body in told(report)] == [False, True]


def test_it_is_told_anew_when_it_was_taken_back(report, moderator, clause):
    decided(report.comment, "remove", moderator, clause=clause)
    undo(decided(report.comment, "restore", moderator), by=moderator)
    decided(report.comment, "restore", moderator)
    assert [BACK in body for body in told(report)] == [False, True]


def test_what_was_taken_back_before_the_mail_went_is_not_mailed(report, moderator, clause):
    decided(report.comment, "remove", moderator, clause=clause)
    before = told(report)
    restored = decided(report.comment, "restore", moderator)
    # Read in the inbox, while the mail server is away.
    Notice.objects.get(user=report.reporter, decision=restored).read()
    Decision.objects.filter(pk=restored.pk).update(at=timezone.now() - timedelta(minutes=2))
    undo(Decision.objects.get(pk=restored.pk), by=moderator)
    assert Notice.objects.filter(user=report.reporter, decision=restored).exists()
    assert told(report) == before


def test_parts_that_are_back_are_not_called_the_comment(client, report, moderator):
    redacted = decided(report.comment, "publish_redacted", moderator, redactions=((7, 20),))
    work()
    Appeal.lodge(redacted, by=report.comment.author, text="That is a public helpline.")
    decided(report.comment, "publish", make_user("moderator"))
    last = told(report)[-1]
    assert "Its author appealed" in last
    assert "what we had taken out of it can be read again" in last


def test_nothing_is_said_to_stay_of_what_is_gone(client, report, moderator, clause):
    decided(report.comment, "publish_redacted", moderator, redactions=((7, 20),))
    client.force_login(report.reporter)
    address = f"/comments/{report.comment_id}/decision/"
    assert "parts of it were taken out; the rest stays." in client.get(address).content.decode()
    decided(Comment.objects.get(pk=report.comment_id), "remove", moderator, clause=clause)
    assert "the rest stays" not in client.get(address).content.decode()
