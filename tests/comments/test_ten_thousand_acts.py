"""Ten thousand acts by many people, in any order: counts stay right, everything is on record, nothing leaks, nothing is lost."""

from collections import Counter

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from comments import screening
from comments.facts import MayNotWrite, TooFast
from comments.models.deciding import REFUSALS
from comments.nudges import Nudged
from tests.comments.acts.checks import Checks
from tests.comments.acts.desk import Desk
from tests.comments.acts.house import House
from tests.comments.acts.readers import Readers
from tests.comments.acts.site import Listener, Site

pytestmark = pytest.mark.django_db
# What is decided about several together is as many acts, so that these are some more than RUNS * STEPS.
RUNS, STEPS, EVERY = 18, 500, 200
# How often, compared with the others.
ACTS = {
    "submit": 22, "send_twice": 2, "edit": 9, "withdraw": 3, "report": 11, "appeal": 8, "helpful": 6, "hide": 2,
    "read_warning": 4, "bring_in": 1, "decide": 26, "decide_many": 4, "undo": 8, "undo_many": 3, "claim": 3,
    "sanction": 4, "take_down": 6, "lift": 5, "switch": 4, "switch_back": 1, "pick": 3, "note": 1,
    "send_to_editors": 2, "correct": 2, "rename": 1,
}  # fmt: skip
# With these the house says no; then nothing may have changed.
NO = (*REFUSALS, MayNotWrite, TooFast, Nudged, ValidationError)


class TenThousandActs(Readers, Desk, House, Checks, RuleBasedStateMachine):
    """A site, its people, and what they do, one act after the other."""

    tried, done = Counter(), Counter()

    def __init__(self):
        super().__init__()
        self.run = transaction.atomic()
        self.run.__enter__()
        self.traveller = time_machine.travel(timezone.now(), tick=False)
        self.clock = self.traveller.start()
        self.listener = screening.screen = Listener()
        self.site, self.steps, self.is_whole = Site(), 0, True
        self.to_take_down, self.switches, self.now = [], [], self.state()

    def teardown(self):
        screening.screen = self.listener.screen
        try:
            if self.is_whole and self.steps % EVERY:  # else it has failed already, or is checked
                self.check()
        finally:
            self.traveller.stop()
            transaction.set_rollback(True)
            self.run.__exit__(None, None, None)

    @rule(seed=st.integers(0, 2**32 - 1))
    def act(self, seed):
        """One act by somebody; where there is nothing to do, another one."""
        self.steps, self.is_whole = self.steps + 1, False
        self.site.draw(seed + self.steps)
        self.clock.shift(self.site.random.choice([1, 5, 20, 40, 90]))
        before, acted = self.now, False
        while not acted:
            name = self.site.random.choices([*ACTS], [*ACTS.values()])[0]
            try:
                done = acted = getattr(self, name)()
            except NO as refusal:
                acted, done = True, 0
                assert self.fingerprint() == before[0][0], (name, refusal)
        self.tried[name] += acted
        self.done[name] += done
        if done:
            self.now = self.state()
            for pk, (shown, key) in before.items():
                assert pk == 0 or self.now[pk][0] == shown or self.now[pk][1] != key, (
                    f"{name}: a kept page is old"
                )
        if self.steps % EVERY == 0:
            self.check()
        self.is_whole = True


def test_after_ten_thousand_acts_all_is_counted_on_record_and_nothing_leaks():
    run_state_machine_as_test(
        TenThousandActs,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        ),
    )
    assert sum(TenThousandActs.tried.values()) >= 10_000
    assert set(+TenThousandActs.done) == set(ACTS)
    assert min(TenThousandActs.done.values()) >= 20, (
        TenThousandActs.done
    )  # else it says little about that one
