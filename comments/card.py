"""All that a decision about one comment needs, on one card. Bounded queries, whatever the comment has been through."""

from dataclasses import dataclass
from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from articles import diff
from comments import desk, earlier, findings, states
from comments.decision_forms import fill
from comments.models import (
    Action,
    Appeal,
    CannedReply,
    Clause,
    Comment,
    CorrectionRequest,
    Pick,
    Report,
    Sanction,
    Thread,
    deciding,
)
from comments.models.undoing import why_not
from comments.screening import CRISIS, PERSONAL_DATA, wording

PAST = 20  # decisions shown
REPORTS = 20
# What should not be read by everybody: ticked to be taken out, as soon as somebody redacts.
PERSONAL = frozenset(PERSONAL_DATA)
# What most authors and comments have none of, and the switches, in one query: who has some is asked about further.
_KNOWN = """
    SELECT EXISTS (SELECT FROM comments_sanction WHERE user_id = %(author)s AND lifted_at IS NULL),
        EXISTS (SELECT FROM comments_bounce WHERE user_id = %(author)s AND is_hard AND mended_at IS NULL),
        EXISTS (SELECT FROM comments_correctionrequest WHERE comment_id = %(comment)s),
        coalesce((SELECT mode FROM comments_thread WHERE article_id = %(article)s), 'open'),
        coalesce((SELECT mode FROM comments_sitemode WHERE id = 1), 'open')
"""


class Known(NamedTuple):
    """Whether there may be something to say about the author or the comment, and how its thread and site are switched."""

    sanctioned: bool
    mail_bounced: bool
    corrects: bool
    mode: str
    site_mode: str

    @classmethod
    def about(cls, comment) -> "Known":
        with connection.cursor() as cursor:
            keys = {"author": comment.author_id, "comment": comment.pk, "article": comment.article_id}
            cursor.execute(_KNOWN, keys)
            return cls(*cursor.fetchone())

    def thread(self, comment) -> Thread:
        """The comment's thread as far as its switches go."""
        thread = Thread(article_id=comment.article_id, mode=self.mode)
        thread.site_mode = self.site_mode
        return thread


@dataclass(frozen=True)
class Span:
    """A stretch of the text that could be taken out; `value` is `start-end` in code points."""

    value: str
    quote: str
    words: str
    chosen: bool


@dataclass(frozen=True)
class Suggestion:
    """A canned reply as it reads for this very comment."""

    canned: CannedReply
    text: str
    suggested: bool


def card(comment, *, by, typed=None) -> dict:
    """The card's context; `typed` is what a refused form held."""
    case = getattr(comment, "case", None)
    decisions = list(
        comment.decisions.select_related("by", "clause", "message", "note").order_by("-pk")[:PAST]
    )
    text = comment.text_to_decide
    submitted = next(
        (each for each in decisions if each.action in states.SCREENED and each.text_id == text.pk), None
    )
    found = submitted.findings if submitted else []
    plain = text.plain
    kinds = case.kinds if case and case.closed_at is None else ()
    codes = {finding["code"] for finding in found}
    if "crisis" in kinds:  # whatever else was found: an emergency is not answered with the usual
        codes = codes & {*CRISIS} or {*CRISIS}
    clauses = list(Clause.in_force())
    active = list(CannedReply.objects.filter(is_active=True))
    suggestions = _suggestions(active, comment, codes, clauses)
    spans, known = _spans(found, plain, typed), Known.about(comment)
    appeals = _appeals(comment) if "appeal" in kinds else []
    why_not_mine = deciding.why_not(by, comment, [appeal.decision for appeal in appeals])
    return {
        "comment": comment,
        "case": case if kinds else None,
        "kinds": kinds,
        "marked": findings.marked(found, plain),
        "findings": findings.said(found, plain),
        "before": earlier.before(comment, decisions, text, kinds),
        "spans": spans,
        "folds_out": any(span.chosen for span in spans),
        "changes": diff.shortened(diff.words(comment.text.plain, plain)) if comment.waiting_text_id else [],
        "parent": _parent(comment),
        "neighbours": _neighbours(comment),
        "record": desk.record_of(comment.author) if comment.author else None,
        "known": known,
        "sanctions": Sanction.objects.in_force(comment.author) if known.sanctioned else (),
        "thread": known.thread(comment),
        "correction_request": CorrectionRequest.objects.of(comment) if known.corrects else None,
        "pick": Pick.latest(comment) if comment.is_picked else None,
        "may_pick": not Pick.why_not(comment, by),
        "decisions": decisions,
        "undoable": decisions[0] if decisions and not why_not(decisions[0], by) else None,
        "reports": _reports(comment) if "report" in kinds else [],
        "names_reporters": comment.author_id != by.pk,
        "appeals": appeals,
        "clauses": clauses,
        "personal_clause": CannedReply.clause_about(PERSONAL_DATA, active),
        "answers": [each for each in suggestions if each.canned.purpose == CannedReply.Purpose.PUBLIC_ANSWER],
        "messages_to_author": [
            each for each in suggestions if each.canned.purpose == CannedReply.Purpose.MESSAGE
        ],
        "why_not_mine": why_not_mine,
        "allowed": _allowed(comment, kinds, by, why_not_mine),
        "opened": int(timezone.now().timestamp()),
        "outcomes": states.CRISIS_OUTCOMES if "crisis" in kinds else {},
        "signpost": CannedReply.signpost(active),
        "is_late": "crisis" in kinds and timezone.now() > case.since + desk.CRISIS_TIME,
        "crisis_minutes": desk.CRISIS_TIME.seconds // 60,
    }


