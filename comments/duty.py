"""Duty hours: pure reckoning with a weekly roster in local times. Standard library only.

A shift begins and ends by the wall clock of its time zone. In the night when clocks go back, an hour comes twice:
then a shift begins with the first and ends with the second; a time that is left out in spring is taken as both the
hour before and after it. Shifts that touch therefore never leave a gap.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEK = timedelta(days=7)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Shift:
    """One line of the roster; `weekday` 0 is Monday. An end that is not after the start is on the next day."""

    weekday: int
    starts: time
    ends: time
    zone: str
    line: object = None  # whatever the caller wants back


def spans(shift: Shift, since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """When the shift is kept between two moments, in UTC, whole or cut off; earliest first."""
    zone = ZoneInfo(shift.zone)
    day = since.astimezone(zone).date() - _DAY
    last = until.astimezone(zone).date()
    day += _DAY * ((shift.weekday - day.weekday()) % 7)
    while day <= last:
        next_day = day + _DAY if shift.ends <= shift.starts else day
        begins = max(since, min(_moments(day, shift.starts, zone)))
        ends = min(until, max(_moments(next_day, shift.ends, zone)))
        if begins < ends:
            yield begins.astimezone(UTC), ends.astimezone(UTC)
        day += WEEK


def on_duty(shifts: Iterable[Shift], at: datetime) -> list[tuple[Shift, datetime]]:
    """Who is on duty at that moment, each with the end of the shift."""
    found = []
    for shift in shifts:
        for begins, ends in spans(shift, at - 2 * _DAY, at + 2 * _DAY):
            if begins <= at < ends:
                found.append((shift, ends))
    return found


def next_start(shifts: Iterable[Shift], at: datetime) -> datetime | None:
    """When somebody is next on duty, now if somebody is; None with an empty roster."""
    begins = [begin for shift in shifts for begin, _ in spans(shift, at, at + WEEK + _DAY)]
    return min(begins, default=None)


def ran(shifts: Iterable[Shift], since: datetime, until: datetime) -> timedelta:
    """How much duty time lies between two moments: an hour that two people share is one hour.

    Looks back over one week and a day at most: a clock that is asked for minutes has run out long before.
    """
    since = max(since, until - WEEK - _DAY)
    total, covered = timedelta(), since
    for begins, ends in sorted(span for shift in shifts for span in spans(shift, since, until)):
        if ends > covered:
            total += ends - max(begins, covered)
            covered = ends
    return total


def _moments(day, clock: time, zone: ZoneInfo) -> list[datetime]:
    """The moment, or the two, that the wall clock may mean by this time on this day."""
    return [datetime.combine(day, clock, zone).replace(fold=fold).astimezone(UTC) for fold in (0, 1)]
