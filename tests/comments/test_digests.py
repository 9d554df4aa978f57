"""The mail of the day: one for each person, whatever is killed, repeated or done twice at once."""

import re
import signal
import smtplib
import threading
import time
from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from comments import digests, jobs, notify
from comments.models import Clause, Digest, Notice, Preference
from comments.models.preference import How, Kind
from tests.factories import make_comment, make_user
from tests.healthnews.test_jobs import statuses, worker

pytestmark = pytest.mark.django_db


class Raising(EmailBackend):
    """A mail server that fails, before or after it has taken the mail."""

    error, takes, left = OSError("gone"), False, 10**9

    def send_messages(self, messages):
        if Raising.left <= 0:
            return super().send_messages(messages)
        Raising.left -= 1
        if Raising.takes:
            super().send_messages(messages)
        raise Raising.error


@pytest.fixture
def broken(settings):
    """Let the mail server fail: `broken(error, takes=…, times=…)`."""

    def breaks(error=None, *, takes=False, times=10**9):
        settings.EMAIL_BACKEND = f"{__name__}.Raising"
        Raising.error, Raising.takes, Raising.left = error or OSError("gone"), takes, times

    return breaks


def make_answered(count=1, user=None, **fields):
    """Somebody with so many answers that wait for the mail of the day."""
    user = user or make_user(**fields)
    comment = make_comment(author=user)
    for number in range(count):
        make_comment(
            parent=comment, author=make_user(display_name=f"Bob {number}"), body=f"I think so, too {number}."
        )
    return user


def ids() -> list[str]:
    return [message.extra_headers["Message-ID"] for message in mail.outbox]


def test_what_happened_comes_in_one_mail(capsys):
    user = make_answered(3, display_name="Ada")
    call_command("send_digests")
    [message] = mail.outbox
    assert message.to == [user.email]
    assert "Hello Ada" in message.body
    assert [f"Bob {n} answered your comment on" in message.body for n in range(3)] == [True] * 3
    assert message.body.count("> I think so, too") == 3
    assert message.body.count("http://127.0.0.1:8000/comments/") >= 3
    assert "once a day" in message.body
    sent = message.message()
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert sent.get_content_type() == "text/plain"
    assert sent["Message-ID"].startswith(f"<digest-{Digest.objects.get().pk}.")
    assert Notice.objects.filter(mailed_at__isnull=True, user=user).count() == 0
    assert capsys.readouterr().out == "1 digests.\n"


def test_a_second_run_on_the_day_sends_nothing_twice_and_what_came_since_comes_tomorrow():
    user = make_answered()
    call_command("send_digests")
    make_answered(user=user)
    call_command("send_digests")
    assert len(mail.outbox) == 1
    Digest.objects.update(day=timezone.localdate() - timedelta(days=1))  # a night passes
    call_command("send_digests")
    assert len(mail.outbox) == 2
    assert mail.outbox[1].body.count("> I think so, too") == 1


def test_nothing_that_is_not_public_or_not_wanted_any_more_is_in_it():
    moderator, clause = make_user("moderator"), Clause.objects.first()
    user = make_answered(2)
    removed = Notice.objects.filter(user=user).first().comment
    kept = Notice.objects.filter(user=user).last().comment
    digests.collect(until=timezone.now())
    removed.decide("remove", by=moderator, version=1, clause=clause)
    unsubscribed = make_answered()
    digests.collect(until=timezone.now())
    Preference.choose(unsubscribed, {Kind.ANSWERED: How.NEVER})
    call_command("send_digests")
    [message] = mail.outbox
    assert message.to == [user.email]
    assert removed.text.body not in message.body
    assert kept.text.body in message.body
    assert Digest.objects.filter(done_at__isnull=True).count() == 0


def test_who_cannot_be_mailed_gets_none_and_is_not_asked_again():
    unclaimed, gone = make_answered(), make_answered()
    unclaimed.set_unusable_password()
    unclaimed.save()
    gone.is_active = False
    gone.save()
    call_command("send_digests")
    assert mail.outbox == []
    assert Digest.objects.filter(done_at__isnull=True).count() == 0


