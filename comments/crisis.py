"""The clock of the crisis lane: who is told, and when."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts import roles
from comments import duty, jobs
from comments.models import Case, CrisisAlert, Duty, Lane
from comments.models.duty import holders

BATCH = 100  # cases told of in one minute
_log = logging.getLogger("healthnews.crisis")


def limit() -> timedelta:
    """In which somebody looks at an emergency, in the hours of duty."""
    return timedelta(minutes=settings.HN_CRISIS_MINUTES)


def late_before(at, sinces) -> datetime | None:
    """The emergencies that came at that moment or before it are late; None when none of `sinces` is.

    By the clock that runs in the hours of duty; where nobody is ever on duty, by the one on the wall. Three queries,
    and none before the limit has passed.
    """
    by_the_wall = at - limit()
    if not any(since <= by_the_wall for since in sinces):
        return None
    shifts = Duty.in_use(at)
    if duty.next_start(shifts, at - duty.FAR) is None:
        return by_the_wall
    return duty.ran_since(shifts, limit(), at)


@transaction.atomic
def watch(at=None) -> int:
    """Tell whom of what waits in the crisis lane; returns how many alerts were written.

    While somebody is on duty the clock of a case runs; when it has run HN_CRISIS_MINUTES, all who are on duty then
    are mailed. Outside of duty hours the clock stands still and goes on with the next duty; but so that nobody who
    wrote is left alone until then, all administrators are mailed at once. Each of the two happens once for a case,
    and anew when the case is opened anew. Mail is queued in the transaction of its alert.
    """
    at = at or timezone.now()
    with connection.cursor() as cursor:
        # Two workers one after the other: the second sees what the first has told.
        cursor.execute("LOCK TABLE comments_crisisalert IN SHARE ROW EXCLUSIVE MODE")
    shifts = Duty.in_use(at)
    here = {shift.line.user for shift, _ in duty.on_duty(shifts, at)}
    step = CrisisAlert.Step.DUTY if here else CrisisAlert.Step.NOBODY
    told = CrisisAlert.objects.filter(case=OuterRef("pk"), since=OuterRef("since"), step=step)
    cases = list(Case.objects.open().filter(~Exists(told), lane=Lane.CRISIS)[:BATCH])
    if here:
        cases = [case for case in cases if duty.ran(shifts, case.since, at) >= limit()]
    else:
        here = set(holders(roles.ADMINISTRATOR)) if cases else set()
        if cases and not here:
            _log.error("%d cases wait in the crisis lane, and there is nobody to tell", len(cases))
    return _tell(here, cases, step, at)


def _tell(people, cases, step, at) -> int:
    """An alert for each person and case, and one mail for each person."""
    count = 0
    for person in sorted(people, key=lambda each: each.pk):
        alerts = CrisisAlert.objects.bulk_create(
            CrisisAlert(case=case, since=case.since, step=step, to=person, at=at) for case in cases
        )
        if alerts:
            jobs.mail_crisis.defer(alert_ids=[alert.pk for alert in alerts])
        count += len(alerts)
    return count
