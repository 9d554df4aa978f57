"""Other people in the text, and who the author says to be.

A named third person with an illness or a drug weighs double: nobody asked them.
"""

import re

from comments.screening.facts import Facts, Finding, Outcome
from comments.screening.phrases import find, words_of
from comments.screening.words import fold

_NAME = r"[A-ZÀ-ÖØ-Þ][^\W\d_A-Z]{1,19}(?:['’-][^\W\d_][^\W\d_]{1,19})?"
_FULL = rf"{_NAME}(?:\s{_NAME}){{0,2}}"
_KIN = (
    r"(?:mother|mum|mom|mummy|mama|father|dad|daddy|papa|husband|wife|partner|fianc[eé]e?|boyfriend|girlfriend|son|daughter|"
    r"child|baby|brother|sister|cousin|aunt|auntie|aunty|uncle|nephew|niece|grandmother|grandfather|grandma|grandpa|granny|"
    r"gran|nan|nana|grandad|stepmother|stepfather|stepson|stepdaughter|mother-in-law|father-in-law|brother-in-law|"
    r"sister-in-law|friend|neighbour|neighbor|colleague|boss|flatmate|roommate|landlord|landlady|ex|teacher|carer)"
)
_PATTERNS = (
    re.compile(rf"\b(?:[Mm]y|[Oo]ur|[Hh]is|[Hh]er|[Tt]heir)\s(?:\w{{2,12}}\s)?{_KIN},?\s({_FULL})"),
    re.compile(rf"\b(?:Mr|Mrs|Ms|Miss|Mister|Herr|Frau|Madame|Monsieur)\.?\s({_FULL})"),
    re.compile(rf"(?<![Mm]y\s)\b(?:name\s(?:is|was)|is\scalled)\s({_FULL})"),
    re.compile(
        rf"\b({_FULL}),?\s(?:from\s(?:accounts|work|school|church|number|the|my|our|next|down|over|HR|IT|sales|reception)|"
        r"next\sdoor|at\s(?:number|work|my|our|reception)|in\s(?:my|our|accounts|number|year|flat|HR|IT|sales)|"
        r"down\sthe\sroad|across\sthe\s(?:road|street|hall)|who\s(?:lives|works)|"
        r"(?:has|had|is|was|takes|took|suffers|suffered|got|died|lives|went|told))\b"
    ),
)
# Capitals that are no person: days, months, peoples, places, companies, the ill themselves.
_NO_NAMES = words_of("NO_NAMES").words
_BY_VERB = 3  # the pattern that takes a verb behind two names, and a place behind one
_VERBS = words_of("OF_PEOPLE").words
_WORD = re.compile(r"[^\W_]+")
_PUBLIC = words_of("OFFICES").words
_VAGUE = words_of("VAGUE")


def _no_person(name: str) -> bool:
    return name in _PUBLIC or words_of("DRUG").fits(name) or words_of("ILLNESS").fits(name)


def _ill(words) -> bool:
    """Whether an illness, a symptom, a drug or care is among the words."""
    return any(
        words_of(name).fits(word)
        for word in words
        if not _VAGUE.fits(word)
        for name in ("ILLNESS", "DRUG", "SYMPTOM", "CARE")
    )


def third_person(facts: Facts):
    """Somebody else by name, with an illness, a symptom or a drug of theirs beside it."""
    text = facts.text
    if not _ill(facts.head.distinct):
        return
    taken: set[int] = set()
    for number, pattern in enumerate(_PATTERNS):
        for match in pattern.finditer(text):
            start, end = match.span(1)
            names = match.group(1).split()
            while names and names[-1].lower() in _NO_NAMES:
                end -= len(names.pop()) + 1
            if not names or names[0].lower() in _NO_NAMES or start in taken or end <= start:
                continue
            if any(_no_person(name.lower()) for name in names):
                continue
            if number == _BY_VERB and len(names) < 2 and match.group().rsplit(maxsplit=1)[-1] in _VERBS:
                continue
            if _ill(_WORD.findall(fold(text[max(0, start - 160) : end + 160]))):
                taken.add(start)
                sure = 0.8 if len(names) > 1 or number == 1 else 0.6
                yield Finding("third_person", Outcome.HOLD, start, end, sure)


def claims_profession(facts: Facts):
    """Speaks as a doctor, nurse or pharmacist, which nobody has verified."""
    if facts.has_credential or facts.is_staff:
        return
    for first, last in find(facts.head, "profession"):
        yield Finding("claims_profession", Outcome.HOLD, *facts.head.span(first, last), 0.8)
        return
