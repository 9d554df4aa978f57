"""Personal data, continued: postal addresses, identity numbers, birth dates, secrets."""

import re

from comments.screening.contact import find_links, places_of
from comments.screening.facts import Facts, Finding, Outcome
from comments.screening.phrases import words_of
from comments.screening.words import around

_STREET = (
    r"(?:street|st|str|road|rd|lane|ln|avenue|ave|av|close|cl|crescent|cres|drive|dr|way|walk|parade|pde|mews|court|ct|"
    r"place|pl|terrace|tce|gardens|gdns|boulevard|blvd|square|sq|hill|grove|row|rise|view|park|highway|hwy|circle|cir|"
    r"trail|loop|quay|wharf|path|green|house|towers?|building|estate|villas?|cottages?|heights|plaza|alley|bypass|esplanade)"
)
_ADDRESS = re.compile(
    r"\d(?<![\w.,$£€-].)\d{0,4}(?:/\d{1,5})?[a-z]?,?\s{1,2}(?!(?:mg|mcg|ml|min|mins|minutes?|hours?|hrs?|days?|weeks?|months?|years?|yrs?|miles?|km|"
    r"percent|st|nd|rd|th|of|or|to|and|in|times|people|more|per|pills?|tablets?|am|pm|on)\b)"
    rf"(?:[^\W\d_][\w'’.-]{{0,24}}\s{{1,2}}){{1,4}}?{_STREET}\b\.?",
    re.I,
)
_ABROAD = (  # (what must be in the text at all, pattern)
    (
        (
            "rue",
            "avenue",
            "boulevard",
            "chemin",
            "place",
            "impasse",
            "calle",
            "via",
            "piazza",
            "rua",
            "avenida",
        ),
        r"\d(?<!\w.)\d{0,3}(?:\s?(?:bis|ter))?,?\s(?:rue|avenue|boulevard|chemin|place|impasse|calle|via|viale|piazza|rua|"
        r"avenida)\s(?:[^\W\d_][\w'’-]{1,20}\s?){1,4}",
    ),
    (
        ("straße", "strasse", "str.", "gasse", "weg ", "allee", "platz", "straat", "laan", "gatan", "vej "),
        r"[A-ZÄÖÜ](?<!\w.)[\w-]{2,30}(?:straße|strasse|str\.|gasse|weg|allee|platz|straat|laan|gatan|vej)\s\d{1,4}[a-z]?\b",
    ),
    (
        ("via ", "calle ", "rua ", "ulica ", "ul. "),
        r"\b(?:via|calle|rua|ulica|ul\.)\s(?:[^\W\d_][\w'’-]{1,20}\s){1,3}\d{1,4}\b",
    ),
    ((" box", "pobox"), r"\bp\.?\s?o\.?\s?box\s{1,2}\d{1,6}\b"),
)
_ABROAD = tuple((needs, re.compile(pattern, re.I)) for needs, pattern in _ABROAD)
_POSTCODE = re.compile(r"[A-Z](?<!\w.)(?:[A-Z]?\d[A-Z\d]?\s\d[A-Z]{2}|\d[A-Z]\s\d[A-Z]\d)\b")
_ZIP = re.compile(
    r"\b(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]|"
    r"NSW|VIC|QLD|TAS|ACT)\s{1,2}\d{4,5}(?:-\d{4})?\b"
)
_LIVES = words_of("LIVES").words
_PUBLIC = words_of("PUBLIC_PLACE").words
_HOME = words_of("HOME").words


def address(facts: Facts):
    """A postal address of somebody; not of a public place."""
    text = facts.text
    if not any(digit in text for digit in "0123456789"):
        return
    taken, links, small = -1, None, text.lower()
    sure_ones = [pattern for needs, pattern in _ABROAD if any(each in small for each in needs)]
    for pattern in (_ADDRESS, *sure_ones, _POSTCODE, _ZIP):
        sure = pattern is not _ADDRESS
        for match in pattern.finditer(text):
            start, end = match.span()
            name, street = match.group().split()[-2:]
            named = sure or (name[0].isupper() and street[0].isupper() and not street.isupper())
            before, behind = around(text, start, end, 90)
            near = {*before, *behind}
            if start < taken or not (named or not _LIVES.isdisjoint(before[-7:])):
                continue
            if not _PUBLIC.isdisjoint(near) and _HOME.isdisjoint(near):
                continue
            links = find_links(text) if links is None else links
            if any(first <= start < last for first, last in links):
                continue
            taken = end
            yield Finding("address", Outcome.HOLD, start, end, confidence=0.85 if named else 0.7)


