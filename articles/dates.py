"""The four dates of an article, computed from records and worded for readers. Pure; nobody types an "updated" date.

First published, last substantive update, last medical review (and by whom), next review due. Page, feed, sitemap and
structured data all ask here.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

FIRST = "first"
TYPO = "typo"
UPDATE = "update"
CORRECTION = "correction"
CLARIFICATION = "clarification"
RETRACTION = "retraction"
# What moves the public date, and so needs a public note. A typo does neither.
SUBSTANTIVE = frozenset({UPDATE, CORRECTION, CLARIFICATION, RETRACTION})
OLD_YEARS = 3  # after so many years without an update or a review the page says so itself


@dataclass(frozen=True)
class Dates:
    """What is known; None where there is no record. All are aware datetimes except `review_due`."""

    first_published: datetime | None
    updated: datetime | None = None
    reviewed: datetime | None = None
    reviewed_by: str = ""
    review_due: date | None = None

    @property
    def last_changed(self) -> datetime | None:
        """When the text last changed in substance: for feeds, sitemap and `dateModified`."""
        return self.updated or self.first_published

    def is_overdue(self, today: date) -> bool:
        """Whether the next review should have happened before today."""
        return self.review_due is not None and self.review_due < today

    def is_old(self, today: date) -> bool:
        """Whether neither an update nor a review happened in the last OLD_YEARS years."""
        latest = max((at for at in (self.first_published, self.updated, self.reviewed) if at), default=None)
        return latest is not None and latest.date() < _years_before(today, OLD_YEARS)


@dataclass(frozen=True)
class DateLine:
    """One date of the date line: a label, the words after it, and the machine's form of the day."""

    label: str
    words: str
    iso: str


def derive_updated(publications) -> datetime | None:
    """The last substantive change among publications [(at, kind)], None if there was none."""
    return max((at for at, kind in publications if kind in SUBSTANTIVE), default=None)


def add_months(day: date, months: int) -> date:
    """The same day `months` later, or the last day of that month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    month += 1
    last = (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day
    return date(year, month, min(day.day, last))


def _years_before(day: date, years: int) -> date:
    return add_months(day, -12 * years)


def written(day: date | datetime) -> str:
    """A day as we print it: 5 March 2024."""
    return f"{day.day} {day:%B %Y}"


def date_lines(dates: Dates, today: date) -> list[DateLine]:
    """The date line under the headline, in honest words: no date is printed that no record stands behind."""
    lines = []
    if dates.first_published:
        first = dates.first_published
        label = "Originally published" if first.date() < _years_before(today, 1) else "Published"
        lines.append(DateLine(label, written(first), first.date().isoformat()))
    if dates.updated:
        lines.append(DateLine("Last updated", written(dates.updated), dates.updated.date().isoformat()))
    if dates.reviewed:
        words = f"{written(dates.reviewed)} by {dates.reviewed_by}"
        lines.append(DateLine("Medically reviewed", words, dates.reviewed.date().isoformat()))
    if dates.review_due and not dates.is_overdue(today):
        lines.append(DateLine("Next review due", written(dates.review_due), dates.review_due.isoformat()))
    return lines


def notice(dates: Dates, today: date) -> str:
    """The sentence above a text that is overdue for review or old; empty when neither."""
    if dates.is_overdue(today):
        return (
            f"This article was due for medical review on {written(dates.review_due)} and has not been reviewed "
            "since. Parts of it may be out of date."
        )
    if dates.is_old(today):
        return (
            f"This article has not been updated or reviewed for more than {OLD_YEARS} years. "
            "Parts of it may be out of date."
        )
    return ""