def test_of_very_many_the_first_fifty_are_in_it_and_all_are_done_with():
    user = make_answered(1)
    comment = make_comment(author=user)
    row = Notice.objects.get(user=user)
    answers = [make_comment(comment.article) for _ in range(60)]
    Notice.objects.bulk_create(
        [Notice(user=user, kind=row.kind, how=How.DAILY, comment=each) for each in answers]
    )
    call_command("send_digests")
    [message] = mail.outbox
    assert message.body.count("answered your comment") == 50
    assert "And more" in message.body
    assert Notice.objects.filter(user=user, mailed_at__isnull=True).count() == 0


# What goes wrong


def test_killed_after_the_server_took_it_the_mail_comes_once_more_and_is_seen_to_be_the_same(broken):
    user = make_answered()
    broken(takes=True, times=1)
    with pytest.raises(CommandError, match="1 could not be handed over"):
        call_command("send_digests")
    make_answered(user=user)  # meanwhile
    call_command("send_digests")
    call_command("send_digests")
    assert len(ids()) == 2
    assert ids()[0] == ids()[1]
    # But for the links to unsubscribe, which are signed with the second.
    first, second = (re.sub(r"unsubscribe/\S+", "", message.body) for message in mail.outbox)
    assert first == second


def test_killed_before_the_server_took_it_the_mail_comes_once(broken):
    make_answered()
    broken(times=1)
    with pytest.raises(CommandError):
        call_command("send_digests")
    call_command("send_digests")
    assert len(ids()) == 1


def test_killed_between_the_making_and_the_sending_nothing_is_lost(monkeypatch):
    make_answered()
    digests.collect(until=timezone.now())
    call_command("send_digests")
    assert len(ids()) == 1


def test_a_notice_of_its_own_comes_once_more_with_the_same_message_id(broken):
    make_comment(parent=make_comment(), author=make_user("moderator"))
    notice = Notice.objects.get()
    broken(takes=True, times=1)
    with pytest.raises(OSError, match="gone"):
        jobs.mail_notice(notice.pk)
    for _ in range(2):
        jobs.mail_notice(notice.pk)
    assert len(ids()) == 2
    assert ids()[0] == ids()[1]


def test_a_decision_comes_once_more_with_the_same_message_id(broken):
    decision = make_comment(status="pending").decide("publish", by=make_user("moderator"), version=1)
    broken(takes=True, times=1)
    with pytest.raises(OSError, match="gone"):
        jobs.mail_decision(decision.pk)
    for _ in range(2):
        jobs.mail_decision(decision.pk)
    assert len(ids()) == 2
    assert ids()[0] == ids()[1]


def test_one_mail_that_fails_does_not_stop_the_others(broken):
    for _ in range(3):
        make_answered()
    broken(smtplib.SMTPDataError(451, b"later"), times=1)
    with pytest.raises(CommandError, match="1 could not be handed over: SMTPDataError"):
        call_command("send_digests")
    assert len(ids()) == 2
    call_command("send_digests")
    assert len(set(ids())) == 3


def test_a_server_that_is_away_is_not_asked_for_everybody(broken, monkeypatch):
    tried = []
    for _ in range(7):
        make_answered()
    broken()
    asked = notify.mail_digest
    monkeypatch.setattr(notify, "mail_digest", lambda pk: (tried.append(pk), asked(pk)))
    with pytest.raises(CommandError, match="The mail server takes nothing: OSError"):
        call_command("send_digests")
    assert len(tried) == 5


def test_what_a_server_refused_for_days_is_left_to_the_inbox():
    make_answered()
    digests.collect(until=timezone.now(), day=timezone.localdate() - timedelta(days=4))
    call_command("send_digests")
    assert mail.outbox == []


# The worker


