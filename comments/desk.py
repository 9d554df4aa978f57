"""Reading for the desk: the queue, one card with all its context. Bounded queries, whatever waits."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection
from django.db.models import F, Prefetch, Q
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan
from django.utils import timezone

from accounts.models import fold_email
from comments import states
from comments.forms import fill
from comments.models import Action, CannedReply, Case, Clause, Comment, Decision, Lane, PolicyVersion, Status
from comments.screening import wording
from healthnews import markup, paging

ROWS = 25
_SCREENED = (Action.SUBMIT, Action.EDIT, Action.RESUBMIT)
COUNT_CAP = 1_000  # beyond it we say "1,000+" rather than count
RECORD_CAP = 100
# Each subquery stops at the cap, over a partial index and one that begins with the author. The order is that of the
# index: without it PostgreSQL, which cannot know how full a lane is, reads the whole table for an empty one.
_WAITING = """
    SELECT lane, (SELECT count(*) FROM (
        SELECT FROM comments_case WHERE closed_at IS NULL AND comments_case.lane = each.lane
        ORDER BY lane, priority, since, comment_id LIMIT %s
    ) AS found) FROM unnest(%s::smallint[]) AS each (lane)
"""
_OF_AUTHOR = """
    SELECT status, (SELECT count(*) FROM (
        SELECT FROM comments_comment WHERE author_id = %s AND comments_comment.status = each.status LIMIT %s
    ) AS found) FROM unnest(%s::text[]) AS each (status)
"""
_JOINED = ("comment__text", "comment__author", "comment__article", "claimed_by")
_UNPRINTED = [f"comment__article__{name}" for name in ("body", "body_html", "search")]


@dataclass(frozen=True)
class Queue:
    """One page of the queue, and how much waits in each lane."""

    rows: list
    after: str
    counts: list  # (Lane, words such as "12" or "1,000+")
    total: str


@dataclass(frozen=True)
class Said:
    """A finding in words, with the place it was seen at."""

    code: str
    words: str
    quote: str


@dataclass(frozen=True)
class Suggestion:
    """A canned reply as it reads for this very comment."""

    canned: CannedReply
    text: str
    suggested: bool


def queue(*, lane="", article="", author="", after="") -> Queue:
    """A page of open cases in their order: lane, priority, age. Filters that cannot be read are ignored."""
    # Parents by a query of their own: nine tables in one are planned for longer than they are read.
    parents = Prefetch("comment__parent", Comment.objects.select_related("author", "text"))
    cases = Case.objects.open().select_related(*_JOINED).defer(*_UNPRINTED).prefetch_related(parents)
    if lane.upper() in Lane.names:
        cases = cases.filter(lane=Lane[lane.upper()])
    if article:
        cases = cases.filter(comment__article__slug=article[:200].replace("\x00", ""))
    if author:
        # Through the author's newest comments, not through all that waits.
        theirs = Comment.objects.filter(author__email=fold_email(author[:254].replace("\x00", "")))
        cases = cases.filter(
            pk__in=list(theirs.order_by("-posted_at").values_list("pk", flat=True)[:COUNT_CAP])
        )
    cases = _behind(cases, after)
    rows = list(cases[: ROWS + 1])
    more = len(rows) > ROWS
    rows = rows[:ROWS]
    _join_findings(rows)
    counts = _counted(_WAITING, list(Lane.values), COUNT_CAP)
    return Queue(
        rows,
        after=place_of(rows[-1]) if more else "",
        counts=[(each, _words(counts[each])) for each in Lane if counts[each] or each == Lane.NEW],
        total=_words(sum(counts.values())),
    )


def place_of(case) -> str:
    """The cursor of a case in the queue."""
    return paging.encode(case.lane, case.priority, case.since, case.pk)


def next_case(by, *, after=None):
    """The case to look at next: behind `after` (a Case) if there is one, else the first that nobody else looks at."""
    free = Case.objects.open().filter(
        Q(claimed_by__isnull=True) | Q(claimed_by=by) | Q(claimed_until__lt=timezone.now())
    )
    if after is not None:
        free = free.exclude(pk=after.pk)
        behind = _behind(free, place_of(after)).first()
        if behind is not None:
            return behind
    return free.first()


def _behind(cases, cursor: str):
    numbers = paging.decode(cursor, 4)
    since = paging.moment(numbers[2]) if numbers else None
    if since is None:
        return cases
    lane, priority, _, pk = numbers
    columns = Tuple(F("lane"), F("priority"), F("since"), F("comment_id"))
    return cases.filter(TupleGreaterThan(columns, (lane, priority, since, pk)))


def _counted(query: str, keys: list, cap: int, *params) -> dict:
    """{key: how many}, each counted live to one beyond the cap; one query for all of them."""
    with connection.cursor() as cursor:
        cursor.execute(query, [*params, cap + 1, keys])
        return dict(cursor.fetchall())


def _words(count: int, cap: int = COUNT_CAP) -> str:
    return f"{cap:,}+" if count > cap else f"{count:,}"


def _join_findings(cases) -> None:
    """Put on each case the findings of screening, as words; one query."""
    submitted = {
        decision.comment_id: decision.findings
        for decision in Decision.objects.filter(
            comment__in=[case.pk for case in cases], action__in=_SCREENED
        ).order_by("pk")
    }
    for case in cases:
        codes = dict.fromkeys(finding["code"] for finding in submitted.get(case.pk, []))
        case.reasons = [wording.for_moderators(code) for code in codes]


def card(comment) -> dict:
    """All that a decision about this comment needs, as the card's context."""
    decisions = list(
        comment.decisions.select_related("by", "clause", "message", "note", "canned_reply").order_by("-pk")[
            :20
        ]
    )
    text = comment.text_to_decide
    submitted = next(
        (each for each in decisions if each.action in _SCREENED and each.text_id == text.pk), None
    )
    findings = submitted.findings if submitted else []
    plain = text.plain
    policy = PolicyVersion.current()
    codes = {finding["code"] for finding in findings}
    clauses = list(Clause.objects.filter(policy=policy)) if policy else []
    suggestions = _suggestions(comment, codes, clauses)
    case = Case.objects.select_related("claimed_by").filter(pk=comment.pk).first()
    kinds = case.kinds if case and case.closed_at is None else ()
    return {
        "comment": comment,
        "case": case,
        "marked": markup.marked(
            plain,
            [
                (f["start"], f["end"], wording.for_moderators(f["code"]))
                for f in findings
                if f["end"] > f["start"]
            ]
            or [(*span, wording.WEIGHED) for f in findings for span in f.get("words", ())],
        ),
        "findings": [_said(finding, plain) for finding in _distinct(findings)],
        "parent": comment.parent,
        "neighbours": _neighbours(comment),
        "record": record_of(comment.author) if comment.author else None,
        "decisions": decisions,
        "clauses": clauses,
        "answers": [each for each in suggestions if each.canned.purpose == CannedReply.Purpose.PUBLIC_ANSWER],
        "messages_to_author": [
            each for each in suggestions if each.canned.purpose == CannedReply.Purpose.MESSAGE
        ],
        "allowed": states.allowed(
            comment.status, edit_waits=comment.waiting_text_id is not None, kinds=kinds
        ),
        "opened": int(timezone.now().timestamp()),
        "outcomes": states.CRISIS_OUTCOMES if "crisis" in kinds else {},
    }


