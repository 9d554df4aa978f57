"""All that a decision about one comment needs, on one card. Bounded queries, whatever the comment has been through."""

from dataclasses import dataclass
from typing import NamedTuple

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from articles import diff
from comments import crisis, desk, earlier, findings, states, suggestions
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
from comments.models.switch import Held
from comments.models.undoing import why_not
from comments.screening import CRISIS, PERSONAL_DATA, wording

PAST = 20  # decisions shown
REPORTS = 20
# What should not be read by everybody: ticked to be taken out, as soon as somebody redacts.
PERSONAL = frozenset(PERSONAL_DATA)
# Why it waits, as its head says it.
KINDS = {
    "new": "New",
    "edit": "Changed by its author",
    "report": "Reported",
    "appeal": "Appeal",
    "crisis": "Emergency",
    "escalated": "Passed on",
}
# What most authors and comments have none of, and the switches, in one query: who has some is asked about further.
_KNOWN = """
    SELECT EXISTS (SELECT FROM comments_sanction WHERE user_id = %(author)s AND lifted_at IS NULL),
        EXISTS (SELECT FROM comments_bounce WHERE user_id = %(author)s AND mended_at IS NULL),
        EXISTS (SELECT FROM comments_correctionrequest WHERE comment_id = %(comment)s AND taken_back_at IS NULL),
        coalesce(thread.mode, 'open'), coalesce(thread.words, ''), thread.until,
        coalesce(site.mode, 'open'), coalesce(site.words, ''), site.until
    FROM (SELECT) AS here LEFT JOIN comments_thread AS thread ON thread.article_id = %(article)s
    LEFT JOIN comments_sitemode AS site ON site.id = 1
"""


class Known(NamedTuple):
    """Whether there may be something to say about the author or the comment, and how its thread and site are switched."""

    sanctioned: bool
    mail_bounced: bool
    corrects: bool
    switched: Held
    site: Held

    @classmethod
    def about(cls, comment) -> "Known":
        with connection.cursor() as cursor:
            keys = {"author": comment.author_id, "comment": comment.pk, "article": comment.article_id}
            cursor.execute(_KNOWN, keys)
            row = cursor.fetchone()
            return cls(*row[:3], Held.now(*row[3:6]), Held.now(*row[6:]))

    def thread(self, comment) -> Thread:
        """The comment's thread as far as its switches go."""
        thread = Thread(article_id=comment.article_id, **self.switched._asdict())
        thread.site = self.site
        return thread


@dataclass(frozen=True)
class Span:
    """A stretch of the text that could be taken out; `value` is `start-end` in code points."""

    value: str
    quote: str
    words: str
    chosen: bool


def card(comment, *, by, typed=None, reply: str = "") -> dict:
    """The card's context; `typed` is what a refused form held, `reply` the key of a canned reply to begin with."""
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
    offered = suggestions.of(active, comment, codes, clauses)
    chosen = typed.get("canned_reply") if typed else reply
    spans, known = _spans(found, plain, typed), Known.about(comment)
    appeals = _appeals(comment) if "appeal" in kinds else []
    reports = _reports(comment) if "report" in kinds else []
    why_not_mine = deciding.why_not(by, comment, appeals)
    allowed = _allowed(comment, kinds, by, why_not_mine)
    is_own = comment.author_id == by.pk
    return {
        "comment": comment,
        "case": case if kinds else None,
        "badges": [(kind, KINDS[kind]) for kind in kinds if kind != "new"],
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
        "passed_on": _passed_on(decisions) if "escalated" in kinds else None,
        "undoable": decisions[0] if decisions and not why_not(decisions[0], by) else None,
        "reports": reports[:REPORTS],
        "more_reports": len(reports) > REPORTS,
        # Who reported it, and what colleagues tell each other about it, is not for its author, moderator or not.
        "names_reporters": not is_own,
        "reads_notes": not is_own,
        "appeals": appeals,
        "clauses": clauses,
        **_clauses_chosen(clauses, active, typed or {}),
        **suggestions.laid_out(offered, chosen or ""),
        "notes": {typed.get("action", ""): typed.get("note", "")} if typed else {},
        "why_not_mine": why_not_mine,
        "allowed": allowed,
        **_answers_to(appeals, allowed, comment),
        "opened": int(timezone.now().timestamp()),
        "outcomes": states.CRISIS_OUTCOMES if "crisis" in kinds else {},
        "signpost": CannedReply.signpost(active),
        "is_late": "crisis" in kinds and _is_late(case),
        "crisis_minutes": settings.HN_CRISIS_MINUTES,
    }


