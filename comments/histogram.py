"""Spans of time as counts in steps, so that days add up to weeks, and percentiles can be read off. Pure.

Four steps for each doubling: a percentile is right to a tenth of itself, and exact where steps are whole seconds.
"""

from bisect import bisect_right
from collections.abc import Mapping

# A span of s seconds is in step i when EDGES[i - 1] <= s < EDGES[i]. The last is some four years.
EDGES = tuple(sorted({0, *(round(2 ** (step / 4)) for step in range(109))}))


def step_of(seconds: int) -> int:
    """The step that a span belongs to; PostgreSQL's `width_bucket(seconds, EDGES)` says the same."""
    return bisect_right(EDGES, max(0, seconds))


def percentile(counts: Mapping[int, int], share: float) -> float | None:
    """The span, in seconds, within which `share` (0 to 1) of all are; None when there are none.

    Of the spans in one step we know no more than that they are there: they are taken to lie evenly in it.
    """
    total = sum(counts.values())
    if total <= 0:
        return None
    wanted, below = share * total, 0
    filled = [step for step in sorted(counts) if counts[step] > 0]
    for step in filled:
        inside = counts[step]
        if below + inside >= wanted or step == filled[-1]:
            first, last = _ends(step)
            # The middle of its own part of the step; a single one stands in the middle of it.
            place = min(max(0.5, wanted - below - 0.5), inside - 0.5) / inside
            return first + (last - first) * place
        below += inside
    return None


def _ends(step: int) -> tuple[int, int]:
    """The least and the greatest whole number of seconds in a step."""
    step = max(1, min(step, len(EDGES)))
    first = EDGES[step - 1]
    return first, EDGES[step] - 1 if step < len(EDGES) else first


def words(seconds: float | None) -> str:
    """A span as one says it: `40 seconds`, `3 hours`; a dash when there is none."""
    if seconds is None:
        return "–"
    for name, size in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= 1.5 * size:
            return _counted(seconds / size, name)
    return _counted(seconds, "second")


def _counted(number: float, name: str) -> str:
    said = f"{number:.1f}".removesuffix(".0") if number < 10 and name != "second" else f"{round(number):,}"
    return f"{said} {name}{'' if said == '1' else 's'}"
