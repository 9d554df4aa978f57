"""The states of a comment and the moves between them. Pure: the table is the whole machine (contract.md).

(appeals, returned drafts, edits and redaction come with the desk; their rows join this table.)
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

MOVES: dict[str, dict[str, str]] = {
    PUBLISH: {PENDING: PUBLISHED, RETURNED: PUBLISHED, REJECTED: PUBLISHED},
    REJECT: {PENDING: REJECTED, RETURNED: REJECTED},
    REMOVE: {PUBLISHED: REMOVED},
    RESTORE: {REMOVED: PUBLISHED, REJECTED: PUBLISHED},
    HOLD: {PUBLISHED: PENDING},
}
# What takes a text away or keeps it back needs a clause of the policy.
NEEDS_CLAUSE = frozenset({REJECT, REMOVE})
WORDS = {
    SUBMIT: "submitted",
    PUBLISH: "published",
    REJECT: "refused",
    REMOVE: "removed",
    RESTORE: "restored",
    HOLD: "taken back to the queue",
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


def allowed(status: str) -> list[str]:
    """The actions that a comment in this status can take, in the table's order."""
    return [action for action, moves in MOVES.items() if status in moves]
