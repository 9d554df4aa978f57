"""Duty hours: pure reckoning with a weekly roster and its exceptions, in local times. Standard library only.

A shift begins and ends by the wall clock of its time zone. In the night when clocks go back, an hour comes twice:
then a shift begins with the first and ends with the second; a time that is left out in spring is taken as both the
hour before and after it. Shifts that touch therefore never leave a gap.

A shift belongs to the day it begins on: who is away that day does not keep it, though it ends on the next; and who is
back that day does not keep the one that began on the evening before.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEK = timedelta(days=7)
FAR = 5 * WEEK  # how far we look ahead and back: a holiday may leave weeks without any duty
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Shift:
    """One line of the roster; `weekday` 0 is Monday. An end that is not after the start is on the next day.

    With `on` it is kept once, on that date; never on the days of `away`, each from the first to the last.
    """

    weekday: int
    starts: time
    ends: time
    zone: str
    line: object = None  # whatever the caller wants back
    on: date | None = None
    away: tuple[tuple[date, date], ...] = ()


def spans(shift: Shift, since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """When the shift is kept between two moments, in UTC, whole or cut off; earliest first."""
    zone = ZoneInfo(shift.zone)
    for day in _days(shift, since.astimezone(zone).date() - _DAY, until.astimezone(zone).date()):
        next_day = day + _DAY if shift.ends <= shift.starts else day
        begins = max(since, min(_moments(day, shift.starts, zone)))
        ends = min(until, max(_moments(next_day, shift.ends, zone)))
        if begins < ends:
            yield begins.astimezone(UTC), ends.astimezone(UTC)


def _days(shift: Shift, first: date, last: date) -> Iterator[date]:
    """The days on which the shift begins."""
    day = shift.on or first + _DAY * ((shift.weekday - first.weekday()) % 7)
    while day <= last:
        if first <= day and not any(gone <= day <= back for gone, back in shift.away):
            yield day
        if shift.on:
            return
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
    """When somebody is next on duty, now if somebody is; None when nobody is for weeks."""
    begins = [begin for shift in shifts for begin, _ in spans(shift, at, at + FAR)]
    return min(begins, default=None)


def ran(shifts: Iterable[Shift], since: datetime, until: datetime) -> timedelta:
    """How much duty time lies between two moments: an hour that two people share is one hour.

    Looks back over FAR at most: a clock that is asked for minutes has run out long before.
    """
    since = max(since, until - FAR)
    total, covered = timedelta(), since
    for begins, ends in sorted(span for shift in shifts for span in spans(shift, since, until)):
        if ends > covered:
            total += ends - max(begins, covered)
            covered = ends
    return total


def ran_since(shifts: Iterable[Shift], length: timedelta, until: datetime) -> datetime | None:
    """The latest moment since which so much duty time has run; None when it has not within FAR."""
    left, begun = length, until
    together = (span for shift in shifts for span in spans(shift, until - FAR, until))
    for begins, ends in sorted(together, key=lambda span: span[1], reverse=True):
        ends = min(ends, begun)  # what another shift covers counts once
        if ends - begins >= left:
            return ends - left
        if ends > begins:
            left -= ends - begins
            begun = begins
    return None


def _moments(day, clock: time, zone: ZoneInfo) -> list[datetime]:
    """The moment, or the two, that the wall clock may mean by this time on this day."""
    return [datetime.combine(day, clock, zone).replace(fold=fold).astimezone(UTC) for fold in (0, 1)]
