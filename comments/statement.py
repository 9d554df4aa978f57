"""A statement of reasons: everything that the DSA asks for (art. 17, 3), read off a Decision, for people and machines."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse

from comments import states
from comments.models import Appeal, Decision, Status
from comments.models.report import APPEAL_TIME
from comments.screening import wording

_RESTRICTIONS = {
    states.RETURN: "Your comment is not published. It was returned to you, so that you can change it.",
    states.REJECT: "Your comment is not published.",
    states.REMOVE: "Your comment was taken down.",
    states.PUBLISH_REDACTED: "Your comment is published without parts of it.",
    states.HOLD: "Your comment is not shown while a moderator reads it again.",
}
_AS_IT_WAS = "The comment stays as it was."
_DURATIONS = {
    states.RETURN: "Until you have changed it and a moderator has published it.",
    states.HOLD: "Until a moderator has read it.",
}
_WITHOUT_END = "Without an end, unless an appeal or a later decision changes it."
_SCOPE = "For all readers, in every country."
# When nothing is restricted, what happened in a sentence.
_OUTCOMES = {
    states.PUBLISH: "Your comment is published.",
    states.RESTORE: "Your comment is published again, in its old place.",
    states.OVERTURN: "Your appeal was granted. Your comment is published again, in its old place.",
    states.KEEP: "Your comment stays as it is.",
    states.UNDO: "A decision was taken back. Your comment is as it was before.",
}
_SOURCES = {
    Decision.Source.OWN: "Nobody complained: comments are read by us.",
    Decision.Source.REPORT: "Readers had reported it.",
    Decision.Source.NOTICE: "We had received a notice that it is illegal (article 16 of the Digital Services Act).",
    Decision.Source.APPEAL: "Somebody had appealed against an earlier decision.",
}
RESTRICTS = frozenset(_RESTRICTIONS)


@dataclass(frozen=True)
class Redress:
    """A way to have it looked at again."""

    kind: str
    words: str
    href: str = ""


@dataclass(frozen=True)
class Statement:
    """What was decided about a comment and why, as its author is told."""

    decision: Decision
    outcome: str
    restricts: bool
    scope: str
    duration: str
    source: str
    detection: str
    deciding: str
    quote: str
    removed: list[str]  # what was taken out, in the author's own words
    detected: bool  # a program had noticed it, before whoever decided
    findings: list[dict]  # what that was, as records of a Decision
    seen: list[str]  # why a program refused it, in words
    message: str
    redress: list[Redress]
    appeal_until: datetime | None = None

    @property
    def clause(self):
        """The rule that it was decided by, if any."""
        return self.decision.clause

    @property
    def appeal(self) -> Redress | None:
        """The way to appeal, while there is one."""
        return next((each for each in self.redress if each.kind == "appeal"), None)


def statement(decision: Decision) -> Statement:
    """The statement about the decision, for the comment's author. At most eight queries."""
    comment = decision.comment
    reasons = _restricting(decision)
    restricts = reasons is not None
    text = decision.text.plain if decision.text and not decision.text.destroyed_at else ""
    redress = _redress(decision) if restricts else []
    detected = decision.is_detected or restricts and reasons.is_detected
    findings = _findings(decision) if detected else []
    return Statement(
        decision=decision,
        outcome=_outcome(decision, reasons),
        restricts=restricts,
        scope=_SCOPE if restricts else "",
        duration=_DURATIONS.get(reasons.action, _WITHOUT_END) if restricts else "",
        source=_SOURCES[decision.source],
        detection=_detection(decision, findings) if detected else "No program had found anything in it.",
        deciding="A program decided it." if decision.is_automatic else "A person decided it.",
        quote=text,
        removed=[text[start:end] for start, end in decision.redactions] if text else [],
        detected=detected,
        findings=findings,
        seen=wording.for_author(findings, "reject") if decision.is_automatic else [],
        message=decision.message.text if decision.message and not decision.message.destroyed_at else "",
        redress=redress,
        appeal_until=Appeal.told_at(decision, comment.author) + APPEAL_TIME
        if any(each.kind == "appeal" for each in redress) and comment.author_id
        else None,
    )


def _findings(decision: Decision) -> list[dict]:
    """What screening had found in the text that was judged: a person's decision has no findings of its own."""
    if decision.is_automatic:
        return decision.findings
    screened = Decision.objects.filter(
        comment=decision.comment_id, text=decision.text_id, action__in=states.SCREENED
    )
    return screened.order_by("-pk").values_list("findings", flat=True).first() or []


