"""The further outcomes of the desk: redact, return, escalate, keep, appeals, emergencies; and the way back."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from comments import states
from comments.counts import recount
from comments.jobs import mail_decision
from comments.models import (
    Appeal,
    Case,
    Clause,
    Comment,
    Decision,
    Lane,
    MovedMeanwhile,
    Notice,
    Remark,
    Report,
    Thread,
    Undecidable,
)
from comments.models.deciding import Act, carry_out
from comments.models.undoing import undo
from tests.factories import make_article, make_comment, make_user, verdict

pytestmark = pytest.mark.django_db


@pytest.fixture
def moderator():
    return make_user("moderator")


@pytest.fixture
def clause():
    return Clause.objects.order_by("-policy__number", "number").first()


def report(comment, reporter=None, reason="abuse") -> Report:
    row = Report.objects.create(
        comment=comment, text=comment.text, reporter=reporter or make_user(), reason=reason
    )
    Case.open_for(comment, "report")
    return row


def counts_are_right() -> bool:
    return not any(recount(dry_run=True).values())


# Redaction


def test_what_is_taken_out_is_gone_from_the_page_and_kept_for_the_appeal(client, moderator):
    comment = make_comment(status="pending", body="Ask Dr Ölçer on 020 7946 0018, he is good.")
    start = comment.text.body.index("020")
    decision = comment.decide("publish_redacted", by=moderator, version=1, redactions=((start, start + 13),))
    assert comment.status == "published"
    assert comment.text.body == "Ask Dr Ölçer on [removed: personal data], he is good."
    assert decision.redactions == [[start, start + 13]]
    assert decision.text.body.count("020 7946 0018") == 1
    page = client.get(comment.article.get_absolute_url()).content.decode()
    assert "[removed: personal data]" in page
    assert "7946" not in page
    assert counts_are_right()


def test_a_published_text_is_redacted_in_place_and_its_page_made_anew(client, moderator):
    comment = make_comment(body="Call 020 7946 0018 now.")
    before = Thread.objects.get(pk=comment.article_id)
    comment.decide("publish_redacted", by=moderator, version=1, redactions=((5, 18),))
    after = Thread.objects.get(pk=comment.article_id)
    assert (after.version, after.published_count) == (before.version + 1, before.published_count)
    assert "7946" not in client.get(comment.article.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("spans", "words"),
    [
        ((), "Mark what is to be taken out"),
        (((3, 3),), "does not lie"),
        (((0, 999),), "does not lie"),
        (((-1, 4),), "does not lie"),
        (((1, 2, 3),), "pairs of numbers"),
        (("x",), "pairs of numbers"),
        (((True, 2),), "pairs of numbers"),
    ],
)
def test_marks_that_mean_nothing_are_refused_in_words(moderator, spans, words):
    comment = make_comment(status="pending")
    with pytest.raises(Undecidable, match=words):
        comment.decide("publish_redacted", by=moderator, version=1, redactions=spans)
    assert Comment.objects.get(pk=comment.pk).status == "pending"


# Return


def test_a_returned_comment_comes_back_to_the_same_place_in_the_queue(moderator, clause):
    author = make_user()
    comment = make_comment(author=author, status="pending")
    case = Case.objects.get(pk=comment.pk)
    comment.decide("return", by=moderator, version=1, clause=clause, message="Leave the name out, please.")
    assert comment.status == "returned"
    assert Case.objects.get(pk=comment.pk).closed_at is not None
    comment.edit("Without the name.", by=author, verdict=verdict("publish"), version=comment.version)
    again = Case.objects.get(pk=comment.pk)
    assert comment.status == "pending"
    assert again.closed_at is None
    assert (again.since, again.lane, again.priority) == (case.since, case.lane, case.priority)
    assert comment.decisions.first().action == "resubmit"


def test_an_appeal_that_nobody_has_answered_is_still_a_reason_when_it_comes_back(moderator, clause):
    author = make_user()
    comment = make_comment(author=author, status="pending")
    comment.decide("return", by=moderator, version=1, clause=clause, message="Shorter, please.")
    refused = comment.decide("reject", by=moderator, version=comment.version, clause=clause)
    Appeal.lodge(refused, by=author, text="Look again.")
    undo(refused, by=moderator)
    comment = Comment.objects.get(pk=comment.pk)
    comment.edit("Shorter.", by=author, verdict=verdict("publish"), version=comment.version)
    case = Case.objects.get(pk=comment.pk)
    assert (case.closed_at, set(case.kinds), case.lane) == (None, {"new", "appeal"}, Lane.APPEAL)


def test_what_was_answered_when_it_was_returned_is_no_reason_when_it_comes_back(moderator, clause):
    author = make_user()
    comment = make_comment(author=author)
    Report.file(comment, reason="abuse", by=make_user())
    for action in ("hold", "return"):
        comment.refresh_from_db()
        comment.decide(
            action, by=moderator, version=comment.version, clause=clause, message="Be kind, please."
        )
    comment.edit("Kinder words.", by=author, verdict=verdict("publish"), version=comment.version)
    case = Case.objects.open().get(pk=comment.pk)
    assert (case.kinds, case.lane) == (["new"], Lane.NEW)
    published = comment.decide("publish", by=moderator, version=comment.version)
    assert published.source == "own"


@pytest.mark.parametrize("action", ["return", "reject", "remove"])
def test_what_takes_a_text_away_needs_a_clause(moderator, action):
    comment = make_comment(status="published" if action == "remove" else "pending")
    with pytest.raises(Undecidable, match="Choose the clause"):
        comment.decide(action, by=moderator, version=1, message="Because.")


def test_a_return_without_a_word_to_the_author_is_refused(moderator, clause):
    comment = make_comment(status="pending")
    with pytest.raises(Undecidable, match="Tell the author"):
        comment.decide("return", by=moderator, version=1, clause=clause)


# Escalate, keep, reports


def test_what_is_escalated_goes_on_waiting_in_the_lane_of_the_administrators(moderator):
    comment = make_comment(status="pending")
    comment.decide("escalate", by=moderator, version=1, note="I know the author.")
    case = Case.objects.get(pk=comment.pk)
    assert case.closed_at is None
    assert case.get_lane_display() == "Escalated"
    assert case.kinds == ["new", "escalated"]
    assert not ProcrastinateJob.objects.filter(task_name="comments.mail_decision").exists()


@pytest.mark.parametrize(("action", "was_right"), [("keep", False), ("remove", True)])
def test_a_decision_answers_every_open_report(moderator, clause, action, was_right):
    comment = make_comment()
    first, second = report(comment), report(comment, reason="spam")
    given = {"clause": clause} if action == "remove" else {}
    decision = comment.decide(action, by=moderator, version=1, **given)
    assert decision.source == "report"
    for row in (first, second):
        row.refresh_from_db()
        assert (row.answered_by, row.was_right) == (decision, was_right)
    assert Case.objects.get(pk=comment.pk).closed_at is not None


# Emergencies


def crisis(**fields) -> Comment:
    comment = make_comment(status="pending", **fields)
    Case.open_for(comment, "crisis", priority=0)
    return comment


def test_an_emergency_is_not_closed_without_saying_how_it_ended(moderator, clause):
    comment = crisis()
    for action, given in (("publish", {}), ("reject", {"clause": clause})):
        with pytest.raises(Undecidable, match="how this emergency was dealt with"):
            comment.decide(action, by=moderator, version=1, **given)
    decision = comment.decide("publish", by=moderator, version=1, outcome="signposted")
    assert decision.get_outcome_display() == "Pointed to help"
    assert Case.objects.get(pk=comment.pk).closed_at is not None


def test_an_emergency_is_not_over_because_its_author_takes_the_text_back(moderator):
    author = make_user()
    comment = crisis(author=author)
    comment.withdraw(by=author, version=1)
    assert Case.objects.get(pk=comment.pk).closed_at is None
    comment.decide("keep", by=moderator, version=comment.version, outcome="authorities")
    assert comment.status == "withdrawn"
    assert Case.objects.get(pk=comment.pk).closed_at is not None


def test_an_outcome_belongs_to_an_emergency(moderator):
    comment = make_comment(status="pending")
    with pytest.raises(Undecidable, match="only given to a comment in the crisis lane"):
        comment.decide("publish", by=moderator, version=1, outcome="answered")


# Appeals


@pytest.fixture
def removed(moderator, clause):
    comment = make_comment(author=make_user())
    comment.decide("remove", by=moderator, version=1, clause=clause)
    return comment


def test_an_appeal_waits_for_another_moderator_and_restores_place_and_counts(client, moderator, removed):
    other = make_user("moderator")
    decision = removed.decisions.first()
    appeal = Appeal.lodge(decision, by=removed.author, text="I named nobody.")
    removed.refresh_from_db()
    with pytest.raises(Undecidable, match="against your own decision"):
        removed.decide("overturn", by=moderator, version=removed.version)
    answer = removed.decide("overturn", by=other, version=removed.version)
    appeal.refresh_from_db()
    assert (appeal.answered_by, appeal.was_granted) == (answer, True)
    assert answer.source == "appeal"
    assert not answer.by_the_same
    assert removed.status == "published"
    assert removed.anchor in client.get(removed.article.get_absolute_url()).content.decode()
    assert counts_are_right()


def test_a_single_moderator_answers_and_the_record_says_so(moderator, removed):
    Appeal.lodge(removed.decisions.first(), by=removed.author, text="Please look again.")
    removed.refresh_from_db()
    answer = removed.decide("uphold", by=moderator, version=removed.version)
    assert answer.by_the_same
    assert removed.status == "removed"


def test_one_appeal_for_a_decision_within_six_months_by_who_it_concerns(removed):
    decision = removed.decisions.first()
    with pytest.raises(Undecidable, match="Only the author"):
        Appeal.lodge(decision, by=make_user(), text="I mind too.")
    Appeal.lodge(decision, by=removed.author, text="Look again.")
    with pytest.raises(Undecidable, match="already"):
        Appeal.lodge(decision, by=removed.author, text="And again.")
    Decision.objects.filter(pk=decision.pk).update(at=timezone.now() - timedelta(days=186))
    decision.refresh_from_db()
    assert "six months" in Appeal.why_not(decision, removed.author)


def test_who_reported_may_appeal_when_the_comment_was_kept(moderator, clause):
    reporter, other = make_user(), make_user("moderator")
    comment = make_comment()
    report(comment, reporter)
    kept = comment.decide("keep", by=moderator, version=1)
    appeal = Appeal.lodge(kept, by=reporter, text="It names my sister.")
    comment.refresh_from_db()
    comment.decide("remove", by=other, version=comment.version, clause=clause)
    appeal.refresh_from_db()
    assert appeal.was_granted


def test_a_card_that_was_open_when_an_appeal_came_in_decides_nothing(moderator, removed):
    version = removed.version
    Appeal.lodge(removed.decisions.first(), by=removed.author, text="Look again.")
    with pytest.raises(MovedMeanwhile):
        removed.decide("restore", by=moderator, version=version)


# Undo


def later(decision, **by) -> None:
    Decision.objects.filter(pk=decision.pk).update(at=timezone.now() - timedelta(**by))
    decision.refresh_from_db()


@pytest.mark.parametrize("action", ["publish", "reject", "return", "publish_redacted", "escalate"])
def test_undo_puts_everything_back_and_nobody_is_told(moderator, clause, action):
    author = make_user()
    comment = make_comment(author=author, status="pending", body="Call 020 7946 0018 now.")
    case = Case.objects.get(pk=comment.pk)
    given = {
        "reject": {"clause": clause},
        "return": {"clause": clause, "message": "Shorter, please."},
        "publish_redacted": {"redactions": ((5, 18),)},
    }.get(action, {})
    decision = comment.decide(action, by=moderator, version=1, **given)
    undo(decision, by=moderator)
    comment.refresh_from_db()
    now = Case.objects.get(pk=comment.pk)
    assert (comment.status, comment.published_at) == ("pending", None)
    assert comment.text.body == "Call 020 7946 0018 now."
    assert (now.closed_at, now.since, now.lane, now.kinds) == (None, case.since, case.lane, case.kinds)
    assert [each.action for each in comment.decisions.all()[:2]] == ["undo", action]
    assert counts_are_right()
    mail_decision(decision.pk)
    assert mail.outbox == []


def test_undo_takes_the_answer_back_with_it(client, moderator):
    comment = make_comment(status="pending")
    decision = comment.decide("publish", by=moderator, version=1, reply="See a doctor, please.")
    undo(decision, by=moderator)
    assert Comment.objects.get(pk=decision.answer_id).status == "withdrawn"
    assert "See a doctor, please." not in client.get(comment.article.get_absolute_url()).content.decode()
    assert counts_are_right()


def test_undo_gives_reports_and_appeals_back_to_the_queue(moderator, clause, removed):
    reported = make_comment()
    row = report(reported)
    undo(reported.decide("keep", by=moderator, version=1), by=moderator)
    row.refresh_from_db()
    assert (row.answered_by, row.was_right) == (None, None)
    appeal = Appeal.lodge(removed.decisions.first(), by=removed.author, text="Look again.")
    other = make_user("moderator")
    removed.refresh_from_db()
    undo(removed.decide("overturn", by=other, version=removed.version), by=other)
    appeal.refresh_from_db()
    removed.refresh_from_db()
    assert (appeal.answered_by, removed.status) == (None, "removed")
    assert Case.objects.open().filter(pk=removed.pk).exists()


def test_undo_restores_the_edit_that_waited(moderator):
    author = make_user()
    comment = make_comment(author=author, body="As it was.")
    comment.edit("As it shall be.", by=author, verdict=verdict("hold"), version=1)
    decision = comment.decide("publish", by=moderator, version=comment.version)
    assert comment.text.body == "As it shall be."
    version = Thread.objects.get(pk=comment.article_id).version
    undo(decision, by=moderator)
    comment.refresh_from_db()
    assert (comment.text.body, comment.waiting_text.body) == ("As it was.", "As it shall be.")
    assert Thread.objects.get(pk=comment.article_id).version == version + 1


def test_after_a_minute_the_author_is_told_and_after_ten_it_is_too_late(moderator, clause):
    comment = make_comment(author=make_user(), status="pending")
    decision = comment.decide("reject", by=moderator, version=1, clause=clause)
    later(decision, seconds=61)
    Notice.objects.filter(decision=decision).update(mailed_at=timezone.now())
    record = undo(decision, by=moderator)
    jobs = ProcrastinateJob.objects.filter(task_name="comments.mail_decision")
    assert {"decision_id": record.pk} in [job.args for job in jobs]
    comment.refresh_from_db()
    late = comment.decide("reject", by=moderator, version=comment.version, clause=clause)
    later(late, minutes=11)
    with pytest.raises(Undecidable, match="ten minutes"):
        undo(late, by=moderator)


def test_only_the_latest_decision_is_undone_and_only_by_who_made_it(moderator):
    comment = make_comment(status="pending")
    first = comment.decide("publish", by=moderator, version=1)
    with pytest.raises(Undecidable, match="Only who decided"):
        undo(first, by=make_user("moderator"))
    comment.decide("hold", by=moderator, version=comment.version)
    with pytest.raises(MovedMeanwhile):
        undo(first, by=moderator)
    with pytest.raises(Undecidable, match="Only what somebody of the desk"):
        undo(comment.decisions.last(), by=moderator)
    assert undo(comment.decisions.first(), by=make_user("administrator")).to_status == "published"


def test_what_waited_before_it_was_held_waits_on_when_that_is_undone(moderator):
    author = make_user()
    reported, edited, quiet = make_comment(), make_comment(author=author), make_comment()
    Report.file(reported, reason="abuse", by=make_user())
    edited.edit("As it shall be.", by=author, verdict=verdict("hold"), version=1)
    for comment, kinds in ((reported, ["report"]), (edited, ["edit"]), (quiet, None)):
        comment.refresh_from_db()
        undo(comment.decide("hold", by=moderator, version=comment.version), by=moderator)
        case = Case.objects.open().filter(pk=comment.pk).first()
        assert (case and case.kinds) == kinds


def test_a_report_that_came_in_before_the_undo_waits_beside_what_did(moderator):
    comment = make_comment(status="pending")
    Case.open_for(comment, "crisis", priority=0, codes=["self_harm"], detected=True)
    before = Case.objects.get(pk=comment.pk)
    decision = comment.decide("publish", by=moderator, version=1, outcome="false_alarm")
    Report.file(comment, reason="abuse", by=make_user())
    comment.refresh_from_db()
    undo(decision, by=moderator)
    case = Case.objects.open().get(pk=comment.pk)
    assert case.kinds == ["new", "crisis", "report"]
    assert (case.lane, case.priority, case.since) == (before.lane, before.priority, before.since)
    assert (case.codes, case.is_detected) == (["self_harm"], True)


def test_a_change_that_is_published_at_once_answers_no_report(moderator):
    author = make_user()
    comment = make_comment(author=author)
    Report.file(comment, reason="danger", by=make_user())
    comment.refresh_from_db()
    comment.edit("Other words.", by=author, verdict=verdict("hold"), version=comment.version)
    comment.edit("Others again.", by=author, verdict=verdict("publish"), version=comment.version)
    case = Case.objects.open().get(pk=comment.pk)
    assert (comment.text.body, case.kinds, case.get_lane_display()) == (
        "Others again.",
        ["report", "crisis"],
        "Crisis",
    )


# Many at once


def many(count: int) -> list[Comment]:
    article, author = make_article(), make_user()
    roots = [make_comment(article, author, status="pending", body=f"Root {n}.") for n in range(count)]
    return list(
        Comment.objects.filter(pk__in=[each.pk for each in roots]).select_related("text", "waiting_text")
    )


def test_fifty_decisions_take_the_statements_of_five(moderator, clause):
    asked = {}
    for count in (5, 50):
        comments = many(count)
        with CaptureQueriesContext(connection) as statements:
            act = Act(states.REJECT, by=moderator, clause=clause, note="Spam run.")
            done = carry_out(act, comments, dict.fromkeys((each.pk for each in comments), 1))
        assert len(done.decisions) == count
        asked[count] = len(statements)
    assert asked[5] == asked[50]


def test_what_moved_meanwhile_is_left_alone_and_told_apart(moderator):
    first, second, third = many(3)
    second.decide("publish", by=make_user("moderator"), version=1)
    stale = list(Comment.objects.filter(pk__in=[first.pk, third.pk])) + [second]
    done = carry_out(Act(states.PUBLISH, by=moderator), stale, dict.fromkeys((1, *[c.pk for c in stale]), 1))
    assert set(done.decisions) == {first.pk, third.pk}
    assert isinstance(done.refused[second.pk], MovedMeanwhile)
    assert Thread.objects.get(pk=first.article_id).published_count == 3
    assert counts_are_right()


def test_each_author_has_a_message_of_their_own_that_can_be_destroyed_alone(moderator, clause):
    comments = many(2)
    done = carry_out(
        Act(states.REJECT, by=moderator, clause=clause),
        comments,
        dict.fromkeys((each.pk for each in comments), 1),
        {comments[0].pk: "First.", comments[1].pk: "Second."},
    )
    told = [done.decisions[each.pk].message for each in comments]
    assert [each.text for each in told] == ["First.", "Second."]
    assert Remark.objects.filter(pk__in=[each.pk for each in told]).count() == 2


# What no card sends


@pytest.mark.parametrize("action", ["publish", "publish_redacted"])
@pytest.mark.parametrize(
    "marked",
    ["[[0, " + "9" * 5_000 + "]]", "[" * 100_000, "[5]", '[["a","b"]]', "[[5]]", "[[0,1,2]]", "[{}]", "[null]", "[NaN]", '{"a": 1}', '"x"', "[[true, 2]]"],
)  # fmt: skip
def test_redactions_that_are_none_decide_nothing(client, moderator, action, marked):
    comment = make_comment(status="pending")
    client.force_login(moderator)
    sent = {"action": action, "version": 1, "redactions": marked}
    answer = client.post(f"/moderation/comments/{comment.pk}/decisions/", sent)
    assert answer.status_code == 422
    assert "could not be read" in answer.content.decode()
    assert Comment.objects.get(pk=comment.pk).status == "pending"


def test_only_a_redaction_keeps_spans(client, moderator, clause):
    comment = make_comment()
    client.force_login(moderator)
    sent = {
        "action": "remove",
        "version": 1,
        "clause": clause.number,
        "redactions": "[[0, 4]]",
        "span": "5-6",
    }
    assert client.post(f"/moderation/comments/{comment.pk}/decisions/", sent).status_code == 303
    assert Decision.objects.get(action="remove").redactions == []
    client.force_login(comment.author)
    assert "What was taken out" not in client.get(f"/comments/{comment.pk}/decision/").content.decode()
