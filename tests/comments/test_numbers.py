"""The desk's numbers, against rows that the doors made; and the tallies that keep them."""

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments import crisis, histogram, jobs, numbers, sums, tally
from comments.models import Appeal, CannedReply, Case, Clause, DayTally, Decision, Duty, Report
from comments.models.undoing import undo
from tests.factories import make_article, make_comment, make_user, verdict

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def moderator():
    return make_user("moderator")


@pytest.fixture
def clauses():
    return list(Clause.objects.order_by("-policy__number", "number")[:3])


def at(when: datetime):
    return time_machine.travel(when, tick=False)


TODAY = MONDAY.date()


def counts(first=TODAY, last=TODAY, **asked) -> sums.Counts:
    return sums.read(first, last, **asked).counts


def held(when, **changes):
    with at(when):
        return make_comment(status="pending", **changes)


def report(comment, reason="abuse"):
    row = Report.objects.create(comment=comment, text=comment.text, reporter=make_user(), reason=reason)
    Case.open_for(comment, "report")
    return row


# What is counted


def test_what_screening_did_with_comments_by_readers(moderator):
    with at(MONDAY):
        for status in ("published", "published", "pending", "rejected"):
            make_comment(status=status)
        held(MONDAY).decide("publish", by=moderator, version=1, reply="Please see a doctor.")
        found = counts()
    assert [found.of("received", key) for key in ("published", "pending", "rejected")] == [2, 2, 1]
    assert found.of("received") == 5  # the staff's answer is none of them


def test_decisions_by_people_by_clause_and_how_they_were_made(moderator, clauses):
    first, second, _ = clauses
    acts = [
        ("publish", {"way": "key", "seconds": 4}),
        ("publish", {"way": "key", "seconds": 4}),
        ("reject", {"way": "click", "seconds": 90, "clause": first}),
        ("reject", {"way": "bulk", "clause": second}),
        ("return", {"clause": second, "message": "Leave the name out."}),
    ]
    with at(MONDAY):
        for action, why in acts:
            make_comment(status="pending").decide(action, by=moderator, version=1, **why)
        comment = make_comment()
        comment.decide("remove", by=moderator, version=1, clause=first)
        comment = make_comment(status="pending")
        comment.withdraw(by=comment.author, version=1)  # its author's, not the desk's
        found = counts()
    assert found.of("decided") == 6
    assert found.of("decided", "publish") == 2
    assert found.of("decided", clause=first.pk) == 2
    assert found.of("decided", "reject", clause=second.pk) == 1
    assert {way: found.of("way", way) for way in ("key", "click", "bulk", "")} == {
        "key": 2,
        "click": 1,
        "bulk": 1,
        "": 2,
    }
    assert found.spans("seconds_key").total() == 2
    assert found.spans("seconds_click").total() == 1


def test_what_was_undone_does_not_count_and_is_counted_apart(moderator, clauses):
    with at(MONDAY):
        comment = make_comment(status="pending")
        decision = comment.decide("reject", by=moderator, version=1, clause=clauses[0], way="key", seconds=3)
        before = counts()
        undo(decision, by=moderator)
        after = counts()
    assert (before.of("decided"), before.of("waited"), before.of("undone")) == (1, 1, 0)
    for kind in ("decided", "way", "seconds_key", "waited", "found"):
        assert after.of(kind) == 0, kind
    assert after.of("undone") == 1


