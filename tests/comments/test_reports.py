"""Reports by readers: the form, one per person and reason, what they weigh, what reopens, and who is told what."""

import re

import pytest
from django.core import mail
from django.core.management import call_command
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from comments import jobs, limits
from comments.models import (
    Appeal,
    Case,
    Clause,
    Comment,
    Decision,
    LegalNotice,
    Notice,
    Preference,
    Report,
    Sanction,
)
from comments.models.preference import How, Kind
from comments.models.undoing import undo
from comments.screening import Outcome, Verdict
from comments.screening.facts import Finding
from tests.factories import make_article, make_comment, make_user

pytestmark = pytest.mark.django_db
NOTICE = {
    "reason": "illegal",
    "note": "It sells prescription medicines.",
    "provision": "Medicines Act",
    "name": "Nora Notice",
    "email": "nora@example.org",
    "good_faith": "on",
}


@pytest.fixture
def moderator():
    return make_user("moderator")


@pytest.fixture
def clause():
    return Clause.objects.order_by("-policy__number", "number").first()


@pytest.fixture(autouse=True)
def one_moment(monkeypatch):
    """Limits count in minutes of the clock; no test may straddle two."""
    monkeypatch.setattr(limits.time, "time", lambda: 1_800_000_005)


def send(client, comment, **data):
    return client.post(f"/comments/{comment.pk}/report/", data)


def file(comment, reason="abuse", by=None):
    return Report.file(comment, reason=reason, by=by or make_user())[0]


def case_of(comment) -> Case:
    return Case.objects.get(pk=comment.pk, closed_at=None)


def answer(comment, moderator, action="keep", **given) -> Decision:
    comment.refresh_from_db()
    return comment.decide(action, by=moderator, version=comment.version, **given)


def work() -> None:
    """What the worker does with the queued mails, whatever time they wait for."""
    for job in ProcrastinateJob.objects.filter(status="todo", queue_name="mail").order_by("id"):
        task = getattr(jobs, job.task_name.removeprefix("comments."))
        task(**job.args)
    ProcrastinateJob.objects.filter(queue_name="mail").delete()


# The form


def test_under_each_comment_stands_the_same_link_for_everybody(client):
    comment = make_comment()
    page = client.get(comment.article.get_absolute_url()).content.decode()
    assert f'href="/comments/{comment.pk}/report/" rel="nofollow">Report<' in page
    client.force_login(comment.author)
    assert client.get(comment.article.get_absolute_url()).content.decode() == page


def test_a_report_reopens_a_published_comment_and_keeps_it_public(client):
    comment = make_comment(body="Throw your tablets away.")
    reader = make_user()
    client.force_login(reader)
    form = client.get(f"/comments/{comment.pk}/report/").content.decode()
    assert form.count('name="reason"') == 8
    done = send(client, comment, reason="dangerous", note="My uncle did that.")
    assert b"Your report was received" in done.content
    report = Report.objects.get()
    assert (report.reporter, report.reason, report.note.text) == (reader, "dangerous", "My uncle did that.")
    assert report.text_id == comment.text_id
    assert case_of(comment).kinds == ["report"]
    comment.refresh_from_db()
    assert (comment.status, comment.version) == ("published", 2)


def test_with_htmx_form_and_answer_are_parts(client):
    comment = make_comment()
    client.force_login(make_user())
    url, part = f"/comments/{comment.pk}/report/", {"HX-Request": "true"}
    for got in (
        client.get(url, headers=part),
        client.post(url, {"reason": "x"}, headers=part),
        client.post(url, {"reason": "spam"}, headers=part),
    ):
        assert b"data-part" in got.content
        assert b"<html" not in got.content


def test_the_second_report_for_one_reason_is_the_first_and_another_reason_is_another(client):
    comment = make_comment()
    client.force_login(make_user())
    send(client, comment, reason="abuse")
    again = send(client, comment, reason="abuse", note="Again.")
    assert again.status_code == 200
    assert b"You have reported this already" in again.content
    send(client, comment, reason="spam")
    assert sorted(Report.objects.values_list("reason", flat=True)) == ["abuse", "spam"]