def record_of(author) -> dict:
    """The author's record: how many comments stand where (counted to 100 each), and since when they are here."""
    states = [Status.PUBLISHED, Status.PENDING, Status.REJECTED, Status.REMOVED]
    counts = _counted(_OF_AUTHOR, states, RECORD_CAP, author.pk)
    return {
        "author": author,
        "counts": {each.label: _words(counts[each], RECORD_CAP) for each in states},
        "joined": author.date_joined,
        "is_new": author.date_joined > timezone.now() - timedelta(days=7),
        "recent": list(
            Comment.objects.filter(author=author)
            .select_related("text", "article")
            .order_by("-posted_at", "-pk")[:5]
        ),
    }


def _neighbours(comment) -> list:
    """Other answers to the same comment, around this one: at most two before and two after."""
    if comment.root_id is None:
        return []
    around = Comment.objects.filter(
        article=comment.article_id, root_id=comment.root_id, root__isnull=False
    ).shown()
    around = around.exclude(pk=comment.pk).select_related("text", "author")
    before = list(around.filter(path__lt=comment.path).order_by("-path")[:2])
    after = list(around.filter(path__gt=comment.path).order_by("path")[:2])
    return [*reversed(before), *after]


def _suggestions(comment, codes, clauses) -> list[Suggestion]:
    active = CannedReply.objects.filter(is_active=True)
    by_number = {clause.number: clause for clause in clauses}
    made = [
        Suggestion(
            canned,
            fill(canned, comment, by_number.get(canned.clause_number)),
            bool(codes & set(canned.suggests_for)),
        )
        for canned in active
    ]
    return sorted(made, key=lambda each: not each.suggested)


def _distinct(findings) -> list[dict]:
    """One of each code: the first place, so that five links are one line."""
    first: dict[str, dict] = {}
    for finding in findings:
        first.setdefault(finding["code"], finding)
    return list(first.values())


def _said(finding: dict, text: str) -> Said:
    quote = text[finding["start"] : finding["end"]]
    return Said(finding["code"], wording.for_moderators(finding["code"]), quote if len(quote) <= 120 else "")
