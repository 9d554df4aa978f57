"""What the person is told of a sanction, by mail and on a page of their own."""

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from comments import jobs, taking_down
from comments.models import Clause, Sanction
from tests.comments.sanctions.conftest import clause, mailed, post
from tests.factories import make_article, make_comment, make_user

pytestmark = pytest.mark.django_db


def test_the_person_is_mailed_reason_clause_quote_end_and_the_way_to_answer(reader, moderator):
    comment = make_comment(author=reader, body="You are all <idiots>.")
    held = Sanction.impose(
        "suspend", reader, by=moderator, reason="No insults & no shouting.", clause=clause(2), comment=comment, days=3
    )  # fmt: skip
    assert mail.outbox == []
    [message] = mailed()
    assert message.to == [reader.email]
    assert message.subject == "You are suspended from commenting on Healthnews"
    for words in (
        "Hello Ada,",
        held.words,
        "No insults & no shouting.",
        f"2. {clause(2).title}",
        "> You are all <idiots>.",
        "Answer this mail",
        "Appeal within six months",
        "/comments/standing/",
    ):
        assert words in message.body
    assert "Mo Derator" not in message.body
    assert message.extra_headers["Message-ID"].startswith(f"<sanction-{held.pk}-imposed.{reader.pk}.")
    mail.outbox.clear()
    held.lift(by=moderator, reason="We were wrong.")
    [message] = mailed()
    assert message.subject == "Your suspension on Healthnews was lifted"
    assert "We were wrong." in message.body
    assert message.extra_headers["Message-ID"].startswith(f"<sanction-{held.pk}-lifted.{reader.pk}.")


@pytest.mark.parametrize("kind", ["warn", "read_first", "ban"])
def test_every_kind_is_mailed_and_shown(client, reader, administrator, kind):
    held = Sanction.impose(kind, reader, by=administrator, reason="For a reason.")
    [message] = mailed()
    assert held.words in message.body
    html = client.get("/comments/standing/").content.decode()
    assert held.words in html
    assert "For a reason." in html
    assert "Ad Min" not in html
    assert b"/comments/standing/" in client.get("/accounts/profile/").content


@pytest.mark.parametrize("kind", ["warn", "read_first", "suspend", "ban"])
def test_whoever_is_sanctioned_is_told_what_the_law_lets_them_do(client, reader, administrator, kind):
    rule = clause(2)
    Clause.objects.filter(pk=rule.pk).update(legal_ground="Section 185 of the Criminal Code")
    days = 3 if kind == "suspend" else None
    Sanction.impose(kind, reader, by=administrator, reason="For a reason.", clause=rule, days=days)
    [message] = mailed()
    page = client.get("/comments/standing/").content.decode()
    for said in (message.body, page):
        for words in ("Answer th", "it costs nothing", "out-of-court dispute settlement body, or to a court"):
            assert words in said
    assert f"comments policy (version {rule.policy.number})" in message.body
    assert "Legal ground: Section 185 of the Criminal Code." in message.body


def test_ones_own_page_keeps_what_is_over_and_shows_nobody_elses(client, reader, moderator):
    held = Sanction.impose("suspend", reader, by=moderator, reason="The old reason.", days=3)
    held.lift(by=moderator, reason="The kind words.")
    Sanction.impose("warn", make_user(), by=moderator, reason="Somebody else’s.")
    html = client.get("/comments/standing/").content.decode()
    assert "The old reason." in html
    assert "The kind words." in html
    assert "Nothing keeps you from commenting." in html
    assert "Somebody else" not in html
    client.logout()
    assert client.get("/comments/standing/").status_code == 302


def test_a_job_carries_no_text_and_one_about_nothing_does_nothing(reader, moderator):
    Sanction.impose("warn", reader, by=moderator, reason="Very private words.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT procrastinate_jobs::text FROM procrastinate_jobs")
        assert "private" not in str(cursor.fetchall())
    jobs.mail_sanction(sanction_id=10**9, what="imposed")
    assert taking_down.take_down_batch(10**9) == 0


def test_when_the_texts_are_emptied_the_record_stays(client, reader, moderator):
    held = Sanction.impose("suspend", reader, by=moderator, reason="Gone soon.", days=3)
    type(held.reason).objects.update(text="", destroyed_at=timezone.now(), destroyed_because="retention")
    assert post(client, make_article()).status_code == 403
    html = client.get("/comments/standing/").content.decode()
    assert "Suspension" in html
    assert "Gone soon." not in html