@pytest.mark.parametrize("data", [{}, {"reason": "nonsense"}, {"reason": "abuse", "note": "x" * 2_001}])
def test_what_is_wrong_is_said_and_what_was_typed_stays(client, data):
    comment = make_comment()
    client.force_login(make_user())
    data = {"note": "What I typed."} | data
    got = send(client, comment, **data)
    assert got.status_code == 422
    assert data["note"] in got.content.decode()
    assert not Report.objects.exists()


def test_ones_own_comment_cannot_be_reported(client):
    comment = make_comment()
    client.force_login(comment.author)
    got = send(client, comment, reason="abuse", note="Me.")
    assert got.status_code == 403
    assert b"This is your own comment" in got.content
    assert not Report.objects.exists()


@pytest.mark.parametrize("status", ["pending", "rejected"])
def test_what_nobody_can_read_nobody_can_report(client, status):
    comment = make_comment(status=status)
    client.force_login(make_user())
    assert client.get(f"/comments/{comment.pk}/report/").status_code == 404


def test_a_comment_that_went_meanwhile_keeps_what_was_typed(client, moderator, clause):
    comment = make_comment()
    make_comment(parent=comment)  # its place stays
    answer(comment, moderator, "remove", clause=clause)
    client.force_login(make_user())
    got = send(client, comment, reason="abuse", note="What I typed.")
    assert got.status_code == 403
    assert b"no longer public" in got.content
    assert b"What I typed." in got.content


@pytest.mark.parametrize("way", ["withdrawn", "removed"])
def test_what_went_is_not_given_its_authors_name_again(client, moderator, clause, way):
    comment = make_comment(author=make_user(display_name="Zebedee Quux"))
    make_comment(parent=comment)  # its place stays
    comment.refresh_from_db()
    if way == "withdrawn":
        comment.withdraw(by=comment.author, version=comment.version)
    else:
        answer(comment, moderator, "remove", clause=clause)
    client.force_login(make_user())
    for got in (client.get(f"/comments/{comment.pk}/report/"), send(client, comment, reason="abuse")):
        assert got.status_code == 403
        assert "Zebedee" not in got.content.decode()
        assert f"/comments/people/{comment.author_id}/" not in got.content.decode()


@pytest.mark.parametrize(("path", "field"), [("report", "note"), ("appeal", "text")])
def test_a_dead_form_gives_back_what_was_typed(path, field):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_user())
    got = strict.post(f"/comments/{make_comment().pk}/{path}/", {field: "What I <b>typed</b>."})
    assert got.status_code == 403
    assert b"What I &lt;b&gt;typed&lt;/b&gt;.</textarea>" in got.content
    foreign = strict.post(
        f"/comments/{make_comment().pk}/{path}/",
        {field: "Not mine."},
        headers={"Origin": "https://evil.example"},
    )
    assert b"Not mine." not in foreign.content


def test_five_reports_a_minute_and_the_text_of_the_sixth_stays(client):
    article = make_article()
    comments = [make_comment(article) for _ in range(6)]
    client.force_login(make_user())
    for comment in comments[:5]:
        assert send(client, comment, reason="spam").status_code == 200
    got = send(client, comments[5], reason="spam", note="What I typed.")
    assert got.status_code == 429
    assert int(got["Retry-After"]) > 0
    assert b"What I typed." in got.content
    assert Report.objects.count() == 5


def test_thirty_reports_a_day(client, monkeypatch):
    comment = make_comment()
    reader = make_user()
    client.force_login(reader)
    monkeypatch.setattr("comments.views.reports.REPORTS", ((limits.DAY, 2),))
    assert [send(client, comment, reason=each).status_code for each in ("spam", "abuse", "off_topic")] == [
        200,
        200,
        429,
    ]


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


# Weight and priority


