"""A statement of reasons: everything that the DSA asks for (art. 17, 3), read off a Decision, for people and machines."""

from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest

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
_CHANGE_REFUSED = f"The change to your comment is not published. {_AS_IT_WAS}"
_OUTCOMES = {
    states.PUBLISH: "Your comment is published.",
    states.RESTORE: "Your comment is published again, in its old place.",
    states.OVERTURN: "Your appeal was granted. Your comment is published again, in its old place.",
    states.KEEP: "Your comment stays as it is.",
    states.UNDO: "A decision was taken back. Your comment is as it was before.",
}
# The same where nobody could read it before.
_FIRST_OUTCOMES = {
    states.RESTORE: "Your comment is published.",
    states.OVERTURN: "Your appeal was granted. Your comment is published.",
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
    about: Decision  # what is told of: after an undo, what it made stand again
    reasons: Decision | None  # by which something is kept from readers now
    answers: Appeal | None  # of its author, that it is the answer to
    waiting: Appeal | None  # of its author, that waits again because something was taken back
    outcome: str
    stands: str  # what is kept from readers, in words
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
        """The rule that it was decided by, if any: where an earlier decision stands, the rule of that."""
        return self.decision.clause or (self.reasons.clause if self.reasons else None)

    @property
    def policy(self):
        """The version of the policy that was applied."""
        return self.clause.policy if self.clause else self.decision.policy

    @property
    def is_first(self) -> bool:
        """Whether it is the one by which everybody can read the comment for the first time."""
        return is_first(self.decision)

    @property
    def refuses_appeal(self) -> bool:
        """Whether it leaves all as the author had appealed against it."""
        return self.answers is not None and self.answers.decision == self.reasons

    @property
    def appeal(self) -> Redress | None:
        """The way to appeal, while there is one."""
        return next((each for each in self.redress if each.kind == "appeal"), None)


def statement(decision: Decision) -> Statement:
    """The statement about the decision, for the comment's author. At most eight queries."""
    comment = decision.comment
    answers = _answered(decision)
    reasons = _restricting(decision, answers)
    restricts = reasons is not None
    undone = decision.action == states.UNDO
    about = reasons if undone and restricts else decision
    redress = _redress(about) if restricts else []
    judged = reasons or decision
    original = _text(judged)
    # What an appeal that was granted was about had been noticed before that was decided.
    noticed = answers.decision if answers and not restricts else judged
    detected = decision.is_detected or noticed.is_detected
    findings = _findings(noticed) if detected else []
    return Statement(
        decision=decision,
        about=about,
        reasons=reasons,
        answers=answers,
        waiting=_waiting(comment) if undone else None,
        outcome=_outcome(decision, reasons, answers),
        stands=_stands(reasons) if restricts else "",
        restricts=restricts,
        scope=_SCOPE if restricts else "",
        duration=_DURATIONS.get(reasons.action, _WITHOUT_END) if restricts else "",
        source=_SOURCES[about.source],
        detection=_detection(noticed, findings) if detected else "No program had pointed it out.",
        deciding="A program decided it." if about.is_automatic else "A person decided it.",
        quote=_text(decision),
        removed=[original[start:end] for start, end in judged.redactions] if original else [],
        detected=detected,
        findings=findings,
        seen=wording.for_author(findings, "reject") if judged.is_automatic else [],
        message=_message(decision, answers),
        redress=redress,
        appeal_until=Appeal.told_at(about, comment.author) + APPEAL_TIME
        if any(each.kind == "appeal" for each in redress) and comment.author_id
        else None,
    )


def _message(decision: Decision, answers: Appeal | None) -> str:
    """What a moderator wrote to the author, about the appeal, too; not what was written to who had reported it alone."""
    written = decision.message if answers or not decision.leaves_as_is else None
    return written.text if written and not written.destroyed_at else ""


def _text(decision: Decision) -> str:
    return decision.text.plain if decision.text and not decision.text.destroyed_at else ""


def _answered(decision: Decision) -> Appeal | None:
    """The author's appeal that the decision answers."""
    if decision.source != Decision.Source.APPEAL:
        return None
    appeals = Appeal.objects.filter(answered_by=decision, by=decision.comment.author_id)
    return appeals.select_related("decision__clause__policy", "decision__text").order_by("-pk").first()


def _waiting(comment) -> Appeal | None:
    appeals = Appeal.objects.filter(decision__comment=comment, by=comment.author_id, answered_by__isnull=True)
    return appeals.order_by("-pk").first()


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
    if decision.is_automatic:
        return "A program noticed something in it first."
    said = wording.found(findings)
    if findings and not said:
        return "A program left it to a person to read; it had found nothing in the text itself."
    return f"A program noticed something in it first{': ' if said else '.'}{' '.join(said)}"


def _restricting(decision: Decision, answers: Appeal | None) -> Decision | None:
    """The decision by which something is kept from readers now; None if none.

    This one, or the one that it leaves as it was on appeal, or that stands again when another was undone.
    """
    if decision.action == states.UNDO:
        stands = Decision.in_force(decision.comment_id)
        if stands is not None:
            stands.comment = decision.comment
        return stands and _restricting(stands, _answered(stands))
    of_change = decision.action == states.REJECT and decision.waiting_before_id is not None
    if answers is not None and (decision.action in {states.UPHOLD, states.KEEP} or of_change):
        answers.decision.comment = decision.comment
        return answers.decision
    if decision.action in RESTRICTS or decision.action == states.UPHOLD:
        return decision
    if decision.action == states.KEEP and decision.waiting_before_id:
        return decision
    return decision if decision.is_automatic and decision.to_status == Status.REJECTED else None


def _stands(reasons: Decision) -> str:
    """What is kept from readers by this decision."""
    of_change = reasons.waiting_before_id is not None and reasons.to_status == Status.PUBLISHED
    if of_change and reasons.action in {states.REJECT, states.KEEP}:
        return _CHANGE_REFUSED
    return _RESTRICTIONS.get(reasons.action, _RESTRICTIONS[states.REJECT])


def _outcome(decision: Decision, reasons: Decision | None, answers: Appeal | None) -> str:
    if reasons is not None:
        if decision.action == states.UNDO:
            return f"A decision was taken back. {_stands(reasons)}"
        if decision.action == states.UPHOLD or answers is not None and answers.decision == reasons:
            return f"Your appeal was not granted. {_stands(reasons)}"
        answered = answers is not None and decision.action == states.PUBLISH_REDACTED
        return f"Your appeal was answered. {_stands(reasons)}" if answered else _stands(reasons)
    if decision.action == states.PUBLISH and answers is not None and answers.was_granted:
        return "Your appeal was granted. Your text is public."
    about_edit = decision.waiting_before_id is not None and decision.to_status == Status.PUBLISHED
    if about_edit and decision.action == states.PUBLISH:
        return "The change to your comment is published."
    if is_first(decision) and decision.action in _FIRST_OUTCOMES:
        return _FIRST_OUTCOMES[decision.action]
    return _OUTCOMES.get(decision.action, f"Your comment is {Status(decision.to_status).label.lower()}.")


def is_first(decision: Decision) -> bool:
    """Whether nobody could read the comment before this decision published it."""
    return decision.to_status == Status.PUBLISHED and decision.comment.published_at == decision.at


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
    comment, policy = decision.comment, made.policy
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
                {"start": start, "end": end, "text": text}
                for (start, end), text in zip_longest((made.reasons or decision).redactions, made.removed)
            ],
            "source": made.about.source,
            "source_in_words": made.source,
        },
        "automated_detection": made.detected,
        "automated_decision": made.about.is_automatic,
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
