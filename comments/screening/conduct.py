"""What is said to others, and what is offered to them: asking for advice, abuse, spam, cures for sale.

Each is the model's word, or a plain phrase of the lists; the places shown are those of the lists.
"""

from comments.screening.cues import uncovered
from comments.screening.facts import Facts, Finding, Outcome
from comments.screening.model import current
from comments.screening.phrases import find
from comments.screening.words import QUESTION, Words

# How sure the model has to be; chosen on cross-validated scores (docs/screening.md).
SURE = {"medical_advice": 0.5, "abuse": 0.4, "spam": 0.4}
UNASKED = 0.75  # for advice where nothing is asked in so many words
NO_HEALTH = 0.9  # and where no word of health stands
_SHOWN = 6  # places of one kind


def _places(words: Words, *sections: str) -> list[tuple[int, int]]:
    """Where these lists speak, each place once, the longest first at the same beginning."""
    found: dict[int, int] = {}
    for section in sections:
        for first, last in find(words, section):
            found[first] = max(last, found.get(first, 0))
    return [words.span(first, last) for first, last in sorted(found.items())][:_SHOWN]


def _judge(facts: Facts, label: str, code: str, shown: tuple[str, ...], plain: str = ""):
    words = facts.head
    score = facts.scores[label]
    certain = _places(words, plain) if plain else []
    if score.confidence < SURE[label] and not certain:
        return
    model = current().version
    for start, end in _places(words, *shown, *([plain] if plain else [])) or [(0, 0)]:
        sure = max(score.confidence, 0.8 if certain else 0)
        yield Finding(code, Outcome.HOLD, start, end, sure, model, score.words)


def personal_advice(facts: Facts):
    """Asks what to do about the writer's own health, or that of somebody they know."""
    words = facts.head
    asks = QUESTION in words.distinct or find(words, "request") or find(words, "request_weak")
    needed = NO_HEALTH if not find(words, "health") else SURE["medical_advice"] if asks else UNASKED
    if facts.scores["medical_advice"].confidence >= needed:
        yield from _judge(facts, "medical_advice", "personal_advice", ("request",))


def abuse(facts: Facts):
    """Insults, threatens or dehumanises. Anatomy, drugs and plain grief do not; nor does calling an idea stupid."""
    yield from _judge(facts, "abuse", "abuse", ("directed", "slur", "threat", "dehumanise"), "attack")
    for word, start, end in facts.head.undisguised[:20]:
        if uncovered(word) and facts.scores["abuse"].confidence >= SURE["abuse"]:
            yield Finding("abuse", Outcome.HOLD, start, end, 0.7)


def spam(facts: Facts):
    """Promotes, sells, begs for clicks, scams."""
    yield from _judge(facts, "spam", "spam", ("begging", "selling"))


def cures_commerce(facts: Facts):
    """A cure or product praised for sale: a cure beside a link, a price, a way to order or to be reached."""
    words = facts.head
    cures = _places(words, "cures")
    if not cures:
        return
    selling = _places(words, "selling", "offer")
    sure = facts.scores["spam"].confidence
    if sure >= SURE["spam"] or (selling and (len(cures) > 1 or sure > 0.05)):
        for start, end in cures:
            yield Finding(
                "cures_commerce",
                Outcome.HOLD,
                start,
                end,
                max(sure, 0.6),
                current().version,
                facts.scores["spam"].words,
            )