def _allowed(comment, kinds, by, why_not_mine: str) -> list[str]:
    """What this moderator can do: with an appeal against their own decision only what leaves it to somebody else."""
    allowed = states.allowed(comment.status, edit_waits=comment.waiting_text_id is not None, kinds=kinds)
    if why_not_mine:
        own = comment.author_id == by.pk
        return [] if own else [action for action in allowed if action in states.KEEPS_WAITING]
    return allowed


def _parent(comment):
    """The comment that is answered."""
    joined = Comment.objects.select_related("text", "author", "case")
    return joined.filter(pk=comment.parent_id).first() if comment.parent_id else None


def _neighbours(comment) -> list:
    """Other answers to the same comment, around this one: at most two before and two after. One query."""
    if comment.root_id is None:
        return []
    around = Comment.objects.filter(
        article=comment.article_id, root_id=comment.root_id, root__isnull=False
    ).shown()
    before = around.filter(path__lt=comment.path).order_by("-path")[:2]
    after = around.filter(path__gt=comment.path).order_by("path")[:2]
    pks = [*before.values_list("pk", flat=True).union(after.values_list("pk", flat=True), all=True)]
    around = Comment.objects.filter(pk__in=pks).select_related("text", "author", "case")
    return list(around.order_by("path"))


def _reports(comment) -> list[Report]:
    """The reports that wait for an answer, the weightiest first."""
    return _read(Report.objects.filter(comment=comment, answered_by__isnull=True))


def _appeals(comment) -> list[Appeal]:
    """The appeals that wait for an answer, each with the reports `about` which the decision was that it is against."""
    waiting = Appeal.objects.filter(decision__comment=comment, answered_by__isnull=True)
    waiting = waiting.select_related("text", "by", "decision__by", "decision__clause").order_by("pk")
    appeals = list(waiting[:REPORTS])
    against = {each.decision_id for each in appeals}
    reports = _read(Report.objects.filter(comment=comment, answered_by__in=against)) if against else []
    for appeal in appeals:
        appeal.about = [each for each in reports if each.answered_by_id == appeal.decision_id]
    return appeals


def _read(reports) -> list[Report]:
    return list(reports.select_related("reporter", "note", "notice").order_by("-weight", "pk")[:REPORTS])


def _suggestions(active, comment, codes, clauses) -> list[Suggestion]:
    """The canned replies, those for what was found first."""
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


def _placed(found) -> list[dict]:
    """Those that are about a stretch of the text."""
    return [finding for finding in found if finding["end"] > finding["start"]]


def _spans(found, text: str, typed) -> list[Span]:
    """What was found and what was marked by hand, in the text's order; ticked as it was sent, else if it is personal."""
    chosen = set(typed.getlist("span")) if typed and typed.get("action") == Action.PUBLISH_REDACTED else None
    offered = {f"{f['start']}-{f['end']}": f for f in _placed(found) if f["end"] <= len(text)}
    for value in sorted((chosen or set()) - set(offered)):
        start, _, end = value.partition("-")
        if start.isdecimal() and end.isdecimal() and len(value) < 20 and int(start) < int(end) <= len(text):
            offered[value] = {"start": int(start), "end": int(end), "code": "marked by you"}
    spans = [
        Span(
            value,
            text[found["start"] : found["end"]],
            wording.for_moderators(found["code"]),
            found["code"] in PERSONAL if chosen is None else value in chosen,
        )
        for value, found in offered.items()
    ]
    return sorted(spans, key=lambda span: int(span.value.partition("-")[0]))
