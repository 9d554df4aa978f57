"""What stands around every page of the desk: what waits for whom, and what one can still take back. One query."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from comments import states
from comments.desk import COUNT_CAP, in_words, now_mark
from comments.models import Lane
from comments.models.undoing import UNDO_TIME
from healthnews.questions import Question

MOST_UNDONE = 100  # as many as are decided at once
# Every part stops at the cap, over a partial index or one that begins with who decided. What was decided about together
# has one time. A decision of which no form says how it was sent (a ban takes down what somebody wrote) is not offered.
_LATEST = """
    made.by_id = %(by)s AND made.at > %(since)s AND made.action = ANY (%(acts)s) AND made.way <> ''
    AND NOT EXISTS (
        SELECT FROM comments_decision AS later WHERE later.comment_id = made.comment_id AND later.id > made.id
    )
"""
_FRAME = Question(
    "desk_frame",
    f"""
    SELECT
    (SELECT count(*) FROM (
        SELECT FROM comments_case WHERE closed_at IS NULL AND lane = {Lane.CRISIS:d} LIMIT %(most)s
    ) AS found),
    CASE WHEN %(administers)s THEN (SELECT count(*) FROM (
        SELECT FROM comments_case WHERE closed_at IS NULL AND lane = {Lane.ESCALATED:d} LIMIT %(most)s
    ) AS found) ELSE 0 END,
    (SELECT count(*) FROM (
        SELECT FROM comments_proposal WHERE state = 'open' AND (%(administers)s OR by_id = %(by)s) LIMIT %(most)s
    ) AS found),
    CASE WHEN %(administers)s THEN (SELECT count(*) FROM (
        SELECT FROM comments_credentialrequest WHERE decided_at IS NULL LIMIT %(most)s
    ) AS found) ELSE 0 END,
    undo.*
    FROM (
        SELECT array_agg(made.id ORDER BY made.id), min(made.at), min(made.action), min(coalesce(
            nullif(author.display_name, ''), nullif(comment.author_name, ''), 'Anonymous'
        )) FROM comments_decision AS made
        JOIN comments_comment AS comment ON comment.id = made.comment_id
        LEFT JOIN accounts_user AS author ON author.id = comment.author_id
        WHERE made.at = (
            SELECT made.at FROM comments_decision AS made WHERE {_LATEST} ORDER BY made.at DESC, made.id DESC LIMIT 1
        ) AND {_LATEST}
    ) AS undo
    """,  # noqa: S608  words of our own
    {
        "by": "bigint",
        "administers": "boolean",
        "most": "bigint",
        "since": "timestamptz",
        "acts": "text[]",
    },
)


@dataclass(frozen=True)
class Undoable:
    """One's latest decision, or those that were made together, as long as it can be taken back."""

    decisions: list[int]
    until: datetime
    words: str


@dataclass(frozen=True)
class Frame:
    """Counts in words such as "12" or "1,000+", empty for none; `mark` is this moment, to ask what comes after it."""

    crises: str
    escalated: str
    proposals: str
    requests: str
    undo: Undoable | None
    mark: str


def frame(user) -> Frame:
    """For this moderator, now."""
    [row] = _FRAME.rows(
        by=user.pk,
        administers=user.is_administrator,
        most=COUNT_CAP + 1,
        since=timezone.now() - UNDO_TIME,
        acts=list(states.STAFF),
    )
    counts, (decisions, at, action, name) = row[:4], row[4:]
    undo = None
    if decisions:
        whose = name if len(decisions) == 1 else f"{len(decisions)} comments"
        undo = Undoable(decisions[:MOST_UNDONE], at + UNDO_TIME, f"{whose} {states.WORDS[action]}")
    return Frame(*(in_words(count) if count else "" for count in counts), undo, now_mark())
