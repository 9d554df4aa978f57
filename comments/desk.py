"""Reading for the desk: the queue, what waits in it, who is next; and the record of an author. Bounded, whatever waits.

What a card shows is in card.py, what a search finds in search.py.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.db.models import F
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.timesince import timesince

from accounts.models import fold_email
from comments.models import Case, Comment, CommentText, Lane, Status
from comments.models.deciding import others_moderate
from comments.screening import wording
from healthnews import paging
from healthnews.questions import Question

ROWS = 25
COUNT_CAP = 1_000  # beyond it we say "1,000+" rather than count
RECORD_CAP = 100
CRISIS_TIME = timedelta(minutes=15)  # in which somebody looks at an emergency, in the hours of duty
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
# Whether a case is somebody else's to decide (`deciding.why_not`): one's own comment, an appeal against one's own decision.
_NOT_MINE = """(
    EXISTS (SELECT FROM comments_comment AS comment WHERE comment.id = comment_id AND comment.author_id = %(by)s)
    OR 'appeal' = ANY (kinds) AND EXISTS (
        SELECT FROM comments_decision AS decision JOIN comments_appeal AS appeal ON appeal.decision_id = decision.id
        WHERE decision.comment_id = comments_case.comment_id AND decision.by_id = %(by)s AND appeal.answered_by_id IS NULL
    )
)"""
# Three ways to go on, the first that leads somewhere: each reads the head of the queue's index.
_FREE = f"""
    comment_id, {_NOT_MINE} AS not_mine
    FROM comments_case WHERE closed_at IS NULL AND comment_id <> %(after)s
    AND (claimed_by_id IS NULL OR claimed_by_id = %(by)s OR claimed_until < %(now)s)
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
        "now": "timestamptz",
        "after": "bigint",
        "came": "timestamptz",
        "lane": "smallint",
        "priority": "smallint",
        "since": "timestamptz",
        "pk": "bigint",
    },
)
_CASE = ("pk", "lane", "priority", "since", "codes", "claimed_until", "claimed_by__display_name")
_COMMENT = (
    *("pk", "version", "author_name", "author__display_name", "article__title", "article__slug", "parent_id"),
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

    @property
    def is_crisis(self) -> bool:
        """Whether its text is not printed in a list: nobody should come upon it."""
        return self.lane == Lane.CRISIS


@dataclass(frozen=True)
class Queue:
    """One page of the queue."""

    rows: list[Row]
    after: str


@dataclass(frozen=True)
class Counts:
    """How much waits, in words such as "12" or "1,000+"."""

    lanes: list  # (Lane, words)
    total: str


def queue(*, lane="", reason="", article="", author="", after="") -> Queue:
    """A page of open cases in their order: lane, priority, age. Filters that cannot be read are ignored."""
    cases = Case.objects.open()
    if lane.upper() in Lane.names:
        cases = cases.filter(lane=Lane[lane.upper()])
    if reason in wording.FOR_MODERATORS:
        cases = cases.filter(codes__contains=[reason])
        # What is rare is looked up by its index; walking the queue in its order finds what is frequent soonest.
        few = list(cases.order_by().values_list("pk", flat=True)[: COUNT_CAP + 1])
        if len(few) <= COUNT_CAP:
            cases = Case.objects.open().filter(pk__in=few)
    if article:
        cases = cases.filter(article__slug=article[:200].replace("\x00", ""))
    if author:
        # Through the author's newest comments, not through all that waits.
        theirs = Comment.objects.filter(author__email=fold_email(author[:254].replace("\x00", "")))
        cases = cases.filter(
            pk__in=list(theirs.order_by("-posted_at").values_list("pk", flat=True)[:COUNT_CAP])
        )
    found = list(_behind(cases, after).values(*_CASE)[: ROWS + 1])
    more, found = len(found) > ROWS, found[:ROWS]
    last = found[-1] if more else None
    return Queue(
        rows_of(found),
        after=paging.encode(last["lane"], last["priority"], last["since"], last["pk"]) if last else "",
    )


def cases_of(pks) -> list[Row]:
    """The open cases of these comments, in the queue's order."""
    return rows_of(list(Case.objects.open().filter(pk__in=pks).values(*_CASE)))


def rows_of(cases: list[dict]) -> list[Row]:
    """The rows that print these cases (columns `_CASE`): two queries, as nine tables in one are long to plan."""
    wanted = Comment.objects.filter(pk__in=[case["pk"] for case in cases]).values(*_COMMENT)
    comments = {comment["pk"]: comment for comment in wanted}
    answered = {comment["parent_id"] for comment in comments.values()} - {None}
    named = Comment.objects.filter(pk__in=answered).values_list("pk", "author__display_name", "author_name")
    parents = {pk: name or other or "Anonymous" for pk, name, other in named} if answered else {}
    now = timezone.now()
    return [
        _row(case, comments[case["pk"]], parents.get(comments[case["pk"]]["parent_id"], ""), now)
        for case in cases
    ]


def _row(case: dict, comment: dict, parent: str, now) -> Row:
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
        is_late=case["lane"] == Lane.CRISIS and now > case["since"] + CRISIS_TIME,
        looking=case["claimed_by__display_name"] or "" if claimed and claimed > now else "",
    )


