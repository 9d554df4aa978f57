"""Under a suspension or ban only what works is offered, and what comes after it is said whole."""

import pytest

from comments.models import Report, Sanction, SanctionAppeal
from tests.comments.sanctions.conftest import clause, mailed
from tests.factories import make_comment

pytestmark = pytest.mark.django_db


@pytest.fixture
def suspended(reader, moderator):
    return Sanction.impose("suspend", reader, by=moderator, reason="Insults.", days=3)


def test_the_suspended_are_offered_the_reports_that_they_can_send(client, reader, suspended):
    path = f"/comments/{make_comment().pk}/report/"
    html = client.get(path).content.decode()
    offered = {value for value, _ in Report.Reason.choices if f'value="{value}"' in html}
    assert offered == {"danger", "illegal"}
    assert suspended.words in html and "You can still say" in html
    assert client.post(path, {"reason": "danger"}).status_code == 200
    assert client.post(path, {"reason": "spam"}).status_code == 403


def test_everybody_else_is_offered_all(client, reader):
    html = client.get(f"/comments/{make_comment().pk}/report/").content.decode()
    assert all(f'value="{value}"' in html for value, _ in Report.Reason.choices)
    assert "You can still say" not in html


@pytest.mark.parametrize("where", ["/comments/mine/", "/articles/{slug}/comments/mine/"])
def test_no_change_is_offered_that_would_be_refused(client, reader, moderator, where):
    comment = make_comment(author=reader, status="pending")
    where = where.format(slug=comment.article.slug)
    change = f"/comments/{comment.pk}/edit/"
    assert change in client.get(where).content.decode()
    held = Sanction.impose("suspend", reader, by=moderator, reason="Insults.", days=3)
    html = client.get(where).content.decode()
    assert change not in html and held.words in html
    assert f"/comments/{comment.pk}/withdraw/" in html


def test_a_ban_that_is_lifted_on_appeal_says_so_and_how_comments_come_back(reader, administrator):
    ban = Sanction.impose("ban", reader, by=administrator, reason="Spam.", clause=clause(), take_down_days=7)
    SanctionAppeal.lodge(ban, by=reader, text="That was not me.")
    mailed().clear()
    ban.lift(by=administrator, reason="It was somebody else.")
    (message,) = mailed()
    assert "Your appeal was granted: a moderator has lifted the ban" in message.body
    assert "/comments/mine/" in message.body


def test_a_ban_that_is_lifted_unasked_names_no_appeal(reader, administrator):
    ban = Sanction.impose("ban", reader, by=administrator, reason="Spam.")
    mailed().clear()
    ban.lift(by=administrator, reason="We were wrong.")
    (message,) = mailed()
    assert "a moderator has lifted the ban" in message.body and "appeal" not in message.body


@pytest.mark.parametrize("days", ["0", "3651", "-1", "three"])
def test_days_that_cannot_be_are_named_with_what_can(client, reader, administrator, days):
    client.force_login(administrator)
    sent = {"kind": "suspend", "reason": "Insults.", "days": days}
    answer = client.post(f"/moderation/people/{reader.pk}/sanctions/", sent)
    assert answer.status_code == 422
    assert "Say how many days it lasts as a whole number from 1 to 3,650." in answer.content.decode()
    assert not Sanction.objects.exists()
