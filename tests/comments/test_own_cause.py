"""One's own cause at the desk, a comment or an appeal: a colleague decides, and is led there."""

import pytest

from comments import onward
from comments.card import card
from comments.models import Appeal, Case, Clause, Report, Undecidable
from comments.models.undoing import undo
from tests.factories import make_comment, make_user

pytestmark = pytest.mark.django_db


def test_to_look_at_ones_own_comment_does_not_keep_it_from_colleagues(client):
    author, colleague = make_user("moderator"), make_user("moderator")
    comment = make_comment(author=author, status="pending")
    client.force_login(author)
    client.get(f"/moderation/comments/{comment.pk}/")
    assert client.post(f"/moderation/comments/{comment.pk}/claim/").status_code == 204
    assert not Case.objects.get(pk=comment.pk).is_claimed
    assert onward.next_case(colleague) == comment.pk


def appealed_by(reporter, decider, author=None):
    """A comment that the reporter wanted gone, that was kept, and about which they have appealed."""
    comment = make_comment(author=author)
    Report.file(comment, reason="abuse", by=reporter, note="Rude.")
    comment.refresh_from_db()
    comment.decide("keep", by=decider, version=comment.version)
    Appeal.lodge(Appeal.target(comment, reporter), by=reporter, text="It is rude.")
    comment.refresh_from_db()
    return comment


def test_a_moderator_who_appeals_does_not_answer_the_appeal():
    reporter, decider, colleague = (make_user("moderator") for _ in range(3))
    comment = appealed_by(reporter, decider)
    with pytest.raises(Undecidable, match="The appeal is your own"):
        comment.decide("remove", by=reporter, version=comment.version, clause=Clause.in_force().first())
    assert set(card(comment, by=reporter)["allowed"]) <= {"hold", "escalate"}
    assert onward.next_case(reporter) is None
    assert onward.next_case(colleague) == comment.pk
    comment.decide("remove", by=colleague, version=comment.version, clause=Clause.in_force().first())


def test_where_nobody_else_could_answer_it_they_do():
    reporter, decider = make_user("moderator"), make_user("moderator")
    comment = appealed_by(reporter, decider)
    comment.decide("remove", by=reporter, version=comment.version, clause=Clause.in_force().first())


def test_who_appeals_answers_where_only_the_author_of_the_comment_moderates_besides():
    reporter, author = make_user("moderator"), make_user("moderator")
    comment = appealed_by(reporter, reporter, author)
    with pytest.raises(Undecidable, match="your own comment"):
        comment.decide("keep", by=author, version=comment.version)
    comment.decide("keep", by=reporter, version=comment.version)


def test_who_appealed_does_not_take_the_answer_back_while_another_could():
    reporter = make_user("administrator")
    decider, colleague = make_user("moderator"), make_user("moderator")
    comment = appealed_by(reporter, decider)
    answer = comment.decide("keep", by=colleague, version=comment.version)
    with pytest.raises(Undecidable, match="an appeal of your own"):
        undo(answer, by=reporter)
    colleague.groups.clear()
    undo(answer, by=reporter)