def test_emergencies_count_by_how_long_they_waited_and_whether_duty_had_to_be_called(moderator):
    def emergency(minutes, *, hour, **act):
        with at(MONDAY.replace(hour=hour)):
            comment = make_comment(status="pending")
            with transaction.atomic():
                Case.open_for(comment, "crisis", priority=0)
        for minute in range(minutes + 1):
            with at(MONDAY.replace(hour=hour) + timedelta(minutes=minute)):
                crisis.watch()
        with at(MONDAY.replace(hour=hour) + timedelta(minutes=minutes)):
            comment.refresh_from_db()
            return comment.decide("publish", by=moderator, version=comment.version, **act)

    Duty.objects.create(user=moderator, weekday=0, starts=time(9), ends=time(17), time_zone="UTC")
    emergency(14, hour=9, outcome="answered")
    emergency(20, hour=10, outcome="answered")
    emergency(50, hour=20, outcome="signposted")  # nobody is on duty: long, but not late
    undone = emergency(16, hour=12, outcome="false_alarm")
    with at(MONDAY.replace(hour=12, minute=17)):
        undo(undone, by=moderator)
    with at(MONDAY.replace(hour=22)):
        make_comment(status="pending").decide("publish", by=moderator, version=1)  # no emergency
    with at(MONDAY.replace(hour=23)):
        found = counts()
        html = str(numbers.read(TODAY, TODAY).plots)
    assert [found.of("crisis", key) for key in ("in_time", "late")] == [2, 1]
    assert found.spans("crisis_time") == Counter(histogram.step_of(60 * each) for each in (14, 20, 50))
    assert "Within 15 minutes of duty time: 2, 67 %" in html
    half = histogram.words(histogram.percentile(found.spans("crisis_time"), 0.5))
    assert f"Half waited at most {half}" in html
    with at(MONDAY + timedelta(days=1)):
        call_command("tally", stdout=StringIO())
        assert sums.read(TODAY, TODAY, live=False).counts.of("crisis", "late") == 1


def test_waiting_time_is_to_the_first_decision_by_a_person(moderator, clauses):
    comment = held(MONDAY)
    with at(MONDAY + timedelta(minutes=10)):
        comment.decide("escalate", by=moderator, version=1)  # somebody looked, nobody decided
        comment.refresh_from_db()
    with at(MONDAY + timedelta(hours=2)):
        comment.decide("publish", by=moderator, version=comment.version)
    with at(MONDAY + timedelta(hours=3)):
        comment.decide("hold", by=moderator, version=comment.version)
    with at(MONDAY + timedelta(hours=9)):
        comment.decide("publish", by=moderator, version=comment.version)
        published = make_comment()
        published.decide("remove", by=moderator, version=1, clause=clauses[0])  # it never waited
        found = counts()
    assert found.of("waited") == 1
    [step] = found.spans("waited")
    assert tally.EDGES[step - 1] <= 2 * 3_600 < tally.EDGES[step]


def test_python_and_postgresql_take_the_same_steps(moderator):
    from comments.histogram import step_of

    waits = [0, 1, 2, 7, 8, 59, 60, 86_400, 10**8]
    for wait in waits:
        held(MONDAY - timedelta(seconds=wait)).decide("publish", by=moderator, version=1, at=MONDAY)
    with at(MONDAY):
        assert sorted(counts().spans("waited").elements()) == sorted(step_of(wait) for wait in waits)


def test_a_reversal_belongs_to_the_clause_of_what_is_reversed(moderator, clauses):
    first, second, _ = clauses
    other = make_user("moderator")
    with at(MONDAY):
        restored = make_comment(status="pending")
        restored.decide("reject", by=moderator, version=1, clause=first)
        restored.decide("restore", by=other, version=restored.version)
        appealed = make_comment()
        removal = appealed.decide("remove", by=moderator, version=1, clause=second)
        Appeal.lodge(removal, by=appealed.author, text="It is true.")
        appealed.refresh_from_db()
        appealed.decide("overturn", by=other, version=appealed.version)
        listed = make_comment(status="rejected")
        listed.decide("publish", by=other, version=1)
        kept = make_comment()
        removal = kept.decide("remove", by=moderator, version=1, clause=second)
        Appeal.lodge(removal, by=kept.author, text="It is.")
        kept.refresh_from_db()
        kept.decide("uphold", by=other, version=kept.version)
        found = counts()
        own = sums.read(TODAY, TODAY, person=moderator).people[moderator.pk]
    assert found.of("reversal", clause=first.pk) == 1
    assert found.of("reversal", clause=second.pk) == 1
    assert found.of("reversal", "screening", clause=None) == 1
    assert found.of("reversal") == 3
    assert own.of("reversal") == 2  # of one's decisions, not by oneself
    assert [found.of("appeal", key) for key in ("lodged", "granted", "refused")] == [2, 1, 1]


