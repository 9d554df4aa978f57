"""What one may want to know before sending a text: by the same checks that screen it. Never a block.

A possible emergency is no nudge: such a text is to be sent and seen, not thought over.
"""

from dataclasses import dataclass

from comments.screening import Facts, checks, conduct, contact, identity, people, screen

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


@dataclass(frozen=True)
class Nudge:
    """One thing to know: what was seen, where, and what it means."""

    code: str
    seen: str
    quote: str
    advice: str


def for_text(body: str) -> list[Nudge]:
    """At most one nudge of a kind, in the order of the checks."""
    found: dict[str, Nudge] = {}
    for finding in screen(Facts(text=body, published_before=99), _CHECKS).findings:
        if finding.code in _WORDS:
            seen, advice = _WORDS[finding.code]
            found.setdefault(
                finding.code, Nudge(finding.code, seen, body[finding.start : finding.end][:120], advice)
            )
    return list(found.values())
