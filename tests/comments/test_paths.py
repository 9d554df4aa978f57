"""Where comments stand in a thread."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from comments import paths

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def stored(pk, at, parent=None):
    where = paths.place(at, pk, parent)
    return SimpleNamespace(pk=pk, root_id=where.root, depth=where.depth, path=where.path)


def test_a_root_has_its_own_segment_only():
    root = stored(7, NOON)
    assert (root.root_id, root.depth, len(root.path)) == (None, 0, paths.SEGMENT)
    assert paths.ids(root.path) == [7]


def test_the_fifth_level_hangs_on_the_last_visible_one():
    line = [stored(1, NOON)]
    for pk in range(2, 10):
        line.append(stored(pk, NOON + timedelta(minutes=pk), line[-1]))
    assert [comment.depth for comment in line] == [0, 1, 2, 3, 3, 3, 3, 3, 3]
    assert {comment.root_id for comment in line[1:]} == {1}
    assert paths.ids(line[-1].path) == [1, 2, 3, 9]
    assert [comment.pk for comment in sorted(line, key=lambda comment: comment.path)] == list(range(1, 10))


def test_two_comments_of_one_millisecond_are_ordered_by_id():
    assert stored(2, NOON).path < stored(10, NOON).path


def test_a_time_before_1970_does_not_break_the_order():
    assert stored(1, datetime(1901, 1, 1, tzinfo=UTC)).path < stored(2, NOON).path


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 10**11)), min_size=1, max_size=30))
def test_reading_order_is_depth_first_and_by_time(choices):
    """Sorted by path, every comment stands behind its parent, and its brothers' branches are not interleaved."""
    made = []
    for pk, (choice, seconds) in enumerate(choices, 1):
        parent = made[choice % (len(made) + 1) - 1] if made and choice % (len(made) + 1) else None
        made.append(stored(pk, datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds % 10**9), parent))
    order = [comment.pk for comment in sorted(made, key=lambda comment: comment.path)]
    for comment in made:
        above = paths.ids(comment.path)[:-1]
        assert all(order.index(pk) < order.index(comment.pk) for pk in above)
        inside = [pk for pk in order if comment.pk in paths.ids(made[pk - 1].path)]
        start = order.index(comment.pk)
        assert order[start : start + len(inside)] == inside
        assert len(comment.path) <= paths.LENGTH
