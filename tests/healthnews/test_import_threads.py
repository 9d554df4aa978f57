"""Parents before children, whatever the file says. Pure."""

from datetime import UTC, datetime, timedelta

from healthnews.wordpress.old import OldComment
from healthnews.wordpress.threads import ordered

START = datetime(2016, 5, 1, tzinfo=UTC)


def comment(ident, parent="", hours=0):
    at = START + timedelta(hours=hours)
    return OldComment(str(ident), str(parent), "", "", at, None, "", "1", "comment"), at


def ids(result):
    return [one.id for one, _ in result.comments]


def test_parents_come_first_even_when_their_times_say_otherwise():
    result = ordered([comment(3, 2, 1), comment(2, 1, 2), comment(1, "", 3)])
    assert ids(result) == ["1", "2", "3"]
    assert result.parents == {"3": "2", "2": "1"}


def test_comments_of_one_moment_come_in_the_order_of_their_ids():
    assert ids(ordered([comment(10), comment(9), comment(11)])) == ["9", "10", "11"]


def test_thread_of_five_thousand_levels_is_ordered():
    chain = [comment(n, n - 1 or "", n) for n in range(1, 5_001)]
    assert ids(ordered(chain[::-1])) == [str(n) for n in range(1, 5_001)]


def test_answer_to_what_is_missing_begins_a_thread_and_is_named():
    result = ordered([comment(1), comment(2, 77)])
    assert [one.id for one in result.orphans] == ["2"]
    assert result.parents == {}


def test_circle_is_opened_at_its_earliest_and_what_hangs_on_it_stays():
    result = ordered(
        [comment(1, 3, 1), comment(2, 1, 2), comment(3, 2, 3), comment(4, 3, 0), comment(5, 5, 9)]
    )
    assert [one.id for one in result.in_cycles] == ["1", "5"]
    assert result.parents == {"2": "1", "3": "2", "4": "3"}
    assert ids(result) == ["1", "2", "3", "4", "5"]
