"""What was tallied, summed up for a span of days; the days that are not tallied yet are counted on the spot."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Case, DateField, F, Sum, Value, When
from django.db.models.functions import Cast, TruncWeek
from django.utils import timezone

from comments import tally
from comments.models import DayTally

LIVE_DAYS = 2  # today, and yesterday until the worker has been there
DAY, WEEK = "day", "week"
# The kinds whose periods are told apart; of the others the sum of all days is enough.
BY_PERIOD = ("received", "decided", "waited", "answered")
_ALL = object()


class Counts:
    """How often what happened, by period: sums of what `tally.py` counts."""

    def __init__(self):
        self._found: dict[str, dict] = {}  # kind, period, (key, clause)

    def add(self, period, kind: str, key: str, clause: int | None, count: int) -> None:
        """So many more."""
        self._found.setdefault(kind, {}).setdefault(period, Counter())[key, clause] += count

    def of(self, kind: str, *keys: str, period=None, clause=_ALL) -> int:
        """How many of a kind: of all keys or these, in all periods or one, under any clause or one."""
        return sum(
            count
            for (key, which), count in self._lines(kind, period)
            if (not keys or key in keys) and (clause is _ALL or which == clause)
        )

    def spans(self, kind: str, period=None) -> Counter:
        """A kind that counts spans of time, by step of `histogram.py`."""
        found: Counter = Counter()
        for (key, _), count in self._lines(kind, period):
            found[int(key)] += count
        return found

    def clauses(self, *kinds: str) -> set[int]:
        """The clauses that anything of these kinds was about."""
        return {which for kind in kinds for (_, which), _ in self._lines(kind, None) if which}

    def keys(self, *kinds: str) -> set[str]:
        """The keys of these kinds."""
        return {key for kind in kinds for (key, _), _ in self._lines(kind, None)}

    def _lines(self, kind: str, period):
        periods = self._found.get(kind, {})
        for when in periods if period is None else (period,):
            yield from periods.get(when, {}).items()


@dataclass(frozen=True)
class Found:
    """The sums, those of single people by their id, and the first day that is not counted yet, if there is one."""

    counts: Counts
    people: dict[int, Counts]
    missing: date | None


def read(first: date, last: date, *, by: str = DAY, person=None, live: bool = True) -> Found:
    """What happened from the first to the last of these days, BY_PERIOD by day or by week (its Monday).

    People: this one, or everybody for None. Without `live` only what is tallied. A handful of queries.
    """
    rows, missing = _live(first, last) if live else ([], None)
    stored = DayTally.objects.filter(day__range=(first, last)).exclude(kind=tally.TALLIED).order_by()
    counts, people = Counts(), {}
    when = Cast(TruncWeek("day"), DateField()) if by == WEEK else F("day")
    period = Case(When(kind__in=BY_PERIOD, then=when), default=Value(first))
    of_periods = stored.annotate(period=period).values_list("period", "kind", "key", "clause")
    for row in of_periods.annotate(Sum("count")):
        counts.add(*row)
    for row in rows:
        counts.add(monday(row.day) if by == WEEK else row.day, *row[1:4], row.count)
    theirs = stored.filter(by__isnull=False) if person is None else stored.filter(by=person)
    of_people = [*theirs.values_list("by", "kind", "key").annotate(Sum("count"))] if live else []
    of_people += [
        (row.by_id, row.kind, row.key, row.count)
        for row in rows
        if row.by_id and (person is None or row.by_id == person.pk)
    ]
    for pk, kind, key, count in of_people:
        people.setdefault(pk, Counts()).add(None, kind, key, None, count)
    return Found(counts, people, missing if missing and missing <= last else None)


def monday(day: date) -> date:
    """The first day of its week."""
    return day - timedelta(days=day.weekday())


def _live(first: date, last: date) -> tuple[list[tally.Row], date | None]:
    """What is not tallied yet but young enough to be counted now; and the first day that is neither."""
    today, until = timezone.localdate(), tally.last_day()
    untallied = until + timedelta(days=1) if until else tally.first_missing()
    if untallied is None:
        return [], None
    young = max(untallied, today - timedelta(days=LIVE_DAYS - 1))
    start, end = max(first, young), min(last, today)
    rows = tally.happened(start, end) if start <= end else []
    return rows, untallied if untallied < young else None
