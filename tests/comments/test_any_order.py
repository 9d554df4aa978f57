"""Whatever readers, authors and the desk do to a comment, in any order: nothing that waits is lost, and undo is exact."""

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from comments import states
from comments.counts import recount
from comments.models import Appeal, Case, Clause, Comment, Decision, Lane, Report
from comments.models.undoing import undo
from comments.screening import Outcome, Verdict
from comments.screening.facts import Finding
from tests.factories import make_comment, make_user

pytestmark = pytest.mark.django_db
GIVEN = {"return": {"message": "Shorter, please."}, "publish_redacted": {"redactions": ((0, 4),)}}


def screened(outcome: str) -> Verdict:
    if outcome == "publish":
        return Verdict((), Outcome.PUBLISH)
    code = {"hold": "link", "crisis": "self_harm"}[outcome]
    return Verdict((Finding(code, Outcome.HOLD, 0, 4),), Outcome.HOLD)


class OneComment(RuleBasedStateMachine):
    """A comment, what happens to it, and how it stood before the last decision."""

    def __init__(self):
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()
        self.author, self.clause = make_user(), Clause.objects.get(number=1)
        self.desk = [make_user("moderator"), make_user("moderator")]
        self.begin()

    def teardown(self):
        right = not any(recount(dry_run=True).values())
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)
        assert right

    @property
    def comment(self) -> Comment:
        return Comment.objects.get(pk=self.pk)

    @property
    def case(self) -> Case | None:
        return Case.objects.open().filter(pk=self.pk).first()

    @property
    def in_force(self) -> Decision | None:
        return Decision.in_force(self.pk)

    def stands(self) -> tuple:
        comment, case = self.comment, self.case
        waits = case and (case.kinds, case.lane, case.priority, case.since, case.codes, case.is_detected)
        return comment.status, comment.text_id, comment.waiting_text_id, comment.published_at, waits

    @rule()
    @precondition(lambda self: self.comment.status == "withdrawn")
    def begin(self):
        self.pk = make_comment(author=self.author, status="pending", body="Some words, and some more.").pk
        self.forget()

    def forget(self):
        self.decision, self.before, self.came = None, None, set()

    # What readers and the author do

    @rule(reason=st.sampled_from(["abuse", "danger", "off_topic"]))
    @precondition(lambda self: self.comment.is_published)
    def report(self, reason):
        filed, _ = Report.file(self.comment, reason=reason, by=make_user())
        if filed.answered_by is None:
            self.came |= {"report"} | ({"crisis"} if reason == "danger" else set())

    @rule(outcome=st.sampled_from(["publish", "hold", "crisis"]))
    @precondition(lambda self: not self.comment.why_not_editable())
    def edit(self, outcome):
        comment = self.comment
        comment.edit("Other words.", by=self.author, verdict=screened(outcome), version=comment.version)
        self.forget()

    @rule()
    @precondition(lambda self: (found := self.in_force) and not Appeal.why_not(found, self.author))
    def appeal(self):
        Appeal.lodge(self.in_force, by=self.author, text="Look again.")
        self.came |= {"appeal"}

    @rule(which=st.integers(0, 5))
    @precondition(lambda self: self.answered())
    def reporter_appeals(self, which):
        answered = self.answered()
        report = answered[which % len(answered)]
        Appeal.lodge(report.answered_by, by=report.reporter, text="Look again.")
        self.came |= {"appeal"}

    def answered(self) -> list[Report]:
        """The reports whose sender can appeal against the answer."""
        reports = Report.objects.filter(comment=self.pk, answered_by__isnull=False).order_by("pk")
        return [each for each in reports if not Appeal.why_not(each.answered_by, each.reporter)]

    @rule()
    @precondition(lambda self: self.comment.status in states.MOVES[states.WITHDRAW])
    def withdraw(self):
        comment = self.comment
        comment.withdraw(by=self.author, version=comment.version)
        self.forget()

    # What the desk does

    @rule(which=st.integers(0, 60), second=st.booleans())
    @precondition(lambda self: self.comment.status != "withdrawn")
    def decide(self, which, second):
        comment, case = self.comment, self.case
        kinds = case.kinds if case else ()
        edit_waits = comment.waiting_text_id is not None
        allowed = states.allowed(comment.status, edit_waits=edit_waits, kinds=kinds)
        action = allowed[which % len(allowed)]
        given = GIVEN.get(action, {}) | ({"clause": self.clause} if action in states.NEEDS_CLAUSE else {})
        if "crisis" in kinds and action not in states.KEEPS_WAITING:
            given["outcome"] = "answered"
        before, note_ = self.stands(), f"{action} of {comment.status} {kinds}"
        by = self.desk[second]
        open_ones = Appeal.objects.filter(decision__comment=self.pk, answered_by=None)
        if by.pk in set(open_ones.values_list("decision__by", flat=True)):
            by = self.desk[not second]
        if by.pk in set(open_ones.values_list("decision__by", flat=True)):
            return
        note(note_)
        self.decision = comment.decide(action, by=by, version=comment.version, **given)
        self.before, self.came = before, set()

    @rule()
    @precondition(lambda self: self.decision is not None)
    def undo(self):
        undo(self.decision, by=self.decision.by)
        now = self.stands()
        was = self.before[4]
        assert now[:3] == self.before[:3] or "appeal" in self.came  # an appeal shows the text that was judged
        if not self.came:
            assert now == self.before
        else:
            assert {*now[4][0]} == {*(was[0] if was else ()), *self.came}
            assert {*now[4][4]} == {*(was[4] if was else ())}
            if was and "crisis" not in self.came:
                assert now[4][3] == was[3]
        self.forget()

    # What is always so

    @invariant()
    def nothing_that_waits_is_lost(self):
        comment, case = self.comment, self.case
        kinds = set(case.kinds if case else ())
        assert comment.status != "pending" or kinds
        assert comment.waiting_text_id is None or kinds & {"edit", "appeal"}
        found = self.in_force
        if comment.is_published and found and found.action == "publish_redacted":
            by_author = found.appeals.filter(by=self.author, answered_by=None).exists()
            assert (comment.waiting_text_id == found.text_id) is by_author
        reported = Report.objects.filter(comment=comment, answered_by=None).exists()
        assert not reported or "report" in kinds
        appealed = Appeal.objects.filter(decision__comment=comment, answered_by=None).exists()
        assert not appealed or "appeal" in kinds
        assert case is None or case.lane == min(Lane[each.upper()] for each in kinds)


def test_nothing_that_waits_is_lost_and_undo_is_exact_in_any_order():
    run_state_machine_as_test(
        OneComment,
        settings=settings(
            max_examples=25,
            stateful_step_count=14,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],  # to make a failure short takes minutes
        ),
    )
