"""The table of states, row by row as contract.md has it."""

import pytest

from comments import states

ROWS = [
    ("publish", "pending", "published"),
    ("publish", "returned", "published"),
    ("publish", "rejected", "published"),
    ("reject", "pending", "rejected"),
    ("reject", "returned", "rejected"),
    ("remove", "published", "removed"),
    ("restore", "removed", "published"),
    ("restore", "rejected", "published"),
    ("hold", "published", "pending"),
    ("withdraw", "pending", "withdrawn"),
    ("withdraw", "returned", "withdrawn"),
    ("withdraw", "published", "withdrawn"),
]


@pytest.mark.parametrize(("action", "status", "to"), ROWS)
def test_each_row_of_the_table(action, status, to):
    assert states.move(action, status) == to


def test_nothing_else_is_allowed():
    rows = {(action, status) for action, status, _ in ROWS}
    for action in [*states.MOVES, "explode"]:
        for status in states.STATUSES:
            if (action, status) not in rows:
                with pytest.raises(states.NotAllowed):
                    states.move(action, status)
