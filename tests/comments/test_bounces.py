"""Mail that comes back: at once or in a report, told to the person and to the desk, whoever wrote the report."""

import io
import smtplib
import sys
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command
from django.template.loader import render_to_string
from django.utils import timezone

from comments import bounces, jobs, post
from comments.models import Bounce, Case, CrisisAlert, LegalNotice, Notice, Remark, Report, Sanction
from tests.factories import make_comment, make_user

pytestmark = pytest.mark.django_db


class Refusing(EmailBackend):
    """A mail server that takes nothing for these people."""

    code, words = 550, b"5.1.1 No such mailbox here"

    def send_messages(self, messages):
        [message] = messages
        raise smtplib.SMTPRecipientsRefused({message.to[0]: (Refusing.code, Refusing.words)})


@pytest.fixture
def refusing(settings):
    def refuses(code=550, words=b"5.1.1 No such mailbox here"):
        settings.EMAIL_BACKEND = f"{__name__}.Refusing"
        Refusing.code, Refusing.words = code, words

    return refuses


@pytest.fixture
def ada():
    return make_user(display_name="Ada", email="ada@example.org")


def staff_answers(user) -> Notice:
    make_comment(parent=make_comment(author=user), author=make_user("moderator"))
    return Notice.objects.filter(user=user).latest("pk")


def mailed(user) -> str:
    """The Message-ID of a mail that was sent to the person."""
    mail.outbox.clear()
    jobs.mail_notice(staff_answers(user).pk)
    [message] = mail.outbox
    return message.extra_headers["Message-ID"]


def report(
    message_id="",
    recipient="ada@example.org",
    action="failed",
    status="5.1.1",
    words="550 No such mailbox",
    headers="",
):
    """A delivery status notification, as a mail server writes it."""
    original = f"Message-ID: {message_id}\n" if message_id else ""
    return f"""From: MAILER-DAEMON@mx.example
To: moderation@news.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="xx"

--xx
Content-Type: text/plain

I'm sorry to have to tell you.

--xx
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; {recipient}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {words}
{headers}
--xx
Content-Type: message/rfc822

{original}Subject: An answer
To: {recipient}

Hello Ada
--xx--
""".encode()


def read(content: bytes, tmp_path, capsys) -> str:
    file = tmp_path / "bounces"
    file.write_bytes(content)
    call_command("read_bounces", str(file))
    return capsys.readouterr().out


# At sending


def test_a_refusal_for_good_is_recorded_and_nothing_more_is_mailed_there(ada, refusing, settings):
    refusing()
    notice = staff_answers(ada)
    jobs.mail_notice(notice.pk)
    bounce = Bounce.objects.get()
    assert (bounce.user, bounce.status, bounce.is_hard) == (ada, "5.1.1", True)
    assert bounce.diagnostic.text == "5.1.1 No such mailbox here"
    notice.refresh_from_db()
    assert notice.mailed_at is None
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    jobs.mail_notice(staff_answers(ada).pk)
    comment = make_comment(author=ada)
    jobs.mail_decision(comment.decide("hold", by=make_user("moderator"), version=1).pk)
    assert mail.outbox == []


def test_a_refusal_for_now_is_tried_again(ada, refusing):
    refusing(451, b"4.7.1 Greylisted, try later")
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        jobs.mail_notice(staff_answers(ada).pk)
    assert Bounce.objects.count() == 0
    job = SimpleNamespace(attempts=1)
    assert jobs.mail_notice.retry_strategy is jobs.PATIENT
    assert jobs.PATIENT.get_retry_decision(exception=smtplib.SMTPException(), job=job) is not None


@pytest.mark.parametrize(
    "words", [b"", b"\xff\x00\x01", b"No " * 5_000, b"5." + b"9" * 400, "no".encode("utf-16")]
)
def test_whatever_the_server_says_is_borne(ada, refusing, words):
    refusing(550, words)
    jobs.mail_notice(staff_answers(ada).pk)
    bounce = Bounce.objects.get()
    assert bounce.status == "5.0.0"
    assert bounce.diagnostic is None or len(bounce.diagnostic.text) <= 500


