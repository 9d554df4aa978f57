"""Jobs of the comments. They carry ids, never text; each may run twice without harm (notify.py says how)."""

import contextlib
import logging

from django.conf import settings
from django.db import transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

_log = logging.getLogger("comments.jobs")
AT_ONCE = 50  # corrections taken up in one minute

# A mail server that is away: tried again after seconds, minutes, at last hours; about nine hours in all.
PATIENT = RetryStrategy(max_attempts=10, wait=30, exponential_wait=3)


@app.task(name="comments.mail_decision", queue="mail", retry=PATIENT)
def mail_decision(decision_id: int) -> None:
    """Tell the author of a comment what was decided about it."""
    from comments.models import Decision
    from comments.notify import mail_author

    decision = (
        Decision.objects.select_related(
            "comment__author", "comment__article", "clause__policy", "message", "text", "policy"
        )
        .filter(pk=decision_id)
        .first()
    )
    if decision is not None and not decision.is_undone:
        mail_author(decision)


@app.task(name="comments.mail_notice", queue="mail", retry=PATIENT)
def mail_notice(notice_id: int) -> None:
    """Mail a notice that no decision about the person's own comment stands behind: an answer, a report."""
    from comments import notify

    notify.mail_notice(notice_id)


@app.task(name="comments.mail_digest", queue="mail", retry=PATIENT)
def mail_digest(digest_id: int) -> None:
    """Mail what was put together for one person on one day."""
    from comments import notify

    notify.mail_digest(digest_id)


# Asked every hour, so that a worker that was down at the hour is late, and not a day late.
@app.periodic(cron="5 * * * *")
@app.task(name="comments.send_digests", queue="upkeep", queueing_lock="digests")
def send_digests(timestamp: int) -> None:
    """Put together what has waited since before the hour of the digests, and queue a mail for each that is not sent."""
    from comments import digests

    digests.collect(until=digests.hour_of_today())
    for pk in digests.unsent():
        # Behind all mail that somebody waits for.
        job = mail_digest.configure(queueing_lock=f"digest-{pk}", priority=-5)
        with contextlib.suppress(AlreadyEnqueued), transaction.atomic():  # it waits for its next try
            job.defer(digest_id=pk)


@app.periodic(cron="41 3 * * *")
@app.task(name="comments.prune_notices", queue="upkeep", queueing_lock="prune")
def prune_notices(timestamp: int) -> None:
    """One batch of what people were told, and nobody needs any more; queues the next, until there is none."""
    from comments import pruning

    if pruning.prune():
        with contextlib.suppress(AlreadyEnqueued), transaction.atomic():
            prune_notices.defer(timestamp=timestamp)


@app.periodic(cron="42 3 * * *")
@app.task(name="comments.prune_bounces", queue="upkeep", queueing_lock="prune_bounces")
def prune_bounces(timestamp: int, after: int = 0) -> None:
    """Each night, batch by batch: the mails that came back long ago and stop nothing."""
    from comments import pruning

    reached = pruning.prune_bounces(after=after)
    if reached:
        prune_bounces.defer(timestamp=timestamp, after=reached)


def tell_authors(decisions) -> None:
    """Queue the mails in the decisions' own transaction; they wait until an undo would no longer be silent."""
    if decisions:
        _later(mail_decision).batch_defer(*[{"decision_id": decision.pk} for decision in decisions])


def tell(notices) -> None:
    """The same for notices: whoever takes back what they have just published has told nobody."""
    if notices:
        _later(mail_notice).batch_defer(*[{"notice_id": notice.pk} for notice in notices])


def _later(task):
    return task.configure(schedule_in={"seconds": settings.HN_UNDO_SECONDS})


# --- People: what is said to them, what a ban takes down, the crisis lane ---


