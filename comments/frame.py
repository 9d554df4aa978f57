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
_NAME = "coalesce(nullif(author.display_name, ''), nullif(comment.author_name, ''), 'Anonymous')"
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
    (SELECT count(*) FROM (
        SELECT FROM comments_sanctionappeal WHERE answered_at IS NULL LIMIT %(most)s
    ) AS found),
    undo.*, pick.*
    FROM (
        SELECT array_agg(made.id ORDER BY made.id), min(made.at), min(made.action), CASE WHEN count(*) = 1 THEN (
            SELECT {_NAME} FROM comments_comment AS comment
            LEFT JOIN accounts_user AS author ON author.id = comment.author_id WHERE comment.id = min(made.comment_id)
        ) END
        FROM comments_decision AS made
        WHERE made.at = (
            SELECT made.at FROM comments_decision AS made WHERE {_LATEST} ORDER BY made.at DESC, made.id DESC LIMIT 1
        ) AND {_LATEST}
    ) AS undo LEFT JOIN (
        SELECT act.id, act.at, act.is_set, {_NAME} FROM comments_pick AS act
        JOIN comments_comment AS comment ON comment.id = act.comment_id
        LEFT JOIN accounts_user AS author ON author.id = comment.author_id
        WHERE act.by_id = %(by)s AND act.at > %(since)s AND act.undoes_id IS NULL AND NOT EXISTS (
            SELECT FROM comments_pick AS later WHERE later.comment_id = act.comment_id AND later.id > act.id
        ) ORDER BY act.at DESC, act.id DESC LIMIT 1
    ) AS pick ON true
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
    """One's latest act: a decision, those that were made together, or a pick, as long as it can be taken back."""

    decisions: list[int]
    until: datetime
    words: str
    pick: int | None = None  # then there are no decisions


@dataclass(frozen=True)
class Frame:
    """Counts in words such as "12" or "1,000+", empty for none; `mark` is this moment, to ask what comes after it."""

    crises: str
    escalated: str
    proposals: str
    requests: str
    sanction_appeals: str
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
    counts, (decisions, at, action, name), (pick, picked_at, is_set, picked) = row[:5], row[5:9], row[9:]
    undo = None
    if pick and (not decisions or picked_at > at):
        undo = Undoable(
            [], picked_at + UNDO_TIME, f"{picked} {'picked' if is_set else 'no longer picked'}", pick
        )
    elif decisions:
        whose = name if len(decisions) == 1 else f"{len(decisions)} comments"
        undo = Undoable(decisions[:MOST_UNDONE], at + UNDO_TIME, f"{whose} {states.WORDS[action]}")
    return Frame(*(in_words(count) if count else "" for count in counts), undo, now_mark())
