"""The checks that a health site needs: asking for personal advice, and giving away how to be reached.

Every pattern is bounded: no nested repetition, so no text makes one slow.
"""

import re

from comments.screening.facts import Facts, Finding, Outcome

# Each says "what shall I (or somebody of mine) do, take or think": the asking, not the subject, is what we look for.
_ONE = r"(?:i|we|he|she|they|my (?:\w+ ){0,2}\w+)"
_ADVICE = [
    rf"\bwhat (?:should|shall|can|could|must|do|would you) {_ONE} (?:do|take|use|try|eat|drink|say|avoid)\b",
    rf"\b(?:should|shall|can|could|may) {_ONE} (?:be worried|worry|stop|start|take|keep taking|see|go|try|use|ask|get|"
    r"combine|mix|double|skip|continue|increase|reduce|be concerned|switch)\b[^.!?\n]{0,160}\?",
    rf"\bis (?:it|this|that) (?:safe|ok|okay|normal|dangerous|serious|bad|a sign)\b[^.!?\n]{{0,120}}\b(?:{_ONE}|me|"
    r"my|us|her|him)\b[^.!?\n]{0,120}\?",
    r"\b(?:any|some|need|want|please give me|looking for|appreciate any|give me) (?:\w+ ){0,2}(?:advice|suggestions?|"
    r"recommendations?)\b",
    r"\bwhat (?:do|would|could) you (?:recommend|suggest|advise|think (?:is|i|it|this|my))\b",
    r"\b(?:please|pls|plz|can (?:you|anyone|somebody|someone)|could (?:you|anyone|someone)) (?:please )?(?:help|advise|"
    r"tell me|diagnose|recommend|suggest)\b",
    r"\bhow (?:can|do|should|could) (?:i|we|he|she|they) (?:get rid of|stop|treat|cure|reduce|relieve|cope|deal|lose|"
    r"manage|prevent|lower|control|know if)\b",
    r"\b(?:could|can|might|would) (?:it|this|that|these) be (?:\w+ ){0,4}?(?:\w+)[^.!?\n]{0,80}\?[^?]{0,200}\b(?:i|my)\b",
    r"\b(?:do|does) (?:i|he|she|my \w+) (?:need|have to|have)\b[^.!?\n]{0,120}\?",
    r"\bwhat (?:is|could be|might be|'s) (?:wrong|happening|going on) with (?:me|my|him|her|us)\b",
    r"\bwhat(?:'s| is| could be| can be)(?: the)? (?:best|cause|causing|treatment|cure|remedy|solution)[^.!?\n]{0,80}"
    r"\b(?:me|my|i|him|her|his)\b",
]
_ADVICE_PATTERN = re.compile("|".join(f"(?:{pattern})" for pattern in _ADVICE), re.I)

_AT = r"(?:@|\s?[\[({]\s?at\s?[\])}]\s?|\s(?:at)\s(?=[\w-]{1,60}\s?(?:\.|[\[({ ]\s?dot\b)))"
_DOT = r"(?:\.|\s?[\[({]\s?dot\s?[\])}]\s?|\sdot\s)"
_EMAIL = re.compile(rf"(?<![\w.+-])[\w.+-]{{1,64}}{_AT}[\w-]{{1,63}}(?:{_DOT}[\w-]{{2,63}}){{1,4}}", re.I)
_PHONE = re.compile(r"(?<![\w./+-])(?:\+|00)?\(?\d{1,5}\)?(?:[ \t.\-/()]{0,2}\d{1,6}){1,7}(?![\w%])")
_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}")
_NUMBER_UNIT = re.compile(
    r"\s?(?:mg|mcg|µg|g|kg|ml|l|iu|mmol|mmhg|bpm|years?|weeks?|days?|kcal|per|pages?|%)\b", re.I
)


def personal_advice(facts: Facts):
    """Asks what to do about the writer's own health, or that of somebody they know."""
    for match in _ADVICE_PATTERN.finditer(facts.text):
        yield Finding("personal_advice", Outcome.HOLD, *match.span(), confidence=0.8)


def email(facts: Facts):
    """An e-mail address, plain or disguised."""
    for match in _EMAIL.finditer(facts.text):
        yield Finding("email", Outcome.HOLD, *match.span(), confidence=0.95)


def phone(facts: Facts):
    """A telephone number: eight to fifteen digits, and neither a date nor an amount."""
    for match in _PHONE.finditer(facts.text):
        number = match.group().strip(" \t.-/()")
        digits = sum(char.isdigit() for char in number)
        grouped = not number.isdigit() or number.startswith("0")
        short = digits == 7 and bool(re.fullmatch(r"\d{3}[-. ]\d{4}", number))
        if not (8 <= digits <= 15 and (grouped or digits >= 10) or short):
            continue
        if _DATE.fullmatch(number) or _NUMBER_UNIT.match(facts.text, match.end()):
            continue
        start = match.start() + match.group().index(number)
        yield Finding("phone", Outcome.HOLD, start, start + len(number), confidence=0.85)
