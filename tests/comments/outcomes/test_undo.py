"""The way back: what an undo restores, until when, and who hears of it."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from comments.jobs import mail_decision
from comments.models import (
    Appeal,
    Case,
    Comment,
    Decision,
    MovedMeanwhile,
    Notice,
    Report,
    Thread,
    Undecidable,
)
from comments.models.undoing import undo
from tests.comments.outcomes.conftest import counts_are_right, report
from tests.factories import make_comment, make_user, verdict

pytestmark = pytest.mark.django_db


def later(decision, **by) -> None:
    Decision.objects.filter(pk=decision.pk).update(at=timezone.now() - timedelta(**by))
    decision.refresh_from_db()


@pytest.mark.parametrize("action", ["publish", "reject", "return", "publish_redacted", "escalate"])
def test_undo_puts_everything_back_and_nobody_is_told(moderator, clause, action):
    author = make_user()
    comment = make_comment(author=author, status="pending", body="Call 020 7946 0018 now.")
    case = Case.objects.get(pk=comment.pk)
    given = {
        "reject": {"clause": clause},
        "return": {"clause": clause, "message": "Shorter, please."},
        "publish_redacted": {"redactions": ((5, 18),)},
    }.get(action, {})
    decision = comment.decide(action, by=moderator, version=1, **given)
    undo(decision, by=moderator)
    comment.refresh_from_db()
    now = Case.objects.get(pk=comment.pk)
    assert (comment.status, comment.published_at) == ("pending", None)
    assert comment.text.body == "Call 020 7946 0018 now."
    assert (now.closed_at, now.since, now.lane, now.kinds) == (None, case.since, case.lane, case.kinds)
    assert [each.action for each in comment.decisions.all()[:2]] == ["undo", action]
    assert counts_are_right()
    mail_decision(decision.pk)
    assert mail.outbox == []


def test_undo_takes_the_answer_back_with_it(client, moderator):
    comment = make_comment(status="pending")
    decision = comment.decide("publish", by=moderator, version=1, reply="See a doctor, please.")
    undo(decision, by=moderator)
    assert Comment.objects.get(pk=decision.answer_id).status == "withdrawn"
    assert "See a doctor, please." not in client.get(comment.article.get_absolute_url()).content.decode()
    assert counts_are_right()


def test_undo_gives_reports_and_appeals_back_to_the_queue(moderator, clause, removed):
    reported = make_comment()
    row = report(reported)
    undo(reported.decide("keep", by=moderator, version=1), by=moderator)
    row.refresh_from_db()
    assert (row.answered_by, row.was_right) == (None, None)
    appeal = Appeal.lodge(removed.decisions.first(), by=removed.author, text="Look again.")
    other = make_user("moderator")
    removed.refresh_from_db()
    undo(removed.decide("overturn", by=other, version=removed.version), by=other)
    appeal.refresh_from_db()
    removed.refresh_from_db()
    assert (appeal.answered_by, removed.status) == (None, "removed")
    assert Case.objects.open().filter(pk=removed.pk).exists()


def test_undo_restores_the_edit_that_waited(moderator):
    author = make_user()
    comment = make_comment(author=author, body="As it was.")
    comment.edit("As it shall be.", by=author, verdict=verdict("hold"), version=1)
    decision = comment.decide("publish", by=moderator, version=comment.version)
    assert comment.text.body == "As it shall be."
    version = Thread.objects.get(pk=comment.article_id).version
    undo(decision, by=moderator)
    comment.refresh_from_db()
    assert (comment.text.body, comment.waiting_text.body) == ("As it was.", "As it shall be.")
    assert Thread.objects.get(pk=comment.article_id).version == version + 1


def test_after_a_minute_the_author_is_told_and_after_ten_it_is_too_late(moderator, clause):
    comment = make_comment(author=make_user(), status="pending")
    decision = comment.decide("reject", by=moderator, version=1, clause=clause)
    later(decision, seconds=61)
    Notice.objects.filter(decision=decision).update(mailed_at=timezone.now())
    record = undo(decision, by=moderator)
    jobs = ProcrastinateJob.objects.filter(task_name="comments.mail_decision")
    assert {"decision_id": record.pk} in [job.args for job in jobs]
    comment.refresh_from_db()
    late = comment.decide("reject", by=moderator, version=comment.version, clause=clause)
    later(late, minutes=11)
    with pytest.raises(Undecidable, match="ten minutes"):
        undo(late, by=moderator)


def test_only_the_latest_decision_is_undone_and_only_by_who_made_it(moderator):
    comment = make_comment(status="pending")
    first = comment.decide("publish", by=moderator, version=1)
    with pytest.raises(Undecidable, match="Only who decided"):
        undo(first, by=make_user("moderator"))
    comment.decide("hold", by=moderator, version=comment.version)
    with pytest.raises(MovedMeanwhile):
        undo(first, by=moderator)
    with pytest.raises(Undecidable, match="Only what somebody of the desk"):
        undo(comment.decisions.last(), by=moderator)
    assert undo(comment.decisions.first(), by=make_user("administrator")).to_status == "published"


def test_what_waited_before_it_was_held_waits_on_when_that_is_undone(moderator):
    author = make_user()
    reported, edited, quiet = make_comment(), make_comment(author=author), make_comment()
    Report.file(reported, reason="abuse", by=make_user())
    edited.edit("As it shall be.", by=author, verdict=verdict("hold"), version=1)
    for comment, kinds in ((reported, ["report"]), (edited, ["edit"]), (quiet, None)):
        comment.refresh_from_db()
        undo(comment.decide("hold", by=moderator, version=comment.version), by=moderator)
        case = Case.objects.open().filter(pk=comment.pk).first()
        assert (case and case.kinds) == kinds


def test_a_report_that_came_in_before_the_undo_waits_beside_what_did(moderator):
    comment = make_comment(status="pending")
    Case.open_for(comment, "crisis", priority=0, codes=["self_harm"], detected=True)
    before = Case.objects.get(pk=comment.pk)
    decision = comment.decide("publish", by=moderator, version=1, outcome="false_alarm")
    Report.file(comment, reason="abuse", by=make_user())
    comment.refresh_from_db()
    undo(decision, by=moderator)
    case = Case.objects.open().get(pk=comment.pk)
    assert case.kinds == ["new", "crisis", "report"]
    assert (case.lane, case.priority, case.since) == (before.lane, before.priority, before.since)
    assert (case.codes, case.is_detected) == (["self_harm"], True)


def test_a_change_that_is_published_at_once_answers_no_report(moderator):
    author = make_user()
    comment = make_comment(author=author)
    Report.file(comment, reason="danger", by=make_user())
    comment.refresh_from_db()
    comment.edit("Other words.", by=author, verdict=verdict("hold"), version=comment.version)
    comment.edit("Others again.", by=author, verdict=verdict("publish"), version=comment.version)
    case = Case.objects.open().get(pk=comment.pk)
    assert (comment.text.body, case.kinds, case.get_lane_display()) == (
        "Others again.",
        ["report", "crisis"],
        "Crisis",
    )