def _allowed(comment, kinds, by, why_not_mine: str) -> list[str]:
    """What this moderator can do: with an appeal of theirs, or against their own decision, only what leaves it to others."""
    allowed = states.offered(comment.status, edit_waits=comment.waiting_text_id is not None, kinds=kinds)
    if why_not_mine:
        own = comment.author_id == by.pk
        return [] if own else [action for action in allowed if action in states.KEEPS_WAITING]
    return allowed


def _is_late(case) -> bool:
    late = crisis.late_before(timezone.now(), [case.since])
    return late is not None and case.since <= late


def _passed_on(decisions):
    """Who passed it to the administrators last, with what they should know."""
    return next((each for each in decisions if each.action == Action.ESCALATE), None)


def _clauses_chosen(clauses, active, typed) -> dict:
    """The numbers, as text, that the lists of clauses begin with: as sent, else that about personal data for a redaction."""
    sent = typed.get("clause", "")
    sent = sent if sent in {str(clause.number) for clause in clauses} else ""
    redacts = typed.get("action") == Action.PUBLISH_REDACTED
    about_data = str(CannedReply.clause_about(PERSONAL_DATA, active) or "")
    return {"refuse_clause": "" if redacts else sent, "redact_clause": redacts and sent or about_data}


def _answers_to(appeals, allowed, comment) -> dict:
    """Which actions grant and deny the appeal, and beside which one an answer is published; "" where none does.

    What a reporter wants is done by a clause, so that no one action grants it. While the comment waits, publishing it grants
    its author's appeal, where it says what was judged, and denies that of who reported it.
    """
    of_author = [each for each in appeals if each.by_id == comment.author_id]
    of_reporters = len(of_author) < len(appeals)
    if comment.status == states.PENDING:  # it waits again: what is decided about it answers the appeal, too
        judged = any(each.decision.text_id == comment.text_id for each in of_author)
        grants = states.PUBLISH if judged and not of_reporters else ""
        denies, keeps = states.PUBLISH if of_reporters else "", ""
    else:
        granting = [states.OVERTURN, states.PUBLISH] if of_author else []
        grants = next((each for each in granting if each in allowed), "")
        denying = [states.UPHOLD, states.KEEP] if appeals else []
        denies = next((each for each in denying if each in allowed), "")
        keeps = states.KEEP if comment.is_published and not denies else ""
    grants, denies = (each if each in allowed else "" for each in (grants, denies))
    publishes = "" if denies == states.PUBLISH else states.PUBLISH
    beside = (grants, publishes, keeps)
    return {
        "grants": grants,
        "denies": denies,
        "answers_with": next((each for each in beside if each and each in allowed), ""),
    }


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
    """The reports that wait for an answer, the weightiest first; one more than is shown."""
    return _read(Report.objects.filter(comment=comment, answered_by__isnull=True), REPORTS + 1)


def _appeals(comment) -> list[Appeal]:
    """The appeals that wait for an answer, each with the reports it is `about`: what the decision against which it is had
    answered, and what its sender had reported.
    """
    waiting = Appeal.objects.filter(decision__comment=comment, answered_by__isnull=True)
    waiting = waiting.select_related("text", "by", "decision__by", "decision__clause").order_by("pk")
    appeals = list(waiting[:REPORTS])
    about = Q(answered_by__in={each.decision_id for each in appeals})
    about |= Q(reporter__in={each.by_id for each in appeals}, answered_by__isnull=False)
    reports = _read(Report.objects.filter(about, comment=comment), REPORTS) if appeals else []
    for appeal in appeals:
        appeal.about = [
            each
            for each in reports
            if each.answered_by_id == appeal.decision_id or each.reporter_id == appeal.by_id
        ]
    return appeals


def _read(reports, most: int) -> list[Report]:
    return list(reports.select_related("reporter", "note", "notice").order_by("-weight", "pk")[:most])


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