def waiting() -> dict[int, int]:
    """How many cases are open in each lane, counted live to one beyond COUNT_CAP. One query."""
    return _counted(_WAITING, list(Lane.values), COUNT_CAP)


def counts() -> Counts:
    """How much waits in each lane, in words such as "12" or "1,000+"."""
    found = waiting()
    return Counts(
        [(each, _words(found[each], COUNT_CAP)) for each in Lane], _words(sum(found.values()), COUNT_CAP)
    )


def arrived(mark: str) -> str:
    """How many cases have begun to wait since `mark` (of `now_mark`), in words; "0" when it cannot be read."""
    numbers = paging.decode(mark, 1)
    since = paging.moment(numbers[0]) if numbers else None
    if since is None:
        return "0"
    newer = Case.objects.filter(closed_at__isnull=True, since__gt=since).values("pk")[: COUNT_CAP + 1]
    return _words(len(newer), COUNT_CAP)


def now_mark() -> str:
    """This moment, as the queue's page keeps it to ask what has arrived."""
    return paging.encode(timezone.now())


def place_of(case) -> str:
    """The cursor of a case in the queue."""
    return paging.encode(case.lane, case.priority, case.since, case.pk)


def next_case(by, *, after=None, opened: int | None = None) -> int | None:
    """The comment to look at next, of those that nobody else looks at: behind `after` (a Case), else the first.

    An emergency that came in while the last card was open (since `opened`, seconds since 1970) goes before all. What
    another moderator has to decide is left out, where there is one: one query, but where the next would be of that kind.
    """
    now = timezone.now()
    given = {"by": by.pk, "leave": False, "now": now, "after": after.pk if after else 0, "came": now}
    place = after and (after.lane, after.priority, after.since, after.pk)
    given |= dict(zip(("lane", "priority", "since", "pk"), place or (Lane.NEW + 1, 0, now, 0), strict=True))
    if opened is not None:
        given["came"] = datetime.fromtimestamp(min(opened, int(now.timestamp())), UTC)
    found = _NEXT.rows(**given)
    if found and found[0][1] and others_moderate(by):
        found = _NEXT.rows(**given | {"leave": True})
    return found[0][0] if found else None


def case_before(case) -> int | None:
    """The comment of the open case before this one in the queue, whoever looks at it; None at its head."""
    here = (case.lane, case.priority, case.since, case.pk)
    before = Case.objects.open().filter(TupleLessThan(_place_columns(), here))
    return before.reverse().values_list("pk", flat=True).first()


def _place_columns():
    return Tuple(F("lane"), F("priority"), F("since"), F("comment_id"))


def _behind(cases, cursor: str):
    numbers = paging.decode(cursor, 4)
    since = paging.moment(numbers[2]) if numbers else None
    if since is None:
        return cases
    lane, priority, _, pk = numbers
    return cases.filter(TupleGreaterThan(_place_columns(), (lane, priority, since, pk)))


def _counted(query: str, keys: list, cap: int, *params) -> dict:
    """{key: how many}, each counted live to one beyond the cap; one query for all of them."""
    with connection.cursor() as cursor:
        cursor.execute(query, [*params, cap + 1, keys])
        return dict(cursor.fetchall())


def _words(count: int, cap: int) -> str:
    return f"{cap:,}+" if count > cap else f"{count:,}"


def record_of(author) -> dict:
    """The author's record: how many comments stand where (counted to 100 each), and since when they are here."""
    states = [Status.PUBLISHED, Status.PENDING, Status.REJECTED, Status.REMOVED]
    found = _counted(_OF_AUTHOR, states, RECORD_CAP, author.pk)
    return {
        "author": author,
        "counts": {each.label: _words(found[each], RECORD_CAP) for each in states},
        "joined": author.date_joined,
        "is_new": author.date_joined > timezone.now() - timedelta(days=7),
        "recent": list(
            Comment.objects.filter(author=author)
            .select_related("text", "case")
            .order_by("-posted_at", "-pk")[:5]
        ),
    }
