"""Whoever sent a notice of illegal content without a login is mailed the answer once, and that is on record."""

import pytest
from django.core import mail

from comments import jobs
from comments.models import Appeal, Clause, LegalNotice, Report
from tests.comments.appeals.conftest import decided
from tests.comments.conftest import work
from tests.factories import make_comment, make_user

pytestmark = pytest.mark.django_db

ADDRESS = "ann@example.org"


@pytest.fixture
def notice():
    """Received, and acknowledged."""
    notice = LegalNotice(name="Ann", email=ADDRESS, explanation="It is a libel.", in_good_faith=True)
    Report.file(make_comment(author=make_user()), reason="illegal", notice=notice)
    work()
    mail.outbox.clear()
    return notice


def told() -> list:
    return [each for each in mail.outbox if each.to == [ADDRESS]]


def test_the_answer_is_mailed_once_however_often_the_job_runs(notice):
    removal = decided(
        notice.report.comment, "remove", make_user("moderator"), clause=Clause.in_force().first()
    )
    work()
    jobs.mail_report_answered(report_id=notice.report_id, decision_id=removal.pk)
    assert len(told()) == 1
    notice.refresh_from_db()
    assert notice.answer_mailed == removal
    assert notice.answer_mailed_at >= removal.at


def test_what_reverses_it_is_mailed_and_recorded_too(notice):
    comment = notice.report.comment
    removal = decided(comment, "remove", make_user("moderator"), clause=Clause.in_force().first())
    work()
    Appeal.lodge(removal, by=comment.author, text="It is the truth.")
    restored = decided(comment, "overturn", make_user("moderator"))
    work()
    assert len(told()) == 2
    notice.refresh_from_db()
    assert notice.answer_mailed == restored


def test_that_it_is_taken_down_on_somebody_elses_appeal_is_told_to_all_who_had_said_so(notice, client):
    comment, appellant, third = notice.report.comment, make_user(), make_user()
    for reader in (appellant, third):
        Report.file(comment, reason="abuse", by=reader)
    kept = decided(comment, "keep", make_user("moderator"))
    work()
    mail.outbox.clear()
    Appeal.lodge(kept, by=appellant, text="Look at the second line.")
    decided(comment, "remove", make_user("moderator"), clause=Clause.in_force().first())
    work()
    bodies = {tuple(each.to): each.body for each in mail.outbox}
    assert set(bodies) == {(ADDRESS,), (appellant.email,), (third.email,), (comment.author.email,)}
    assert len(bodies) == len(mail.outbox)
    for address in (ADDRESS, third.email):
        assert (
            "Somebody else appealed, and another moderator looked at it: it is taken down."
            in bodies[(address,)]
        )
    assert "Somebody else appealed" not in bodies[(appellant.email,)]
    client.force_login(third)
    page = client.get(f"/comments/{comment.pk}/decision/").content.decode()
    assert "the comment stayed then. It is no longer public now." in page


@pytest.mark.parametrize("others", [0, 1])
def test_who_looked_again_is_another_moderator_only_where_it_was(notice, others):
    comment, moderator = notice.report.comment, make_user("moderator")
    judge = make_user("moderator") if others else moderator
    removal = decided(comment, "remove", moderator, clause=Clause.in_force().first())
    Appeal.lodge(removal, by=comment.author, text="It is the truth.")
    decided(comment, "overturn", judge)
    work()
    body = told()[-1].body
    assert ("another moderator looked at it" in body) is bool(others)
    assert ("Its author appealed, we looked at it" in body) is not others


def test_that_it_is_back_without_an_appeal_is_told_to_all_who_had_wanted_it_gone(notice, client):
    comment, reader, too_late = notice.report.comment, make_user(), make_user()
    Report.file(comment, reason="abuse", by=reader)
    decided(comment, "remove", make_user("moderator"), clause=Clause.in_force().first())
    work()
    mail.outbox.clear()
    restored = decided(comment, "restore", make_user("moderator"))
    work()
    bodies = {tuple(each.to): each.body for each in mail.outbox}
    assert set(bodies) == {(ADDRESS,), (reader.email,), (comment.author.email,)}
    assert len(bodies) == len(mail.outbox)
    for address in (ADDRESS, reader.email):
        assert (
            "We had taken it down. We have looked at it once more, and it can be read again"
            in bodies[(address,)]
        )
    client.force_login(reader)
    assert "everybody can read it again." in client.get("/comments/notices/").content.decode()
    notice.refresh_from_db()
    assert notice.answer_mailed == restored
    Report.file(comment, reason="abuse", by=too_late)
    mail.outbox.clear()
    decided(comment, "keep", make_user("moderator"))
    work()
    assert [each.to for each in mail.outbox] == [[too_late.email]]
