"""Reading for the desk: the queue, what waits in it; and the record of an author. Bounded, whatever waits.

Who is next is in onward.py, what a card shows in card.py, what a search finds in search.py.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import F
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleGreaterThanOrEqual
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.timesince import timesince

from comments import crisis
from comments.filters import Filters
from comments.models import Case, Comment, CommentText, Lane, Status
from comments.screening import wording
from healthnews import paging

ROWS = 25
COUNT_CAP = 1_000  # beyond it we say "1,000+" rather than count
RECORD_CAP = 100
ALL = Filters()
# Each subquery stops at the cap, over a partial index and one that begins with the author. In the queue's order, so that
# an empty lane is never looked for by reading the whole table.
_WAITING = """
    SELECT lane, (SELECT count(*) FROM (
        SELECT FROM comments_case WHERE closed_at IS NULL AND comments_case.lane = each.lane
        ORDER BY priority, since, comment_id LIMIT %s
    ) AS found) FROM unnest(%s::smallint[]) AS each (lane)
"""
_OF_AUTHOR = """
    SELECT status, (SELECT count(*) FROM (
        SELECT FROM comments_comment WHERE author_id = %s AND comments_comment.status = each.status LIMIT %s
    ) AS found) FROM unnest(%s::text[]) AS each (status)
"""
_CASE = (
    *("pk", "lane", "priority", "since", "codes", "was_crisis", "claimed_until", "claimed_by__display_name"),
)
_COMMENT = (
    *(
        "pk",
        "status",
        "version",
        "author_name",
        "author__display_name",
        "article__title",
        "article__slug",
        "parent_id",
    ),
    *("text__body", "text__body_format", "text__body_html"),
    *("waiting_text__body", "waiting_text__body_format", "waiting_text__body_html"),
)


@dataclass(frozen=True)
class Row:
    """A case as the queue prints it."""

    pk: int
    version: int
    name: str
    article: str
    slug: str
    parent: str  # the name of who is answered
    text: str
    reasons: list[str]
    lane: Lane
    since: datetime
    waited: str
    is_late: bool
    looking: str  # the name of who looks at it now
    is_veiled: bool  # as Comment.is_veiled


@dataclass(frozen=True)
class Queue:
    """One page of the queue."""

    rows: list[Row]
    after: str

    @property
    def articles(self) -> list[str]:
        """The titles of what is commented on here."""
        return sorted({row.article for row in self.rows})


@dataclass(frozen=True)
class Counts:
    """How much waits, in words such as "12" or "1,000+"."""

    lanes: list  # (Lane, words)
    total: str


def queue(asked: Filters = ALL) -> Queue:
    """A page of open cases in their order: lane, priority, age. Filters that cannot be read are ignored.

    The page from `asked.after` on; or from `asked.at` on, where that place is no longer on it.
    """
    cases = asked.cases()
    found = _page(behind(cases, asked.after))
    if (numbers := paging.decode(asked.at, 4)) and len(found) > ROWS:
        last = found[ROWS - 1]
        end = paging.decode(paging.encode(last["lane"], last["priority"], last["since"], last["pk"]), 4)
        if numbers > end:
            found = _page(behind(cases, asked.at, itself=True))
    more, found = len(found) > ROWS, found[:ROWS]
    last = found[-1] if more else None
    return Queue(
        rows_of(found),
        after=paging.encode(last["lane"], last["priority"], last["since"], last["pk"]) if last else "",
    )


def _page(cases) -> list[dict]:
    return list(cases.values(*_CASE)[: ROWS + 1])


def cases_of(pks) -> list[Row]:
    """The open cases of these comments, in the queue's order."""
    return rows_of(list(Case.objects.open().filter(pk__in=pks).values(*_CASE)))


def rows_of(cases: list[dict]) -> list[Row]:
    """The rows that print these cases (columns `_CASE`): two queries, as nine tables in one are long to plan.

    Three more where an emergency may be late.
    """
    wanted = Comment.objects.filter(pk__in=[case["pk"] for case in cases]).values(*_COMMENT)
    comments = {comment["pk"]: comment for comment in wanted}
    answered = {comment["parent_id"] for comment in comments.values()} - {None}
    named = Comment.objects.filter(pk__in=answered).values_list("pk", "author__display_name", "author_name")
    parents = {pk: name or other or "Anonymous" for pk, name, other in named} if answered else {}
    now = timezone.now()
    late = crisis.late_before(now, [case["since"] for case in cases if case["lane"] == Lane.CRISIS])
    return [
        _row(case, comments[case["pk"]], parents.get(comments[case["pk"]]["parent_id"], ""), now, late)
        for case in cases
    ]


