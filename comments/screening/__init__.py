"""Screening: what is read by a machine before a person reads it. Pure; standard library only.

A check is a function from Facts to findings. To add one: write it, name it in CHECKS, word its code in wording.py,
add a row to tests/comments/test_screening.py. All run; the strictest outcome wins; a check that fails holds the
comment and says so.
"""

import logging
from itertools import islice

from comments.screening import checks, conduct, contact, crisis, identity, people
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
    checks.author_record,
    checks.capitals,
    checks.noise,
    crisis.danger,
    conduct.personal_advice,
    conduct.abuse,
    conduct.spam,
    conduct.cures_commerce,
    contact.email,
    contact.phone,
    contact.handle,
    identity.address,
    identity.id_number,
    identity.birth_date,
    people.third_person,
    people.claims_profession,
)
PERSONAL_DATA = ("email", "phone", "handle", "address", "id_number", "birth_date", "third_person")
CRISIS = ("emergency", "self_harm", "method_detail")
# What holds even a text by staff (design, "Who may").
HOLDS_STAFF = frozenset({*PERSONAL_DATA, *CRISIS, "check_failed", "read_first"})
MOST = 40  # findings of one check that are kept; nobody reads more
_log = logging.getLogger("healthnews.screening")

__all__ = [
    "CHECKS",
    "CRISIS",
    "PERSONAL_DATA",
    "Facts",
    "Finding",
    "Limits",
    "Outcome",
    "Verdict",
    "dangers",
    "screen",
]


def screen(facts: Facts, checks=CHECKS) -> Verdict:
    """Run every check and take the strictest outcome."""
    findings: list[Finding] = []
    for check in checks:
        try:
            findings.extend(islice(check(facts), MOST))
        except Exception:
            _log.exception("the check %s failed", check.__name__)
            findings.append(Finding("check_failed", Outcome.HOLD))
    counted = [f for f in findings if not facts.is_staff or f.code in HOLDS_STAFF]
    outcome = max((finding.outcome for finding in counted), default=Outcome.PUBLISH)
    if outcome == Outcome.REJECT and any(f.code in CRISIS for f in counted):
        outcome = Outcome.HOLD  # whoever may be in danger is answered by a person, whatever the list says
    return Verdict(tuple(findings), outcome)


def dangers(text: str, *, is_staff: bool = False) -> Verdict:
    """What is said of danger alone, for where nothing else is asked about a text: it is not stored, or not yet."""
    return screen(Facts(text=text, is_staff=is_staff), (crisis.danger,))
