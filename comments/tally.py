"""What happened on each day, counted: one statement over the day's own rows, whatever else is stored.

Days that are over are kept as `DayTally`, by the worker's job and by `manage.py tally`; today is counted when somebody
looks. What was undone does not count, but for the undoing itself. What another system decided before an import doesn't.

| kind | counts | key |
|---|---|---|
| received | comments by readers | where screening put them |
| decided | decisions by people (clause, by) | action |
| undone | decisions taken back (by) | |
| reversal | refused or removed, published after all (clause, by: of the first decision) | who had decided |
| waited | comments that were read first by a person | step, from posting to deciding |
| way | decisions by people (by) | key, click, bulk or empty |
| seconds_<way> | the same (by) | step, from opening to deciding |
| answered | decisions with an answer or a message | one_key, filled, changed, own |
| found | texts taken away or kept back by people | what led there |
| reported, report_right, report_wrong | reports, by the day they came, were answered | reason |
| report_time, notice_time, appeal_time | those answered | step, from the report or appeal to the answer |
| appeal | appeals, by the day they came, were answered | lodged, granted, refused |
| crisis | emergencies, by the day they were dealt with | in_time, or late: who was on duty had to be mailed |
| crisis_time | the same | step, from coming into the crisis lane to how it was dealt with |
| second | blind second readings (clause, by: of the decision) | agree, differ |
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from comments import states
from comments.histogram import EDGES
from comments.models import DayTally, Decision

CHUNK = 28  # days in one statement
TALLIED = "tallied"
_UNDONE = "EXISTS (SELECT FROM comments_decision AS undo WHERE undo.reverses_id = {}.id)"
_STEP = "width_bucket(greatest(0, extract(epoch FROM {}))::bigint, %(edges)s::bigint[])::text"
_SELECT = f"""
WITH made AS MATERIALIZED (
    SELECT id, comment_id, action, from_status, to_status, at, by_id, clause_id, canned_reply_id, message_id, answer_id,
        way, seconds, source, is_detected,
        CASE WHEN outcome <> '' THEN (case_before ->> 'since')::timestamptz END AS crisis_since, (at AT TIME ZONE %(zone)s)::date AS day
    FROM comments_decision
    WHERE at >= %(start)s AND at < %(end)s AND NOT is_import AND NOT {_UNDONE.format("comments_decision")}
), staff AS MATERIALIZED (
    SELECT * FROM made WHERE by_id IS NOT NULL AND action = ANY(%(staff)s)
), answers AS (
    SELECT staff.day, staff.way, coalesce(text.body, remark.text) AS body, canned.id IS NOT NULL AS is_canned,
        regexp_replace(regexp_replace(canned.body, '([\\\\%%_])', '\\\\\\1', 'g'),
            '\\{{(name|article|clause|policy)\\}}', '%%', 'g') AS pattern
    FROM staff
    LEFT JOIN comments_cannedreply AS canned ON canned.id = staff.canned_reply_id
    LEFT JOIN comments_remark AS remark ON remark.id = staff.message_id
    LEFT JOIN comments_decision AS given ON given.comment_id = staff.answer_id AND given.action = 'submit'
    LEFT JOIN comments_commenttext AS text ON text.id = given.text_id
    WHERE staff.answer_id IS NOT NULL OR staff.message_id IS NOT NULL
), happened (day, kind, key, clause_id, by_id) AS (
    SELECT day, 'received', to_status, NULL::bigint, NULL::bigint FROM made WHERE action = 'submit' AND by_id IS NULL
    UNION ALL SELECT day, 'decided', action, clause_id, by_id FROM staff
    UNION ALL SELECT day, 'undone', '', NULL, by_id FROM made WHERE action = 'undo'
    UNION ALL SELECT staff.day, 'reversal', CASE WHEN first.by_id IS NULL THEN 'screening' ELSE 'person' END,
        first.clause_id, first.by_id
    FROM staff CROSS JOIN LATERAL (
        SELECT clause_id, by_id FROM comments_decision AS earlier
        WHERE earlier.comment_id = staff.comment_id AND earlier.id < staff.id AND NOT earlier.is_import
            AND earlier.to_status IN ('rejected', 'removed') AND earlier.action IN ('submit', 'reject', 'remove')
            AND NOT {_UNDONE.format("earlier")}
        ORDER BY earlier.id DESC LIMIT 1
    ) AS first WHERE staff.from_status IN ('rejected', 'removed') AND staff.to_status = 'published'
    UNION ALL SELECT staff.day, 'waited', {_STEP.format("staff.at - comment.posted_at")}, NULL, NULL
    FROM staff JOIN comments_comment AS comment ON comment.id = staff.comment_id
    WHERE staff.from_status = 'pending' AND staff.action <> 'escalate' AND NOT EXISTS (
        SELECT FROM comments_decision AS earlier
        WHERE earlier.comment_id = staff.comment_id AND earlier.id < staff.id AND earlier.by_id IS NOT NULL
            AND earlier.action = ANY(%(staff)s) AND earlier.action <> 'escalate' AND NOT {_UNDONE.format("earlier")}
    )
    UNION ALL SELECT day, 'way', way, NULL, by_id FROM staff
    UNION ALL SELECT day, 'seconds_' || way, width_bucket(seconds, %(edges)s::bigint[])::text, NULL, by_id
    FROM staff WHERE seconds IS NOT NULL
    UNION ALL SELECT day, 'answered', CASE WHEN NOT is_canned THEN 'own' WHEN body LIKE pattern IS NOT TRUE THEN 'changed'
        WHEN way = 'key' THEN 'one_key' ELSE 'filled' END, NULL, NULL FROM answers
    UNION ALL SELECT day, 'found', CASE WHEN source = 'own' AND is_detected THEN 'detected' ELSE source END, NULL, NULL
    FROM staff WHERE action = ANY(%(restricting)s)
    UNION ALL SELECT (at AT TIME ZONE %(zone)s)::date, 'reported', reason, NULL, NULL
    FROM comments_report WHERE at >= %(start)s AND at < %(end)s
    UNION ALL SELECT staff.day, CASE WHEN was_right THEN 'report_right' ELSE 'report_wrong' END, reason, NULL, NULL
    FROM staff JOIN comments_report AS report ON report.answered_by_id = staff.id
    UNION ALL SELECT staff.day, CASE reason WHEN 'illegal' THEN 'notice_time' ELSE 'report_time' END,
        {_STEP.format("staff.at - report.at")}, NULL, NULL
    FROM staff JOIN comments_report AS report ON report.answered_by_id = staff.id
    UNION ALL SELECT (at AT TIME ZONE %(zone)s)::date, 'appeal', 'lodged', NULL, NULL
    FROM comments_appeal WHERE at >= %(start)s AND at < %(end)s
    UNION ALL SELECT staff.day, 'appeal', CASE WHEN was_granted THEN 'granted' ELSE 'refused' END, NULL, NULL
    FROM staff JOIN comments_appeal AS appeal ON appeal.answered_by_id = staff.id
    UNION ALL SELECT staff.day, 'appeal_time', {_STEP.format("staff.at - appeal.at")}, NULL, NULL
    FROM staff JOIN comments_appeal AS appeal ON appeal.answered_by_id = staff.id
    UNION ALL SELECT day, 'crisis', CASE WHEN EXISTS (
        SELECT FROM comments_crisisalert AS alert WHERE alert.case_id = staff.comment_id
            AND alert.since = staff.crisis_since AND alert.step = 'duty' AND alert.at <= staff.at
    ) THEN 'late' ELSE 'in_time' END, NULL, NULL FROM staff WHERE crisis_since IS NOT NULL
    UNION ALL SELECT day, 'crisis_time', {_STEP.format("at - crisis_since")}, NULL, NULL
    FROM staff WHERE crisis_since IS NOT NULL
    UNION ALL SELECT (reading.at AT TIME ZONE %(zone)s)::date, 'second',
        CASE WHEN agrees THEN 'agree' ELSE 'differ' END, decision.clause_id, decision.by_id
    FROM comments_secondreading AS reading JOIN comments_decision AS decision ON decision.id = reading.decision_id
    WHERE reading.at >= %(start)s AND reading.at < %(end)s
)
SELECT day, kind, key, clause_id, by_id, count(*) FROM happened GROUP BY 1, 2, 3, 4, 5
"""  # noqa: S608  no value but our own


class Row(NamedTuple):
    """How often one thing happened on a day."""

    day: date
    kind: str
    key: str
    clause_id: int | None
    by_id: int | None
    count: int


def happened(first: date, last: date) -> list[Row]:
    """What happened from the first to the last of these days, counted now. One query."""
    zone = timezone.get_current_timezone()
    start, end = (datetime.combine(day, time.min, tzinfo=zone) for day in (first, last + timedelta(days=1)))
    values = {
        "start": start,
        "end": end,
        "zone": timezone.get_current_timezone_name(),
        "staff": list(states.STAFF),
        "restricting": sorted(states.NEEDS_CLAUSE | {states.PUBLISH_REDACTED}),
        "edges": list(EDGES),
    }
    with connection.cursor() as cursor:
        cursor.execute(_SELECT, values)
        return [Row(*row) for row in cursor.fetchall()]


def last_day() -> date | None:
    """The last day that is tallied. One look into an index."""
    days = DayTally.objects.filter(kind=TALLIED).order_by("-day")
    return days.values_list("day", flat=True).first()


def first_missing() -> date | None:
    """Where to begin: with the last tallied day, or the first on which anything was decided; None when nothing was."""
    if day := last_day():
        return day
    first = Decision.objects.order_by("at").values_list("at", flat=True).first()
    return timezone.localdate(first) if first else None


def write(first: date | None = None, *, dry_run: bool = False) -> Iterator[tuple[date, int]]:
    """Tally every day from `first` (unset: the last that is tallied) to yesterday.

    Yields (last day so far, days of these that had been missing or wrong), a few weeks at a time, each in a transaction
    of its own. May run any number of times, and several at once.
    """
    first, yesterday = first or first_missing(), timezone.localdate() - timedelta(days=1)
    while first is not None and first <= yesterday:
        last = min(first + timedelta(days=CHUNK - 1), yesterday)
        yield last, _write(first, last, dry_run)
        first = last + timedelta(days=1)


@transaction.atomic
def _write(first: date, last: date, dry_run: bool) -> int:
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE comments_daytally IN SHARE ROW EXCLUSIVE MODE")
    days = [first + timedelta(days=each) for each in range((last - first).days + 1)]
    right, stored = defaultdict(set), defaultdict(set)
    for day in days:
        right[day].add(Row(day, TALLIED, "", None, None, 0))
    for row in happened(first, last):
        right[row.day].add(row)
    for row in DayTally.objects.filter(day__range=(first, last)).values_list(*Row._fields):
        stored[row[0]].add(Row(*row))
    wrong = [day for day in days if right[day] != stored[day]]
    if wrong and not dry_run:
        DayTally.objects.filter(day__in=wrong).delete()
        DayTally.objects.bulk_create(
            [DayTally(**row._asdict()) for day in wrong for row in sorted(right[day], key=str)],
            batch_size=2_000,
        )
    return len(wrong)
