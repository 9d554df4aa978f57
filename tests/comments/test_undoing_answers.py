"""The answer to an appeal is taken back by whoever might have given it: not by who is appealed against."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comments.models import Appeal, Clause, Decision, Undecidable
from comments.models.undoing import undo, undo_many
from tests.comments.appeals.conftest import decided
from tests.factories import make_comment, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator():
    return make_user("administrator")


@pytest.fixture
def moderator():
    return make_user("moderator")


def answered(by, moderator, action="uphold") -> Decision:
    """The moderator's answer to an appeal against what `by` had decided."""
    comment = make_comment(author=make_user())
    removal = decided(comment, "remove", by, clause=Clause.in_force().first())
    Appeal.lodge(removal, by=comment.author, text="I named nobody.")
    return decided(comment, action, moderator)


@pytest.mark.parametrize("action", ["uphold", "overturn"])
def test_who_is_appealed_against_does_not_take_the_answer_back(client, administrator, moderator, action):
    answer = answered(administrator, moderator, action)
    client.force_login(administrator)
    card = client.get(f"/moderation/comments/{answer.comment_id}/").content.decode()
    assert f"/moderation/decisions/{answer.pk}/undo/" not in card
    refused = client.post(f"/moderation/decisions/{answer.pk}/undo/")
    assert refused.status_code == 422
    assert "against your own decision" in refused.content.decode()
    assert undo_many([answer], by=administrator).decisions == {}
    answer.refresh_from_db()
    assert not answer.is_undone
    assert Appeal.objects.get().answered_by == answer


def test_another_administrator_and_who_answered_take_it_back(administrator, moderator):
    undo(answered(administrator, moderator), by=make_user("administrator"))
    undo(answered(administrator, moderator), by=moderator)
    assert not Appeal.objects.exclude(answered_by=None).exists()


def test_what_answers_nothing_is_taken_back_as_ever(administrator, moderator):
    passed_on = answered(administrator, moderator, "escalate")
    undo(passed_on, by=administrator)
    assert passed_on.is_undone


def test_where_nobody_else_moderates_the_only_one_takes_it_back(administrator):
    answer = answered(administrator, administrator)
    undo(answer, by=administrator)
    assert answer.is_undone
    colleague = make_user("moderator")
    with pytest.raises(Undecidable, match="your own decision"):
        decided(answer.comment, "uphold", administrator)
    colleague.groups.clear()
    answer = decided(answer.comment, "uphold", administrator)
    undo(answer, by=administrator)


def test_of_many_it_costs_the_same(administrator, moderator):
    def statements(count: int) -> int:
        answers = [answered(administrator, moderator) for _ in range(count)]
        with CaptureQueriesContext(connection) as asked:
            done = undo_many(answers, by=administrator)
        assert len(done.refused) == count
        return len(asked)

    statements(1)  # what an administrator may is asked once
    assert statements(2) == statements(6)
