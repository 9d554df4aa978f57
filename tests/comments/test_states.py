"""The table of states, row by row as contract.md has it."""

import pytest

from comments import states

ROWS = [
    ("publish", "pending", "published"),
    ("publish", "returned", "published"),
    ("publish", "rejected", "published"),
    ("publish_redacted", "pending", "published"),
    ("publish_redacted", "published", "published"),
    ("return", "pending", "returned"),
    ("resubmit", "returned", "pending"),
    ("reject", "pending", "rejected"),
    ("reject", "returned", "rejected"),
    ("remove", "published", "removed"),
    ("restore", "removed", "published"),
    ("restore", "rejected", "published"),
    ("hold", "published", "pending"),
    ("uphold", "rejected", "rejected"),
    ("uphold", "removed", "removed"),
    ("overturn", "rejected", "published"),
    ("overturn", "removed", "published"),
    ("withdraw", "pending", "withdrawn"),
    ("withdraw", "returned", "withdrawn"),
    ("withdraw", "published", "withdrawn"),
    *(("keep", status, status) for status in states.STATUSES if status != "pending"),
    *(("escalate", status, status) for status in states.STATUSES),
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


@pytest.mark.parametrize(
    ("action", "kinds", "is_allowed"),
    [
        ("keep", (), False),
        ("keep", ("new",), False),
        ("keep", ("report",), True),
        ("keep", ("new", "edit"), True),
        ("keep", ("appeal",), True),
        ("keep", ("crisis",), True),
        ("escalate", (), False),
        ("escalate", ("report",), True),
    ],
)
def test_what_needs_a_reason_to_wait(action, kinds, is_allowed):
    if is_allowed:
        assert states.check(action, "published", kinds=kinds) == "published"
    else:
        with pytest.raises(states.NotAllowed):
            states.check(action, "published", kinds=kinds)
    assert (action in states.allowed("published", kinds=kinds)) == is_allowed


@pytest.mark.parametrize("status", ["rejected", "removed"])
def test_an_authors_appeal_is_granted_or_not_and_never_just_kept(status):
    with pytest.raises(states.NotAllowed, match="decide as before, or grant it"):
        states.check("keep", status, kinds=("appeal", "escalated"))
    assert {"uphold", "overturn"} < {*states.allowed(status, kinds=("appeal",))}


@pytest.mark.parametrize("action", ["uphold", "overturn"])
def test_an_appeal_is_answered_only_where_there_is_one(action):
    with pytest.raises(states.NotAllowed, match="Nobody has appealed"):
        states.check(action, "removed", kinds=("report",))
    assert states.check(action, "removed", kinds=("appeal",)) in {"removed", "published"}


def test_what_is_about_an_edit_leaves_the_status():
    assert [states.check(each, "published", edit_waits=True) for each in states.OF_AN_EDIT] == [
        "published"
    ] * 3
    assert states.allowed("published", edit_waits=True, kinds=("edit",)) == [
        *("publish", "publish_redacted", "reject", "remove", "keep", "hold", "escalate")
    ]


def test_what_is_escalated_is_not_offered_for_it_again():
    assert "escalate" in states.allowed("pending", kinds=("new",))
    assert "escalate" not in states.allowed("pending", kinds=("new", "escalated"))


@pytest.mark.parametrize("action", ["publish", "restore"])
@pytest.mark.parametrize("status", ["rejected", "removed"])
def test_what_publishes_against_an_open_appeal_of_the_author_is_on_record_as_granting_it(action, status):
    assert states.recorded(action, status, appealed=True) == "overturn"
    assert states.recorded(action, status, appealed=False) == action
    assert states.recorded(action, "pending", appealed=True) == action


@pytest.mark.parametrize(
    ("status", "edit_waits", "kinds", "offered"),
    [
        ("rejected", False, ("appeal",), ["escalate", "uphold", "overturn"]),
        ("removed", False, ("appeal", "escalated"), ["uphold", "overturn"]),
        ("published", True, ("appeal",), ["publish", "publish_redacted", "keep", "escalate"]),
        ("published", False, ("appeal",), ["publish_redacted", "remove", "keep", "hold", "escalate"]),
        ("rejected", False, (), ["publish", "restore"]),
    ],
)
def test_a_card_offers_the_answers_to_an_appeal_and_nothing_that_says_the_same(
    status, edit_waits, kinds, offered
):
    assert states.offered(status, edit_waits=edit_waits, kinds=kinds) == offered
    assert {*offered} <= {*states.allowed(status, edit_waits=edit_waits, kinds=kinds)}


def test_beside_other_reasons_to_wait_all_of_it_stays_on_offer():
    everything = states.allowed("published", edit_waits=True, kinds=("appeal", "report"))
    assert states.offered("published", edit_waits=True, kinds=("appeal", "report")) == everything
