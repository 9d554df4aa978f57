"""Many decisions at once: in few statements, each with a message of its own."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comments import states
from comments.models import Comment, MovedMeanwhile, Remark, Thread
from comments.models.deciding import Act, carry_out
from tests.comments.outcomes.conftest import counts_are_right
from tests.factories import make_article, make_comment, make_user

pytestmark = pytest.mark.django_db


def many(count: int) -> list[Comment]:
    article, author = make_article(), make_user()
    roots = [make_comment(article, author, status="pending", body=f"Root {n}.") for n in range(count)]
    return list(
        Comment.objects.filter(pk__in=[each.pk for each in roots]).select_related("text", "waiting_text")
    )


def test_fifty_decisions_take_the_statements_of_five(moderator, clause):
    asked = {}
    for count in (5, 50):
        comments = many(count)
        with CaptureQueriesContext(connection) as statements:
            act = Act(states.REJECT, by=moderator, clause=clause, note="Spam run.")
            done = carry_out(act, comments, dict.fromkeys((each.pk for each in comments), 1))
        assert len(done.decisions) == count
        asked[count] = len(statements)
    assert asked[5] == asked[50]


def test_what_moved_meanwhile_is_left_alone_and_told_apart(moderator):
    first, second, third = many(3)
    second.decide("publish", by=make_user("moderator"), version=1)
    stale = list(Comment.objects.filter(pk__in=[first.pk, third.pk])) + [second]
    done = carry_out(Act(states.PUBLISH, by=moderator), stale, dict.fromkeys((1, *[c.pk for c in stale]), 1))
    assert set(done.decisions) == {first.pk, third.pk}
    assert isinstance(done.refused[second.pk], MovedMeanwhile)
    assert Thread.objects.get(pk=first.article_id).published_count == 3
    assert counts_are_right()


def test_each_author_has_a_message_of_their_own_that_can_be_destroyed_alone(moderator, clause):
    comments = many(2)
    done = carry_out(
        Act(states.REJECT, by=moderator, clause=clause),
        comments,
        dict.fromkeys((each.pk for each in comments), 1),
        {comments[0].pk: "First.", comments[1].pk: "Second."},
    )
    told = [done.decisions[each.pk].message for each in comments]
    assert [each.text for each in told] == ["First.", "Second."]
    assert Remark.objects.filter(pk__in=[each.pk for each in told]).count() == 2
