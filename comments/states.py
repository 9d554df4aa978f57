"""The states of a comment and the moves between them. Pure: the table is the whole machine (contract.md).

An edit of a published comment waits beside it: then publish, reject and keep are about the edit, and the status stays
(`models/deciding.py`). What depends on why a comment waits, besides its status, is in `allowed()`.
"""

PENDING = "pending"
RETURNED = "returned"
PUBLISHED = "published"
REJECTED = "rejected"
REMOVED = "removed"
WITHDRAWN = "withdrawn"
STATUSES = (PENDING, RETURNED, PUBLISHED, REJECTED, REMOVED, WITHDRAWN)

SUBMIT = "submit"
EDIT = "edit"
RESUBMIT = "resubmit"
WITHDRAW = "withdraw"
PUBLISH = "publish"
PUBLISH_REDACTED = "publish_redacted"
RETURN = "return"
REJECT = "reject"
REMOVE = "remove"
RESTORE = "restore"
KEEP = "keep"
HOLD = "hold"
ESCALATE = "escalate"
UPHOLD = "uphold"
OVERTURN = "overturn"
UNDO = "undo"

_SAME = {status: status for status in STATUSES}
_NOT_WAITING = {status: status for status in STATUSES if status != PENDING}
MOVES: dict[str, dict[str, str]] = {
    PUBLISH: {PENDING: PUBLISHED, RETURNED: PUBLISHED, REJECTED: PUBLISHED},
    PUBLISH_REDACTED: {PENDING: PUBLISHED, PUBLISHED: PUBLISHED},
    RETURN: {PENDING: RETURNED},
    REJECT: {PENDING: REJECTED, RETURNED: REJECTED},
    REMOVE: {PUBLISHED: REMOVED},
    RESTORE: {REMOVED: PUBLISHED, REJECTED: PUBLISHED},
    KEEP: _NOT_WAITING,
    HOLD: {PUBLISHED: PENDING},
    ESCALATE: _SAME,
    UPHOLD: {REJECTED: REJECTED, REMOVED: REMOVED},
    OVERTURN: {REJECTED: PUBLISHED, REMOVED: PUBLISHED},
    RESUBMIT: {RETURNED: PENDING},
    WITHDRAW: {PENDING: WITHDRAWN, RETURNED: WITHDRAWN, PUBLISHED: WITHDRAWN},
}
# What the author does; all other moves are the staff's.
AUTHORS = frozenset({RESUBMIT, WITHDRAW})
STAFF = tuple(action for action in MOVES if action not in AUTHORS)
# With these screening reads a text.
SCREENED = (SUBMIT, EDIT, RESUBMIT)
# What can be decided about an edit that waits.
OF_AN_EDIT = (PUBLISH, REJECT, KEEP)
# What takes a text away or keeps it back needs a clause of the policy.
NEEDS_CLAUSE = frozenset({RETURN, REJECT, REMOVE})
NEEDS_MESSAGE = frozenset({RETURN})
# Beside these the staff's answer can be published, where they leave the comment public.
WITH_ANSWER = frozenset({PUBLISH, KEEP, OVERTURN})
# After these the comment goes on waiting, or begins to.
KEEPS_WAITING = frozenset({HOLD, ESCALATE})
# What publishes again what was refused or removed, where its author has not appealed.
PUTS_BACK = frozenset({PUBLISH, RESTORE})
# What an author may appeal against, and KEEP where it drops a change; a reporter, against what leaves public what they
# reported (models/report.py).
APPEALABLE = frozenset({REJECT, REMOVE, PUBLISH_REDACTED})
# Whoever reported the comment was right, when it ends like this.
REPORT_WAS_RIGHT = frozenset({REMOVE, PUBLISH_REDACTED, RETURN, REJECT})
# What a second reader may say, who does not know where the comment stands, in words.
SECOND_READING = {
    PUBLISH: "Leave it, or publish it",
    PUBLISH_REDACTED: "Publish it without parts of it",
    RETURN: "Return it to its author",
    REMOVE: "Refuse or remove it",
}
# Which of these says the same as what was decided; other actions are not read again.
READ_AGAIN = {
    PUBLISH: PUBLISH,
    KEEP: PUBLISH,
    RESTORE: PUBLISH,
    OVERTURN: PUBLISH,
    PUBLISH_REDACTED: PUBLISH_REDACTED,
    RETURN: RETURN,
    REJECT: REMOVE,
    REMOVE: REMOVE,
    UPHOLD: REMOVE,
}
ANSWERED = "answered"
SIGNPOSTED = "signposted"
FALSE_ALARM = "false_alarm"
CRISIS_OUTCOMES = {
    ANSWERED: "Answered",
    SIGNPOSTED: "Pointed to help",
    "authorities": "Authorities told",
    FALSE_ALARM: "False alarm",
}
WORDS = {
    SUBMIT: "submitted",
    EDIT: "edited",
    RESUBMIT: "sent again",
    WITHDRAW: "withdrawn",
    PUBLISH: "published",
    PUBLISH_REDACTED: "published without parts of it",
    RETURN: "returned to its author",
    REJECT: "refused",
    REMOVE: "removed",
    RESTORE: "restored",
    KEEP: "kept as it is",
    HOLD: "taken back to the queue",
    ESCALATE: "passed to the administrators",
    UPHOLD: "appeal denied",
    OVERTURN: "appeal granted",
    UNDO: "put back as it was",
}


