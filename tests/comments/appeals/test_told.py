"""Whoever appealed finds the answer in the inbox, and in one mail."""

from datetime import timedelta

import pytest
from django.utils import timezone

from comments.models import Appeal, Clause, CommentText, Decision, Notice, Report
from comments.models.undoing import undo
from tests.comments.appeals.conftest import decided, mails_to
from tests.comments.conftest import work
from tests.factories import make_article, make_comment, make_user

pytestmark = pytest.mark.django_db

INBOX = "/comments/notices/"


@pytest.fixture
def appeal(moderator):
    """Of who reported a comment that was kept."""
    comment = make_comment(make_article(title="Twitching"), author=make_user())
    report, _ = Report.file(comment, reason="dangerous", by=make_user())
    appeal = Appeal.lodge(decided(comment, "keep", moderator), by=report.reporter, text="Please look again.")
    work()
    return appeal


def answer(appeal, action, by, **given):
    """Decided, mailed; the mails since."""
    before = len(mails_to(appeal.by))
    decision = decided(appeal.decision.comment, action, by, **given)
    work()
    return decision, mails_to(appeal.by)[before:]


@pytest.mark.parametrize(
    ("action", "given", "words"),
    [
        ("keep", {"message": "It is an experience."}, "the comment stays."),
        ("publish_redacted", {"redactions": ((0, 1),)}, "parts of the comment were taken out."),
        ("remove", {}, "nobody can read the comment any more."),
    ],
)
def test_the_answer_to_who_reported_stands_in_the_inbox_and_is_mailed_once(
    client, appeal, other, action, given, words
):
    given = given or {"clause": Clause.in_force().first()}
    decision, mails = answer(appeal, action, other, **given)
    [notice] = Notice.objects.filter(user=appeal.by, decision=decision)
    assert (notice.kind, bool(notice.mailed_at)) == ("appeal", True)
    [told] = mails
    granted = action != "keep"
    assert ("not granted" not in told.subject) is granted
    assert ("You were right" in told.body) is granted
    assert "Message-ID" in told.extra_headers
    client.force_login(appeal.by)
    inbox = client.get(INBOX).content.decode()
    assert (
        f"Your appeal about a comment on “Twitching” was decided: {'you were right, and ' * granted}{words}"
        in (inbox)
    )
    opened = client.get(f"{INBOX}{notice.pk}/")
    assert opened["Location"] == f"/comments/{decision.comment_id}/decision/"
    page = client.get(opened["Location"]).content.decode()
    if message := given.get("message"):
        assert message in told.body and message in page


def test_that_its_author_took_it_back_is_no_verdict(client, appeal):
    comment, third = appeal.decision.comment, make_user()
    Report.file(comment, reason="dangerous", by=third)
    Report.objects.filter(reporter=third).update(answered_by=appeal.decision)
    comment.refresh_from_db()
    comment.withdraw(by=comment.author, version=comment.version)
    work()
    told = mails_to(appeal.by)[-1]
    assert "has taken it back" in told.body
    assert "looked at it" not in told.body
    assert "has taken it back" in told.subject
    assert "granted" not in told.subject
    client.force_login(appeal.by)
    assert "its author has taken the comment back." in client.get(INBOX).content.decode()
    page = client.get(f"/comments/{comment.pk}/decision/").content.decode()
    assert "Before that was decided, the comment was withdrawn." in page
    assert "granted" not in page
    # Nobody has judged anew: who had read that it stays is told nothing.
    assert not mails_to(third)
    # Who took it back is not told of it.
    assert not Notice.objects.filter(user=comment.author).exists()


def test_what_is_taken_back_at_once_was_never_told(client, appeal, other):
    decision = decided(appeal.decision.comment, "keep", other)
    undo(decision, by=other)
    work()
    assert not Notice.objects.filter(decision=decision).exists()
    assert len(mails_to(appeal.by)) == 1  # that it was kept, before the appeal


def test_what_was_mailed_and_is_taken_back_is_said_to_be(client, appeal, other):
    decision, _ = answer(appeal, "keep", other)
    Decision.objects.filter(pk=decision.pk).update(at=timezone.now() - timedelta(minutes=2))
    undo(Decision.objects.get(pk=decision.pk), by=other)
    client.force_login(appeal.by)
    assert (
        "was decided: that was taken back, and it is looked at again." in client.get(INBOX).content.decode()
    )


@pytest.mark.parametrize("quiet", [False, True])
def test_an_author_hears_of_their_appeal_once_whatever_else_is_not_mailed(client, moderator, other, quiet):
    comment = make_comment(author=make_user(), body="Ask at 020 7946 0018, the helpline.")
    redacted = decided(comment, "publish_redacted", moderator, redactions=((7, 20),))
    appeal = Appeal.lodge(redacted, by=comment.author, text="That is a public helpline.")
    work()
    _, mails = answer(appeal, "remove", other, clause=Clause.in_force().first(), quiet=quiet)
    assert len(mails) == 1
    assert Notice.objects.filter(user=comment.author, kind="appeal", mailed_at__isnull=False).count() == 1


def test_an_author_whose_original_is_gone_is_told_that_it_stays_and_why(client, moderator, other):
    comment = make_comment(author=make_user(), body="Ask at 020 7946 0018, the helpline.")
    redacted = decided(comment, "publish_redacted", moderator, redactions=((7, 20),))
    CommentText.objects.filter(pk=redacted.text_id).update(body="", destroyed_at=timezone.now())
    redacted.refresh_from_db()
    appeal = Appeal.lodge(redacted, by=comment.author, text="That is a public helpline.")
    work()
    decision, mails = answer(appeal, "keep", other, message="It is a private number.")
    [told] = mails
    assert "not granted" in told.subject and "It is a private number." in told.body
    client.force_login(comment.author)
    inbox = client.get(INBOX).content.decode()
    assert "Your appeal was not granted" in inbox and "It is a private number." in inbox
