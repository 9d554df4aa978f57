"""Duty hours and the clock of the crisis lane."""

import json
import threading
from datetime import UTC, datetime, time, timedelta

import pytest
from django.core import mail
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from comments import crisis, duty, jobs
from comments.duty import Shift
from comments.models import Case, CrisisAlert, Duty
from tests.factories import make_article, make_comment, make_user

BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"
MON, SAT, SUN = 0, 5, 6


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def shift(weekday, starts, ends, zone="UTC"):
    return Shift(weekday, time.fromisoformat(starts), time.fromisoformat(ends), zone)


# 2026: 2 March is a Monday. In Berlin clocks go forward on 29 March, 02:00, and back on 25 October, 03:00.
@pytest.mark.parametrize(
    ("line", "begins", "ends"),
    [
        (shift(MON, "09:00", "17:00"), "2026-03-02T09:00", "2026-03-02T17:00"),
        (shift(MON, "09:00", "17:00", BERLIN), "2026-03-02T08:00", "2026-03-02T16:00"),
        (shift(MON, "09:00", "17:00", BERLIN), "2026-07-06T07:00", "2026-07-06T15:00"),
        (shift(MON, "20:00", "23:00", NEW_YORK), "2026-03-03T01:00", "2026-03-03T04:00"),
        (shift(SUN, "22:00", "06:00"), "2026-03-01T22:00", "2026-03-02T06:00"),
        (shift(MON, "00:00", "00:00"), "2026-03-02T00:00", "2026-03-03T00:00"),
        (shift(SAT, "22:00", "06:00", BERLIN), "2026-03-28T21:00", "2026-03-29T04:00"),  # seven hours
        (shift(SAT, "22:00", "06:00", BERLIN), "2026-10-24T20:00", "2026-10-25T05:00"),  # nine hours
        # The hour that comes twice: begins with the first, ends with the second.
        (shift(SUN, "02:30", "04:00", BERLIN), "2026-10-25T00:30", "2026-10-25T03:00"),
        (shift(SUN, "01:00", "02:30", BERLIN), "2026-10-24T23:00", "2026-10-25T01:30"),
        # The hour that is left out: the shifts on both sides reach over it.
        (shift(SUN, "02:30", "04:00", BERLIN), "2026-03-29T00:30", "2026-03-29T02:00"),
        (shift(SUN, "01:00", "02:30", BERLIN), "2026-03-29T00:00", "2026-03-29T01:30"),
    ],
)
def test_a_shift_is_kept_from_its_first_to_before_its_last_moment(line, begins, ends):
    begins, ends, tick = utc(begins), utc(ends), timedelta(seconds=1)
    assert not duty.on_duty([line], begins - tick)
    assert duty.on_duty([line], begins) == [(line, ends)]
    assert duty.on_duty([line], ends - tick) == [(line, ends)]
    assert not duty.on_duty([line], ends)


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_shifts_that_touch_leave_no_gap_when_clocks_change(day):
    lines = [shift(SUN, "00:00", "02:30", BERLIN), shift(SUN, "02:30", "00:00", BERLIN)]
    for minute in range(24 * 60 - 60):
        assert duty.on_duty(lines, utc(f"{day}T00:00") + timedelta(minutes=minute - 60)), minute


@pytest.mark.parametrize(
    ("lines", "since", "until", "minutes"),
    [
        ([], "2026-03-02T09:00", "2026-03-02T12:00", 0),
        ([shift(MON, "09:00", "17:00")], "2026-03-02T10:00", "2026-03-02T10:14", 14),
        ([shift(MON, "09:00", "17:00")], "2026-03-02T08:50", "2026-03-02T09:10", 10),
        ([shift(MON, "09:00", "17:00")], "2026-03-02T16:55", "2026-03-02T18:00", 5),
        ([shift(MON, "09:00", "17:00")], "2026-03-02T18:00", "2026-03-02T18:30", 0),
        # It goes on with the next duty.
        ([shift(MON, "16:00", "17:00"), shift(1, "09:00", "10:00")], "2026-03-02T16:55", "2026-03-03T09:10", 15),
        # Two people in one hour are one hour; one shift within another adds nothing.
        ([shift(MON, "09:00", "11:00"), shift(MON, "10:00", "12:00")], "2026-03-02T09:00", "2026-03-02T12:00", 180),
        ([shift(MON, "09:00", "12:00"), shift(MON, "10:00", "11:00")], "2026-03-02T09:00", "2026-03-02T12:00", 180),
        # Not longer back than it matters.
        ([shift(MON, "09:00", "10:00")], "2020-01-01T00:00", "2026-03-02T12:00", 120),
    ],
)  # fmt: skip
def test_the_clock_runs_in_duty_hours_only(lines, since, until, minutes):
    assert duty.ran(lines, utc(since), utc(until)) == timedelta(minutes=minutes)


