"""Appeals about a comment that was taken back to the queue: what is decided about it answers them, and the card says so."""

import pytest

from comments.models import Appeal, Clause, Comment, Report
from tests.comments.appeals.conftest import decided, mails_to
from tests.comments.conftest import work
from tests.factories import make_article, make_comment, make_user, verdict

pytestmark = pytest.mark.django_db

AGAIN = "The comment waits again"


@pytest.fixture
def other(client):
    other = make_user("moderator")
    client.force_login(other)
    return other


@pytest.fixture
def reported(moderator, other):
    """A comment that was kept, whose reporter appeals; taken back to the queue."""
    comment = make_comment(make_article(title="Twitching"), author=make_user())
    report, _ = Report.file(comment, reason="dangerous", by=make_user())
    Appeal.lodge(decided(comment, "keep", moderator), by=report.reporter, text="Look again.")
    decided(comment, "hold", other)
    work()
    return comment


@pytest.fixture
def redacted(moderator, other):
    """A comment without parts, whose author appeals; taken back to the queue, whole."""
    comment = make_comment(make_article(title="Twitching"), make_user(), body="Ask at 020 7946 0018, please.")
    decision = decided(comment, "publish_redacted", moderator, redactions=((7, 20),))
    Appeal.lodge(decision, by=comment.author, text="That is a public helpline.")
    decided(comment, "hold", other)
    work()
    return comment


def card(client, comment) -> str:
    return client.get(f"/moderation/comments/{comment.pk}/").content.decode()


def send(client, comment, **data):
    comment.refresh_from_db()
    return client.post(
        f"/moderation/comments/{comment.pk}/decisions/", {"version": comment.version, "appeal": "1"} | data
    )


def inbox(client, user) -> str:
    client.force_login(user)
    return client.get("/comments/notices/").content.decode()


def test_the_card_answers_who_reported_it(client, reported):
    page = card(client, reported)
    assert AGAIN in page and "Answer the appeal" in page
    assert 'value="publish" data-key="d" data-needs="appeal-message"' in page
    assert "Deny it: publish the comment" in page
    assert "Grant the appeal: refuse the comment" in page and 'data-also="g"' in page
    assert 'data-key="p"' not in page and "Publish and answer" not in page


def test_who_reported_it_is_told_why_it_is_published_again(client, reported):
    refused = send(client, reported, action="publish")
    assert refused.status_code == 422
    assert "Say why the appeal is denied" in refused.content.decode()
    assert send(client, reported, action="publish", message="It is an experience.").status_code == 303
    appeal = Appeal.objects.get()
    assert appeal.was_granted is False
    work()
    told = mails_to(appeal.by)[-1]
    assert "not granted" in told.subject
    assert "the comment stays" in told.body and "It is an experience." in told.body
    assert "It is an experience." in mails_to(reported.author)[-1].body
    assert "was decided: the comment stays." in inbox(client, appeal.by)
    page = client.get(f"/comments/{reported.pk}/decision/").content.decode()
    assert "It is an experience." in page and "not granted" in page


def test_the_card_answers_its_author(client, redacted):
    page = card(client, redacted)
    assert AGAIN in page and "Answer the appeal" in page
    assert 'value="publish" data-key="g"' in page and "Grant it: publish the comment" in page
    assert "Deny the appeal: refuse the comment" in page and 'data-also="d"' in page
    assert 'data-key="p"' not in page
    assert "needed to deny it" not in page
    assert send(client, redacted, action="publish").status_code == 303
    assert Appeal.objects.get().was_granted
    work()
    assert "you were right" in mails_to(redacted.author)[-1].body
    assert "Your appeal was granted" in inbox(client, redacted.author)


@pytest.mark.parametrize(
    ("action", "subject", "body", "line"),
    [
        ("reject", "your appeal was not granted", "decided not to publish it", "was not published."),
        (
            "return",
            "your appeal was answered",
            "It is not published yet",
            "was returned to you, to be changed.",
        ),
    ],
)
def test_its_author_reads_that_this_was_the_answer(client, redacted, action, subject, body, line):
    clause = Clause.in_force().first().number
    sent = send(client, redacted, action=action, clause=clause, message="Please name nobody.")
    assert sent.status_code == 303
    assert Appeal.objects.get().was_granted is False
    work()
    told = mails_to(redacted.author)[-1]
    assert told.subject.endswith(subject)
    assert "you appealed, and somebody else has looked at it now: we have read" in told.body
    assert body in told.body and "stays as it was" not in told.body
    page = inbox(client, redacted.author)
    assert line in page and "stays as it is" not in page


def test_another_text_than_was_judged_grants_nothing_and_nobody_says_so(client, redacted):
    redacted = Comment.objects.get(pk=redacted.pk)
    redacted.edit("Ask.", by=redacted.author, verdict=verdict("hold"), version=redacted.version)
    page = card(client, redacted)
    assert AGAIN in page and "no longer the one that was judged" in page
    assert "Answer the appeal" not in page and 'data-key="p"' in page
    assert send(client, redacted, action="publish").status_code == 303
    work()
    assert Appeal.objects.get().was_granted is False
    assert "you were right" not in mails_to(redacted.author)[-1].body
    page = inbox(client, redacted.author)
    assert "granted" not in page
    assert "Your appeal was answered" in page


def test_where_both_appealed_publishing_denies_who_reported_it(client, moderator, other):
    comment = make_comment(author=make_user(), body="Ask at 020 7946 0018, please.")
    report, _ = Report.file(comment, reason="dangerous", by=make_user())
    kept = decided(comment, "keep", moderator)
    redacted = decided(comment, "publish_redacted", moderator, redactions=((7, 20),))
    Appeal.lodge(redacted, by=comment.author, text="That is a public helpline.")
    Appeal.lodge(kept, by=report.reporter, text="Look again.")
    decided(comment, "hold", other)
    page = card(client, comment)
    assert "answers all of these" in page and "Deny it: publish the comment" in page
    assert send(client, comment, action="publish", message="It is a helpline.").status_code == 303
    assert [*Appeal.objects.order_by("pk").values_list("was_granted", flat=True)] == [True, False]


def test_what_was_never_appealed_says_nothing_of_it(client, other):
    page = card(client, make_comment(status="pending"))
    assert AGAIN not in page and 'data-key="p"' in page
