"""What is counted, against rows that the doors made."""

from collections import Counter
from datetime import date, time, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction

from comments import crisis, histogram, numbers, sums, tally
from comments.models import Appeal, CannedReply, Case, Decision, Duty
from comments.models.undoing import undo
from tests.comments.numbers.conftest import MONDAY, TODAY, at, counts, held, report
from tests.factories import make_comment, make_user

pytestmark = pytest.mark.django_db


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
