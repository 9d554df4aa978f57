"""The public numbers as pictures: eight quarters side by side, and one quarter by clause.

No picture tells more than the tables of `transparency.py`: a bar is as long as the sum of the numbers that are told, and
what is kept back has none.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from django.db.models import Sum
from django.db.models.functions import TruncQuarter

from comments import plots
from comments.models import Action, Clause, DayTally
from comments.plots import Plot
from comments.transparency import FEW, Quarter, drawn, few, total

QUARTERS = 8
_KINDS = ("received", "decided", "reversal")
_RECEIVED = {
    "Published at once": "published",
    "Read by a person first": "pending",
    "Refused by a listed word": "rejected",
}
_LEFT_OUT = f"What is fewer than {FEW} has no bar."

# For each quarter, the numbers that a bar is the sum of: as they are told, each by itself, in the tables.
Parts = dict[str, list[list[int]]]


def of(quarter: Quarter, known: Sequence[Quarter]) -> list[Plot]:
    """The pictures of a quarter, and of those before it among the `known` (newest first). Two queries."""
    shown = sorted(each for each in known if each <= quarter)[-QUARTERS:]
    counts, clauses = _read(shown[0], quarter)
    return [
        _by_quarter("received", "Comments received", "Comments by readers.", shown, _received(counts, shown)),
        _by_quarter(
            "decided",
            "Decisions by people",
            "Published after reading, refused, or removed after publication; what else was decided is left out.",
            shown,
            _decided(counts, clauses, shown),
        ),
        _reversals(counts, shown),
        _by_clause(counts, clauses, quarter),
    ]


def _read(first: Quarter, last: Quarter):
    rows = DayTally.objects.filter(day__range=(first.first, last.last), kind__in=_KINDS).order_by()
    rows = rows.annotate(of=TruncQuarter("day")).values_list("of", "kind", "key", "clause")
    counts: Counter = Counter()
    for day, kind, key, clause, count in rows.annotate(Sum("count")):
        counts[Quarter.of(day), kind, key, clause] += count
    return counts, Clause.newest_of({clause for *_, clause in counts if clause})


def _sum(counts, quarter: Quarter, kind: str, *keys: str) -> int:
    return sum(
        count
        for (when, what, key, _), count in counts.items()
        if (when, what) == (quarter, kind) and (not keys or key in keys)
    )


def _each_clause(counts, clauses, quarter: Quarter, action: str) -> Counter:
    """How often by which clause, under its newest name."""
    found: Counter = Counter()
    for (when, kind, key, clause), count in counts.items():
        if (when, kind, key) == (quarter, "decided", action) and clause:
            found[clauses[clause].number, str(clauses[clause])] += count
    return found


def _received(counts, shown) -> Parts:
    return {
        name: [[_sum(counts, each, "received", key)] for each in shown] for name, key in _RECEIVED.items()
    }


def _decided(counts, clauses, shown) -> Parts:
    def by_clause(action):
        return [list(_each_clause(counts, clauses, each, action).values()) for each in shown]

    published = (Action.PUBLISH, Action.PUBLISH_REDACTED)
    return {
        "Published": [[_sum(counts, each, "decided", *published)] for each in shown],
        "Refused": by_clause(Action.REJECT),
        "Removed": by_clause(Action.REMOVE),
    }


def _by_quarter(key: str, title: str, words: str, shown, parts: Parts) -> Plot:
    names = [str(each) for each in shown]
    values = {name: [drawn(each) for each in of_all] for name, of_all in parts.items()}
    plot = plots.columns(key, title, f"{words} {_LEFT_OUT}", names, values)
    return _told(plot, names, parts)


def _reversals(counts, shown) -> Plot:
    names, found = [str(each) for each in shown], [[_sum(counts, each, "reversal")] for each in shown]
    plot = plots.lying(
        "reversal",
        "Reversals",
        f"Texts published after all, on appeal or without one. {_LEFT_OUT}",
        names,
        {"Reversals": [drawn(each) for each in found]},
        said=[total(each) for each in found],
    )
    return _told(plot, names, {"Reversals": found})


def _by_clause(counts, clauses, quarter) -> Plot:
    by_action = {
        name: _each_clause(counts, clauses, quarter, action)
        for name, action in {"Refused": Action.REJECT, "Removed": Action.REMOVE}.items()
    }
    which = sorted(set().union(*by_action.values()))
    names = [name for _, name in which]
    parts = {name: [[found[each]] for each in which] for name, found in by_action.items()}
    said = [
        ", ".join(f"{few(found[each])} {name.lower()}" for name, found in by_action.items() if found[each])
        for each in which
    ]
    plot = plots.lying(
        "clauses",
        "By clause of the policy",
        f"What was refused, and removed after publication, in {quarter.words}. {_LEFT_OUT}",
        names,
        {name: [drawn(each) for each in of_all] for name, of_all in parts.items()},
        said=said,
    )
    return _told(plot, names, parts)


def _told(plot: Plot, names, parts: Parts) -> Plot:
    """With the table in the words of the other tables."""
    rows = tuple(
        (name, tuple(total(of_all[at]) for of_all in parts.values())) for at, name in enumerate(names)
    )
    kept_back = any(0 < count < FEW for of_all in parts.values() for each in of_all for count in each)
    return replace(plot, rows=rows, keeps_back=kept_back)