def test_reports_by_reason_and_how_many_were_right(moderator, clauses):
    with at(MONDAY):
        bad, fine = make_comment(), make_comment()
        report(bad, "spam")
        report(bad, "illegal")
        report(fine, "spam")
    with at(MONDAY + timedelta(days=1)):
        bad.decide("remove", by=moderator, version=1, clause=clauses[0])
        fine.decide("keep", by=moderator, version=1)
        came, answered = counts(), counts(date(2026, 3, 3), date(2026, 3, 3))
    assert (came.of("reported", "spam"), came.of("reported", "illegal")) == (2, 1)
    assert answered.of("report_right", "spam") == answered.of("report_wrong", "spam") == 1
    assert answered.of("report_right", "illegal") == 1
    assert answered.spans("report_time").total() == 2
    assert answered.spans("notice_time").total() == 1
    assert (answered.of("found", "notice"), answered.of("found", "report")) == (1, 0)


def test_a_canned_reply_counts_as_one_key_only_as_it_is_and_by_key(client, moderator):
    client.force_login(moderator)
    key = "no-personal-advice"
    canned = CannedReply.objects.filter(purpose="public_answer", body__contains="{").first()
    canned = canned or CannedReply.objects.filter(purpose="public_answer").first()
    key = canned.key
    CannedReply.objects.filter(pk=canned.pk).update(body="Dear {name}: 100 % of us_ say \\ see a doctor.")
    with at(MONDAY):
        for sent in (
            {"canned_reply": key, "way": "key"},
            {"canned_reply": key, "way": "click"},
            {"canned_reply": key, "way": "key", "reply": "Dear Ann: 100 percent of us_ say \\ see a doctor."},
            {"reply": "In my own words.", "way": "key"},
        ):
            comment = make_comment(status="pending")
            answer = client.post(
                f"/moderation/comments/{comment.pk}/decisions/", {"action": "publish", "version": 1} | sent
            )
            assert answer.status_code == 303
        make_comment(status="pending").decide("publish", by=moderator, version=1, way="key")  # no answer
        found = counts()
    kinds = ("one_key", "filled", "changed", "own")
    assert {kind: found.of("answered", kind) for kind in kinds} == dict.fromkeys(kinds, 1)


def test_how_many_went_by_one_key_is_said_in_a_sentence(client, moderator):
    def words():
        [plot] = [each for each in numbers.read(TODAY, TODAY).plots if each.key == "answered"]
        return plot.words

    def answered(**sent):
        url = f"/moderation/comments/{make_comment(status='pending').pk}/decisions/"
        assert client.post(url, {"action": "publish", "version": 1} | sent).status_code == 303

    client.force_login(moderator)
    canned = CannedReply.objects.filter(purpose="public_answer").first().key
    with at(MONDAY):
        assert words().endswith("by keyboard.")
        answered(reply="In my own words.")
        assert words().endswith(" None of 1 went by one key.")
        answered(canned_reply=canned, way="key")
        assert words().endswith(" 1 of 2 went by one key (50 %).")


def test_what_another_system_decided_before_an_import_is_not_ours(moderator):
    comment = held(MONDAY)
    Decision.objects.filter(comment=comment).update(is_import=True)
    with at(MONDAY):
        assert counts().of("received") == 0


# Tallies


def test_a_day_that_is_over_is_tallied_once_and_read_from_there(moderator):
    held(MONDAY).decide("publish", by=moderator, version=1, at=MONDAY + timedelta(hours=1))
    with at(MONDAY + timedelta(days=1)):
        live = counts()
        jobs.tally_days(0)
        rows = list(DayTally.objects.order_by("pk").values_list("pk", flat=True))
        jobs.tally_days(0)
        assert list(DayTally.objects.order_by("pk").values_list("pk", flat=True)) == rows
    with at(MONDAY + timedelta(days=30)):
        stored = counts()
    for kind in ("received", "decided", "waited", "way"):
        assert stored.of(kind) == live.of(kind) == 1, kind
    Decision.objects.all().update(at=MONDAY - timedelta(days=400))
    assert counts().of("decided") == 1  # nobody looks at the decisions again


def test_days_without_a_worker_are_made_up_for(moderator):
    for day in (0, 3, 40):
        held(MONDAY + timedelta(days=day))
    with at(MONDAY + timedelta(days=1)):
        jobs.tally_days(0)
    with at(MONDAY + timedelta(days=50)):
        jobs.tally_days(0)
        assert DayTally.objects.filter(kind="tallied").count() == 50
        assert counts(TODAY, date(2026, 4, 20)).of("received") == 3


