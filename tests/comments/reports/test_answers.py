"""Who is told what came of a report, and who is not."""

import pytest
from django.core import mail
from django.core.management import call_command
from procrastinate.contrib.django.models import ProcrastinateJob

from comments.models import Appeal, Comment, Notice, Preference, Report, Sanction
from comments.models.preference import How, Kind
from comments.models.undoing import undo
from comments.screening import Outcome, Verdict
from comments.screening.facts import Finding
from tests.comments.conftest import work
from tests.comments.reports.conftest import NOTICE, answer, file, send
from tests.factories import make_comment, make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("action", "words"),
    [("keep", "decided that it stays"), ("remove", "taken it down"), ("hold", None)],
)
def test_who_reported_is_told_what_came_of_it(client, moderator, clause, action, words):
    comment, reporter = make_comment(author=make_user()), make_user()
    file(comment, "abuse", reporter)
    answer(comment, moderator, action, **({"clause": clause} if action == "remove" else {}))
    for job in ProcrastinateJob.objects.filter(task_name="comments.mail_notice"):
        assert job.scheduled_at is not None, "waits until an undo would no longer be silent"
    work()
    mails = [each for each in mail.outbox if each.to == [reporter.email]]
    assert len(mails) == (words is not None)
    if words:
        assert words in mails[0].body
        assert "I have that too." not in mails[0].body
        assert (f"/comments/{comment.pk}/appeal/" in mails[0].body) is (action == "keep")


def test_a_report_is_answered_as_its_sender_chose_and_always_in_the_inbox(client, moderator):
    told = {}
    for how in How:
        comment, reporter = make_comment(), make_user()
        Preference.choose(reporter, {Kind.REPORT_ANSWERED: how})
        file(comment, "abuse", reporter)
        answer(comment, moderator)
        work()
        told[how] = [message for message in mail.outbox if message.to == [reporter.email]]
        client.force_login(reporter)
        inbox = client.get("/comments/notices/").content.decode()
        assert "was looked at: the comment stays." in inbox
        [notice] = Notice.objects.filter(user=reporter)
        assert client.get(f"/comments/notices/{notice.pk}/").url == f"/comments/{comment.pk}/decision/"
    assert told[How.NEVER] == told[How.DAILY] == []
    [message] = told[How.NOW]
    assert message.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "because you reported a comment" in message.body
    call_command("send_digests")
    assert "was looked at: the comment stays." in mail.outbox[-1].body


def test_the_answer_to_a_notice_of_illegal_content_cannot_be_switched_off(client, moderator):
    comment, reporter = make_comment(), make_user()
    for kind in (Kind.REPORT_ANSWERED, Kind.NOTICE_ANSWERED):
        Preference.objects.create(user=reporter, kind=kind, how=How.NEVER)
    client.force_login(reporter)
    send(client, comment, **NOTICE)
    send(client, comment, reason="abuse")
    answer(comment, moderator)
    work()
    _, message = mail.outbox  # behind that it was received
    assert message.to == [reporter.email]
    assert "you sent us a notice about a comment" in message.body
    assert "always sent, because we owe you the answer" in message.body
    assert "List-Unsubscribe" not in message.extra_headers
    inbox = client.get("/comments/notices/").content.decode()
    assert "Your notice about a comment" in inbox
    assert "Your report of a comment" in inbox


def test_all_that_somebody_reported_about_a_comment_is_one_answer(moderator, clause):
    comment, reporter = make_comment(), make_user()
    for reason in ("abuse", "spam"):
        file(comment, reason, reporter)
    answer(comment, moderator, "remove", clause=clause)
    work()
    [message] = [each for each in mail.outbox if each.to == [reporter.email]]
    assert "(it is advertising or spam; it insults or threatens somebody)" in message.body
    assert Notice.objects.filter(user=reporter).count() == 1


