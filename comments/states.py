"""The states of a comment and the moves between them. Pure: the table is the whole machine (contract.md).

An edit of a published comment waits beside it: then publish, reject and keep are about the edit, and the status stays
(`Comment.decide()`). Appeals, returned drafts and redaction come with the desk; their rows join this table.
"""

PENDING = "pending"
RETURNED = "returned"
PUBLISHED = "published"
REJECTED = "rejected"
REMOVED = "removed"
WITHDRAWN = "withdrawn"
STATUSES = (PENDING, RETURNED, PUBLISHED, REJECTED, REMOVED, WITHDRAWN)

SUBMIT = "submit"
PUBLISH = "publish"
REJECT = "reject"
REMOVE = "remove"
RESTORE = "restore"
HOLD = "hold"
KEEP = "keep"
EDIT = "edit"
WITHDRAW = "withdraw"

MOVES: dict[str, dict[str, str]] = {
    PUBLISH: {PENDING: PUBLISHED, RETURNED: PUBLISHED, REJECTED: PUBLISHED},
    REJECT: {PENDING: REJECTED, RETURNED: REJECTED},
    REMOVE: {PUBLISHED: REMOVED},
    RESTORE: {REMOVED: PUBLISHED, REJECTED: PUBLISHED},
    HOLD: {PUBLISHED: PENDING},
    WITHDRAW: {PENDING: WITHDRAWN, RETURNED: WITHDRAWN, PUBLISHED: WITHDRAWN},
}
# What the author does; all other moves are the staff's.
AUTHORS = frozenset({WITHDRAW})
# What can be decided about an edit that waits.
OF_AN_EDIT = (PUBLISH, REJECT, KEEP)
# What takes a text away or keeps it back needs a clause of the policy.
NEEDS_CLAUSE = frozenset({REJECT, REMOVE})
WORDS = {
    SUBMIT: "submitted",
    PUBLISH: "published",
    REJECT: "refused",
    REMOVE: "removed",
    RESTORE: "restored",
    HOLD: "taken back to the queue",
    KEEP: "kept as it is",
    EDIT: "edited",
    WITHDRAW: "withdrawn",
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


def allowed(status: str, *, edit_waits: bool = False) -> list[str]:
    """What the staff can do with a comment in this status, in the table's order."""
    moves = [action for action, moves in MOVES.items() if status in moves and action not in AUTHORS]
    return [*OF_AN_EDIT, *moves] if edit_waits else moves
