"""Plots as shapes on a grid of their own: numbers in, paths and words out. Pure.

`templates/moderation/_plot.html` prints them as SVG, with the same numbers in a table. What is what is told by pattern
and by words, never by colour alone.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil, log10

from comments.histogram import words as span_in_words

WIDTH = 480
LEFT, RIGHT, TOP, BOTTOM = 58, 8, 12, 30  # room for the words around the plot
HEIGHT = 230
ROW = 40  # of a bar that lies, with its words above it
STYLES = 6  # patterns that the template has
LETTERS = 56  # above a lying bar
LABELS = 6  # words under the plot at most
_SPANS = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200)
_DAY = 86_400

Numbers = Mapping[str, Sequence[float | None]]


@dataclass(frozen=True)
class Bars:
    """All rectangles of one series, as one path: a page has hundreds of them."""

    path: str
    style: int


@dataclass(frozen=True)
class Line:
    """One series as a line; `pieces` are its unbroken parts as SVG wants points, `dots` the place of every value."""

    pieces: tuple[str, ...]
    dots: str
    style: int


@dataclass(frozen=True)
class Word:
    """Something written in the plot; `anchor` is SVG's text-anchor."""

    x: str
    y: str
    text: str
    anchor: str = "middle"


@dataclass(frozen=True)
class Plot:
    """A plot and the table of its numbers. Without any number it is empty, and has no shapes."""

    key: str
    title: str
    words: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]  # what, and its numbers
    height: int = HEIGHT
    bars: tuple[Bars, ...] = ()
    lines: tuple[Line, ...] = ()
    grid: tuple[str, ...] = ()  # heights of the lines across
    labels: tuple[Word, ...] = ()
    legend: tuple[tuple[int, str], ...] = ()
    width: int = WIDTH
    keeps_back: bool = False  # numbers that are not drawn: the table names them, even where nothing is drawn
    left: int = LEFT
    right: int = WIDTH - RIGHT

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to see."""
        return not (self.bars or self.lines)


def columns(key: str, title: str, words: str, periods: Sequence[str], series: Numbers) -> Plot:
    """Counts as columns, one for each period, the series piled up in their order."""
    piles = [sum(values[at] or 0 for values in series.values()) for at in range(len(periods))]
    table = _table(key, title, words, periods, series, _said)
    if not any(piles):
        return table
    step = step_for(max(piles))
    top = step * ceil(max(piles) / step)
    room = (WIDTH - LEFT - RIGHT) / len(periods)
    bars, reached = [], [0.0] * len(periods)
    for style, values in enumerate(series.values()):
        path = []
        for at, value in enumerate(values):
            if value:
                low, reached[at] = reached[at], reached[at] + value
                y = _height(reached[at], top)
                path.append(_bar(LEFT + room * (at + 0.1), y, room * 0.8, _height(low, top) - y))
        bars.append(Bars("".join(path), style % STYLES))
    return _framed(
        table, bars=_filled(bars), step=step, top=top, say=lambda value: f"{value:,.0f}", periods=periods
    )


def spans(key: str, title: str, words: str, periods: Sequence[str], series: Numbers) -> Plot:
    """Spans of time (seconds) as lines over the periods; where there is none, the line is broken."""
    table = _table(key, title, words, periods, series, span_in_words)
    known = [value for values in series.values() for value in values if value is not None]
    if not known:
        return table
    step = span_for(max(known))
    top = step * max(1, ceil(max(known) / step))
    lines = tuple(_line(style, values, top) for style, values in enumerate(series.values()))
    return _framed(table, lines=lines, step=step, top=top, say=short, periods=periods)


def lying(
    key: str,
    title: str,
    words: str,
    names: Sequence[str],
    series: Numbers,
    notes: Mapping | None = None,
    beside: Sequence[str] = (),
    said: Sequence[str] = (),
) -> Plot:
    """Counts as lying bars, one for each name, the series one after the other.

    `notes` are columns of the table alone, counts or words; `beside` is what stands behind each name and its sum, `said`
    what stands there in place of both.
    """
    table = _table(key, title, words, names, {**series, **(notes or {})}, _said, of="What")
    longest = max((sum(values[at] or 0 for values in series.values()) for at in range(len(names))), default=0)
    if not longest:
        return table
    labels, room = [], WIDTH - RIGHT
    paths: list[list[str]] = [[] for _ in series]
    for at, name in enumerate(names):
        x, y = 0.0, at * ROW + 20
        total = sum(values[at] or 0 for values in series.values())
        behind = f": {total:,}{f', {beside[at]}' if beside and beside[at] else ''}"
        behind = f": {said[at]}" if said else behind
        labels.append(Word("0", _at(y - 5), _cut(name, LETTERS - len(behind)) + behind, "start"))
        for path, values in zip(paths, series.values(), strict=True):
            if value := values[at]:
                path.append(_bar(x, y, room * value / longest, 12))
                x += room * value / longest
    bars = _filled([Bars("".join(path), style % STYLES) for style, path in enumerate(paths)])
    legend = _legend(series) if len(series) > 1 else ()
    return replace(table, bars=bars, labels=tuple(labels), height=len(names) * ROW, legend=legend)


def step_for(most: float) -> int:
    """The distance of the lines across for counts: 1, 2 or 5 and noughts, at most five of them."""
    size = 10 ** max(0, int(log10(max(1, most))) - 1)
    for step in (1, 2, 5, 10, 20, 50):
        if most <= 5 * step * size:
            return step * size
    return 100 * size


def span_for(most: float) -> int:
    """The same for seconds: times that one says, at most five of them."""
    for step in _SPANS:
        if most <= 5 * step:
            return step
    return _DAY * step_for(most / _DAY)


def short(seconds: float) -> str:
    """A round span in few letters: `30 s`, `2 h`."""
    if seconds == 0:
        return "0"
    for name, size in (("d", _DAY), ("h", 3_600), ("min", 60)):
        if seconds >= size:
            return f"{seconds / size:.1f}".removesuffix(".0") + f" {name}"
    return f"{seconds:.0f} s"


def _table(key, title, words, names, series, say: Callable, of: str = "When") -> Plot:
    lines = [(name, tuple(say(values[at]) for values in series.values())) for at, name in enumerate(names)]
    return Plot(key, title, words, (of, *series), tuple(lines))


def _bar(x: float, y: float, width: float, height: float) -> str:
    return f"M{_at(x)} {_at(y)}h{_at(width)}v{_at(height)}h-{_at(width)}z"


def _filled(bars: list[Bars]) -> tuple[Bars, ...]:
    return tuple(each for each in bars if each.path)


def _framed(table: Plot, *, step, top, say, periods, bars=(), lines=()) -> Plot:
    heights = [(value, _height(value, top)) for value in range(0, int(top) + 1, step)]
    labels = [Word(str(LEFT - 6), _at(y + 4), say(value), "end") for value, y in heights]
    room, every = (WIDTH - LEFT - RIGHT) / len(periods), ceil(len(periods) / LABELS)
    for at in range(0, len(periods), every):
        labels.append(Word(_at(LEFT + room * (at + 0.5)), str(HEIGHT - 8), periods[at]))
    return replace(
        table,
        bars=bars,
        lines=lines,
        grid=tuple(_at(y) for _, y in heights),
        labels=tuple(labels),
        legend=_legend(table.head[1:]),
    )


def _line(style: int, values, top) -> Line:
    room = (WIDTH - LEFT - RIGHT) / len(values)
    pieces, piece = [], []
    for at, value in enumerate(values):
        if value is None:
            pieces.append(piece)
            piece = []
        else:
            piece.append(f"{_at(LEFT + room * (at + 0.5))},{_at(_height(value, top))}")
    pieces.append(piece)
    dots = "".join(f"M{place}h0" for each in pieces for place in each)
    return Line(tuple(" ".join(each) for each in pieces if len(each) > 1), dots, style % STYLES)


def _said(value) -> str:
    return value if isinstance(value, str) else f"{value or 0:,}"


def _legend(names) -> tuple[tuple[int, str], ...]:
    return tuple((style % STYLES, name) for style, name in enumerate(names))


def _height(value: float, top: float) -> float:
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top)


def _at(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")


def _cut(name: str, most: int) -> str:
    return name if len(name) <= most else f"{name[: most - 1].rstrip()}…"
