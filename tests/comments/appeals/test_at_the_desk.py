"""How an appeal is answered at the desk: which forms its card has, what is on record, and what whoever appealed reads."""

import pytest
from django.core import mail

from comments.models import Appeal, Comment, Decision, Notice, Preference, Report
from comments.models.preference import Kind
from tests.comments.appeals.conftest import decided, mails_to
from tests.comments.conftest import work
from tests.factories import make_comment, make_user, verdict
from tests.plain_forms import steps

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(client):
    other = make_user("moderator")
    client.force_login(other)
    return other


def url(comment, what="") -> str:
    return f"/moderation/comments/{comment.pk}/{what}"


def card(client, comment):
    return client.get(url(comment))


def send(client, comment, **data):
    comment.refresh_from_db()
    return client.post(url(comment, "decisions/"), {"version": comment.version, "appeal": "1"} | data)


@pytest.fixture
def refused(moderator, clause):
    """Refused, and its author appeals."""
    comment = make_comment(author=make_user(), status="pending", body="It helped my twitching.")
    comment.decide("reject", by=moderator, version=1, clause=clause)
    Appeal.lodge(Decision.in_force(comment), by=comment.author, text="I named nobody.")
    work()
    mail.outbox.clear()
    return comment


@pytest.fixture
def redacted(moderator):
    """Published without parts of it, and its author appeals."""
    comment = make_comment(author=make_user(), body="Ask at 020 7946 0018, the helpline.")
    comment.decide("publish_redacted", by=moderator, version=1, redactions=((7, 20),))
    Appeal.lodge(Decision.in_force(comment), by=comment.author, text="That is a public helpline.")
    work()
    mail.outbox.clear()
    return comment


@pytest.fixture
def unchanged(moderator, clause):
    """A change of it was refused, and its author appeals."""
    comment = make_comment(author=make_user(), body="As it was.")
    comment.edit("As it shall be.", by=comment.author, verdict=verdict("hold"), version=1)
    decided(comment, "reject", moderator, clause=clause)
    Appeal.lodge(Decision.in_force(comment), by=comment.author, text="It is harmless.")
    return comment


@pytest.fixture
def kept(moderator):
    """Kept although somebody had reported it, who appeals."""
    comment = make_comment(author=make_user(), body="Throw your tablets away.")
    Report.file(comment, reason="dangerous", by=make_user(display_name="Rita Reader"))
    kept = decided(comment, "keep", moderator)
    Appeal.lodge(kept, by=Report.objects.get().reporter, text="Please think again.")
    work()
    mail.outbox.clear()
    return comment


@pytest.mark.parametrize(
    ("which", "grants", "denies", "words"),
    [
        ("refused", "overturn", "uphold", "Grant it: publish the comment"),
        ("redacted", "publish", "keep", "Grant it: publish the original"),
        ("unchanged", "publish", "keep", "Grant it: publish the change"),
        ("kept", "", "keep", "Grant the appeal: remove the comment"),
    ],
)
def test_every_appeal_has_its_form_with_both_keys(client, other, request, which, grants, denies, words):
    answer = card(client, request.getfixturevalue(which))
    html = answer.content.decode()
    assert "Answer the appeal" in html
    assert words in html
    assert f'value="{denies}" data-key="d" data-needs="appeal-message"' in html
    assert (f'value="{grants}" data-key="g"' if grants else 'data-also="g"') in html
    # Neither of them is there under another key, or in other words.
    for key in "psl":
        assert f'data-key="{key}"' not in html, key
    assert "Publish and answer" not in html
    assert ("Grant it and answer" in html) is bool(grants)