@app.task(name="comments.mail_sanction", queue="mail", retry=PATIENT)
def mail_sanction(sanction_id: int, what: str) -> None:
    """Tell somebody that a sanction was imposed on them, or lifted."""
    from comments import letters
    from comments.models import Sanction

    joined = ("user", "reason", "clause__policy", "comment__article", "comment__text", "lift_reason")
    sanction = Sanction.objects.select_related(*joined).filter(pk=sanction_id).first()
    if sanction is not None:
        letters.sanction(sanction, what)


def tell_person(sanction, what: str) -> None:
    """Queue the mail in the transaction of the sanction: at once, because it holds at once."""
    mail_sanction.defer(sanction_id=sanction.pk, what=what)


@app.task(name="comments.mail_sanction_appeal", queue="mail", retry=PATIENT)
def mail_sanction_appeal(appeal_id: int) -> None:
    """Tell somebody what came of their appeal against a sanction, where it was not lifted by that."""
    from comments import letters
    from comments.models import SanctionAppeal

    joined = SanctionAppeal.objects.select_related("sanction__user", "text", "answer")
    appeal = joined.filter(pk=appeal_id, answered_at__isnull=False).first()
    if appeal is not None:
        letters.sanction_appeal_answered(appeal)


def tell_appellant(appeal) -> None:
    """Queue it in the transaction of the answer."""
    mail_sanction_appeal.defer(appeal_id=appeal.pk)


@app.task(name="comments.take_down", queue="upkeep", retry=PATIENT)
def take_down(sanction_id: int, after: int = 0) -> None:
    """One batch of what a ban takes down; queues the next, until there is none."""
    from comments.taking_down import take_down_batch

    reached = take_down_batch(sanction_id, after=after)
    if reached:
        take_down.defer(sanction_id=sanction_id, after=reached)


def take_down_after(sanction) -> None:
    """Queue the first batch in the transaction of the ban."""
    take_down.defer(sanction_id=sanction.pk)


@app.periodic(cron="* * * * *")
@app.task(name="comments.watch_crisis", queue="upkeep", queueing_lock="crisis")
def watch_crisis(timestamp: int) -> None:
    """Each minute: has anything waited too long in the crisis lane?"""
    from comments.crisis import watch

    watch()


@app.task(name="comments.mail_crisis", queue="mail", retry=PATIENT)
def mail_crisis(alert_ids: list[int]) -> None:
    """Tell one person of what waits in the crisis lane; what was decided meanwhile is left out."""
    from comments import letters
    from comments.models import CrisisAlert

    alerts = CrisisAlert.objects.select_related("case__comment__article", "to").filter(pk__in=alert_ids)
    waiting = alerts.filter(case__closed_at__isnull=True).order_by("case__since", "pk")
    if waiting:
        letters.crisis(list(waiting))


@app.task(name="comments.mail_credential_answer", queue="mail", retry=PATIENT)
def mail_credential_answer(request_id: int) -> None:
    """Tell somebody what became of their request to be verified."""
    from comments import letters
    from comments.models import CredentialRequest

    joined = CredentialRequest.objects.select_related("user", "credential", "answer")
    request = joined.filter(pk=request_id, decided_at__isnull=False).first()
    if request is not None:
        letters.credential_answer(request)


@app.task(name="comments.mail_revocation", queue="mail", retry=PATIENT)
def mail_revocation(credential_id: int) -> None:
    """Tell somebody that their name carries no mark any more, and why."""
    from comments import letters
    from comments.models import Credential

    joined = Credential.objects.select_related("user", "revoked_because")
    credential = joined.filter(pk=credential_id, revoked_at__isnull=False).first()
    if credential is not None:
        letters.credential_revoked(credential)


@app.task(name="comments.mail_correction", queue="mail", retry=PATIENT)
def mail_correction(request_id: int) -> None:
    """Tell the commenter that the article was corrected."""
    from comments import letters
    from comments.models import CorrectionRequest

    request = CorrectionRequest.objects.answered(request_id)
    if request is not None:
        letters.correction_made(request)


