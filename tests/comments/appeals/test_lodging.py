"""Who may appeal, against what and until when; the form, and what was typed in it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.utils import timezone
from django.utils.dateformat import format as date

from comments.models import Appeal, Case, Comment, Decision, Notice, Report
from comments.models.report import is_in_time
from comments.models.undoing import undo
from tests.comments.appeals.conftest import decided, lodge, mails_to
from tests.comments.conftest import work
from tests.factories import make_comment, make_user, verdict

pytestmark = pytest.mark.django_db


def test_the_mail_leads_to_the_form_and_the_form_to_the_queue(client, removed):
    work()
    assert f"/comments/{removed.pk}/appeal/" in mails_to(removed.author)[0].body
    client.force_login(removed.author)
    assert b"Why do you think that it is wrong?" in client.get(f"/comments/{removed.pk}/appeal/").content
    got = lodge(client, removed)
    assert (got.status_code, got.url) == (303, f"/comments/{removed.pk}/decision/")
    page = client.get(got.url).content.decode()
    assert "Another moderator will decide" in page
    case = Case.objects.get(pk=removed.pk, closed_at=None)
    assert case.get_lane_display() == "Appeals"
    assert Appeal.objects.get().text.text == "I named nobody."
    mine = client.get("/comments/mine/").content.decode()
    assert "You have appealed." in mine
    assert "/appeal/" not in mine


@pytest.mark.parametrize("text", ["", "   ", "x" * 2_001])
def test_what_is_wrong_is_said_and_the_text_stays(client, removed, text):
    client.force_login(removed.author)
    got = lodge(client, removed, text)
    assert got.status_code == 422
    assert text.strip() in got.content.decode()
    assert not Appeal.objects.exists()


def test_two_thousand_characters_are_enough_for_an_appeal(client, removed):
    client.force_login(removed.author)
    assert lodge(client, removed, "x" * 2_000).status_code == 303


def test_once_within_six_months_and_the_text_stays_when_it_is_refused(client, removed):
    client.force_login(removed.author)
    lodge(client, removed)
    again = lodge(client, removed, "And once more.")
    assert again.status_code == 403
    assert b"already" in again.content
    assert b"And once more." in again.content
    Appeal.objects.all().delete()
    Decision.objects.filter(action="remove").update(at=timezone.now() - timedelta(days=185))
    late = lodge(client, removed, "Too late?")
    assert late.status_code == 403
    assert b"six months" in late.content


def test_no_six_months_of_the_year_are_longer_and_the_last_day_counts_whole(client, removed, monkeypatch):
    for month in range(1, 13):
        told = datetime(2026, month, 1, 9, 0, tzinfo=UTC)
        end = datetime(2026 + (month > 6), (month + 5) % 12 + 1, 1, 23, 59, tzinfo=UTC)
        monkeypatch.setattr(timezone, "now", lambda now=end: now)
        assert is_in_time(told), told
    monkeypatch.undo()
    client.force_login(removed.author)
    for days, offered in ((184, True), (185, False)):
        Decision.objects.filter(action="remove").update(at=timezone.now() - timedelta(days=days))
        page = client.get("/comments/mine/").content.decode()
        assert (f"/comments/{removed.pk}/appeal/" in page) is offered
        assert ("six months" not in client.get(f"/comments/{removed.pk}/appeal/").content.decode()) is offered


def test_the_time_begins_when_its_author_is_told(client, removed):
    at = timezone.now() - timedelta(days=188)
    Decision.objects.filter(action="remove").update(at=at)
    Notice.objects.update(mailed_at=at + timedelta(days=5))
    client.force_login(removed.author)
    assert f"/comments/{removed.pk}/appeal/" in client.get("/comments/mine/").content.decode()
    page = client.get(f"/comments/{removed.pk}/decision/").content.decode()
    assert f"Until {date(timezone.localtime(at + timedelta(days=189)), 'j F Y')}." in page
    assert lodge(client, removed).status_code == 303


def test_for_who_reported_what_was_answered_already_the_time_begins_then(client, kept):
    Decision.objects.filter(action="keep").update(at=timezone.now() - timedelta(days=200))
    late = make_user()
    Report.file(kept.comment, reason="dangerous", by=late)
    for reporter, status in ((late, 303), (kept.reporter, 403)):
        Report.objects.filter(pk=kept.pk).update(at=timezone.now() - timedelta(days=201))
        client.force_login(reporter)
        assert lodge(client, kept.comment).status_code == status


def test_strangers_do_not_learn_of_it(client, removed):
    for path in ("appeal", "decision"):
        assert client.get(f"/comments/{removed.pk}/{path}/").url.startswith("/accounts/login/")
    client.force_login(make_user())
    for path in ("appeal", "decision"):
        assert client.get(f"/comments/{removed.pk}/{path}/").status_code == 404
    assert lodge(client, removed).status_code == 404
    assert not Appeal.objects.exists()


@pytest.fixture
def changed():
    comment = make_comment(author=make_user(), body="As it was.")
    comment.edit("As it shall be.", by=comment.author, verdict=verdict("hold"), version=1)
    return comment


@pytest.mark.parametrize("action", ["reject", "keep"])
def test_a_change_that_was_refused_can_be_appealed_against_too(
    client, changed, moderator, other, clause, action
):
    decided(changed, action, moderator, **({"clause": clause} if action == "reject" else {}))
    work()
    address = f"/comments/{changed.pk}/appeal/"
    assert address in mails_to(changed.author)[0].body
    client.force_login(changed.author)
    assert address in client.get("/comments/mine/").content.decode()
    assert lodge(client, changed).status_code == 303
    decided(changed, "publish", other)
    changed.refresh_from_db()
    assert changed.text.body == "As it shall be."
    assert Appeal.objects.get().was_granted
    assert lodge(client, changed, "Once more.").status_code == 403


def test_a_change_that_was_dropped_and_the_reports_that_came_to_nothing_are_appealed_apart(
    changed, moderator, other
):
    """One decision answers both; so does the next, and each hears what is said to them."""
    reporter = make_user()
    Report.file(changed, reason="abuse", by=reporter)
    kept = decided(changed, "keep", moderator)
    by_author = Appeal.lodge(kept, by=changed.author, text="It is harmless.")
    by_reporter = Appeal.lodge(kept, by=reporter, text="It names my sister.")
    assert (by_author.is_of_author, by_reporter.is_of_author) == (True, False)
    work()
    mail.outbox.clear()
    decided(changed, "publish", other)
    for appeal, granted in ((by_author, True), (by_reporter, False)):
        appeal.refresh_from_db()
        assert appeal.was_granted is granted
    work()
    assert [each.subject.rpartition(" was ")[2] for each in mails_to(reporter)] == ["not granted"]


def test_an_answer_that_takes_away_what_had_stayed_can_be_appealed_against(
    client, redacted, moderator, other, clause
):
    client.force_login(redacted.author)
    lodge(client, redacted)
    decided(redacted, "remove", other, clause=clause)
    assert f"/comments/{redacted.pk}/appeal/" in client.get("/comments/mine/").content.decode()
    assert lodge(client, redacted).status_code == 303
    decided(redacted, "uphold", moderator)
    assert f"/comments/{redacted.pk}/appeal/" not in client.get("/comments/mine/").content.decode()
    assert lodge(client, redacted).status_code == 403


def test_passing_it_on_decides_nothing_and_a_decision_taken_back_never_was(removed, moderator, other):
    decision = Decision.in_force(removed)
    Appeal.lodge(decision, by=removed.author, text="Look.")
    decided(removed, "escalate", other)
    assert Decision.in_force(removed) == decision
    restored = decided(removed, "overturn", other)
    assert Decision.in_force(removed) == restored
    undo(restored, by=other)
    assert Decision.in_force(removed) == decision


def test_a_refusal_by_a_listed_word_can_be_appealed_against(client):
    comment = make_comment(status="rejected")
    client.force_login(comment.author)
    assert lodge(client, comment, "I meant no harm.").status_code == 303
    assert Comment.objects.get(pk=comment.pk).status == "rejected"
