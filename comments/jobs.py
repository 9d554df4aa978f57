"""Jobs of the comments. They carry ids, never text; each may run twice without harm."""

import logging

from django.conf import settings
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

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
        Decision.objects.select_related("comment__author", "comment__article", "clause", "message", "text")
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

    joined = CorrectionRequest.objects.select_related(
        "comment__author", "comment__article", "answer", "correction__version", "correction__fixed_in"
    )
    request = joined.filter(pk=request_id, answered_at__isnull=False).first()
    if request is not None:
        letters.correction_made(request)


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