def _row(case: dict, comment: dict, parent: str, now, late) -> Row:
    which = "waiting_text" if comment["waiting_text__body"] is not None else "text"
    text = CommentText(
        **{name: comment[f"{which}__{name}"] for name in ("body", "body_format", "body_html")}
    ).plain
    claimed = case["claimed_until"]
    return Row(
        pk=comment["pk"],
        version=comment["version"],
        name=comment["author__display_name"] or comment["author_name"] or "Anonymous",
        article=comment["article__title"],
        slug=comment["article__slug"],
        parent=parent,
        text=text if len(text) <= 280 else Truncator(text).chars(280),
        reasons=[wording.for_moderators(code) for code in case["codes"]],
        lane=Lane(case["lane"]),
        since=case["since"],
        waited=timesince(case["since"], now, depth=1),
        is_late=case["lane"] == Lane.CRISIS and late is not None and case["since"] <= late,
        looking=case["claimed_by__display_name"] or "" if claimed and claimed > now else "",
        is_veiled=case["lane"] == Lane.CRISIS or case["was_crisis"] and comment["status"] != Status.PUBLISHED,
    )


def waiting() -> dict[int, int]:
    """How many cases are open in each lane, counted live to one beyond COUNT_CAP. One query."""
    return _counted(_WAITING, list(Lane.values), COUNT_CAP)


def counts() -> Counts:
    """How much waits in each lane, in words such as "12" or "1,000+"."""
    found = waiting()
    return Counts([(each, in_words(found[each])) for each in Lane], in_words(sum(found.values())))


def arrived(mark: str, **only) -> str:
    """How many cases have begun to wait since `mark` (of `now_mark`), in words; "0" when it cannot be read."""
    numbers = paging.decode(mark, 1)
    since = paging.moment(numbers[0]) if numbers else None
    if since is None:
        return "0"
    newer = Case.objects.filter(closed_at__isnull=True, since__gt=since, **only).values("pk")[: COUNT_CAP + 1]
    return in_words(len(newer))


def now_mark() -> str:
    """This moment, as a page of the desk keeps it to ask what has arrived."""
    return paging.encode(timezone.now())


def place_of(case) -> str:
    """The cursor of a case in the queue."""
    return paging.encode(case.lane, case.priority, case.since, case.pk)


def place_columns():
    """What the queue is sorted by."""
    return Tuple(F("lane"), F("priority"), F("since"), F("comment_id"))


def behind(cases, cursor: str, *, itself: bool = False):
    """The cases behind the place of a cursor; all of them, when it cannot be read."""
    numbers = paging.decode(cursor, 4)
    since = paging.moment(numbers[2]) if numbers else None
    if since is None:
        return cases
    lane, priority, _, pk = numbers
    comes = TupleGreaterThanOrEqual if itself else TupleGreaterThan
    return cases.filter(comes(place_columns(), (lane, priority, since, pk)))


def _counted(query: str, keys: list, cap: int, *params) -> dict:
    """{key: how many}, each counted live to one beyond the cap; one query for all of them."""
    with connection.cursor() as cursor:
        cursor.execute(query, [*params, cap + 1, keys])
        return dict(cursor.fetchall())


def in_words(count: int, cap: int | None = None) -> str:
    """A count as it is printed: no further than to `cap`, else COUNT_CAP."""
    cap = COUNT_CAP if cap is None else cap
    return f"{cap:,}+" if count > cap else f"{count:,}"


def record_of(author) -> dict:
    """The author's record: how many comments stand where (counted to 100 each), and since when they are here."""
    states = [Status.PUBLISHED, Status.PENDING, Status.REJECTED, Status.REMOVED]
    found = _counted(_OF_AUTHOR, states, RECORD_CAP, author.pk)
    return {
        "author": author,
        "counts": {each.label: in_words(found[each], RECORD_CAP) for each in states},
        "joined": author.date_joined,
        "is_new": author.date_joined > timezone.now() - timedelta(days=7),
        "recent": list(
            Comment.objects.filter(author=author)
            .select_related("text", "case")
            .order_by("-posted_at", "-pk")[:5]
        ),
    }