def answered(reporter, right: int, wrong: int, reason="abuse") -> None:
    moderator = make_user("moderator")
    for number in range(right + wrong):
        comment = make_comment()
        report = file(comment, reason, reporter)
        report.answered_by = answer(comment, moderator)
        Report.objects.filter(pk=report.pk).update(was_right=number < right)


@pytest.mark.parametrize(
    ("right", "wrong", "weight"),
    [(0, 4, 1.0), (4, 0, 1.0), (5, 0, 1.43), (7, 3, 1.0), (1, 4, 0.29), (0, 5, 0.1)],
)
def test_a_report_weighs_what_earlier_ones_were_worth(right, wrong, weight):
    reporter = make_user()
    answered(reporter, right, wrong)
    assert file(make_comment(), by=reporter).weight == weight


def test_worry_and_knowing_better_are_not_held_against_anybody():
    reporter = make_user()
    answered(reporter, 0, 5, "mistake")
    assert file(make_comment(), by=reporter).weight == 1.0


def test_the_more_reports_weigh_the_sooner_they_are_read():
    comment = make_comment()
    file(comment, "off_topic")
    assert case_of(comment).priority == 6
    file(comment, "off_topic")
    file(comment, "off_topic")
    assert case_of(comment).priority == 4
    for _ in range(9):
        file(comment, "off_topic")
    assert case_of(comment).priority == 1


def test_who_was_always_wrong_waits_longer():
    reporter = make_user()
    answered(reporter, 0, 5)
    comment = make_comment()
    file(comment, "abuse", reporter)
    assert case_of(comment).priority == 4


def test_somebody_in_danger_comes_before_everything():
    comment = make_comment()
    file(comment, "danger")
    case = case_of(comment)
    assert (case.get_lane_display(), case.priority, case.kinds) == ("Crisis", 0, ["report", "crisis"])


# What was decided stays decided


def test_what_was_kept_is_not_opened_again_by_the_next_for_the_same_reason(client, moderator):
    comment = make_comment()
    file(comment, "abuse")
    kept = answer(comment, moderator)
    version = comment.version
    late = make_user()
    client.force_login(late)
    got = send(client, comment, reason="abuse").content.decode()
    assert "a moderator has looked at it" in got
    report = Report.objects.get(reporter=late)
    assert (report.answered_by, report.was_right) == (kept, None)
    assert not Case.objects.open().exists()
    comment.refresh_from_db()
    assert comment.version == version
    file(comment, "spam")
    assert case_of(comment).kinds == ["report"]


def test_three_more_open_it_once_and_then_it_takes_six(moderator):
    comment = make_comment()
    file(comment, "abuse")
    answer(comment, moderator)
    for further in (3, 6):
        for number in range(further):
            assert not Case.objects.open().exists(), number
            file(comment, "abuse")
        assert case_of(comment)
        answer(comment, moderator)


def test_another_text_is_another_matter(moderator):
    comment = make_comment()
    file(comment, "abuse")
    answer(comment, moderator)
    file(comment, "dangerous")
    start = 0
    answer(comment, moderator, "publish_redacted", redactions=((start, 6),))
    comment.refresh_from_db()
    file(comment, "abuse")
    assert case_of(comment)


@pytest.mark.parametrize("reason", ["danger", "illegal"])
def test_danger_and_notices_are_read_each_time(moderator, reason):
    comment = make_comment()
    file(comment, reason)
    answer(comment, moderator, outcome="false_alarm" if reason == "danger" else "")
    file(comment, reason)
    assert case_of(comment)


# Who is told, and who is not


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


def test_nobody_but_moderators_learns_who_reported_and_not_one_whom_it_is_about(moderator):
    reporter, subject = make_user(), make_user("moderator")
    report = file(make_comment(author=subject), by=reporter)
    seen = {
        name: report.reporter_for(viewer)
        for name, viewer in {
            "moderator": moderator,
            "subject": subject,
            "reporter": reporter,
            "reader": make_user(),
        }.items()
    }
    assert seen == {"moderator": reporter, "subject": None, "reporter": reporter, "reader": None}


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