_IBAN = re.compile(r"[A-Z](?<!\w.)[A-Z]\d{2}(?:[ ]?[A-Z0-9]{4}){2,7}(?:[ ]?[A-Z0-9]{1,3})?\b")
_CARD = re.compile(r"\d(?<![\w.-].)\d{3}(?:[ -]?\d{4}){2}[ -]?\d{1,7}(?![\w.-])")
_SSN = re.compile(r"\d(?<![\w.-].)\d{2}-\d{2}-\d{4}(?![\w-])")
_NINO = re.compile(r"[A-Z](?<!\w.)[A-Z]\s?\d{2}\s?\d{2}\s?\d{2}\s?[A-D]\b")
_NAMES = (  # what a number is called that stands for one person
    *(
        "passport",
        "policy",
        "insurance",
        "member",
        "account",
        "patient",
        "hospital",
        "record",
        "mrn",
        "license",
        "licence",
    ),
    *(
        "ssn",
        "social security",
        "nhs",
        "n.i",
        "nino",
        "tax",
        "medicare",
        "medicaid",
        "aadhaar",
        "pan",
        "bvn",
        "nin",
        "tin",
    ),
    *(
        "sort code",
        "claim",
        "case",
        "reference",
        "ref",
        "identity",
        "id",
        "visa",
        "bank",
        "customer",
        "employee",
        "badge",
    ),
)
_AFTER_NAME = re.compile(
    r"(?:ship)?\b\.?(?:\s?(?:card|number|numbers|no\.?|nr\.?|num|id|code|#|is|was|ending|:|file|:-)){0,4}\s?[:#]?\s{0,2}"
    r"((?=[\w-]{0,12}\d)[A-Z]{0,4}[- ]?\d[\dA-Z]{0,14}(?:[ -]\d[\dA-Z]{0,8}){0,5})(?![\w%])",
    re.I,
)
_IP = re.compile(r"\d(?<![\w.].)\d{0,2}\.(?:\d{1,3}\.){2}\d{1,3}(?![\w.])")
_SECRET = re.compile(
    r"\b(?:pass|password|passcode|pin|pwd|login|cvv|cvc)\b\s?(?:is|:|=)?\s?(\S{0,20}\d\S{0,20})", re.I
)
# What has to be there before the dearer patterns are asked.
_LETTERED = re.compile(r"[A-Z][A-Z]\s?\d\d")
_GROUPED = re.compile(r"\d(?:\d{3}[ -]?\d{4}|\d\d-\d\d-|\d{0,2}\.\d{1,3}\.\d)")
_HAS_SECRET = re.compile(r"p(?:ass|in|wd)|login|cv[vc]", re.I)
_HAS_BIRTH = re.compile(r"d\.?o\.?b|b(?:orn|irth)", re.I)
_MONTH = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
_BORN = re.compile(
    r"\b(?:d\.?o\.?b\.?|born|date of birth|birth ?date|birthday)\b(?:\s?(?:is|was|on|the|:|-|=)){0,3}\s?"
    rf"(\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}|\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH},?\s\d{{4}}"
    rf"|{_MONTH}\s\d{{1,2}}(?:st|nd|rd|th)?,?\s\d{{4}})",
    re.I,
)
_OWN = words_of("OWN").words


def _iban(number: str) -> bool:
    """Whether the check digits of an IBAN are right."""
    plain = number.replace(" ", "")
    turned = plain[4:] + plain[:4]
    return 15 <= len(plain) <= 34 and int("".join(str(int(char, 36)) for char in turned)) % 97 == 1


def _luhn(digits: str) -> bool:
    """Whether the check digit of a card's number is right."""
    doubled = [int(d) * 2 if i % 2 else int(d) for i, d in enumerate(reversed(digits))]
    return sum(each - 9 if each > 9 else each for each in doubled) % 10 == 0


def id_number(facts: Facts):
    """A number that stands for one person: bank, card, passport, insurance, patient; or a password."""
    if any(digit in facts.text for digit in "0123456789"):
        links = find_links(facts.text)
        for confidence, start, end in _numbers(facts.text):
            if not any(first <= start < last for first, last in links):
                yield Finding("id_number", Outcome.HOLD, start, end, confidence)


def _numbers(text: str):
    lettered, grouped = bool(_LETTERED.search(text)), bool(_GROUPED.search(text))
    for match in _IBAN.finditer(text) if lettered else ():
        if _iban(match.group()):
            yield 0.98, *match.span()
    for match in _CARD.finditer(text) if grouped else ():
        if _luhn("".join(char for char in match.group() if char.isdigit())):
            yield 0.95, *match.span()
    for pattern in (_SSN,) * grouped + (_NINO,) * lettered:
        for match in pattern.finditer(text):
            yield 0.9, *match.span()
    for place in places_of(text, _NAMES):
        match = _AFTER_NAME.match(text, place)
        if match and sum(char.isdigit() for char in match.group(1)) >= 5:
            yield 0.85, *match.span(1)
    for match in _IP.finditer(text) if grouped else ():
        own = not _OWN.isdisjoint(around(text, match.start(), match.end())[0][-6:])
        if own and all(int(part) < 256 for part in match.group().split(".")):
            yield 0.7, *match.span()
    for match in _SECRET.finditer(text) if _HAS_SECRET.search(text) else ():
        yield 0.6, *match.span(1)


def birth_date(facts: Facts):
    """A full date of birth."""
    for match in _BORN.finditer(facts.text) if _HAS_BIRTH.search(facts.text) else ():
        yield Finding("birth_date", Outcome.HOLD, *match.span(1), confidence=0.8)
