"""What a notice says: in the inbox, in a mail of its own, in the mail of a day."""

from dataclasses import dataclass

from django.urls import reverse

from accounts import names
from comments import statement, states, waiting
from comments.models import Action, Mark
from comments.models.notice import ANSWERS, REPORTS
from comments.models.preference import Kind
from comments.screening import wording

# Characters of a reader's answer that are mailed; the rest is a click away. What the newsroom answers is mailed whole: its
# last sentence may be the one that says when to call for help.
QUOTE = 400

_DECIDED = {
    Action.SUBMIT: "{it} was not published.",
    Action.PUBLISH: "{it} was published.",
    Action.PUBLISH_REDACTED: "{it} was published without parts of it.",
    Action.RETURN: "{it} was returned to you: it can be published once you have changed it.",
    Action.REJECT: "{it} was not published.",
    Action.REMOVE: "{it} was removed.",
    Action.RESTORE: "{it} is published again.",
    Action.KEEP: "{it} was looked at again, and stays as it is.",
    Action.HOLD: "{it} is being read again by a moderator.",
    Action.UPHOLD: "Your appeal was decided: {own} stays as it is.",
    Action.OVERTURN: "Your appeal was granted: {own} is published again.",
}
# What else answers an appeal: one that is about a text beside the public one.
_ON_APPEAL = {
    Action.PUBLISH_REDACTED: "Your appeal was decided: {own} is published without parts of it.",
    Action.KEEP: "Your appeal was not granted: {own} stays as it is.",
    Action.REJECT: "Your appeal was not granted: {own} was not published.",
    Action.REMOVE: "Your appeal was not granted: {own} was removed.",
    Action.RETURN: "Your appeal was decided: {own} was returned to you, to be changed.",
}
_AGAIN = {
    states.PENDING: "it waits for a moderator",
    states.RETURNED: "it is with you, to be changed",
    states.PUBLISHED: "everybody can read it",
    states.REJECTED: "it is not published",
    states.REMOVED: "it is removed",
    states.WITHDRAWN: "it is withdrawn",
}


@dataclass(frozen=True)
class Told:
    """One notice in words. `address` is a path of this site, empty where there is nothing left to look at."""

    id: int
    at: object
    is_unread: bool
    line: str
    address: str
    # Why, for a decision about one's own comment: the rule, and what the moderator wrote.
    reasons: list[str]
    clause: object | None
    message: str
    # An answer that everybody can read now, or its beginning.
    quote: str


def told(notice) -> Told:
    """The notice (from `for_telling()`) in words, by what is public now."""
    own = notice.is_of_own and notice.decision is not None and notice.kind != Kind.ESCALATED
    decision = notice.decision if own else None
    return Told(
        id=notice.pk,
        at=notice.at,
        is_unread=notice.read_at is None,
        line=_line(notice),
        address=address(notice),
        reasons=wording.for_author(decision.findings, "reject") if own and decision.is_automatic else [],
        clause=decision.clause if own and not decision.is_of_crisis else None,
        message=decision.message.text if own and decision.message else "",
        quote=_quote(notice.comment) if notice.kind in ANSWERS else "",
    )


def address(notice) -> str:
    """Where what it tells of can be read: in the discussion, among one's own, what came of a report, or at the desk."""
    comment = notice.comment
    if notice.kind == Kind.ESCALATED:
        return reverse("moderation:card", args=[comment.pk])
    if notice.kind in REPORTS or notice.kind == Kind.APPEAL and not notice.is_of_own:
        return reverse("comments:decision", args=[comment.pk])
    if is_readable(comment):
        return comment.get_absolute_url()
    return waiting.address(comment) if notice.is_of_own else ""


def is_readable(comment) -> bool:
    """Whether everybody can read it now."""
    return comment.is_published and comment.article.is_public()


def _line(notice) -> str:
    comment, decision = notice.comment, notice.decision
    where = f"on “{comment.article.title}”"
    if notice.kind == Kind.ESCALATED:
        return f"{decision.actor} passed a comment {where} to the administrators."
    if notice.kind in ANSWERS:
        who = names.unlinked(comment.name)
        who = f"{who} ({comment.mark_label})" if comment.mark_label else who
        return f"{who} answered your comment {where}."
    if notice.kind in REPORTS:
        what = "notice about" if notice.kind == Kind.NOTICE_ANSWERED else "report of"
        return f"Your {what} a comment {where} was looked at: {_came_of_it(decision)}"
    if not notice.is_of_own:
        return f"Your appeal about a comment {where} was decided: {_came_of_appeal(decision)}"
    if decision.action == Action.UNDO:
        return f"A decision about your comment {where} was taken back: {_AGAIN[decision.to_status]}."
    if decision.is_of_crisis:  # as to a person; what was decided about the text is a click away
        return f"Somebody of this site has read what you wrote {where}."
    of_edit = decision.waiting_before_id is not None and decision.action in states.OF_AN_EDIT
    if notice.kind == Kind.APPEAL and (words := _on_appeal(notice, of_edit)):
        return words.format(own=f"your comment {where}")
    what = "The change to your comment" if of_edit else "Your comment"
    words = _DECIDED.get(decision.action, "Something was decided about {own}.")
    if of_edit and decision.action == Action.KEEP:
        words = "{it} was not taken over; it stays as it was."
    if statement.is_first(decision):
        words = words.replace(" again", "")
    return words.format(it=f"{what} {where}", own=f"your comment {where}")


def _came_of_it(decision) -> str:
    """What was decided about a report, to who sent it."""
    if hasattr(decision, "reversed_by"):
        return "that was taken back, and it is looked at again."
    if decision.action == states.WITHDRAW:
        return "its author has taken the comment back."
    if decision.agrees_with_reports:
        return "we agreed, and acted."
    if decision.to_status != states.PUBLISHED:
        return "nobody can read the comment at the moment."
    return (
        "the comment stays." if decision.from_status == states.PUBLISHED else "everybody can read it again."
    )


def _on_appeal(notice, of_edit: bool) -> str:
    """What came of the author's own appeal; empty where the decision says it by itself."""
    action = notice.decision.action
    if action == Action.PUBLISH:
        granted = "Your appeal was granted: {own} is published as you wrote it."
        return granted if notice.was_granted else "Your appeal was answered: {own} is published as it is now."
    return _ON_APPEAL[Action.KEEP] if of_edit else _ON_APPEAL.get(action, "")


def _came_of_appeal(decision) -> str:
    """What was decided about the appeal of who had reported a comment, to them."""
    if hasattr(decision, "reversed_by"):
        return "that was taken back, and it is looked at again."
    if decision.action == states.WITHDRAW:
        return "its author has taken the comment back."
    if decision.to_status != states.PUBLISHED:
        return "you were right, and nobody can read the comment any more."
    if decision.action == states.PUBLISH_REDACTED:
        return "you were right, and parts of the comment were taken out."
    return "the comment stays."


def _quote(comment) -> str:
    if not is_readable(comment):
        return ""
    text = comment.text.plain.strip()
    if comment.mark in {Mark.AUTHOR, Mark.STAFF}:
        return text
    return text if len(text) <= QUOTE else text[:QUOTE].rsplit(maxsplit=1)[0] + " …"
