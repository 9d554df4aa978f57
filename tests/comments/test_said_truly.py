"""What is said of a decision is what was decided: in mails, on one's own page, for machines, on the card."""

import re
from datetime import UTC, datetime

import pytest
from django.core import mail
from django.urls import reverse

from comments import jobs, statement
from comments.models import Appeal, Clause, CommentText, Report, Sanction, undoing
from tests.factories import make_comment, make_user, verdict

pytestmark = pytest.mark.django_db


@pytest.fixture
def moderator():
    return make_user("moderator", display_name="Mo Derator")


@pytest.fixture
def clause():
    return Clause.in_force().first()


def in_danger(comment):
    """A reader worries, so that it waits in the crisis lane."""
    Report.file(comment, reason="danger", by=make_user(), note="I worry about her.")
    comment.refresh_from_db()
    return comment


def mail_about(decision):
    mail.outbox.clear()
    jobs.mail_decision(decision_id=decision.pk)
    [sent] = mail.outbox
    return sent


def test_what_was_no_emergency_and_stays_is_not_called_a_change_that_was_dropped(moderator):
    comment = in_danger(make_comment(body="I could sleep for a hundred years."))
    kept = comment.decide(
        "keep", by=moderator, version=comment.version, outcome="false_alarm", message="We hope you rest."
    )
    sent = mail_about(kept)
    assert "taken over" not in sent.subject
    assert sent.subject.endswith("stays as it is")
    assert f"/comments/{comment.pk}/" in sent.body


def test_what_is_read_again_as_an_emergency_is_not_quoted_in_the_mail(moderator):
    comment = in_danger(make_comment(body="I could sleep for a hundred years."))
    assert (
        "hundred years" not in mail_about(comment.decide("hold", by=moderator, version=comment.version)).body
    )
    other = make_comment(body="It helped my twitching.")
    assert "my twitching" in mail_about(other.decide("hold", by=moderator, version=other.version)).body


def test_a_word_about_what_its_author_took_back_links_to_nothing_that_is_gone(moderator):
    comment = in_danger(make_comment(body="I could sleep for a hundred years."))
    comment.withdraw(by=comment.author, version=comment.version)
    comment.refresh_from_db()
    kept = comment.decide(
        "keep", by=moderator, version=comment.version, outcome="false_alarm", message="We hope you rest."
    )
    assert comment.get_absolute_url() + "\n" not in mail_about(kept).body


def test_a_word_to_somebody_in_danger_leaves_the_parts_that_are_out_and_the_appeal(client, moderator, clause):
    comment = make_comment(body="Ring me on 0123 456789, please.")
    comment.decide(
        "publish_redacted", by=moderator, version=comment.version, clause=clause, redactions=((11, 22),)
    )
    comment = in_danger(comment)
    comment.decide(
        "keep", by=moderator, version=comment.version, outcome="signposted", message="Here is who listens."
    )
    client.force_login(comment.author)
    page = client.get(reverse("comments:mine", args=[comment.article.slug])).content.decode()
    assert "Here is who listens." in page
    assert "Published without parts of it." in page
    assert reverse("comments:appeal", args=[comment.pk]) in page


def test_machines_read_of_an_undone_decision_what_people_read(moderator, clause):
    comment = make_comment(body="You fool.")
    Report.file(comment, reason="abuse", by=make_user(), note="Rude.")
    comment.refresh_from_db()
    comment.decide("remove", by=moderator, version=comment.version, clause=clause)
    restored = comment.decide("restore", by=moderator, version=comment.version)
    undone = undoing.undo(restored, by=moderator)
    data = statement.as_data(statement.statement(undone))
    assert data["facts"]["source_in_words"] == "Readers had reported it."
    assert data["facts"]["source"] == "report"


@pytest.mark.parametrize("door", ["restore", "overturn"])
def test_what_was_never_public_is_not_called_public_again(moderator, clause, door):
    comment = make_comment(status="pending")
    refused = comment.decide("reject", by=moderator, version=comment.version, clause=clause)
    if door == "overturn":
        Appeal.lodge(refused, by=comment.author, text="It is harmless.")
        comment.refresh_from_db()
    back = comment.decide(door, by=make_user("moderator"), version=comment.version)
    sent = mail_about(back)
    assert not re.search(r"\bagain\b", sent.subject + sent.body)
    assert "old place" not in sent.body
    assert "again" not in statement.statement(back).outcome


def test_the_day_on_which_a_text_was_destroyed_is_the_sites(client, moderator, settings):
    settings.TIME_ZONE = "Asia/Tokyo"
    comment = make_comment()
    comment.edit("Another text.", by=comment.author, verdict=verdict(), version=1)
    first = CommentText.objects.filter(comment=comment).order_by("pk").first()
    CommentText.objects.filter(pk=first.pk).update(
        body="", body_html="", destroyed_at=datetime(2026, 3, 9, 18, 40, tzinfo=UTC), destroyed_because="old"
    )
    client.force_login(moderator)
    page = client.get(f"/moderation/comments/{comment.pk}/").content.decode()
    assert "Destroyed on 10 March 2026: old." in page


def test_a_sanction_does_not_mail_the_words_of_somebody_in_danger(moderator):
    comment = in_danger(make_comment(body="I could sleep for a hundred years."))
    warning = Sanction.impose(
        "warn", comment.author, by=moderator, reason="Please write to us.", comment=comment
    )
    jobs.mail_sanction(sanction_id=warning.pk, what="imposed")
    assert "hundred years" not in mail.outbox[-1].body
