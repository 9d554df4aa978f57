"""A quarter in numbers, for everybody: only sums, and no sum so small that it could be about somebody.

What is listed follows the EU's Digital Services Act (Regulation (EU) 2022/2065), art. 15 and 24.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Max, Min
from django.utils import timezone

from comments import histogram, sums
from comments.models import Action, Clause, DayTally, Report
from comments.tally import TALLIED

FEW = 5  # a number below this, and above nothing, is not told
_NAME = re.compile(r"(20\d\d)-Q([1-4])", re.ASCII)


@dataclass(frozen=True, order=True)
class Quarter:
    """Three months of a year."""

    year: int
    number: int

    def __str__(self):
        return f"{self.year}-Q{self.number}"

    @classmethod
    def of(cls, day: date) -> "Quarter":
        """The quarter of the day."""
        return cls(day.year, (day.month + 2) // 3)

    @classmethod
    def named(cls, name: str) -> "Quarter | None":
        """The quarter of a name such as `2026-Q3`; None when it is none."""
        found = _NAME.fullmatch(name)
        return cls(int(found[1]), int(found[2])) if found else None

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def next(self) -> "Quarter":
        """The one after it."""
        return Quarter(self.year + 1, 1) if self.number == 4 else Quarter(self.year, self.number + 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.next.first - timedelta(days=1)

    @property
    def words(self) -> str:
        """As one says it."""
        return f"{('January to March', 'April to June', 'July to September', 'October to December')[self.number - 1]} {self.year}"


@dataclass(frozen=True)
class Section:
    """A part of the page: what it counts, which article asks for it, and its lines (what, how many)."""

    title: str
    article: str
    rows: list[tuple[str, str]]


def quarters() -> list[Quarter]:
    """The quarters that are tallied, newest first. One query, at both ends of an index."""
    tallied = DayTally.objects.filter(kind=TALLIED).aggregate(first=Min("day"), last=Max("day"))
    if tallied["first"] is None:
        return []
    each, newest = Quarter.of(tallied["first"]), Quarter.of(tallied["last"])
    found = [each]
    while each < newest:
        each = each.next
        found.append(each)
    return found[::-1]


def usual(known: list[Quarter]) -> Quarter | None:
    """The quarter that is shown first: the newest that is over, else the only one."""
    over = [each for each in known if each.last < timezone.localdate()]
    return next(iter(over or known), None)


def state() -> int:
    """What changes with every change of a tally. One look into an index."""
    return DayTally.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def drawn(parts: list[int]) -> int:
    """How long a bar may be: without what is not told."""
    return sum(count for count in parts if not 0 < count < FEW)


def few(count: int) -> str:
    """A number as it is told: none between nothing and FEW."""
    return f"fewer than {FEW}" if 0 < count < FEW else f"{count:,}"


def total(parts: list[int]) -> str:
    """The sum of numbers that are told beside it; with one of them kept back, no more than the others give away."""
    told = drawn(parts)
    kept_back = sum(0 < count < FEW for count in parts)
    if not kept_back:
        return f"{told:,}"
    return f"at least {told:,}" if told else f"fewer than {FEW * kept_back}"


def sections(quarter: Quarter) -> list[Section]:
    """All that is told about a quarter. Three queries."""
    counts = sums.read(quarter.first, quarter.last, by=sums.WEEK, live=False).counts
    clauses = Clause.newest_of(counts.clauses("decided", "reversal"))
    return [
        _received(counts),
        _by_clause(counts, clauses, "Refused", "art. 15 (1) (c)", Action.REJECT),
        _by_clause(counts, clauses, "Removed after publication", "art. 15 (1) (c)", Action.REMOVE),
        _found(counts),
        _reports(counts),
        _appeals(counts, clauses),
        _automatic(counts),
    ]


def _told(counts: dict[str, int], of_all: str = "All together") -> list[tuple[str, str]]:
    rows = [(name, few(count)) for name, count in counts.items()]
    return [*rows, (of_all, total(list(counts.values())))] if len(rows) > 1 else rows


def _received(counts) -> Section:
    published = counts.of("decided", Action.PUBLISH, Action.PUBLISH_REDACTED)
    rows = _told(
        {
            "Published at once": counts.of("received", "published"),
            "Read by a person first": counts.of("received", "pending"),
            "Refused by a listed word": counts.of("received", "rejected"),
        },
        "Comments received",
    )
    rows.append(("Published by a person after reading", few(published)))
    rows.append(("Half of them were read within", _half(counts.spans("waited"))))
    return Section("Comments", "", rows)


def _by_clause(counts, clauses, title: str, article: str, action: str) -> Section:
    found: dict[str, int] = {}
    for pk, clause in sorted(clauses.items(), key=lambda each: (each[1].number, each[1].title)):
        count = counts.of("decided", action, clause=pk)
        if count:
            found[str(clause)] = found.get(str(clause), 0) + count
    return Section(f"{title}, by clause of the policy", article, _told(found) or [("All together", "0")])


def _found(counts) -> Section:
    names = {
        "Found by an automatic check, decided by a person": "detected",
        "Own initiative of a moderator": "own",
        "After a report": "report",
        "After a notice of illegal content": "notice",
        "In the course of an appeal": "appeal",
    }
    title = "What led to texts being taken away or kept back"
    return Section(
        title, "art. 15 (1) (c)", _told({name: counts.of("found", key) for name, key in names.items()})
    )


def _reports(counts) -> Section:
    right, wrong = counts.of("report_right"), counts.of("report_wrong")
    by_reason = {
        each.label: counts.of("reported", each) for each in Report.Reason if each != Report.Reason.ILLEGAL
    }
    rows = _told(by_reason, "Reports")
    rows.append(("Notices of illegal content (art. 16)", few(counts.of("reported", Report.Reason.ILLEGAL))))
    rows += [("Answered: something was done", few(right)), ("Answered: nothing was done", few(wrong))]
    rows.append(("Half of the reports were answered within", _half(counts.spans("report_time"))))
    rows.append(("Half of the notices were answered within", _half(counts.spans("notice_time"))))
    return Section("Reports and notices", "art. 15 (1) (b)", rows)


def _appeals(counts, clauses) -> Section:
    names = {"Decided as before": "refused", "Granted: the decision was reversed": "granted"}
    rows = [("Appeals received", few(counts.of("appeal", "lodged")))]
    rows += _told({name: counts.of("appeal", key) for name, key in names.items()}, "Appeals answered")
    rows.append(("Half were answered within", _half(counts.spans("appeal_time"))))
    rows.append(("Texts published after all, on appeal or without one", few(counts.of("reversal"))))
    return Section("Appeals and reversals", "art. 15 (1) (d)", rows)


def _automatic(counts) -> Section:
    rows = [
        ("Decided without a person: published", few(counts.of("received", "published"))),
        ("Decided without a person: refused by a listed word", few(counts.of("received", "rejected"))),
        ("Of these refusals, reversed by a person", few(counts.of("reversal", "screening"))),
    ]
    return Section("Automatic decisions", "art. 15 (1) (e)", rows)


def _half(spans) -> str:
    """The median, where enough spans stand behind it."""
    if 0 < sum(spans.values()) < FEW:
        return "too few to say"
    return histogram.words(histogram.percentile(spans, 0.5))