def _detection(decision: Decision, findings: list[dict]) -> str:
    """That a program was first, and what it noticed; where it decided, too, that stands above as the reason."""
    said = (
        []
        if decision.is_automatic
        else [*wording.for_author(findings, "hold"), *wording.for_author(findings, "reject")]
    )
    return f"A program noticed something in it first{': ' if said else '.'}{' '.join(said)}"


def _restricting(decision: Decision) -> Decision | None:
    """The decision by which something is kept from readers now: this one, or the one that it upholds; None if none."""
    if decision.action == states.UPHOLD:
        appeal = Appeal.objects.filter(answered_by=decision).select_related("decision").first()
        return appeal.decision if appeal else decision
    if decision.action in RESTRICTS:
        return decision
    if decision.action == states.KEEP and decision.waiting_before_id:
        return decision
    return decision if decision.is_automatic and decision.to_status == Status.REJECTED else None


def _outcome(decision: Decision, reasons: Decision | None) -> str:
    if decision.action == states.UPHOLD:
        why = _RESTRICTIONS.get(reasons.action, _RESTRICTIONS[states.REJECT])
        return f"Your appeal was not granted. {why}"
    about_edit = decision.waiting_before_id is not None and decision.to_status == Status.PUBLISHED
    if about_edit and decision.source == Decision.Source.APPEAL:
        granted = decision.action == states.PUBLISH
        return (
            "Your appeal was granted. Your text is public."
            if granted
            else f"Your appeal was not granted. {_AS_IT_WAS}"
        )
    if about_edit and decision.action in {states.REJECT, states.KEEP}:
        return f"The change to your comment is not published. {_AS_IT_WAS}"
    if about_edit and decision.action == states.PUBLISH:
        return "The change to your comment is published."
    if reasons is not None:
        return _RESTRICTIONS.get(reasons.action, _RESTRICTIONS[states.REJECT])
    return _OUTCOMES.get(decision.action, f"Your comment is {Status(decision.to_status).label.lower()}.")


def _redress(decision: Decision) -> list[Redress]:
    comment, ways = decision.comment, []
    if comment.author and not Appeal.why_not(decision, comment.author):
        where = settings.SITE_URL + reverse("comments:appeal", args=[comment.pk])
        ways.append(Redress("appeal", "Appeal: another moderator will decide. It costs nothing.", where))
    ways.append(Redress("mail", "Answer the mail about it: people of this site read what comes back."))
    words = "Where your law provides for it, turn to an out-of-court dispute settlement body, or to a court."
    return [*ways, Redress("out_of_court", words)]


def as_data(made: Statement) -> dict:
    """The statement for machines. Says nothing of who reported or decided."""
    decision, clause = made.decision, made.clause
    comment, policy = decision.comment, decision.policy
    text_is_here = decision.text is not None and decision.text.destroyed_at is None
    return {
        "id": decision.pk,
        "comment": comment.pk,
        "url": settings.SITE_URL + comment.get_absolute_url(),
        "article": settings.SITE_URL + comment.article.get_absolute_url(),
        "posted_at": comment.posted_at.isoformat(),
        "decided_at": decision.at.isoformat(),
        "action": decision.action,
        "status_before": decision.from_status or None,
        "status_after": decision.to_status,
        "outcome": made.outcome,
        "restriction": {"scope": made.scope, "duration": made.duration} if made.restricts else None,
        "facts": {
            "text": made.quote if text_is_here else None,
            "findings": made.findings,
            "removed": [
                {"start": start, "end": end, "text": made.quote[start:end] or None}
                for start, end in decision.redactions
            ],
            "source": decision.source,
            "source_in_words": made.source,
        },
        "automated_detection": made.detected,
        "automated_decision": decision.is_automatic,
        "ground": {
            "policy_version": policy.number if policy else None,
            "clause": clause.number if clause else None,
            "title": clause.title if clause else None,
            "wording": clause.wording if clause else None,
            "legal_ground": (clause.legal_ground if clause else "") or None,
        },
        "message": made.message or None,
        "reverses": decision.reverses_id,
        "redress": [
            {"kind": each.kind, "words": each.words, "url": each.href or None} for each in made.redress
        ],
        "appeal_until": made.appeal_until.isoformat() if made.appeal_until else None,
    }
