"""What one may want to know before sending a text: by the same checks that screen it. Never a block."""

from dataclasses import dataclass

from comments.screening import Facts, checks, health, screen

_CHECKS = (checks.links, health.personal_advice, health.email, health.phone)
_WORDS = {
    "personal_advice": (
        "It looks as if you are asking what to do about your own health, or somebody’s you know.",
        "Nobody here can examine you, so we can’t give personalised advice, and other readers should not. You can "
        "still send this. A doctor or pharmacist can answer it; if it is urgent, call the emergency number of your "
        "country.",
    ),
    "email": (
        "This looks like an e-mail address.",
        "Everybody would be able to read it, for years. You may want to take it out.",
    ),
    "phone": (
        "This looks like a telephone number.",
        "Everybody would be able to read it, for years. You may want to take it out.",
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