def sanctioned(user, kind="warn") -> Sanction:
    return Sanction.impose(kind, user, by=make_user("moderator"), reason="Be kind.")


def test_letters_do_not_go_where_mail_comes_back_and_are_refused_like_all_mail(ada, refusing, settings):
    refusing()
    jobs.mail_sanction(sanction_id=sanctioned(ada).pk, what="imposed")
    assert Bounce.stopping(ada).status == "5.1.1"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    jobs.mail_sanction(sanction_id=sanctioned(ada, "read_first").pk, what="imposed")
    assert mail.outbox == []
    Bounce.try_again(ada)
    jobs.mail_sanction(sanction_id=Sanction.objects.first().pk, what="imposed")
    assert len(mail.outbox) == 1


def test_a_letter_that_comes_back_proves_that_it_was_ours(ada, tmp_path, capsys):
    jobs.mail_sanction(sanction_id=sanctioned(ada).pk, what="imposed")
    message_id = mail.outbox[0].extra_headers["Message-ID"]
    assert "1 recorded" in read(report(message_id), tmp_path, capsys)
    assert Bounce.stopping(ada)


def test_to_somebody_without_a_login_a_refused_letter_is_not_tried_again(refusing, caplog):
    notice = LegalNotice(name="Nora", email="nora@example.net", explanation="It is.", in_good_faith=True)
    Report.file(make_comment(), reason="illegal", notice=notice)
    refusing()
    jobs.acknowledge_notice(notice_id=notice.pk)
    assert f"mail notice-{notice.pk} was refused for good" in caplog.text
    assert "nora" not in caplog.text
    notice.refresh_from_db()
    assert notice.acknowledged_at is None
    assert Bounce.objects.count() == 0
    refusing(451, b"4.7.1 Later")
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        jobs.acknowledge_notice(notice_id=notice.pk)


def test_an_emergency_is_mailed_even_where_mail_came_back(ada):
    assert Bounce.record(ada, source="x", status="5.1.1", words="no")
    comment = make_comment(status="pending")
    case = Case.objects.get(pk=comment.pk)
    alert = CrisisAlert.objects.create(case=case, to=ada, step="nobody", since=timezone.now())
    jobs.mail_crisis(alert_ids=[alert.pk])
    assert [message.to for message in mail.outbox] == [[ada.email]]


# In a report


def test_a_report_is_matched_by_the_message_id_even_for_an_address_that_was_forwarded(ada, tmp_path, capsys):
    said = read(report(mailed(ada), recipient="ada.elsewhere@forward.example"), tmp_path, capsys)
    assert said == "1 messages: 1 recorded.\n"
    assert Bounce.stopping(ada).diagnostic.text == "550 No such mailbox"


def test_a_report_without_the_mail_proves_nothing_stops_nothing_and_warns_the_desk(ada, tmp_path, capsys):
    assert "1 without proof" in read(report(recipient="<Ada@Example.org>"), tmp_path, capsys)
    assert Bounce.stopping(ada) is None
    assert mailed(ada)
    part = render_to_string("moderation/_mail_bounces.html", {"author": ada})
    assert "Mail to this person may bounce" in part
    assert "we go on mailing" in part
    assert "1 recorded" in read(report(mailed(ada)), tmp_path, capsys)
    assert "Mail to this person bounces" in render_to_string("moderation/_mail_bounces.html", {"author": ada})
    assert Bounce.stopping(ada)


def test_what_proves_nothing_is_forgotten_after_a_month_and_a_failure_in_time_is_no_warning(
    ada, tmp_path, capsys
):
    read(report(), tmp_path, capsys)
    Bounce.objects.update(at=timezone.now() - timedelta(days=31))
    part = "moderation/_mail_bounces.html"
    assert render_to_string(part, {"author": ada}).strip() == ""
    eve = make_user(email="eve@example.org")
    read(report(recipient="eve@example.org", status="4.4.1"), tmp_path, capsys)
    assert render_to_string(part, {"author": eve}).strip() == ""


def test_on_the_card_stands_what_is_not_proved(ada, client, tmp_path, capsys):
    comment = make_comment(author=ada, status="pending")
    read(report(), tmp_path, capsys)
    client.force_login(make_user("moderator"))
    assert "may bounce" in client.get(f"/moderation/comments/{comment.pk}/").content.decode()