def test_what_is_neither_tallied_nor_young_is_said_to_be_missing(client, moderator):
    held(MONDAY)
    client.force_login(moderator)
    with at(MONDAY + timedelta(days=5)):
        held(MONDAY + timedelta(days=5))
        assert "What happened since 2 March 2026 is not counted yet" in page(client)
        assert counts(TODAY, date(2026, 3, 7)).of("received") == 1
        jobs.tally_days(0)
        assert "is not counted yet" not in page(client)


def test_a_day_is_one_of_the_newsrooms_own(moderator, settings):
    held(datetime(2026, 7, 1, 23, 30, tzinfo=UTC))
    with timezone.override("Europe/Berlin"), at(datetime(2026, 7, 2, 12, tzinfo=UTC)):
        assert counts(date(2026, 7, 2), date(2026, 7, 2)).of("received") == 1
        assert counts(date(2026, 7, 1), date(2026, 7, 1)).of("received") == 0


def test_the_command_mends_what_is_wrong_and_says_so(moderator):
    held(MONDAY).decide("publish", by=moderator, version=1, at=MONDAY + timedelta(hours=1))
    out = StringIO()
    with at(MONDAY + timedelta(days=2)):
        call_command("tally", stdout=out)
        assert "Counted 2 days; 2 of them mended." in out.getvalue()
        DayTally.objects.filter(kind="decided").update(count=7)
        call_command("tally", "--from", "2026-03-01", "--dry-run", stdout=out)
        assert "Counted 3 days; 2 of them are wrong." in out.getvalue()
        assert DayTally.objects.get(kind="decided").count == 7
        call_command("tally", "--from", "2026-03-01", stdout=out)
        assert DayTally.objects.get(kind="decided").count == 1
        call_command("tally", "--from", "2026-03-01", stdout=out)
        assert out.getvalue().endswith("Counted 3 days; 0 of them mended.\n")
        with pytest.raises(CommandError, match="is not a day that is over"):
            call_command("tally", "--from", "2030-01-01")
        with pytest.raises(CommandError, match="invalid"):
            call_command("tally", "--from", "yesterday")


def test_on_an_empty_site_there_is_nothing_to_tally():
    out = StringIO()
    call_command("tally", stdout=out)
    assert "Counted 0 days; 0 of them mended." in out.getvalue()


def test_weeks_are_sums_of_their_days(moderator):
    for day in (0, 6, 7):
        held(MONDAY + timedelta(days=day)).decide(
            "publish", by=moderator, version=1, at=MONDAY + timedelta(days=day, hours=1)
        )
    with at(MONDAY + timedelta(days=8)):
        jobs.tally_days(0)
        found = counts(TODAY, date(2026, 3, 10), by="week")
    assert found.of("decided", period=date(2026, 3, 2)) == 2
    assert found.of("decided", period=date(2026, 3, 9)) == 1
    assert found.spans("waited", period=date(2026, 3, 2)).total() == 2


# The page


def page(client, query="", status=200) -> str:
    answer = client.get(f"/moderation/numbers/{query}")
    assert answer.status_code == status
    assert answer["Cache-Control"] == "private, no-store"
    return answer.content.decode()


def test_an_empty_desk_has_words_and_no_plots(client, moderator):
    client.force_login(moderator)
    html = page(client)
    assert html.count("Nothing in these days.") == 11
    assert 'role="img"' not in html


