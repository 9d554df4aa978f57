"""Appeals against sanctions: lodged once, answered by somebody else, told by mail."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments import jobs
from comments.models import Sanction, SanctionAppeal, Standing, Undecidable
from tests.comments.sanctions.conftest import all_at_once, mailed
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def appeal_mail():
    """The same for answers to appeals."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE task_name = 'comments.mail_sanction_appeal' "
            "RETURNING (args ->> 'appeal_id')::bigint"
        )
        waiting = cursor.fetchall()
    for (pk,) in waiting:
        jobs.mail_sanction_appeal(appeal_id=pk)
    return mail.outbox


def suspended(reader, by, kind="suspend", **changes):
    days = {"suspend": 7}.get(kind)
    return Sanction.impose(kind, reader, by=by, **{"reason": "Enough.", "days": days} | changes)


def answer(client, appeal, by, grant="0", reason="We looked <again>."):
    client.force_login(by)
    return client.post(f"/moderation/sanctions/appeals/{appeal.pk}/", {"grant": grant, "reason": reason})


@pytest.mark.parametrize("kind", ["read_first", "ban"])
def test_what_has_no_end_says_so(client, reader, administrator, kind):
    held = suspended(reader, administrator, kind)
    assert "until a moderator lifts this" in " ".join(mailed()[0].body.split())
    html = client.get("/comments/standing/").content.decode()
    assert "until a moderator lifts this" in html
    assert "in force until a moderator lifts it" in html
    assert "any more" not in held.words


def test_the_person_appeals_once_and_keeps_what_was_typed(client, reader, moderator):
    held = suspended(reader, moderator)
    url = f"/comments/standing/{held.pk}/appeal/"
    assert url in client.get("/comments/standing/").content.decode()
    for text, words in (("", "Say why"), ("<b>" + "x" * 2_000, "3 characters too long")):
        refused = client.post(url, {"text": text})
        assert refused.status_code == 422
        assert words in refused.content.decode()
        assert text.replace("<b>", "&lt;b&gt;") in refused.content.decode()
    assert client.post(url, {"text": "I was <provoked>."}).status_code == 303
    again = client.post(url, {"text": "Once more."})
    assert again.status_code == 403
    assert "appealed against this already" in again.content.decode()
    assert "Once more." in again.content.decode()
    html = client.get("/comments/standing/").content.decode()
    assert "I was &lt;provoked&gt;." in html
    assert "not answered yet" in html
    assert url not in html
    assert SanctionAppeal.objects.get().sanction == held
    assert Standing.of(reader).stop == held  # it holds meanwhile


def test_nobody_appeals_for_others_too_late_or_against_what_was_lifted(client, reader, moderator):
    theirs = suspended(make_user(), moderator)
    assert client.post(f"/comments/standing/{theirs.pk}/appeal/", {"text": "Please."}).status_code == 404
    with pytest.raises(Undecidable):
        SanctionAppeal.lodge(theirs, by=reader, text="Please.")
    old = suspended(reader, moderator, at=timezone.now() - timedelta(days=184))
    lifted = suspended(reader, moderator)
    lifted.lift(by=moderator, reason="A mistake.")
    for held in (old, lifted):
        assert client.post(f"/comments/standing/{held.pk}/appeal/", {"text": "Please."}).status_code == 403
    client.logout()
    assert client.post(f"/comments/standing/{old.pk}/appeal/").status_code == 302
    assert not SanctionAppeal.objects.exists()


