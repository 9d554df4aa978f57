"""Notices of illegal content, which need no login: the form, the answers, and what the desk reads of them."""

import re

import pytest
from django.core import mail
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from comments import limits
from comments.models import LegalNotice, Report
from tests.comments.conftest import work
from tests.comments.reports.conftest import NOTICE, answer, case_of, send
from tests.factories import make_article, make_comment, make_user

pytestmark = pytest.mark.django_db


# Notices of illegal content


def test_a_notice_works_without_a_login_and_is_acknowledged_at_once(client):
    comment = make_comment(body="Pills without prescription.")
    form = client.get(f"/comments/{comment.pk}/report/").content.decode()
    assert 'name="good_faith"' in form
    done = send(client, comment, **NOTICE)
    assert b"Your notice was received" in done.content
    notice = LegalNotice.objects.get()
    assert (notice.name, notice.email, notice.provision) == (
        "Nora Notice",
        "nora@example.org",
        "Medicines Act",
    )
    assert notice.explanation == "It sells prescription medicines."
    assert notice.in_good_faith
    assert notice.report.reporter is None
    assert case_of(comment).priority == 1
    job = ProcrastinateJob.objects.get(queue_name="mail")
    assert (job.args, job.scheduled_at) == ({"notice_id": notice.pk}, None)
    work()
    [message] = mail.outbox
    assert message.to == ["nora@example.org"]
    assert f"Its number is {notice.pk}." in message.body
    assert f"/comments/{comment.pk}/" in message.body
    notice.refresh_from_db()
    assert notice.acknowledged_at


def test_nobody_mails_their_own_words_to_an_address_through_a_notice(client, moderator):
    """Nobody knows whose the address is: neither what was received nor what was decided repeats what was typed."""
    typed = {
        "name": "friend\n\nYour account is locked: https://evil.example/login\n",
        "note": "Buy https://evil.example now",
        "provision": "See https://evil.example",
    }
    comment = make_comment()
    assert send(client, comment, **NOTICE | typed).status_code == 200
    assert "\n" not in LegalNotice.objects.get().name
    answer(comment, moderator)
    work()
    received, answered_to = mail.outbox
    for message in (received, answered_to):
        assert message.to == ["nora@example.org"]
        for words in ("evil", "friend", "locked", "Buy"):
            assert words not in message.subject + message.body


def test_a_notice_by_who_has_a_login_is_answered_there_and_nowhere_else(client, moderator):
    comment, reader = make_comment(), make_user(display_name="Lena Login")
    client.force_login(reader)
    form = client.get(f"/comments/{comment.pk}/report/").content.decode()
    assert 'name="email"' not in form
    assert reader.email in form
    done = send(client, comment, **NOTICE | {"email": "stranger@example.net"}).content.decode()
    assert "a confirmation is on its way" in done
    assert LegalNotice.objects.get().email == ""
    answer(comment, moderator)
    work()
    assert [message.to for message in mail.outbox] == [[reader.email]] * 2


def test_nobody_learns_by_whose_address_a_notice_was_sent(client):
    comment = make_comment()
    pages = [send(Client(), comment, **NOTICE).content for _ in range(2)]
    assert pages[0] == pages[1]
    assert b"Your notice was received" in pages[1]
    assert LegalNotice.objects.count() == 1, "a double click"
    other = send(Client(), comment, **NOTICE | {"note": "It names my sister."})
    assert other.content == pages[0]
    assert LegalNotice.objects.count() == 2, "nobody's notice is lost because somebody sent one in their name"


@pytest.mark.parametrize("missing", ["note", "name", "email", "good_faith"])
def test_a_notice_lacks_nothing_that_the_law_asks_for(client, missing):
    comment = make_comment()
    data = {key: value for key, value in NOTICE.items() if key != missing}
    got = send(client, comment, **data)
    assert got.status_code == 422
    assert not LegalNotice.objects.exists()
    assert all(
        value in got.content.decode() for key, value in data.items() if key in {"note", "name", "email"}
    )


