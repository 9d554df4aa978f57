"""What reports weigh, and what they open again of what was decided."""

import pytest

from comments.models import Case, Report
from tests.comments.reports.conftest import answer, case_of, file, send
from tests.factories import make_comment, make_user

pytestmark = pytest.mark.django_db


def answered(reporter, right: int, wrong: int, reason="abuse") -> None:
    moderator = make_user("moderator")
    for number in range(right + wrong):
        comment = make_comment()
        report = file(comment, reason, reporter)
        report.answered_by = answer(comment, moderator)
        Report.objects.filter(pk=report.pk).update(was_right=number < right)


# Weight and priority


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
