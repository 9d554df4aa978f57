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


@app.periodic(cron="12 * * * *")  # what can be undone, can be for ten minutes
@app.task(name="comments.tally_days", queue="upkeep", queueing_lock="tally")
def tally_days(timestamp: int) -> None:
    """Count what happened on the days that are over; an hour without it is made up for by the next."""
    from comments import tally

    for _ in tally.write():
        pass
