"""Numbers in, shapes out; and percentiles of what was counted in steps."""

import re
from collections import namedtuple
from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from comments import histogram, plots
from comments.histogram import percentile, step_of

# Percentiles


def counted(*seconds) -> dict[int, int]:
    found: dict[int, int] = {}
    for each in seconds:
        found[step_of(each)] = found.get(step_of(each), 0) + 1
    return found


@pytest.mark.parametrize("share", [0, 0.5, 0.9, 1])
def test_of_nothing_there_is_no_percentile(share):
    assert percentile({}, share) is None
    assert percentile({5: 0}, share) is None


@pytest.mark.parametrize("seconds", range(8))
def test_small_numbers_of_seconds_are_exact(seconds):
    assert percentile(counted(seconds), 0.5) == seconds
    assert percentile(counted(seconds, seconds), 0.9) == seconds


def test_one_half_and_nine_in_ten_of_ten():
    spans = counted(*range(10), 5_000)
    assert percentile(spans, 0.5) == 5
    assert 8 <= percentile(spans, 0.9) <= 9
    assert 4_800 <= percentile(spans, 1) <= 5_400


def test_what_lasts_longer_than_all_steps_is_in_the_last():
    assert percentile(counted(10**12), 0.5) == histogram.EDGES[-1]
    assert percentile(counted(-5), 0.5) == 0


@given(st.lists(st.integers(0, 10**8), min_size=1, max_size=60), st.sampled_from([0.1, 0.5, 0.9, 1]))
def test_a_percentile_is_right_to_a_fifth_of_itself(seconds, share):
    rank = max(1, -(-len(seconds) * share // 1))
    exact = sorted(seconds)[int(rank) - 1]
    assert percentile(counted(*seconds), share) == pytest.approx(exact, rel=0.2, abs=1)


def test_weeks_are_sums_of_days():
    monday, tuesday = counted(10, 20, 30), counted(40, 50, 60_000)
    both = {step: monday.get(step, 0) + tuesday.get(step, 0) for step in {*monday, *tuesday}}
    assert percentile(both, 0.5) == percentile(counted(10, 20, 30, 40, 50, 60_000), 0.5)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(None, "–"), (0, "0 seconds"), (1, "1 second"), (40, "40 seconds"), (120, "2 minutes"), (5_580, "1.6 hours"),
     (3 * 86_400, "3 days"), (40 * 86_400, "40 days")],
)  # fmt: skip
def test_spans_are_said_as_one_says_them(seconds, said):
    assert histogram.words(seconds) == said


# Shapes

Rectangle = namedtuple("Rectangle", "x y width height")


def rectangles(bars) -> list[Rectangle]:
    """What a path of bars draws."""
    found = re.findall(r"M(\S+) (\S+?)h([^v]+)v([^h]+)h-([^z]+)z", bars.path)
    assert all(width == back for _, _, width, _, back in found)
    return [Rectangle(*map(float, each[:4])) for each in found]


def drawn(plot):
    """The plot as the browser gets it, parsed: it is well-formed or this raises."""
    html = render_to_string("moderation/_plot.html", {"plot": plot})
    return ElementTree.fromstring(html), html  # noqa: S314  our own template


def test_columns_pile_up_to_their_sum():
    plot = plots.columns("k", "Volume", "What came.", ["1 May", "2 May"], {"a": [3, 0], "b": [1, 4]})
    first, second = plot.bars
    assert (first.style, second.style) == (0, 1)
    [a], [b, other] = rectangles(first), rectangles(second)
    assert a.y == pytest.approx(b.y + b.height, abs=0.2)
    assert a.height == pytest.approx(3 * b.height, abs=0.3)
    assert other.height == pytest.approx(a.height + b.height, abs=0.3)
    assert a.x == b.x < other.x
    assert plot.rows == (("1 May", ("3", "1")), ("2 May", ("0", "4")))


def test_a_line_is_broken_where_there_is_nothing():
    plot = plots.spans("k", "Wait", "", list("abcde"), {"half": [60, 120, None, 30, 60]})
    (line,) = plot.lines
    assert [len(piece.split()) for piece in line.pieces] == [2, 2]
    assert line.dots.count("M") == 4
    assert plot.rows[2] == ("c", ("–",))


def test_a_single_value_is_a_dot():
    (line,) = plots.spans("k", "Wait", "", list("abc"), {"half": [None, 60, None]}).lines
    assert line.pieces == ()
    assert line.dots.count("M") == 1


@pytest.mark.parametrize(
    "plot",
    [
        plots.columns("k", "t", "w", ["a", "b"], {"x": [0, 0]}),
        plots.columns("k", "t", "w", ["a"], {}),
        plots.spans("k", "t", "w", ["a"], {"x": [None]}),
        plots.lying("k", "t", "w", [], {"x": []}),
        plots.lying("k", "t", "w", ["a"], {"x": [0]}),
    ],
)
def test_without_numbers_there_are_words_instead_of_a_plot(plot):
    assert plot.is_empty
    _, html = drawn(plot)
    assert "Nothing in this time." in html
    assert "<svg" not in html


def test_a_plot_has_a_name_words_and_a_table_and_is_told_apart_by_pattern():
    plot = plots.lying("k", "Clauses", "By clause.", ["1. A", "2. B"], {"Refused": [2, 1], "Removed": [0, 5]}, {"Rate": ["5 %", "–"]})  # fmt: skip
    tree, html = drawn(plot)
    (picture,) = [each for each in tree.iter("svg") if each.get("role") == "img"]
    named = picture.get("aria-labelledby").split()
    assert [each.tag for each in picture if each.get("id") in named] == ["title", "desc"]
    fills = [bar.get("fill") for bar in picture.iter("path")]
    assert fills == ["url(#fill-0)", "url(#fill-1)"]
    assert [cell.text for cell in tree.iter("td")] == ["2", "0", "5 %", "1", "5", "–"]
    assert "style=" not in html
    assert all(
        f'id="fill-{style}"' in render_to_string("moderation/_patterns.html") for style in range(plots.STYLES)
    )


def test_hostile_names_are_words():
    tree, html = drawn(plots.lying("k", "t", "w", ["<script>alert(1)</script>"], {"x": [1]}))
    assert "<script" not in html


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=110))
def test_no_shape_leaves_the_plot(values):
    names = [f"n{each}" for each in range(len(values))]
    plot = plots.columns("k", "t", "w", names, {"x": values, "y": values[::-1]})
    for bar in (each for bars in plot.bars for each in rectangles(bars)):
        assert plots.LEFT <= bar.x <= bar.x + bar.width <= plots.WIDTH
        assert 0 <= bar.y <= bar.y + bar.height <= plots.HEIGHT
    assert len(plot.grid) <= 7
    lying = plots.lying("k", "t", "w", names, {"x": values, "y": values})
    for bar in (each for bars in lying.bars for each in rectangles(bars)):
        assert 0 <= bar.x <= bar.x + bar.width <= plots.WIDTH


@given(st.floats(0.5, 10**10))
def test_a_scale_has_at_most_five_steps(most):
    assert most <= 5 * plots.step_for(most)
    assert most <= 5.5 * plots.span_for(most)
