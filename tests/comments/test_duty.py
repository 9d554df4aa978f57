"""Duty hours and the clock of the crisis lane."""

import json
import threading
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.core import mail
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from comments import crisis, duty, jobs
from comments.duty import Shift
from comments.models import Away, Case, CrisisAlert, Duty, DutyChange
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
        ([shift(MON, "09:00", "10:00")], "2020-01-01T00:00", "2026-03-02T12:00", 300),
    ],
)  # fmt: skip
def test_the_clock_runs_in_duty_hours_only(lines, since, until, minutes):
    assert duty.ran(lines, utc(since), utc(until)) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [shift(MON, "09:00", "17:00")],
        [shift(MON, "16:00", "17:00"), shift(1, "09:00", "09:20")],
        [shift(MON, "09:00", "11:00"), shift(MON, "10:00", "12:00"), shift(MON, "10:10", "10:20")],
        [shift(SUN, "22:00", "06:00", BERLIN), shift(MON, "06:00", "06:10", BERLIN)],
    ],
)
@pytest.mark.parametrize(
    "until", ["2026-03-02T09:10", "2026-03-02T11:00", "2026-03-03T09:05", "2026-03-29T12:00"]
)
def test_since_when_so_much_duty_time_has_run(lines, until):
    length, until, tick = timedelta(minutes=15), utc(until), timedelta(seconds=1)
    since = duty.ran_since(lines, length, until)
    if since is None:
        assert duty.ran(lines, until - duty.FAR, until) < length
    else:
        assert duty.ran(lines, since, until) == length
        assert duty.ran(lines, since + tick, until) < length


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("came", "now", "late"),
    [
        ("2026-03-02T16:50", "2026-03-02T22:00", False),  # ten minutes of duty, then a night
        ("2026-03-02T16:40", "2026-03-02T22:00", True),
        ("2026-03-02T09:00", "2026-03-02T09:14", False),
        ("2026-03-02T09:00", "2026-03-02T09:15", True),
    ],
)
def test_an_emergency_is_late_by_the_clock_of_the_hours_of_duty(client, came, now, late):
    moderator, comment = make_user("moderator"), make_comment(status="pending")
    Duty.objects.create(user=moderator, weekday=MON, starts="09:00", ends="17:00", time_zone="UTC")
    Case.open_for(comment, "crisis", priority=0, since=utc(came))
    with time_machine.travel(utc(now), tick=False):
        client.force_login(moderator)
        card = client.get(f"/moderation/comments/{comment.pk}/").content.decode()
        queue = client.get("/moderation/").content.decode()
    assert ("duty: <b>late</b>" in card) is late
    assert ("clock--late" in queue) is late


def test_the_next_duty_is_found():
    line = shift(MON, "09:00", "17:00", BERLIN)
    assert duty.next_start([line], utc("2026-03-02T16:00")) == utc("2026-03-09T08:00")
    assert duty.next_start([line], utc("2026-03-02T10:00")) == utc("2026-03-02T10:00")
    assert duty.next_start([], utc("2026-03-02T10:00")) is None


TWO_WEEKS = ((date(2026, 3, 2), date(2026, 3, 15)),)


@pytest.mark.parametrize(
    ("line", "away", "days"),
    [
        # Berlin's Monday begins on UTC's Sunday.
        (shift(MON, "00:30", "01:00", BERLIN), (), ["03-01", "03-08", "03-15", "03-22"]),
        (shift(MON, "00:30", "01:00", BERLIN), TWO_WEEKS, ["03-15", "03-22"]),
        # The night that began before they left is kept, the one that begins on the last day is not.
        (shift(SUN, "22:00", "06:00"), TWO_WEEKS, ["03-01", "03-22"]),
        (shift(MON, "09:00", "10:00"), ((date(2026, 3, 9), date(2026, 3, 9)),), ["03-02", "03-16", "03-23"]),
        (replace(shift(MON, "09:00", "10:00"), on=date(2026, 3, 11)), (), ["03-11"]),
        (replace(shift(MON, "09:00", "10:00"), on=date(2026, 3, 11)), TWO_WEEKS, []),
        (replace(shift(MON, "09:00", "10:00"), on=date(2026, 4, 11)), (), []),
    ],
)
def test_exceptions_go_by_the_day_a_shift_begins_on_where_it_is_kept(line, away, days):
    found = duty.spans(replace(line, away=away), utc("2026-03-01T20:00"), utc("2026-03-25T00:00"))
    assert [f"{begins:%m-%d}" for begins, _ in found] == days


def test_a_single_shift_follows_the_clocks_of_its_zone():
    night = replace(shift(SAT, "22:00", "06:00", BERLIN), on=date(2026, 10, 24))
    assert list(duty.spans(night, utc("2026-01-01T00:00"), utc("2027-01-01T00:00"))) == [
        (utc("2026-10-24T20:00"), utc("2026-10-25T05:00"))
    ]
    assert duty.on_duty([night], utc("2026-10-25T04:59"))


