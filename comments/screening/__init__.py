"""Screening: what is read by a machine before a person reads it. Pure; standard library only.

A check is a function from Facts to findings. To add one: write it, name it in CHECKS, word its code in wording.py,
add a row to tests/comments/test_screening.py. All run; the strictest outcome wins; a check that fails holds the
comment and says so.
"""

import logging

from comments.screening import checks, health
from comments.screening.facts import Facts, Finding, Limits, Outcome, Verdict

CHECKS = (
    checks.length,
    checks.links,
    checks.repeats,
    checks.pace,
    checks.newcomer,
    checks.thread,
    checks.site,
    checks.standing,
    checks.listed_words,
    health.personal_advice,
    health.email,
    health.phone,
)
# What holds even a text by staff (design, "Who may").
HOLDS_STAFF = frozenset({"email", "phone", "check_failed", "read_first"})
_log = logging.getLogger("healthnews.screening")

__all__ = ["CHECKS", "Facts", "Finding", "Limits", "Outcome", "Verdict", "screen"]


def screen(facts: Facts, checks=CHECKS) -> Verdict:
    """Run every check and take the strictest outcome."""
    findings: list[Finding] = []
    for check in checks:
        try:
            findings.extend(check(facts))
        except Exception:
            _log.exception("the check %s failed", check.__name__)
            findings.append(Finding("check_failed", Outcome.HOLD))
    counted = [f for f in findings if not facts.is_staff or f.code in HOLDS_STAFF]
    outcome = max((finding.outcome for finding in counted), default=Outcome.PUBLISH)
    return Verdict(tuple(findings), outcome)