def test_the_page_says_it_in_plots_and_tables_without_style_or_script(client, moderator, clauses):
    client.force_login(moderator)
    with at(MONDAY):
        make_comment(status="pending").decide(
            "reject", by=moderator, version=1, clause=clauses[0], way="key", seconds=5
        )
        held(MONDAY - timedelta(hours=2)).decide("publish", by=moderator, version=1, way="click", seconds=40)
        html = page(client, "?from=2026-03-02&to=2026-03-02")
    assert "half were read within" in html
    assert f"{clauses[0].number}. {clauses[0].title}" in html.replace("&#x27;", "'")
    assert "by key 5 seconds" in html
    assert " style=" not in html
    assert html.count('id="fill-0"') == 1


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?from=tomorrow", "is no day: write it as 2026-07-31."),
        ("?from=2026-02-30", "is no day: write it as 2026-07-31."),
        ("?from=2026-03-02&to=2026-03-01", "The first day is after the last."),
        ("?from=0001-01-01&to=0001-01-02", "The numbers begin in 2000."),
        ("?to=9999-12-31", "The last day has not come yet."),
        ("?from=9999-12-31", "The first day is after the last."),
        ("?from=2025-01-01&to=2026-01-01", "At most 92 days can be shown by day; choose by week for more."),
        ("?from=2020-01-01&to=2026-01-01&by=week", "At most 371 days can be shown by week."),
        ("?by=year", "Choose by day or by week."),
        ("?from=%3Cscript%3E&by[]=1", "is no day: write it as 2026-07-31."),
        ("?from=" + "9" * 5_000, "is no day: write it as 2026-07-31."),
        ("?to=0001-01-01", "The first day is after the last."),
    ],
)
def test_days_that_mean_nothing_are_answered_in_words(client, moderator, query, words):
    client.force_login(moderator)
    with at(MONDAY):
        html = page(client, query, status=422)
    assert words in html
    assert "<script>" not in html
    assert 'role="img"' not in html


def test_what_was_typed_is_kept(client, moderator):
    client.force_login(moderator)
    html = page(client, "?from=2026-13-01&to=2026-01-31&by=week", status=422)
    assert 'value="2026-13-01"' in html
    assert "“2026-13-01” is no day" in html
    assert 'value="2026-01-31"' in html
    assert '<option value="week" selected>' in html


def test_single_peoples_figures_are_for_administrators_and_ones_own(client):
    ann, bob = (
        make_user("moderator", display_name="Ann Moss"),
        make_user("moderator", display_name="Bob Reed"),
    )
    for user in (ann, bob, bob):
        make_comment(status="pending").decide("publish", by=user, version=1, way="key", seconds=6)
    seen = {}
    for user in (ann, make_user("administrator")):
        client.force_login(user)
        seen[user] = page(client).partition("numbers__people")[2]
    mine, everybodys = seen.values()
    assert "Your own" in mine
    assert "Ann Moss" in mine
    assert "Bob Reed" not in mine
    assert '<th scope="row">Bob Reed</th><td>2</td><td>100 %</td><td>6 seconds</td>' in everybodys
    assert "Ann Moss" in everybodys


def test_queries_do_not_grow(client, clauses):
    users = [make_user("moderator") for _ in range(5)]
    client.force_login(make_user("administrator"))
    article = make_article()
    made = {}

    def fill(count):
        for each in range(count):
            author = users[each % 5]
            comment = make_comment(article, status="pending", author=users[0])
            comment.decide(
                "reject", by=users[1 + each % 4], version=1, clause=clauses[each % 3], way="key", seconds=each
            )
            day = timezone.now() - timedelta(days=each % 20)
            Decision.objects.filter(comment=comment, by=author).update(at=day)

    for count in (5, 50):
        fill(count)
        page(client)
        with CaptureQueriesContext(connection) as queries:
            page(client)
        made[count] = len(queries)
    assert made[5] == made[50] <= 17


def test_open_cases_by_lane(moderator):
    make_comment(status="pending")
    report(make_comment())
    plot = next(
        each for each in numbers.read(timezone.localdate(), timezone.localdate()).plots if each.key == "lanes"
    )
    assert {name: cells[0] for name, cells in plot.rows} == {
        "Crisis": "0",
        "Escalated": "0",
        "Appeals": "0",
        "Reports": "1",
        "Edits": "0",
        "New": "1",
    }


def test_a_finding_and_what_led_there(moderator, clauses):
    from comments.models import Comment
    from comments.screening import Finding, Outcome

    with at(MONDAY):
        comment = Comment.submit(
            article=make_article(),
            by=make_user(),
            body="Buy this.",
            verdict=verdict("hold", Finding("links", Outcome.HOLD, 0, 3)),
        )
        comment.decide("reject", by=moderator, version=1, clause=clauses[0])
        make_comment().decide("remove", by=moderator, version=1, clause=clauses[0])
        found = counts()
    assert (found.of("found", "detected"), found.of("found", "own")) == (1, 1)
