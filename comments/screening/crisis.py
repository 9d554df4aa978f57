"""Somebody may be in danger: by their own hand, by others, by sudden illness. Distress is no offence.

A danger long past and an idiom are fine. What tells the means is held however it is meant.
"""

from comments.screening.cues import DANGERS, words_over
from comments.screening.facts import Facts, Finding, Outcome
from comments.screening.model import current
from comments.screening.phrases import find

# How sure the model has to be; low, because a missed one costs more than a look (docs/screening.md). "undertone" is its
# word on a text without what the lists say: for what nobody says outright. Where no list names a danger it has to be
# surer, or prose of any kind would do: whatever is unlike the sample sounds a little odd to it.
NAMED = {"emergency": 0.2, "undertone": 0.6}
UNNAMED = {"emergency": 0.5, "undertone": 0.7}
_PLAIN = 0.8  # how sure one is of what the lists call certain
_CODES = {"suicide": "self_harm", "selfharm": "self_harm", "means": "self_harm", "method": "method_detail"}


def danger(facts: Facts):
    """Present danger to life or limb, of the author or of somebody they know."""
    words = facts.head
    over = words_over(words)
    score = max((facts.scores[label] for label in NAMED), key=lambda each: each.confidence)
    plain = [place for place in find(words, "certain") if place[0] not in over]
    if facts.is_staff:
        # Staff write about emergencies all day, in these very words: only what is plainly about oneself holds.
        yield from (Finding("self_harm", Outcome.HOLD, *words.span(*place), _PLAIN) for place in plain)
        return
    ill = [place for place in find(words, "certain_ill") if place[0] not in over]
    named = [
        (section, place) for section in DANGERS for place in find(words, section) if place[0] not in over
    ]
    heard = any(
        facts.scores[label].confidence >= sure for label, sure in (NAMED if named else UNNAMED).items()
    )
    if not (plain or ill or heard):
        return
    model, sure = current().version, max(score.confidence, _PLAIN if plain or ill else 0)
    codes: set[str] = set()
    for section, place in named:
        code = _CODES.get(section, "emergency")
        codes.add(code)
        yield Finding(code, Outcome.HOLD, *words.span(*place), sure, model, score.words)
    if ill and "emergency" not in codes:
        codes.add("emergency")
        yield Finding("emergency", Outcome.HOLD, *words.span(*ill[0]), _PLAIN)
    if plain and "self_harm" not in codes:
        yield Finding("self_harm", Outcome.HOLD, *words.span(*plain[0]), _PLAIN)
    elif not codes:
        yield Finding("emergency", Outcome.HOLD, 0, 0, sure, model, score.words)