def test_about_abuse_of_a_child_name_and_address_may_be_missing(client):
    comment = make_comment()
    data = {key: value for key, value in NOTICE.items() if key not in {"name", "email"}}
    assert send(client, comment, **data, about_child_abuse="on").status_code == 200
    work()
    assert mail.outbox == []


def test_everything_else_needs_a_login(client):
    comment = make_comment()
    got = send(client, comment, reason="abuse", note="What I typed.")
    assert got.status_code == 403
    assert b"log in" in got.content
    assert not Report.objects.exists()


def test_a_stranger_can_say_that_somebody_is_in_danger(client, moderator):
    client.logout()
    comment = make_comment()
    form = client.get(
        f"/comments/{comment.pk}/report/", headers={"Accept-Language": "en-GB"}
    ).content.decode()
    reasons = re.findall(r'name="reason" id="[^"]+" value="(\w+)"', form)
    assert reasons == ["danger", "illegal"]
    assert form.index("999") < form.index("116 123")
    done = send(client, comment, reason="danger").content.decode()
    assert "Your report was received" in done
    assert "/comments/help/" in done
    assert case_of(comment).get_lane_display() == "Crisis"
    again = send(client, comment, reason="danger").content.decode()
    assert "Your report was received" in again  # who was first is not told
    assert Report.objects.count() == 1
    send(client, comment, reason="danger", note="She lives in my street.")
    assert Report.objects.count() == 2
    assert send(client, comment, reason="danger", note="Once more.").status_code == 429
    client.force_login(moderator)
    card = client.get(f"/moderation/comments/{comment.pk}/").content.decode()
    assert "by somebody, without a login" in card
    assert "She lives in my street." in card
    comment.refresh_from_db()
    comment.decide("keep", by=moderator, version=comment.version, outcome="authorities")
    work()
    assert mail.outbox == []


def test_notices_from_one_address_are_limited_and_no_address_is_stored(client):
    article = make_article()
    codes = [send(client, make_comment(article), **NOTICE).status_code for _ in range(4)]
    assert codes == [200, 200, 200, 429]
    other = client.post(f"/comments/{make_comment(article).pk}/report/", NOTICE, REMOTE_ADDR="192.0.2.7")
    assert other.status_code == 200


def test_one_household_has_one_limit(rf):
    one, two, other = (
        limits.address_of(rf.get("/", REMOTE_ADDR=address))
        for address in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1")
    )
    assert one == two != other
    assert "2001" not in one


def test_the_sender_of_a_notice_is_told_the_outcome_and_the_record_says_notice(client, moderator, clause):
    comment = make_comment()
    send(client, comment, **NOTICE)
    decision = answer(comment, moderator, "remove", clause=clause)
    assert decision.source == "notice"
    work()
    told = [each for each in mail.outbox if each.to == ["nora@example.org"]][-1]
    assert "taken it down" in told.body
    assert "A person decided this" in told.body
    assert "out-of-court" in told.body
    assert "/appeal/" not in told.body  # that needs a login


# What the desk reads of them


def test_the_card_shows_all_that_a_notice_of_illegal_content_says(client, moderator):
    comment = make_comment()
    send(Client(), comment, **NOTICE, about_child_abuse="on")
    client.force_login(moderator)
    card = client.get(f"/moderation/comments/{comment.pk}/").content.decode()
    for words in (NOTICE["note"], NOTICE["provision"], "Nora Notice", "abuse of a child"):
        assert words in card, words
    logged_in = make_comment()
    client.force_login(make_user(display_name="Lena Login"))
    send(client, logged_in, **NOTICE | {"name": "Lena", "email": "lena@example.org"})
    client.force_login(moderator)
    card = client.get(f"/moderation/comments/{logged_in.pk}/").content.decode()
    assert NOTICE["note"] in card
    assert "Lena Login" in card
    assert "abuse of a child" not in card


def test_a_moderator_does_not_learn_who_sent_a_notice_about_their_own_comment(client, moderator):
    comment = make_comment(author=moderator)
    send(Client(), comment, **NOTICE)
    client.force_login(moderator)
    card = client.get(f"/moderation/comments/{comment.pk}/").content.decode()
    assert NOTICE["note"] in card
    assert "Nora" not in card