def test_a_report_that_is_read_twice_counts_once_even_after_the_address_was_mended(ada, tmp_path, capsys):
    content = report(mailed(ada))
    read(content, tmp_path, capsys)
    Bounce.try_again(ada)
    assert "1 known already" in read(content, tmp_path, capsys)
    assert Bounce.stopping(ada) is None
    assert Bounce.objects.count() == 1
    assert "1 recorded" in read(report(mailed(ada)), tmp_path, capsys)


def test_a_flood_of_reports_leaves_one_row(ada, tmp_path, capsys):
    for message_id, said in (("", "1 without proof"), (mailed(ada), "1 recorded")):
        flood = b"".join(
            b"From MAILER-DAEMON Mon Jan  1 00:00:00 2026\n" + report(message_id, words=f"no {n}") + b"\n"
            for n in range(50)
        )
        assert f"50 messages: {said}, 49 known already" in read(flood, tmp_path, capsys)
    assert Bounce.objects.count() == Remark.objects.count() == 2


def test_a_delay_is_no_bounce_and_a_failure_in_time_stops_nothing(ada, tmp_path, capsys):
    assert "1 no report of a failure" in read(report(action="delayed", status="4.4.1"), tmp_path, capsys)
    assert Bounce.objects.count() == 0
    assert "1 recorded" in read(report(mailed(ada), status="4.4.1"), tmp_path, capsys)
    assert Bounce.stopping(ada) is None


def test_whoever_counts_message_ids_stops_nobodys_mail(ada, tmp_path, capsys):
    real = mailed(ada)
    key, number, sign = real.strip("<>").partition("@")[0].split(".")
    forged = [
        f"<{key}.{number}.{'0' * 20}@127.0.0.1>",
        f"<{key}.{number}.@127.0.0.1>",
        f"<{key}.{make_user().pk}.{sign}@127.0.0.1>",
        f"<decision-1.{number}.{sign}@127.0.0.1>",
        f"<{key}.{'9' * 400}.{sign}@127.0.0.1>",
        f"<{key}.٣.{sign}@127.0.0.1>",
    ]
    for each in forged:
        assert "of nobody here" in read(report(each, recipient="nobody@example.net"), tmp_path, capsys), each
    assert Bounce.objects.count() == 0
    assert post.whose(real) == ada


def test_a_report_about_an_old_address_stops_nothing_at_the_new_one(ada, tmp_path, capsys):
    old = mailed(ada)
    ada.email = "new@example.org"
    ada.save()
    assert "of nobody here" in read(report(old), tmp_path, capsys)
    assert Bounce.stopping(ada) is None


def test_who_changes_the_address_gets_mail_again(ada, tmp_path, capsys):
    read(report(mailed(ada)), tmp_path, capsys)
    assert Bounce.stopping(ada)
    ada.email = "new@example.org"
    ada.save()
    assert mailed(ada)


def test_an_mbox_and_the_standard_input_are_read(ada, monkeypatch, capsys):
    eve = make_user(email="eve@example.org")
    line = b"From MAILER-DAEMON Mon Jan  1 00:00:00 2026\r\n"
    content = (
        line
        + report(mailed(ada))
        + b"\n"
        + line
        + report(mailed(eve), recipient="eve@example.org")
        + b"\n"
        + line
        + b"Subject: Hi\n\nNo report.\n"
    )
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(content)))
    call_command("read_bounces")
    assert capsys.readouterr().out == "3 messages: 2 recorded, 1 no report of a failure.\n"
    assert Bounce.stopping(ada)
    assert Bounce.stopping(eve)


def test_a_file_that_is_not_there_is_told_in_one_line(tmp_path):
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        call_command("read_bounces", str(tmp_path / "nothing"))


def nested(depth: int) -> bytes:
    heads = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(depth))
    return b"MIME-Version: 1.0\n" + heads