@pytest.mark.parametrize(
    ("which", "action"),
    [("refused", "uphold"), ("redacted", "keep"), ("unchanged", "keep"), ("kept", "keep")],
)
def test_whoever_is_denied_is_told_why(client, other, request, which, action):
    comment = request.getfixturevalue(which)
    got = send(client, comment, action=action)
    assert got.status_code == 422
    assert "Say why the appeal is denied" in got.content.decode()
    assert Appeal.objects.get().answered_by is None
    assert send(client, comment, action=action, message="The rule stands as it is.").status_code == 303
    appeal = Appeal.objects.get()
    assert appeal.was_granted is False
    work()
    told = mails_to(appeal.by)[-1]
    assert "not granted" in told.subject
    assert "The rule stands as it is." in told.body


def test_what_the_reporter_is_told_is_not_shown_to_the_author(client, other, kept):
    send(client, kept, action="keep", message="Dear Rita, it is an experience.")
    client.force_login(kept.author)
    assert "Rita" not in client.get(f"/comments/{kept.pk}/decision/").content.decode()
    assert "Rita" not in client.get(f"/comments/{kept.pk}/decision/?format=json").content.decode()
    work()
    assert mails_to(kept.author) == []


@pytest.mark.parametrize("action", ["publish", "restore", "overturn"])
def test_whatever_publishes_a_refused_comment_grants_the_appeal(client, other, refused, action):
    Preference.choose(refused.author, {Kind.PUBLISHED: "never"})
    assert send(client, refused, action=action).status_code == 303
    decision = Decision.in_force(refused)
    assert (decision.action, decision.to_status) == ("overturn", "published")
    assert Appeal.objects.get().was_granted
    work()
    [told] = mails_to(refused.author)
    assert "your appeal was granted" in told.subject
    assert "you were right" in told.body
    assert "List-Unsubscribe" not in told.extra_headers
    assert "Appeal granted" in client.get("/moderation/log/").content.decode()


@pytest.mark.parametrize(("action", "words"), [("publish", "was granted"), ("keep", "was not granted")])
def test_an_appeal_about_a_text_beside_the_public_one_is_answered_as_one(
    client, other, redacted, action, words
):
    Preference.choose(redacted.author, {Kind.PUBLISHED: "never"})
    send(client, redacted, action=action, message="We have looked once more.")
    notice = Notice.objects.get(user=redacted.author, decision=Decision.in_force(redacted))
    assert notice.kind == Kind.APPEAL
    work()
    [told] = mails_to(redacted.author)
    assert words in told.subject
    assert "No more mail of this kind" not in told.body
    log = client.get("/moderation/log/").content.decode()
    assert "(on an appeal)" in log
    assert "on an appeal" in card(client, redacted).content.decode()
    client.force_login(redacted.author)
    assert f"Your appeal {words}" in client.get("/comments/notices/").content.decode()


def test_what_is_published_on_nobodys_appeal_is_a_publication(moderator):
    comment = make_comment(author=make_user(), status="pending")
    decision = decided(comment, "publish", moderator)
    assert Notice.objects.get(decision=decision).kind == Kind.PUBLISHED


def test_an_appeal_is_granted_and_answered_in_one(client, other, refused):
    assert "overturn" in steps(card(client, refused), url(refused, "decisions/"))
    got = send(client, refused, action="overturn", answer="1", reply="You were right, thank you.")
    assert got.status_code == 303
    decision = Decision.in_force(refused)
    assert (decision.action, decision.answer.text.body) == ("overturn", "You were right, thank you.")


def test_an_answer_is_given_to_nothing_that_stays_refused(client, other, refused):
    got = send(client, refused, action="uphold", message="No.", reply="Here is an answer.")
    assert got.status_code == 422
    assert Comment.objects.filter(parent=refused).count() == 0
    assert Appeal.objects.get().answered_by is None


def test_a_change_that_came_in_meanwhile_can_still_be_published_alone(client, other, kept):
    kept.refresh_from_db()
    kept.edit(
        "Ask before you throw them away.", by=kept.author, verdict=verdict("hold"), version=kept.version
    )
    html = card(client, kept).content.decode()
    assert 'data-key="p"' in html
    assert 'value="keep" data-key="d"' in html