def test_another_moderator_keeps_it_with_a_reason_that_is_mailed(client, reader, moderator):
    held, other = suspended(reader, moderator), make_user("moderator", display_name="Other Mo")
    appeal = SanctionAppeal.lodge(held, by=reader, text="I was <provoked>.")
    mailed()
    mail.outbox.clear()
    client.force_login(moderator)
    html = client.get(f"/moderation/people/{reader.pk}/").content.decode()
    assert "I was &lt;provoked&gt;." in html
    assert "somebody else answers this appeal" in html
    assert answer(client, appeal, moderator).status_code == 403
    assert answer(client, appeal, other, reason="").status_code == 422
    missing = answer(client, appeal, other, grant="")
    assert missing.status_code == 422
    assert "We looked &lt;again&gt;." in missing.content.decode()
    assert "Appeals against sanctions: 1" in client.get("/moderation/people/").content.decode()
    assert answer(client, appeal, other).status_code == 303
    assert "Appeals against sanctions" not in client.get("/moderation/people/").content.decode()
    [message] = appeal_mail()
    assert message.to == [reader.email]
    assert "We looked <again>." in message.body
    assert "keeps it: in force until" in message.body
    late = answer(client, appeal, make_user("moderator"), grant="1")
    assert late.status_code == 409
    assert "Other Mo has answered this already: it is refused." in late.content.decode()
    assert Standing.of(reader).stop == held
    assert (
        "Appeal against a sanction (suspension) refused"
        in client.get("/moderation/log/?what=people").content.decode()
    )
    client.force_login(reader)
    assert "We looked &lt;again&gt;." in client.get("/comments/standing/").content.decode()


def test_a_granted_appeal_lifts_what_holds(client, reader, moderator):
    held = suspended(reader, moderator)
    appeal = SanctionAppeal.lodge(held, by=reader, text="I was provoked.")
    mailed()
    mail.outbox.clear()
    other = make_user("moderator")
    assert answer(client, appeal, other, grant="1").status_code == 303
    assert Standing.of(reader).stop is None
    held.refresh_from_db()
    assert held.lifted_by == other
    assert [each.to for each in mailed()] == [[reader.email]]
    assert "We looked <again>." in mail.outbox[0].body
    assert len(appeal_mail()) == 1  # no second one
    appeal.refresh_from_db()
    assert (appeal.was_granted, appeal.answered_by) == (True, other)


def test_lifting_it_answers_the_appeal_and_what_is_over_is_granted_in_words(client, reader, moderator):
    first = suspended(reader, moderator)
    appeal = SanctionAppeal.lodge(first, by=reader, text="Please.")
    first.lift(by=moderator, reason="A mistake.")
    appeal.refresh_from_db()
    assert appeal.was_granted
    over = suspended(reader, moderator, at=timezone.now() - timedelta(days=30))
    appeal = SanctionAppeal.lodge(over, by=reader, text="It still says so.")
    assert answer(client, appeal, make_user("moderator"), grant="1").status_code == 303
    over.refresh_from_db()
    assert over.lifted_at is None
    assert "It is over already" in appeal_mail()[-1].body


def test_who_is_alone_answers_their_own_and_bans_are_for_administrators(
    client, reader, administrator, moderator
):
    ban = suspended(reader, administrator, "ban")
    appeal = SanctionAppeal.lodge(ban, by=reader, text="Please.")
    assert answer(client, appeal, moderator).status_code == 403
    assert answer(client, appeal, reader).status_code == 404
    second = make_user("administrator")
    assert answer(client, appeal, administrator).status_code == 403
    second.is_active = False
    second.save(update_fields=["is_active"])
    assert answer(client, appeal, administrator).status_code == 303


def test_the_list_of_appeals_does_not_grow_in_queries(client, moderator):
    client.force_login(moderator)
    counted = []
    for size in (3, 9):
        for _ in range(size):
            person = make_user()
            SanctionAppeal.lodge(suspended(person, moderator), by=person, text="Please.")
        with CaptureQueriesContext(connection) as queries:
            client.get("/moderation/people/")
        counted.append(len(queries))
    assert counted[0] == counted[1]


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_once_one_is_told():
    reader, imposer = make_user(), make_user("moderator")
    appeal = SanctionAppeal.lodge(suspended(reader, imposer), by=reader, text="Please.")
    doings = [
        lambda by=by: SanctionAppeal.objects.get(pk=appeal.pk).reply(by=by, grant=False, reason="No.")
        for by in (make_user("moderator"), make_user("moderator"))
    ]
    results = all_at_once(*doings)
    assert sorted(each is None for each in results) == [False, True]