HOSTILE = {
    "nothing": b"",
    "noise": bytes(range(256)) * 50,
    "no end": report()[:500],
    "deep": nested(3_000),
    "no boundary": report().replace(b'; boundary="xx"', b""),
    "a charset that is none": report().replace(
        b"message/delivery-status", b"message/delivery-status; charset=x\xff"
    ),
    "a report in the report": report(headers="\n" + report(recipient="nobody@example.net").decode()),
    "status as text": report().replace(b"message/delivery-status", b"text/plain"),
    "base64": report().replace(
        b"message/delivery-status\n", b"message/delivery-status\nContent-Transfer-Encoding: base64\n"
    ),
    "NUL": report(recipient="a\x00da@example.org", words="\x00\x00"),
    "surrogates": report().replace(b"ada@example.org", b"ada\xed\xa0\x80@example.org"),
    "a status of absurd length": report(status="5." + "1" * 10_000),
    "a long recipient": report(recipient="a" * 100_000 + "@example.org"),
    "folded": report().replace(b"Final-Recipient: rfc822; ada", b"Final-Recipient:\n rfc822;\n ad\n a"),
    "one line of 20 MB": b"Subject: " + b"x" * 20_000_000,
    "SQL": report(recipient="' OR 1=1 --"),
    "headers in words": report(words="x\\r\\nBcc: eve@example.org"),
    "a thousand recipients": report(
        headers="".join(
            f"\nFinal-Recipient: rfc822; a{n}@x.example\nAction: failed\nStatus: 5.1.1\n"
            for n in range(1_000)
        )
    ),
    "a message id of bytes": report("<\xff\u202e\ud7ff@x>"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_made_to_break_the_reader_does_not(ada, name, tmp_path, capsys):
    other = b"From MAILER-DAEMON Mon Jan  1 00:00:00 2026\n" + HOSTILE[name] + b"\n\n"
    fine = b"From MAILER-DAEMON Mon Jan  1 00:00:00 2026\n" + report(mailed(ada))
    said = read(other + fine, tmp_path, capsys)
    assert said.startswith(("2 messages:", "1 messages:"))
    assert Bounce.stopping(ada), "what comes after it is read"


def test_of_a_message_no_more_is_kept_than_is_looked_at():
    [content] = bounces.messages(io.BytesIO(b"Subject: x\n" + b"y" * 70 * 20_000))
    assert len(content) < 2 * bounces.LARGEST


# Who sees it


def test_the_person_sees_it_with_the_way_to_mend_it(ada, client, tmp_path, capsys):
    client.force_login(ada)
    assert "comes back" not in client.get("/comments/notices/").content.decode()
    read(report(mailed(ada), words="550 <script>alert(1)</script>"), tmp_path, capsys)
    for address in ("/comments/notices/", "/comments/notices/preferences/", "/accounts/profile/"):
        page = client.get(address).content.decode()
        assert "Mail to ada@example.org comes back." in page
        assert "550 &lt;script&gt;" in page
        assert "/accounts/email/" in page
    assert client.get("/comments/notices/mail-again/").status_code == 405
    answer = client.post("/comments/notices/mail-again/", follow=True).content.decode()
    assert "we mail to ada@example.org again" in answer
    assert "comes back" not in answer
    assert mailed(ada)


def test_nobody_mends_for_others(ada, client, tmp_path, capsys):
    read(report(mailed(ada)), tmp_path, capsys)
    assert client.post("/comments/notices/mail-again/").status_code == 302
    client.force_login(make_user())
    client.post("/comments/notices/mail-again/")
    assert Bounce.stopping(ada)


def test_moderators_see_it_on_the_part_of_the_card(ada, tmp_path, capsys):
    part = "moderation/_mail_bounces.html"
    assert render_to_string(part, {"author": ada}).strip() == ""
    assert render_to_string(part, {"author": None}).strip() == ""
    read(report(mailed(ada), words="no <b>such</b>"), tmp_path, capsys)
    text = render_to_string(part, {"author": ada})
    assert "Mail to this person bounces" in text
    assert "no &lt;b&gt;such&lt;/b&gt;" in text


def test_what_the_server_said_can_be_destroyed(ada, client, tmp_path, capsys):
    read(report(mailed(ada), words="Secret words"), tmp_path, capsys)
    Remark.objects.update(text="")
    client.force_login(ada)
    page = client.get("/comments/notices/").content.decode()
    assert "comes back" in page
    assert "What it said" not in page
