"""What is said after an appeal or a report is true: of what was public, of what a program saw, of what can be sent."""

import pytest
from django.core import mail

from comments.models import Appeal, Clause, Comment, CorrectionRequest, Decision, Report
from comments.screening import Finding, Outcome
from tests.comments.conftest import work
from tests.factories import make_comment, make_user, verdict

pytestmark = pytest.mark.django_db
SENDS = 'type="submit">Send the '


def granted(comment, moderator, action) -> None:
    """Refused or removed, appealed, and the appeal granted."""
    clause = Clause.in_force().first()
    comment.decide(action, by=moderator, version=comment.version, clause=clause)
    Appeal.lodge(Decision.in_force(comment), by=comment.author, text="It names nobody.")
    comment.refresh_from_db()
    comment.decide("overturn", by=make_user("moderator"), version=comment.version)


def read(client, comment, user=None) -> tuple[str, str]:
    """(the page about the decision, the inbox)"""
    client.force_login(user or comment.author)
    pages = (client.get(path) for path in (f"/comments/{comment.pk}/decision/", "/comments/notices/"))
    return tuple(page.content.decode() for page in pages)


def test_what_was_never_public_is_not_published_again(client, moderator):
    comment = make_comment(author=make_user(), status="pending")
    granted(comment, moderator, "reject")
    page, inbox = read(client, comment)
    assert "Your appeal was granted. Your comment is published." in page
    assert "is published." in inbox and "published again" not in page + inbox


def test_what_was_public_is_published_again_in_its_old_place(client, moderator):
    comment = make_comment(author=make_user())
    granted(comment, moderator, "remove")
    page, inbox = read(client, comment)
    assert "Your comment is published again, in its old place." in page
    assert "is published again." in inbox


def test_that_a_program_was_first_is_said_after_the_appeal_too(client, moderator):
    found = Finding("personal_advice", Outcome.HOLD, 0, 6, 0.9)
    comment = Comment.submit(
        article=make_comment().article,
        by=make_user(),
        body="Should I stop taking it?",
        verdict=verdict("hold", found),
    )
    granted(comment, moderator, "reject")
    page, _ = read(client, comment)
    assert "A program noticed something in it first" in page
    assert "No program had pointed it out" not in page


def test_nobody_is_offered_to_report_their_own_comment(client):
    comment = make_comment(author=make_user())
    client.force_login(comment.author)
    opened = client.get(f"/comments/{comment.pk}/report/")
    assert opened.status_code == 403 and "This is your own comment" in opened.content.decode()
    assert SENDS not in opened.content.decode() and "<textarea" not in opened.content.decode()
    sent = client.post(f"/comments/{comment.pk}/report/", {"reason": "spam", "note": "Look at this."})
    assert sent.status_code == 403 and "Look at this." in sent.content.decode()
    assert SENDS not in sent.content.decode()


def test_a_second_appeal_shows_what_was_written_and_no_way_to_send_it(client, moderator):
    comment = make_comment(author=make_user(), status="pending")
    comment.decide("reject", by=moderator, version=1, clause=Clause.in_force().first())
    client.force_login(comment.author)
    path = f"/comments/{comment.pk}/appeal/"
    first = client.get(path).content.decode()
    assert SENDS in first and "Up to 2,000 characters" in first
    assert client.post(path, {"text": "It names nobody."}).status_code == 303
    again = client.post(path, {"text": "And one thing more."})
    assert again.status_code == 403 and "And one thing more." in again.content.decode()
    assert SENDS not in again.content.decode() and "You can appeal once" not in again.content.decode()


@pytest.mark.parametrize("sent_on", [True, False])
def test_who_found_a_mistake_reads_that_the_editors_have_it(moderator, sent_on):
    comment, reader = make_comment(body="The dose in the third paragraph is wrong."), make_user()
    Report.file(comment, reason="mistake", by=reader)
    if sent_on:
        CorrectionRequest.send(comment, by=moderator, passage="", claim="The dose is wrong.")
    comment.refresh_from_db()
    comment.decide("keep", by=moderator, version=comment.version)
    work()
    (told,) = (each.body for each in mail.outbox if each.to == [reader.email])
    assert ("The editors have what is said about the article" in told) is sent_on


def test_an_address_in_what_a_moderator_wrote_can_be_followed(client, moderator):
    comment = make_comment(author=make_user(), status="pending")
    words = "Who listens: https://www.samaritans.org/ <b>now</b>"
    comment.decide("reject", by=moderator, version=1, clause=Clause.in_force().first(), message=words)
    pages = [*read(client, comment), client.get("/comments/mine/").content.decode()]
    for html in pages:
        assert '<a href="https://www.samaritans.org/" rel="nofollow">' in html
        assert "&lt;b&gt;now" in html and "<b>now" not in html


def test_what_cannot_be_withdrawn_says_so(client, moderator):
    comment = make_comment(author=make_user())
    client.force_login(comment.author)
    path = f"/comments/{comment.pk}/withdraw/"
    assert "no longer here to be withdrawn" not in client.get(path).content.decode()
    comment.decide("remove", by=moderator, version=1, clause=Clause.in_force().first())
    assert "no longer here to be withdrawn" in client.get(path).content.decode()