def test_the_next_duty_is_found():
    line = shift(MON, "09:00", "17:00", BERLIN)
    assert duty.next_start([line], utc("2026-03-02T16:00")) == utc("2026-03-09T08:00")
    assert duty.next_start([line], utc("2026-03-02T10:00")) == utc("2026-03-02T10:00")
    assert duty.next_start([], utc("2026-03-02T10:00")) is None


# --- The watch ---

NOON = utc("2026-03-02T12:00")


def in_crisis(since=NOON, **changes):
    comment = make_comment(status="pending", body="Words that no mail may hold.", **changes)
    with transaction.atomic():
        Case.open_for(comment, "crisis", priority=0)
    Case.objects.filter(pk=comment.pk).update(since=since)
    return comment


def on_mondays(user, starts="09:00", ends="17:00", zone="UTC"):
    return Duty.objects.create(user=user, weekday=MON, starts=starts, ends=ends, time_zone=zone)


def queued():
    """The jobs that mail alerts, done."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE task_name = 'comments.mail_crisis' RETURNING args ->> 'alert_ids'"
        )
        waiting = [ids for (ids,) in cursor.fetchall()]
    for ids in waiting:
        jobs.mail_crisis(alert_ids=json.loads(ids))
    return mail.outbox


@pytest.mark.django_db
def test_in_duty_hours_who_is_on_duty_is_mailed_after_fifteen_minutes_and_once():
    on_duty, later = make_user("moderator", display_name="Mo"), make_user("moderator")
    on_mondays(on_duty)
    on_mondays(later, "17:00", "20:00")
    make_user("administrator")
    comment = in_crisis()
    Case.objects.filter(pk=make_comment(status="pending").pk).update(since=NOON)
    assert crisis.watch(NOON + timedelta(minutes=14, seconds=59)) == 0
    assert crisis.watch(NOON + timedelta(minutes=15)) == 1
    assert crisis.watch(NOON + timedelta(minutes=16)) == 0
    [message] = queued()
    assert message.to == [on_duty.email]
    assert f"/moderation/comments/{comment.pk}/" in message.body
    assert comment.article.title in message.body
    assert "Words that no mail may hold" not in message.body + message.subject
    assert message.extra_headers["Message-ID"].startswith(f"<crisis-{CrisisAlert.objects.get().pk}.")


@pytest.mark.django_db
def test_outside_of_duty_hours_all_administrators_are_mailed_at_once_and_the_clock_goes_on_later():
    on_duty = make_user("moderator")
    on_mondays(on_duty)
    administrators = [make_user("administrator"), make_user("administrator")]
    make_user("administrator", is_active=False)
    evening = utc("2026-03-02T16:55")
    in_crisis(evening)
    assert crisis.watch(evening + timedelta(minutes=1)) == 0
    assert crisis.watch(utc("2026-03-02T17:00")) == 2
    assert crisis.watch(utc("2026-03-02T17:01")) == 0
    assert sorted(each.to[0] for each in queued()) == sorted(each.email for each in administrators)
    mail.outbox.clear()
    assert crisis.watch(utc("2026-03-09T09:09")) == 0  # five minutes ran a week before
    assert crisis.watch(utc("2026-03-09T09:10")) == 1
    [message] = queued()
    assert message.to == [on_duty.email]


@pytest.mark.django_db
def test_one_mail_for_each_person_however_many_cases_and_no_more_queries():
    people = [make_user("moderator"), make_user("moderator")]
    for each in people:
        on_mondays(each)
    article, author, counts = make_article(), make_user(), []
    for size in (5, 50):
        for _ in range(size):
            in_crisis(article=article, author=author)
        with CaptureQueriesContext(connection) as queries:
            assert crisis.watch(NOON + timedelta(minutes=20)) == 2 * size
        counts.append(len(queries))
        assert len(queued()) == 2
        assert mail.outbox[0].body.count("/moderation/comments/") == size
        mail.outbox.clear()
    assert counts[0] == counts[1]


@pytest.mark.django_db
def test_what_was_decided_meanwhile_is_not_mailed_and_a_case_opened_anew_is():
    moderator = make_user("moderator")
    on_mondays(moderator)
    comment = in_crisis()
    assert crisis.watch(NOON + timedelta(minutes=20)) == 1
    comment.decide("publish", by=moderator, version=1, outcome="answered")
    assert queued() == []
    comment.decide("hold", by=moderator, version=2)
    Case.open_for(comment, "crisis")
    Case.objects.filter(pk=comment.pk).update(since=NOON + timedelta(hours=1))
    assert crisis.watch(NOON + timedelta(hours=1, minutes=20)) == 1
    assert len(queued()) == 1


@pytest.mark.django_db
def test_who_no_longer_moderates_counts_as_nobody():
    left, administrator = make_user("moderator"), make_user("administrator")
    on_mondays(left)
    left.groups.clear()
    in_crisis()
    assert crisis.watch(NOON) == 1
    [message] = queued()
    assert message.to == [administrator.email]
    assert "nobody is on duty" in message.body


@pytest.mark.django_db
def test_with_nobody_to_tell_it_is_tried_again(caplog):
    in_crisis()
    assert crisis.watch(NOON) == 0
    assert "nobody to tell" in caplog.text
    make_user("administrator")
    assert crisis.watch(NOON + timedelta(minutes=1)) == 1


@pytest.mark.django_db(transaction=True)
def test_two_watches_at_the_same_moment_tell_once():
    make_user("administrator")
    in_crisis()
    told, together = [], threading.Barrier(4)

    def watch():
        together.wait()
        told.append(crisis.watch(NOON))
        connections["default"].close()

    threads = [threading.Thread(target=watch) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    assert sorted(told) == [0, 0, 0, 1]


# --- The page ---


def add(client, whom, **changes):
    fields = {"user": whom.pk, "weekday": 0, "starts": "22:00", "ends": "06:00", "time_zone": BERLIN}
    return client.post("/moderation/duty/", fields | changes)


@pytest.mark.django_db
def test_administrators_change_the_roster_and_moderators_read_it(client):
    moderator = make_user("moderator", display_name="Mo <b>Derator</b>")
    client.force_login(make_user("administrator"))
    assert add(client, moderator).status_code == 303
    line = Duty.objects.get()
    client.force_login(moderator)
    html = client.get("/moderation/duty/").content.decode()
    assert "22:00–06:00 (next day)" in html
    assert "Mo &lt;b&gt;Derator&lt;/b&gt;" in html
    assert "duty-user" not in html
    assert add(client, moderator, weekday=1).status_code == 404
    assert client.post(f"/moderation/duty/{line.pk}/remove/").status_code == 404
    assert Duty.objects.get() == line
    client.force_login(make_user("administrator"))
    assert client.post(f"/moderation/duty/{line.pk}/remove/").status_code == 303
    assert client.post(f"/moderation/duty/{line.pk}/remove/").status_code == 404
    assert not Duty.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"user": ""}, "Choose who is on duty."),
        ({"user": "9" * 30}, "is less than or equal"),
        ({"user": "1000000"}, "Only moderators and administrators can be on duty."),
        ({"weekday": "7"}, "Select a valid choice"),
        ({"starts": "25:00"}, "Enter a valid time"),
        ({"ends": ""}, "Say when it ends."),
        ({"time_zone": "Mars/Olympus <b>"}, "“Mars/Olympus &lt;b&gt;” is no time zone"),
        ({"time_zone": "../../etc/passwd"}, "is no time zone"),
        ({"time_zone": "Europe/Berlin" * 20}, "at most 64"),
    ],
)
def test_wrong_input_is_422_in_words_and_keeps_what_was_typed(client, changes, words):
    client.force_login(make_user("administrator"))
    answer = add(client, make_user("moderator"), **changes)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert words in html
    assert 'value="22:00"' in html or "starts" in changes
    assert not Duty.objects.exists()


@pytest.mark.django_db
def test_a_reader_is_never_on_duty_and_nobody_is_twice(client):
    client.force_login(make_user("administrator"))
    assert add(client, make_user()).status_code == 422
    moderator = make_user("moderator")
    assert add(client, moderator).status_code == 303
    answer = add(client, moderator)
    assert answer.status_code == 422
    assert b"on the roster already" in answer.content
    assert add(client, moderator, starts="07:00", ends="08:00").status_code == 303
    assert Duty.objects.count() == 2


@pytest.mark.django_db
def test_the_page_says_who_is_on_duty_now_and_its_queries_do_not_grow(client):
    client.force_login(make_user("administrator"))
    assert b"Nobody is on duty now." in client.get("/moderation/duty/").content
    for day in range(7):
        Duty.objects.create(
            user=make_user("moderator", display_name="Always There"),
            weekday=day,
            starts="00:00",
            ends="00:00",
            time_zone=BERLIN,
        )
    with CaptureQueriesContext(connection) as few:
        html = client.get("/moderation/duty/").content.decode()
    assert "On duty now:</b> Always There" in html
    for n in range(45):
        Duty.objects.create(
            user=make_user("moderator"), weekday=n % 7, starts="08:00", ends="09:00", time_zone="UTC"
        )
    with CaptureQueriesContext(connection) as many:
        client.get("/moderation/duty/")
    assert len(few) == len(many)
