"""Jobs of the comments. They carry ids, never text; each may run twice without harm (notify.py says how)."""

import contextlib

from django.conf import settings
from django.db import transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

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


@app.task(name="comments.mail_notice", queue="mail", retry=PATIENT)
def mail_notice(notice_id: int) -> None:
    """Mail a notice that no moderator's decision about the person's own comment stands behind: an answer, a report."""
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
