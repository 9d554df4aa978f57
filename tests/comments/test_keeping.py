"""What was reported and stays: why its senders are told, and answering it in the same act."""

import pytest
from django.core import mail

from comments import letters
from comments.models import Comment, Decision, LegalNotice, Report
from comments.models.undoing import undo
from tests.comments.appeals.conftest import mails_to
from tests.comments.conftest import work
from tests.factories import make_comment, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def moderator(client):
    moderator = make_user("moderator")
    client.force_login(moderator)
    return moderator


@pytest.fixture
def reported():
    comment = make_comment(author=make_user(), body="Throw your tablets away.")
    Report.file(comment, reason="dangerous", by=make_user(), note="Somebody may do it.")
    comment.refresh_from_db()
    return comment


def send(client, comment, **data):
    data = {"action": "keep", "version": comment.version} | data
    return client.post(f"/moderation/comments/{comment.pk}/decisions/", data)


def card(client, comment) -> str:
    return client.get(f"/moderation/comments/{comment.pk}/").content.decode()


def test_it_is_kept_and_answered_in_one_and_taken_back_in_one(client, moderator, reported):
    html = card(client, reported)
    assert "Keep it and answer" in html
    assert send(client, reported, answer="1", canned_reply="no-personal-advice").status_code == 303
    decision = reported.decisions.first()
    assert (decision.action, decision.answer.parent_id) == ("keep", reported.pk)
    assert decision.answer.is_published
    assert "We can’t give personalised advice" in decision.answer.text.body
    assert Report.objects.get().answered_by == decision
    undo(decision, by=moderator)
    assert Comment.objects.get(pk=decision.answer_id).status == "withdrawn"
    assert Report.objects.get().answered_by is None


def test_the_answer_must_be_there_and_the_comment_public(client, moderator, reported):
    assert send(client, reported, answer="1").status_code == 422
    Comment.objects.filter(pk=reported.pk).update(status="removed")
    got = send(client, reported, reply="An answer.")
    assert got.status_code == 422
    assert "can only be given to a comment that is published" in got.content.decode()
    assert Report.objects.get().answered_by is None


def test_the_reports_come_first_and_what_screening_had_found_is_called_that(client, moderator, reported):
    Decision.objects.filter(comment=reported, action="submit").update(
        findings=[{"code": "links", "start": 0, "end": 5, "confidence": 1, "outcome": "hold"}]
    )
    html = card(client, reported)
    why, found = html.index("Why it is here: 1 report"), html.index("What screening had found")
    assert why < found
    assert html.count("Why it is here") == 1


def test_whoever_sent_a_notice_reads_why_it_stays(client, moderator, reported):
    notice = LegalNotice(
        name="Nora Notary", email="nora@example.com", explanation="It is libel.", in_good_faith=True
    )
    Report.file(reported, reason="illegal", notice=notice)
    reported.refresh_from_db()
    assert "Why it stays" in card(client, reported)
    send(client, reported, message="It is an opinion, and names nobody.")
    mail.outbox.clear()
    work()
    _, told = [
        each for each in mail.outbox if each.to == ["nora@example.com"]
    ]  # that it came in, what came of it
    assert "decided that it stays" in told.body
    assert "It is an opinion, and names nobody." in told.body
    assert "out-of-court dispute settlement body" in told.body
    reporter = Report.objects.get(reason="dangerous").reporter
    client.force_login(reporter)
    assert "names nobody" in client.get(f"/comments/{reported.pk}/decision/").content.decode()
    # Its author hears nothing of it.
    assert mails_to(reported.author) == []
    client.force_login(reported.author)
    assert "names nobody" not in client.get(f"/comments/{reported.pk}/decision/").content.decode()


def test_who_reports_the_same_later_gets_the_answer_and_not_what_was_written_to_others(
    client, moderator, reported
):
    send(client, reported, message="As I told you on the telephone.")
    later, is_new = Report.file(reported, reason="dangerous", by=make_user())
    assert is_new
    assert later.answered_by == reported.decisions.first()

    first = Report.objects.filter(reason="dangerous").order_by("pk").first()
    decision = first.answered_by
    assert letters.answer_to([first], decision)["message"] == "As I told you on the telephone."
    assert letters.answer_to([later], decision)["message"] == ""
    client.force_login(later.reporter)
    assert "telephone" not in client.get(f"/comments/{reported.pk}/decision/").content.decode()


def test_a_public_comment_that_nobody_reported_is_answered_in_the_discussion(client, moderator):
    comment = make_comment(author=make_user())
    html = card(client, comment)
    assert f'/articles/{comment.article.slug}/comments/new/?parent={comment.pk}"' in html
    assert "Keep it and answer" not in html


@pytest.mark.parametrize("action", ["publish", "keep"])
def test_a_note_for_the_desk_goes_with_it(client, moderator, reported, action):
    comment = reported if action == "keep" else make_comment(status="pending")
    assert f'id="{action}-note"' in card(client, comment)
    send(client, comment, action=action, note="Ask Ada about this one.")
    assert comment.decisions.first().note.text == "Ask Ada about this one."