def test_the_worker_queues_one_job_for_each_that_is_not_sent(settings):
    make_answered()
    Notice.objects.update(at=timezone.now() - timedelta(days=2))
    for _ in range(2):
        jobs.send_digests(timestamp=0)
    [job] = ProcrastinateJob.objects.filter(task_name="comments.mail_digest")
    jobs.mail_digest(**job.args)
    assert len(mail.outbox) == 1
    ProcrastinateJob.objects.filter(pk=job.pk).delete()
    jobs.send_digests(timestamp=0)
    assert not ProcrastinateJob.objects.filter(task_name="comments.mail_digest").exists()


def test_what_happened_after_the_hour_waits_until_tomorrow(monkeypatch, settings):
    settings.TIME_ZONE = "Europe/Berlin"
    monkeypatch.setattr(timezone, "now", lambda: datetime.fromisoformat("2026-07-01T06:30+02:00"))
    assert digests.hour_of_today() == datetime.fromisoformat("2026-06-30T07:00+02:00")
    monkeypatch.setattr(timezone, "now", lambda: datetime.fromisoformat("2026-07-01T07:05+02:00"))
    assert digests.hour_of_today() == datetime.fromisoformat("2026-07-01T07:00+02:00")


def test_the_worker_leaves_what_is_younger_than_the_hour():
    make_answered()
    Notice.objects.update(at=digests.hour_of_today() + timedelta(seconds=1))
    jobs.send_digests(timestamp=0)
    assert Digest.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_real_worker_makes_and_sends_them():
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")  # no flush between tests empties it
    make_answered()
    Notice.objects.update(at=timezone.now() - timedelta(days=2))
    jobs.send_digests.defer(timestamp=0)
    process = worker("--concurrency", "1")
    try:
        deadline = time.monotonic() + 100
        while ("comments.mail_digest", "succeeded") not in statuses():
            assert time.monotonic() < deadline, statuses()
            assert process.poll() is None, process.stderr.read()
            time.sleep(0.5)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)
        process.stderr.close()
    assert Digest.objects.get().done_at is not None
    assert Notice.objects.get().mailed_at is not None


# What it costs


def test_to_collect_for_fifty_costs_what_it_costs_for_five():
    asked = {}
    for count in (5, 50):
        for _ in range(count):
            make_answered()
        with CaptureQueriesContext(connection) as statements:
            assert digests.collect(until=timezone.now()) == count
        asked[count] = len(statements)
    assert asked[5] == asked[50] == 1


def test_more_people_than_one_batch_are_all_found(monkeypatch):
    monkeypatch.setattr(digests, "BATCH", 2)
    users = {make_answered().pk for _ in range(5)}
    assert digests.collect(until=timezone.now()) == 5
    assert set(Digest.objects.values_list("user", flat=True)) == users
    assert len(list(digests.unsent())) == 5


def test_a_digest_of_fifty_costs_what_one_of_five_costs():
    asked = {}
    for count in (5, 45):
        make_answered(count)
        digests.collect(until=timezone.now())
        [pk] = digests.unsent()
        with CaptureQueriesContext(connection) as statements:
            notify.mail_digest(pk)
        asked[count] = len(statements)
    assert asked[5] == asked[45]


# Two at once


def both(action) -> None:
    """Do it twice at once, each on a connection of its own."""
    barrier, errors = threading.Barrier(2), []

    def run():
        try:
            barrier.wait(20)
            action()
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []


@pytest.mark.django_db(transaction=True)
def test_two_that_send_at_once_send_one(monkeypatch):
    users = [make_answered() for _ in range(4)]
    sending = EmailBackend.send_messages

    def slowly(self, messages):
        threading.Event().wait(0.15)
        return sending(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", slowly)
    both(lambda: call_command("send_digests"))
    assert sorted(message.to for message in mail.outbox) == sorted([user.email] for user in users)


@pytest.mark.django_db(transaction=True)
def test_two_that_mail_one_notice_at_once_send_one(monkeypatch):
    make_comment(parent=make_comment(), author=make_user("moderator"))
    notice = Notice.objects.get()
    sending = EmailBackend.send_messages

    def slowly(self, messages):
        threading.Event().wait(0.3)
        return sending(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", slowly)
    both(lambda: jobs.mail_notice(notice.pk))
    assert len(mail.outbox) == 1