@app.task(name="comments.mail_reported_correction", queue="mail", retry=PATIENT)
def mail_reported_correction(request_id: int, report_id: int) -> None:
    """Tell who had reported the comment, because of what is wrong in the article, that it was corrected."""
    from comments import letters
    from comments.models import CorrectionRequest, Report

    request = CorrectionRequest.objects.answered(request_id)
    report = Report.objects.select_related("reporter").filter(pk=report_id).first()
    if request is not None and report is not None:
        letters.reported_correction_made(request, report)


def tell_of_correction(request, reports: list[int]) -> None:
    """Queue the mails to who had reported it, in the transaction that takes the correction up."""
    if reports:
        mail_reported_correction.batch_defer(
            *[{"request_id": request.pk, "report_id": report} for report in reports]
        )


# The editors' door cannot call us, so we look: a partial index says what is not taken up yet.
@app.periodic(cron="* * * * *")
@app.task(name="comments.take_up_corrections", queue="upkeep", queueing_lock="corrections")
def take_up_corrections(timestamp: int) -> int:
    """Carry out what the editors decided about corrections since the last minute. Returns how many."""
    from comments.models import CorrectionRequest

    done = 0
    for pk in CorrectionRequest.objects.decided().order_by("pk").values_list("pk", flat=True)[:AT_ONCE]:
        try:
            done += CorrectionRequest.take_up(pk, site_url=settings.SITE_URL)
        except Exception:
            # The others are not to wait for it; it comes again in a minute.
            _log.exception("correction request %d could not be taken up", pk)
    return done


@app.periodic(cron="12 * * * *")  # what can be undone, can be for ten minutes
@app.task(name="comments.tally_days", queue="upkeep", queueing_lock="tally")
def tally_days(timestamp: int) -> None:
    """Count what happened on the days that are over; an hour without it is made up for by the next."""
    from comments import tally

    for _ in tally.write():
        pass


@app.periodic(cron="40 3 * * *")
@app.task(name="comments.destroy_originals", queue="upkeep", queueing_lock="destroy_originals")
def destroy_originals(timestamp: int, after: int = 0) -> None:
    """Each night, batch by batch: empty what personal data was taken out of, once nobody can appeal any more."""
    from comments import destroying

    reached = destroying.destroy_originals(after=after)
    if reached:
        destroy_originals.defer(timestamp=timestamp, after=reached)


@app.task(name="comments.mail_report_answered", queue="mail", retry=PATIENT)
def mail_report_answered(report_id: int, decision_id: int) -> None:
    """Tell who sent a notice of illegal content without a login what came of it."""
    from comments.models import Decision, LegalNotice
    from comments.notify import mail_sender

    # One about abuse of a child may come without an address, and word of a danger has none.
    notices = LegalNotice.objects.filter(report=report_id, report__reporter=None).exclude(email="")
    notice = notices.select_related("report__comment__article", "report__answered_by").first()
    decision = Decision.objects.select_related("clause", "message").filter(pk=decision_id).first()
    if notice is not None and decision is not None and not decision.is_undone:
        mail_sender(notice, decision)


@app.task(name="comments.acknowledge_notice", queue="mail", retry=PATIENT)
def acknowledge_notice(notice_id: int) -> None:
    """Tell the sender of a notice of illegal content that it was received."""
    from django.utils import timezone

    from comments import letters
    from comments.models import LegalNotice

    notices = LegalNotice.objects.select_related("report__reporter", "report__comment__article")
    notice = notices.filter(pk=notice_id, acknowledged_at=None).first()
    if notice is not None and letters.notice_received(notice):
        LegalNotice.objects.filter(pk=notice_id).update(acknowledged_at=timezone.now())


def acknowledge(notice) -> None:
    """Queue the acknowledgement in the notice's own transaction."""
    acknowledge_notice.defer(notice_id=notice.pk)


def tell_reporters(pairs) -> None:
    """Queue the answers to notices without a login, as (report, decision) by ids; they wait as the authors' mails do."""
    if pairs:
        _later(mail_report_answered).batch_defer(
            *[{"report_id": report, "decision_id": decision} for report, decision in pairs]
        )
