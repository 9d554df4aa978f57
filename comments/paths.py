"""Where a comment stands in its thread: depth, root and path. Pure (design 7).

A path is at most four segments of fixed width; a segment is the posting time in milliseconds and the id, so that plain
byte order is reading order and no two comments share one. A deeper answer keeps its true parent and hangs on the last
level beside it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

MAX_DEPTH = 3  # of four visible levels, the first being 0
TIME, ID = 12, 12  # hexadecimal digits: until the year 10889, and 281 million million comments
SEGMENT = TIME + ID
LENGTH = SEGMENT * (MAX_DEPTH + 1)


@dataclass(frozen=True)
class Place:
    """A place in a thread. `root` is None for a root itself."""

    root: int | None
    depth: int
    path: str


def segment(posted_at: datetime, pk: int) -> str:
    """One step of a path. Times before 1970 count as 1970."""
    milliseconds = max(0, int(posted_at.astimezone(UTC).timestamp() * 1000))
    return f"{milliseconds:0{TIME}x}{pk:0{ID}x}"


def place(posted_at: datetime, pk: int, parent=None) -> Place:
    """Where a comment goes under `parent` (anything with pk, root_id, depth and path), or as a root."""
    own = segment(posted_at, pk)
    if parent is None:
        return Place(None, 0, own)
    above = parent.path if parent.depth < MAX_DEPTH else parent.path[:-SEGMENT]
    return Place(parent.root_id or parent.pk, min(parent.depth + 1, MAX_DEPTH), above + own)


def ids(path: str) -> list[int]:
    """The ids along a path, the root's first and the comment's own last."""
    return [int(path[end - ID : end], 16) for end in range(SEGMENT, len(path) + 1, SEGMENT)]
