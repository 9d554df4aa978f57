"""Taking a decision back: what was there before is there again, and the record of both stays."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from comments import states
from comments.models import deciding
from comments.models.comment import Comment, MovedMeanwhile, Status
from comments.models.decision import Action, Case, Decision, Undecidable
from comments.models.notice import Notice
from comments.models.policy import CannedReply
from comments.models.report import Appeal, Report
from comments.models.thread import Thread

UNDO_TIME = timedelta(minutes=10)


def why_not(decision: Decision, by, at=None) -> str:
    """Why this person cannot take this decision back, in words; empty when they can."""
    if decision.action not in states.STAFF or decision.by_id is None:
        return "Only what somebody of the desk decided can be undone."
    if decision.by_id != by.pk and not by.has_perm("comments.administer"):
        return "Only who decided, or an administrator, can undo this."
    if (at or timezone.now()) > decision.at + UNDO_TIME:
        return "A decision can be undone for ten minutes; that time is over. You can decide anew."
    return ""


def undo(decision: Decision, *, by) -> Decision:
    """Put the comment back as it was before its latest decision; returns the record of that.

    Nobody is told when the mails about the decision have not gone out yet (HN_UNDO_SECONDS); afterwards the author gets
    a sentence. The answer that was published with it is withdrawn. Raises Undecidable, or MovedMeanwhile when something
    has been decided since.
    """
    if why := why_not(decision, by):
        raise Undecidable(why)
    with transaction.atomic():
        comment = Comment.objects.select_related("article").get(pk=decision.comment_id)
        before = comment.status
        change = deciding.published_more(before, decision.from_status)
        Thread.lock([comment.article_id])
        Comment.objects.select_for_update(no_key=True).get(pk=comment.pk)
        if comment.decisions.first() != decision:
            raise MovedMeanwhile(comment)
        if decision.answer_id:
            _take_back(decision.answer, by)
        moved = {
            "status": decision.from_status,
            "text": decision.text_before,
            "waiting_text": decision.waiting_before,
        }
        if change < 0 and comment.published_at == decision.at:
            moved["published_at"] = None
        deciding.write([comment], {comment.pk: moved}, {comment.pk: change})
        _wait_again(decision)
        Notice.take_back(decision)
        if decision.canned_reply_id:
            CannedReply.objects.filter(pk=decision.canned_reply_id, use_count__gt=0).update(
                use_count=F("use_count") - 1
            )
        record = Decision.objects.create(
            comment=comment,
            action=Action.UNDO,
            from_status=before,
            to_status=decision.from_status,
            by=by,
            text_id=decision.text_id,
            text_before_id=comment.text_id,
            waiting_before_id=comment.waiting_text_id,
            policy_id=decision.policy_id,
            reverses=decision,
        )
        if record.at >= decision.at + timedelta(seconds=settings.HN_UNDO_SECONDS):
            Notice.of_decisions([record])
    return record


def _take_back(answer: Comment, by) -> None:
    if answer.status == Status.PUBLISHED:
        answer.withdraw(by=by, version=answer.version)


def _wait_again(decision: Decision) -> None:
    """The case as it was: open again, or no longer; its reports and appeals wait for an answer again."""
    pk = decision.comment_id
    if decision.closed_case:
        Case.reopen([pk])
    elif decision.action == Action.HOLD:
        Case.close_all([pk])
    elif decision.action == Action.ESCALATE:
        Case.no_longer(pk, "escalated")
    Report.objects.filter(answered_by=decision).update(answered_by=None, was_right=None)
    Appeal.objects.filter(answered_by=decision).update(answered_by=None, was_granted=None)