class NotAllowed(Exception):
    """This action does not lead anywhere from this status. The message is for the moderator."""


def move(action: str, status: str) -> str:
    """The status that `action` leads to from `status`. Raises NotAllowed."""
    try:
        return MOVES[action][status]
    except KeyError:
        what = WORDS.get(action, "changed like this")
        raise NotAllowed(f"A comment that is {status} cannot be {what}.") from None


def check(action: str, status: str, *, edit_waits: bool = False, kinds=()) -> str:
    """As `move`, minding an edit that waits and why the comment waits (`kinds` of its open case). Raises NotAllowed."""
    if edit_waits and action in OF_AN_EDIT:
        return status
    to = move(action, status)
    if action == KEEP:
        asked = {"report", "appeal", "edit", "crisis"} & set(kinds)
        if not asked:
            raise NotAllowed("Nothing waits for an answer here, so there is nothing to keep as it is.")
        if asked == {"appeal"} and status in MOVES[UPHOLD]:
            raise NotAllowed("Its author has appealed: decide as before, or grant it.")
    if action == ESCALATE and not kinds:
        raise NotAllowed("This comment does not wait, so there is nothing to pass on.")
    if action in {UPHOLD, OVERTURN} and "appeal" not in kinds:
        raise NotAllowed("Nobody has appealed against the decision about this comment.")
    return to


def recorded(action: str, status: str, *, appealed: bool) -> str:
    """What an act is on record as: whatever publishes a comment whose author has `appealed` grants the appeal."""
    publishes = action in PUTS_BACK and status in MOVES[OVERTURN]
    return OVERTURN if appealed and publishes else action


def allowed(status: str, *, edit_waits: bool = False, kinds=()) -> list[str]:
    """What the staff can do with a comment in this status, in the table's order."""

    def leads_somewhere(action: str) -> bool:
        try:
            check(action, status, edit_waits=edit_waits, kinds=kinds)
        except NotAllowed:
            return False
        return action != ESCALATE or "escalated" not in kinds

    return [action for action in STAFF if leads_somewhere(action)]


def offered(status: str, *, edit_waits: bool = False, kinds=()) -> list[str]:
    """Of what is `allowed`, what a card offers: an appeal of its author is granted or denied, in one place.

    What says the same in other words is not offered beside it, nor, where nothing else waits, what has nothing to do with it.
    """
    found = allowed(status, edit_waits=edit_waits, kinds=kinds)
    if "appeal" not in kinds:
        return found
    if status in MOVES[UPHOLD]:
        return [each for each in found if each not in {PUBLISH, RESTORE, KEEP}]
    if edit_waits and set(kinds) <= {"appeal", "escalated"}:  # the text that was judged
        return [each for each in found if each not in {REJECT, REMOVE, HOLD}]
    return found
