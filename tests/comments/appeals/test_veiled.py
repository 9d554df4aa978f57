"""An emergency that was refused stays veiled, and its author is spoken to as a person, whatever is decided later."""

import pytest

from comments.models import Appeal, Case, Clause, Decision, Report
from tests.comments.appeals.conftest import decided, mails_to
from tests.comments.conftest import work
from tests.factories import make_comment, make_user

pytestmark = pytest.mark.django_db

CRY = "I have the pills here."
VEIL = '<details class="veil"'


@pytest.fixture
def moderator(client):
    moderator = make_user("moderator")
    client.force_login(moderator)
    return moderator


def appealed(outcome="signposted"):
    """An emergency that somebody refused, and whose author appeals."""
    comment = make_comment(author=make_user(), status="pending", body=CRY)
    Case.open_for(comment, "crisis", priority=0)
    decided(comment, "reject", make_user("moderator"), clause=Clause.in_force().first(), outcome=outcome)
    Appeal.lodge(Decision.in_force(comment), by=comment.author, text="Let it stand.")
    work()
    return comment


def card(client, comment) -> str:
    return client.get(f"/moderation/comments/{comment.pk}/").content.decode()


def test_an_emergency_that_was_refused_is_veiled_when_it_is_appealed(client, moderator):
    comment = appealed()
    page = card(client, comment)
    assert page.index(VEIL) < page.index(CRY) < page.index("Answer the appeal") < page.rindex("</details>")
    queue = client.get("/moderation/").content.decode()
    assert f'id="case-{comment.pk}"' in queue
    assert CRY not in queue
    neighbour = make_comment(comment.article, comment.author, status="pending")
    assert CRY not in card(client, neighbour)
    # How it was dealt with is on record, and is not asked once more.
    assert 'name="outcome"' not in page
    decided(comment, "uphold", moderator)


def test_what_is_public_again_is_not_veiled(client, moderator):
    comment = appealed()
    decided(comment, "overturn", moderator)
    Report.file(comment, reason="abuse", by=make_user())
    assert VEIL not in card(client, comment)
    assert CRY in client.get("/moderation/").content.decode()


def test_what_never_was_an_emergency_is_not_veiled(client, moderator):
    comment = make_comment(author=make_user(), status="pending", body="It helped my twitching.")
    decided(comment, "reject", make_user("moderator"), clause=Clause.in_force().first())
    Appeal.lodge(Decision.in_force(comment), by=comment.author, text="I named nobody.")
    assert VEIL not in card(client, comment)
    assert "It helped my twitching." in client.get("/moderation/").content.decode()


@pytest.mark.parametrize("action", ["uphold", "overturn"])
def test_the_answer_to_the_appeal_leads_to_help_and_mails_no_word_of_the_cry(moderator, action):
    comment = appealed()
    decided(comment, action, moderator, message="We think of you.")
    work()
    told = mails_to(comment.author)[-1]
    assert "/comments/help/" in told.body and "We think of you." in told.body
    assert f"Your appeal was {'granted' if action == 'overturn' else 'not granted'}." in told.body
    assert CRY not in told.body


def test_after_a_false_alarm_the_answer_is_like_any_other(moderator):
    comment = appealed("false_alarm")
    decided(comment, "uphold", moderator)
    work()
    told = mails_to(comment.author)[-1]
    assert "/comments/help/" not in told.body
    assert "your appeal was not granted" in told.subject
