"""The mail of a day: what a person wants told once a day, put together into one `Digest` for each day.

Digest and notices are joined in one statement, so that two that run at once, or one that was killed, never make two of
them, and a mail that is sent again has the same notices and the same Message-ID.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from django.db import connection
from django.utils import timezone

from comments.models import Digest

HOUR = time(7)  # in TIME_ZONE
BATCH = 500
GIVEN_UP = timedelta(days=3)  # a mail server that is away for longer has the rest of the inbox to itself

_COLLECT = """
    WITH waiting AS (
        SELECT DISTINCT user_id FROM comments_notice
        WHERE how = 'daily' AND mailed_at IS NULL AND digest_id IS NULL AND at < %(until)s AND user_id > %(after)s
        ORDER BY user_id LIMIT %(batch)s
    ), made AS (
        INSERT INTO comments_digest (user_id, day) SELECT user_id, %(day)s FROM waiting
        ON CONFLICT DO NOTHING RETURNING id, user_id
    ), taken AS (
        UPDATE comments_notice AS notice SET digest_id = made.id FROM made
        WHERE notice.user_id = made.user_id AND how = 'daily' AND mailed_at IS NULL AND digest_id IS NULL
            AND at < %(until)s
    )
    SELECT (SELECT count(*) FROM waiting), (SELECT count(*) FROM made), (SELECT max(user_id) FROM waiting)
"""


def hour_of_today() -> datetime:
    """The latest time at which the day's mail was due: today at HOUR, or yesterday before that."""
    now = timezone.localtime()
    due = now.replace(hour=HOUR.hour, minute=0, second=0, microsecond=0)
    return due if due <= now else due - timedelta(days=1)


def collect(*, until: datetime, day: date | None = None) -> int:
    """Make the day's digests of what waits since before `until`; returns how many. A statement for some hundreds of people.

    Whoever had a mail that day already is left until tomorrow.
    """
    day, after, count = day or timezone.localdate(until), 0, 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_COLLECT, {"until": until, "day": day, "after": after, "batch": BATCH})
            people, made, after = cursor.fetchone()
        count += made
        if people < BATCH:
            return count


def unsent() -> Iterator[int]:
    """The ids of the digests that still have to be handed over: today's, and what a crash has left of the last days."""
    after, since = 0, timezone.localdate() - GIVEN_UP
    waiting = Digest.objects.filter(done_at__isnull=True, day__gte=since).order_by("pk")
    while batch := list(waiting.filter(pk__gt=after).values_list("pk", flat=True)[:BATCH]):
        yield from batch
        after = batch[-1]