def test_who_was_told_of_what_is_reversed_is_told_of_that(client, moderator, clause):
    comment, reporter = make_comment(), make_user()
    file(comment, "abuse", reporter)
    removed = answer(comment, moderator, "remove", clause=clause)
    work()
    Appeal.lodge(removed, by=comment.author, text="It was a joke.")
    answer(comment, make_user("moderator"), "overturn")
    mail.outbox.clear()
    work()
    [message] = [each for each in mail.outbox if each.to == [reporter.email]]
    assert "Its author appealed" in message.body
    client.force_login(reporter)
    inbox = client.get("/comments/notices/").content.decode()
    assert "we agreed, and acted." in inbox
    assert "everybody can read it again." in inbox


def test_an_answer_that_was_mailed_and_taken_back_is_said_to_be(client, moderator):
    comment, reporter = make_comment(), make_user()
    file(comment, "abuse", reporter)
    decision = answer(comment, moderator)
    work()
    undo(decision, by=moderator)
    client.force_login(reporter)
    assert (
        "that was taken back, and it is looked at again." in client.get("/comments/notices/").content.decode()
    )


def test_a_change_that_is_refused_says_nothing_against_the_text_that_stays(client, moderator, clause):
    comment, reporter = make_comment(author=make_user()), make_user()
    report = file(comment, "abuse", reporter)
    held = Verdict((Finding("link", Outcome.HOLD, 0, 4),), Outcome.HOLD)
    comment.refresh_from_db()
    comment.edit("Other words.", by=comment.author, verdict=held, version=comment.version)
    decision = answer(Comment.objects.get(pk=comment.pk), moderator, "reject", clause=clause)
    report.refresh_from_db()
    assert (report.answered_by, report.was_right) == (decision, False)
    work()
    (letter,) = [each for each in mail.outbox if each.to == [reporter.email]]
    assert "decided that it stays" in letter.body


def test_what_was_undone_is_told_to_nobody(moderator):
    comment = make_comment(author=make_user())
    report = file(comment)
    undo(answer(comment, moderator), by=moderator)
    work()
    assert mail.outbox == []
    report.refresh_from_db()
    assert report.answered_by is None


def test_that_reports_came_to_nothing_is_not_told_to_the_author(moderator):
    comment = make_comment(author=make_user())
    file(comment)
    answer(comment, moderator)
    work()
    assert comment.author.email not in [to for each in mail.outbox for to in each.to]


def test_when_its_author_takes_it_back_nobody_was_wrong(moderator):
    comment, reporter = make_comment(author=make_user()), make_user()
    report = file(comment, "abuse", reporter)
    comment.refresh_from_db()
    comment.withdraw(by=comment.author, version=comment.version)
    report.refresh_from_db()
    assert (report.answered_by.action, report.was_right) == ("withdraw", None)
    work()
    [told] = mail.outbox
    assert "author has taken the comment back" in told.body


def test_nobody_but_moderators_learns_who_reported_and_not_one_whom_it_is_about(client, moderator):
    subject = make_user("moderator")
    comment = make_comment(author=subject)
    file(comment, by=make_user(display_name="Rita Reporter"))
    seen = []
    for viewer in (moderator, subject, make_user()):
        client.force_login(viewer)
        card = client.get(f"/moderation/comments/{comment.pk}/")
        seen.append((card.status_code, "Rita Reporter" in card.content.decode()))
    assert seen == [(200, True), (200, False), (404, False)]


def test_a_notice_stays_when_its_comment_is_reported_by_many_and_costs_the_same(
    moderator, django_assert_max_num_queries
):
    comment = make_comment()
    for _ in range(12):
        file(comment)
    with django_assert_max_num_queries(40):
        decision = answer(comment, moderator)
    assert Report.objects.filter(answered_by=decision).count() == 12
    assert Comment.objects.get(pk=comment.pk).status == "published"


def test_who_is_suspended_reports_nothing_but_what_is_illegal(client, db):
    reader, comment = make_user(), make_comment()
    Sanction.impose("suspend", reader, by=make_user("moderator"), reason="Quarrels.", days=3)
    client.force_login(reader)
    answer = client.post(f"/comments/{comment.pk}/report/", {"reason": "spam", "note": "Sells pills."})
    assert answer.status_code == 403
    assert "Sells pills." in answer.content.decode()
    assert not Report.objects.exists()
    assert send(client, comment, reason="danger").status_code == 200  # nor keeps silent about a danger
