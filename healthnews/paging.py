"""Pages by cursor: no OFFSET, no COUNT; both directions. A leaf: imports nothing of ours."""

import base64
import binascii
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Q

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MAX = 2**63 - 1


def encode(*values) -> str:
    """A cursor from the sort columns of a row: datetimes and whole numbers."""
    numbers = (
        (v - _EPOCH) // timedelta(microseconds=1) if isinstance(v, datetime) else int(v) for v in values
    )
    return base64.urlsafe_b64encode(".".join(map(str, numbers)).encode()).decode().rstrip("=")


def decode(cursor: str, size: int) -> list[int] | None:
    """The `size` numbers of a cursor, or None when it cannot be read (then it is the first page)."""
    if not cursor or len(cursor) > 120 or not cursor.isascii():
        return None
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True).decode("ascii")
        numbers = [int(part) for part in text.split(".")]
    except (binascii.Error, ValueError):
        return None
    return numbers if len(numbers) == size and all(abs(n) <= _MAX for n in numbers) else None


def moment(microseconds: int) -> datetime | None:
    """The datetime of a cursor's number, None when no calendar has it."""
    try:
        return _EPOCH + timedelta(microseconds=microseconds)
    except OverflowError:
        return None


@dataclass(frozen=True)
class Page:
    """Rows in display order; `before` and `after` are cursors of the neighbours, empty where there are none."""

    rows: list
    before: str
    after: str
    is_first: bool


def page_by_time(queryset, field: str, *, size: int, descending=True, after="", before="") -> Page:
    """One page of `queryset` sorted by (field, pk); `after` and `before` are cursors as `encode(time, pk)` made them.

    Reads size + 1 rows. An unreadable cursor means the first page.
    """
    place, backwards = None, False
    for cursor, is_back in ((after, False), (before, True)):
        numbers = decode(cursor, 2)
        at = moment(numbers[0]) if numbers else None
        if at is not None:
            place, backwards = (at, numbers[1]), is_back
            break
    downwards = descending != backwards
    everything = queryset
    if place:
        at, pk = place
        sign = "lt" if downwards else "gt"
        queryset = queryset.filter(
            Q(**{f"{field}__{sign}e": at}) & (Q(**{f"{field}__{sign}": at}) | Q(**{f"pk__{sign}": pk}))
        )
    order = [f"-{field}", "-pk"] if downwards else [field, "pk"]
    rows = list(queryset.order_by(*order)[: size + 1])
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
        if not more and len(rows) < size:
            # Nothing is left before: show a full first page rather than a stump.
            return page_by_time(everything, field, size=size, descending=descending)
    has_before, has_after = (more, True) if backwards else (place is not None, more)
    return Page(
        rows,
        encode(getattr(rows[0], field), rows[0].pk) if rows and has_before else "",
        encode(getattr(rows[-1], field), rows[-1].pk) if rows and has_after else "",
        is_first=not has_before,
    )
