"""Redact, return, escalate, keep; how an emergency ends; and what no card sends."""

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from comments.models import Appeal, Case, Comment, Decision, Lane, Report, Thread, Undecidable
from comments.models.undoing import undo
from tests.comments.outcomes.conftest import counts_are_right, report
from tests.factories import make_comment, make_user, verdict

pytestmark = pytest.mark.django_db


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


def crisis(**fields) -> Comment:
    comment = make_comment(status="pending", **fields)
    Case.open_for(comment, "crisis", priority=0)
    return comment


# Emergencies


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
