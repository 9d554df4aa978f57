"""What one may want to know before sending a text: by the same checks that screen it. Never a block.

A possible emergency is no nudge: such a text is to be sent and seen, not thought over.
"""

from dataclasses import dataclass

from comments.screening import CRISIS, Facts, checks, conduct, contact, identity, people, screen

_CHECKS = (
    *(checks.links, conduct.personal_advice, contact.email, contact.phone, contact.handle),
    *(identity.address, identity.id_number, identity.birth_date, people.third_person),
)
_READABLE = "Everybody would be able to read it, for years. You may want to take it out."
_WORDS = {
    "personal_advice": (
        "It looks as if you are asking what to do about your own health, or somebody’s you know.",
        "Nobody here can examine you, so we can’t give personalised advice, and other readers should not. You can "
        "still send this. A doctor or pharmacist can answer it; if it is urgent, call the emergency number of your "
        "country.",
    ),
    "email": ("This looks like an e-mail address.", _READABLE),
    "phone": ("This looks like a telephone number.", _READABLE),
    "handle": ("This looks like a name on another network.", _READABLE),
    "address": ("This looks like a postal address.", _READABLE),
    "id_number": ("This looks like a number or password that belongs to one person.", _READABLE),
    "birth_date": ("This looks like a date of birth.", _READABLE),
    "third_person": (
        "This seems to name somebody else, together with their health.",
        "They have not been asked, and anybody who knows them could read it. “A friend” or “my aunt” says as much.",
    ),
    "links": (
        "This contains a link.",
        "A moderator looks at links before they appear, so it will take longer.",
    ),
}
# Only told in a preview: sending is not worth a question.
_PREVIEW_ONLY = frozenset({"links"})


@dataclass(frozen=True)
class Nudge:
    """One thing to know: what was seen, where, and what it means."""

    code: str
    seen: str
    quote: str
    advice: str


class Nudged(Exception):
    """There is something to know before this is sent; nothing was stored. Sent again with `confirm`, it is."""

    def __init__(self, found: list[Nudge]):
        self.found = found
        super().__init__("Please look at this before you send it.")


def for_text(body: str) -> list[Nudge]:
    """At most one nudge of a kind, in the order of the checks; for a preview."""
    return _worded(body, screen(Facts(text=body, published_before=99), _CHECKS).findings)


def before_sending(body: str, verdict, before: str = "") -> list[Nudge]:
    """What its author is asked about first, by what screening found in it. Never about an emergency.

    What they had said in the text `before` already, which this one replaces, they are not asked about again.
    """
    if is_emergency(verdict):
        return []
    said = {_key(before, each) for each in screen(Facts(text=before), _CHECKS).findings} if before else set()
    found = [each for each in verdict.findings if _key(body, each) not in said]
    return [nudge for nudge in _worded(body, found) if nudge.code not in _PREVIEW_ONLY]


def _key(body: str, finding) -> tuple[str, str]:
    """What makes it the same as another: of personal data each piece counts, of a question for advice that there is one."""
    asks = finding.code == "personal_advice"
    return finding.code, "" if asks else body[finding.start : finding.end]


def is_emergency(verdict) -> bool:
    """Whether it is stored at the first send, whatever else was found: somebody may be in danger."""
    return any(finding.code in CRISIS for finding in verdict.findings)


def _worded(body: str, findings) -> list[Nudge]:
    found: dict[str, Nudge] = {}
    for finding in findings:
        if finding.code in _WORDS:
            seen, advice = _WORDS[finding.code]
            quote = body[finding.start : finding.end][:120]
            found.setdefault(finding.code, Nudge(finding.code, seen, quote, advice))
    return list(found.values())
