"""Jobs of the comments. They carry ids, never text; each may run twice without harm."""

from django.conf import settings
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

# A mail server that is away: tried again after seconds, minutes, at last hours; about nine hours in all.
PATIENT = RetryStrategy(max_attempts=10, wait=30, exponential_wait=3)


@app.task(name="comments.mail_decision", queue="mail", retry=PATIENT)
def mail_decision(decision_id: int) -> None:
    """Tell the author of a comment what was decided about it."""
    from comments.models import Decision
    from comments.notify import mail_author

    decision = (
        Decision.objects.select_related(
            "comment__author", "comment__article", "clause", "message", "text", "policy"
        )
        .filter(pk=decision_id)
        .first()
    )
    if decision is not None and not decision.is_undone:
        mail_author(decision)


def tell_authors(decisions) -> None:
    """Queue the mails in the decisions' own transaction; they wait until an undo would no longer be silent."""
    if decisions:
        later = mail_decision.configure(schedule_in={"seconds": settings.HN_UNDO_SECONDS})
        later.batch_defer(*[{"decision_id": decision.pk} for decision in decisions])


@app.task(name="comments.mail_report_answered", queue="mail", retry=PATIENT)
def mail_report_answered(report_id: int, decision_id: int) -> None:
    """Tell who reported a comment what came of it."""
    from comments.models import Decision, Report
    from comments.notify import mail_reporter

    report = (
        Report.objects.select_related("reporter", "notice", "comment__article").filter(pk=report_id).first()
    )
    decision = Decision.objects.select_related("clause").filter(pk=decision_id).first()
    if report is not None and decision is not None and not decision.is_undone:
        mail_reporter(report, decision)


@app.task(name="comments.mail_appeal_answered", queue="mail", retry=PATIENT)
def mail_appeal_answered(appeal_id: int, decision_id: int) -> None:
    """Tell who appealed what came of it."""
    from comments.models import Appeal
    from comments.notify import mail_appellant

    joined = ("by", "decision__comment__article", "answered_by__clause", "answered_by__message")
    appeal = Appeal.objects.select_related(*joined).filter(pk=appeal_id, answered_by=decision_id).first()
    if appeal is not None and not appeal.answered_by.is_undone:
        mail_appellant(appeal)


@app.task(name="comments.acknowledge_notice", queue="mail", retry=PATIENT)
def acknowledge_notice(notice_id: int) -> None:
    """Tell the sender of a notice of illegal content that it was received."""
    from django.utils import timezone

    from comments.models import LegalNotice
    from comments.notify import mail_acknowledgement

    notices = LegalNotice.objects.select_related("report__reporter", "report__comment__article")
    notice = notices.filter(pk=notice_id, acknowledged_at=None).first()
    if notice is not None:
        mail_acknowledgement(notice)
        LegalNotice.objects.filter(pk=notice_id).update(acknowledged_at=timezone.now())


def acknowledge(notice) -> None:
    """Queue the acknowledgement in the notice's own transaction."""
    acknowledge_notice.defer(notice_id=notice.pk)


def tell_reporters(pairs) -> None:
    """Queue the answers to reports, as (report, decision) by ids; they wait as the authors' mails do."""
    if pairs:
        later = mail_report_answered.configure(schedule_in={"seconds": settings.HN_UNDO_SECONDS})
        later.batch_defer(*[{"report_id": report, "decision_id": decision} for report, decision in pairs])


def tell_appellants(appeals) -> None:
    """Queue the answers to appeals, likewise."""
    if appeals:
        later = mail_appeal_answered.configure(schedule_in={"seconds": settings.HN_UNDO_SECONDS})
        later.batch_defer(*[{"appeal_id": each.pk, "decision_id": each.answered_by_id} for each in appeals])