def test_the_clock_goes_on_after_a_holiday():
    line = replace(shift(MON, "09:00", "10:00"), away=TWO_WEEKS)
    assert duty.next_start([line], utc("2026-03-01T12:00")) == utc("2026-03-16T09:00")
    assert duty.ran([line], utc("2026-02-23T09:55"), utc("2026-03-16T09:10")) == timedelta(minutes=15)


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
def test_who_is_away_is_not_mailed_and_who_stands_in_is():
    away, stands_in, administrator = (
        make_user("moderator"),
        make_user("moderator"),
        make_user("administrator"),
    )
    on_mondays(away)
    absence = Away.put_down(user=away, first=NOON.date(), last=NOON.date(), by=administrator)
    in_crisis()
    assert crisis.watch(NOON + timedelta(minutes=20)) == 1
    assert [each.to for each in queued()] == [[administrator.email]]  # nobody is on duty
    mail.outbox.clear()
    once = Duty.put_on(
        user=stands_in, weekday=MON, on=NOON.date(), starts=time(12), ends=time(14), time_zone="UTC",
        by=administrator,
    )  # fmt: skip
    assert crisis.watch(NOON + timedelta(minutes=21)) == 1
    assert [each.to for each in queued()] == [[stands_in.email]]
    absence.take_back(by=administrator)
    once.take_off(by=administrator)
    mail.outbox.clear()
    in_crisis(NOON + timedelta(minutes=30))
    assert crisis.watch(NOON + timedelta(minutes=50)) == 1
    assert [each.to for each in queued()] == [[away.email]]
    assert [str(each) for each in DutyChange.objects.order_by("pk")] == [
        "Away: on 2 March 2026",
        "On the roster: Monday, 2 March 2026, 12:00 to 14:00 (UTC)",
        "Not away after all: on 2 March 2026",
        "Off the roster: Monday, 2 March 2026, 12:00 to 14:00 (UTC)",
    ]


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


# --- Exceptions, on the page ---


@pytest.fixture
def in_march():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.mark.django_db
def test_absences_and_stand_ins_are_put_down_listed_logged_and_removed(client, in_march):
    administrator, moderator = make_user("administrator"), make_user("moderator", display_name="Mo <b>D</b>")
    client.force_login(administrator)
    days = {"user": moderator.pk, "first": "2026-03-02", "last": "2026-03-13"}
    assert client.post("/moderation/duty/away/", days).status_code == 303
    once = {"user": moderator.pk, "on": "2026-03-10", "starts": "22:00", "ends": "06:00", "time_zone": BERLIN}
    assert client.post("/moderation/duty/single/", once).status_code == 303
    assert client.post("/moderation/duty/single/", once | {"on": "2026-03-20"}).status_code == 303
    html = client.get("/moderation/duty/").content.decode()
    assert "<b>Mo &lt;b&gt;D&lt;/b&gt;</b> is away from 2 March 2026 to 13 March 2026" in html
    assert html.count("away that day: not counted") == 1
    assert "once: Friday, 20 March 2026, 22:00 to 06:00 (next day) (Europe/Berlin)" in html
    log = client.get("/moderation/log/?what=duty").content.decode()
    assert "Away" in log
    assert "from 2 March 2026 to 13 March 2026" in log
    absence, line = Away.objects.get(), Duty.objects.get(on="2026-03-20")
    client.force_login(moderator)
    assert "is away" in client.get("/moderation/duty/").content.decode()
    for url in ("away/", "single/", f"away/{absence.pk}/remove/", f"{line.pk}/remove/"):
        assert client.post(f"/moderation/duty/{url}", days | once).status_code == 404, url
    assert Away.objects.exists()
    client.force_login(administrator)
    assert client.post(f"/moderation/duty/away/{absence.pk}/remove/").status_code == 303
    assert client.post(f"/moderation/duty/{line.pk}/remove/").status_code == 303
    assert not Away.objects.exists()
    assert Duty.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("url", "changes", "words"),
    [
        ("away", {"user": ""}, "Choose who is on duty."),
        ("away", {"first": ""}, "Say from which day they are away."),
        ("away", {"last": ""}, "Say the day."),
        ("away", {"last": "31 <March>"}, "“31 &lt;March&gt;” is no day"),
        ("away", {"last": "2026-03-04"}, "The first day is after the last."),
        ("away", {"first": "2026-01-01", "last": "2026-02-20"}, "That day is over."),
        ("away", {"first": "2020-01-01"}, "more than a year"),
        ("away", {"last": "9999-12-31"}, "more than a year away"),
        ("single", {"on": ""}, "Say the day."),
        ("single", {"on": "2026-02-28"}, "That day is over."),
        ("single", {"starts": "x"}, "Enter a valid time"),
        ("single", {"time_zone": "Mars"}, "is no time zone"),
    ],
)
def test_wrong_days_are_422_in_words_and_stay_in_their_form(client, in_march, url, changes, words):
    client.force_login(make_user("administrator"))
    data = {
        "user": make_user("moderator").pk, "first": "2026-03-05", "last": "2026-03-07", "on": "2026-03-09",
        "starts": "07:00", "ends": "08:00", "time_zone": "UTC",
    }  # fmt: skip
    answer = client.post(f"/moderation/duty/{url}/", data | changes)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert words in html
    kept = 'id="away-first" type="date" name="first" value="2026-03-05"'
    assert (kept in html) == (url == "away" and "first" not in changes)
    assert not Away.objects.exists()
    assert not Duty.objects.exists()


@pytest.mark.django_db
def test_the_same_exception_is_put_down_once(client, in_march):
    client.force_login(make_user("administrator"))
    data = {
        "user": make_user("moderator").pk, "first": "2026-03-05", "last": "2026-03-07", "on": "2026-03-09",
        "starts": "07:00", "ends": "08:00", "time_zone": "UTC",
    }  # fmt: skip
    for url in ("away", "single"):
        assert [client.post(f"/moderation/duty/{url}/", data).status_code for _ in range(2)] == [303, 422]
    # The same hours each week are another line.
    assert client.post("/moderation/duty/", data | {"weekday": 0}).status_code == 303
