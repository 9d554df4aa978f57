"""Which card comes next at the desk, and which was before: through the whole queue, or through a part of it."""

from datetime import UTC, datetime

from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.db.models.fields.tuple_lookups import TupleLessThan
from django.utils import timezone

from comments.desk import ALL, behind, place_columns, place_of
from comments.filters import Filters
from comments.models import Case, Lane
from comments.models.deciding import others_moderate
from healthnews.questions import Question

# Whether a case is somebody else's to decide (`deciding.why_not`): one's own comment, an appeal of one's own, or one
# against one's own decision.
_NOT_MINE = """(
    EXISTS (SELECT FROM comments_comment AS comment WHERE comment.id = comment_id AND comment.author_id = %(by)s)
    OR 'appeal' = ANY (kinds) AND EXISTS (
        SELECT FROM comments_decision AS decision JOIN comments_appeal AS appeal ON appeal.decision_id = decision.id
        WHERE decision.comment_id = comments_case.comment_id AND appeal.answered_by_id IS NULL
        AND %(by)s IN (decision.by_id, appeal.by_id)
    )
)"""
# Three ways to go on, the first that leads somewhere: each reads the head of the queue's index.
_FREE = f"""
    comment_id, {_NOT_MINE} AS not_mine
    FROM comments_case WHERE closed_at IS NULL AND comment_id <> %(after)s
    AND (claimed_by_id IS NULL OR claimed_by_id = %(by)s OR claimed_until < %(now)s)
    AND (%(administers)s OR lane <> {Lane.ESCALATED:d})
    AND (NOT %(leave)s OR NOT {_NOT_MINE})
"""
_ORDER = "ORDER BY lane, priority, since, comment_id LIMIT 1"
_NEXT = Question(
    "next_case",
    f"""
    SELECT comment_id, not_mine FROM (
        (SELECT 1 AS way, {_FREE} AND lane = {Lane.CRISIS:d} AND since > %(came)s {_ORDER})
        UNION ALL
        (SELECT 2, {_FREE}
         AND (lane, priority, since, comment_id) > (%(lane)s, %(priority)s, %(since)s, %(pk)s) {_ORDER})
        UNION ALL
        (SELECT 3, {_FREE} {_ORDER})
    ) AS ways ORDER BY way LIMIT 1
    """,  # noqa: S608  words of our own
    {
        "by": "bigint",
        "leave": "boolean",
        "administers": "boolean",
        "now": "timestamptz",
        "after": "bigint",
        "came": "timestamptz",
        "lane": "smallint",
        "priority": "smallint",
        "since": "timestamptz",
        "pk": "bigint",
    },
)


def next_case(by, *, after=None, opened: int | None = None, asked: Filters = ALL) -> int | None:
    """The comment to look at next, of those that nobody else looks at: behind `after` (a Case), else the first.

    An emergency that came in while the last card was open (since `opened`, seconds since 1970) goes before all; then
    only what is `asked` for. What another moderator has to decide is left out, where there is one, and what was passed
    to the administrators comes to them alone: one query, but where the next would be somebody else's, or is filtered.
    """
    now = timezone.now()
    place = after and (after.lane, after.priority, after.since, after.pk)
    came = now if opened is None else datetime.fromtimestamp(min(opened, int(now.timestamp())), UTC)
    if asked.narrows:
        return _next_asked(by, asked, after, came, now)
    given = {"by": by.pk, "leave": False, "administers": by.is_administrator, "now": now, "came": came}
    given |= {"after": after.pk if after else 0}
    given |= dict(zip(("lane", "priority", "since", "pk"), place or (Lane.NEW + 1, 0, now, 0), strict=True))
    found = _NEXT.rows(**given)
    if found and found[0][1] and others_moderate(by):
        found = _NEXT.rows(**given | {"leave": True})
    return found[0][0] if found else None


def _next_asked(by, asked: Filters, after, came, now) -> int | None:
    """The same on a way through a part of the queue, whose lane may be one that would be left out."""
    free = Q(claimed_by=None) | Q(claimed_by=by) | Q(claimed_until__lt=now)
    not_mine = RawSQL(_NOT_MINE % {"by": "%s"}, (by.pk, by.pk))  # noqa: S611  words of our own
    leaves = others_moderate(by)

    def first(cases) -> int | None:
        cases = cases.filter(free).exclude(pk=after.pk if after else 0).alias(not_mine=not_mine)
        cases = cases.filter(not_mine=False) if leaves else cases
        return cases.values_list("pk", flat=True).first()

    found = first(Case.objects.open().filter(lane=Lane.CRISIS, since__gt=came))
    if found is None:
        cases = asked.cases()
        if not by.is_administrator and asked.lane.upper() != Lane.ESCALATED.name:
            cases = cases.exclude(lane=Lane.ESCALATED)
        found = first(behind(cases, place_of(after))) if after else None
        found = found or first(cases)
    return found


def case_before(case, asked: Filters = ALL) -> int | None:
    """The comment of the open case before this one in the queue, whoever looks at it; None at its head."""
    here = (case.lane, case.priority, case.since, case.pk)
    before = asked.cases().filter(TupleLessThan(place_columns(), here))
    return before.reverse().values_list("pk", flat=True).first()
