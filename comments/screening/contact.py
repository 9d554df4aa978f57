"""Personal data: how to reach a private person, and by which number they are known. Plain or disguised.

Published helplines, doses, dates, codes and laboratory values are not personal data, nor are the addresses of public
places. Every pattern is bounded: what is repeated within it has an upper limit and cannot be divided in two ways.
"""

import re
from itertools import islice

from comments.screening.facts import Facts, Finding, Outcome
from comments.screening.phrases import words_of
from comments.screening.words import Words, around

_PLAIN = re.compile(r"[\w+-](?<![\w.+-].)[\w.+-]{0,63}@[\w-]{1,63}(?:\.[\w-]{2,63}){1,4}")
_AT = r"(?:\s?@\s?|\s?[\[({<]\s?at\s?[\])}>]\s?|\sat\s)"
_DOT = r"(?:\.|\s?[\[({<]\s?dot\s?[\])}>]\s?|\sdot\s)"
_DISGUISED = re.compile(
    rf"[\w+-](?<![\w.+-].)[\w.+-]{{0,63}}(?:\sdot\s[\w-]{{1,30}}|[\[(]dot[\])][\w-]{{1,30}})?{_AT}"
    rf"[\w-]{{1,63}}(?:{_DOT}[\w-]{{2,63}}){{1,4}}",
    re.I,
)
# Without one of these nothing is disguised: "(at)", "mary at example dot org", "mary7 at example.org".
_HINTS = re.compile(r"[\[({<]\s?(?:at|dot)\s?[\])}>]|\sdot\s|\sat\s[\w-]{1,63}\.[a-z]{2}|@\s|\s@", re.I)
_MOST_HINTS = 200  # more are no address
# An office, not a person, if it is a public body's.
_OFFICE = re.compile(
    r"(?:info|contact|press|editor|editors|office|enquiries|help|helpline|support|feedback|admin|media|webmaster)@"
    r"[\w.-]{1,80}\.(?:gov|org|edu|int|nhs\.uk|gov\.uk|ac\.uk|gov\.au|org\.uk)$",
    re.I,
)
# "look at example.org": a place; "mary.smith at example.org" is not.
_PLACE = re.compile(r"[a-z]{1,64}\sat\s[\w-]{1,63}(?:\.[\w-]{2,63}){1,4}", re.I)
_LINK = re.compile(r"(?:https?://|www\.)\S{1,500}|/?watch\?v=\S{1,60}", re.I)

_NUMBER = re.compile(r"[+(\d](?<![\w./+=&#-].)\(?\d{0,11}\)?(?:[ \t.\-/()]{1,3}\d{1,10}){0,7}(?![\w%])")
_SHAPES = re.compile(
    r"(?:\+|00)[1-9][\d .\-/()]{6,22}"  # international
    r"|\(?0\d{1,4}\)?(?:[ .\-/]{0,2}\d{2,8}){1,5}"  # national, with its zero
    r"|(?:1[ .-])?\(?[2-9]\d{2}\)?[ .-]{1,2}\d{3}[ .-]\d{4}"  # North America
    r"|\d{3}[-.]\d{4}"
    r"|[6-9]\d{4} \d{5}"  # India
    r"|[6-9]\d{3} \d{3} \d{3}"
)
_DATE = re.compile(
    r"(?:\d{1,2}[./-]\d{1,2}[./-](?:19|20)?\d{2}|(?:19|20)\d{2}[./-]\d{1,2}(?:[./-]\d{1,2})?)(?:[ -]{1,3}\d{1,2}[.:]\d{2})?"
)
_AMOUNT = re.compile(
    r"\s?(?:mg|mcg|µg|g|kg|ml|l|iu|mmol|mmhg|bpm|years?|weeks?|days?|hours?|minutes?|kcal|calories|per|pages?|%|views?|likes|"
    r"people|times|subscribers|dollars|pounds|euros|steps|words|cells?|x)\b",
    re.I,
)
_DECIMALS = re.compile(r"(?<!\d)0\.\d")
_CALL = words_of("CALLING").words
_HELPLINE = words_of("HELPLINE").words
_WELL_KNOWN = words_of("KNOWN_NUMBERS").words
_DIGITS = {
    word: digit
    for digit, words in enumerate(
        ("zero oh nought o", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    )
    for word in words.split()
}
_TWICE = {"double": 2, "triple": 3, "treble": 3}
_MINE = words_of("MINE").words


def find_links(text: str) -> list[tuple[int, int]]:
    """Where links stand: what looks like a number in them is none."""
    return [match.span() for match in _LINK.finditer(text)] if "/" in text or "www" in text.lower() else []


def email(facts: Facts):
    """An e-mail address, plain or disguised."""
    text, taken = facts.text, []
    found = list(_PLAIN.finditer(text)) if "@" in text else []
    for hint in islice(_HINTS.finditer(text), _MOST_HINTS):
        found.extend(_DISGUISED.finditer(text, max(0, hint.start() - 80), hint.end() + 160))
    for match in found:
        words, (start, end) = match.group(), match.span()
        if not words[-1].isalpha() or _OFFICE.fullmatch(words) or _PLACE.fullmatch(words):
            continue
        if not any(start < last and first < end for first, last in taken[-_MOST_HINTS:]):
            taken.append((start, end))
            yield Finding("email", Outcome.HOLD, start, end, confidence=0.95)


def phone(facts: Facts):
    """A telephone number in digits or words; neither a date, an amount, nor a published helpline."""
    text, links = facts.text, None
    for match in _NUMBER.finditer(text):
        number = match.group().strip(" \t.-/")
        digits = "".join(char for char in number if char.isdigit())
        if not 7 <= len(digits) <= 15 or len(set(digits)) < 2 or digits in _WELL_KNOWN:
            continue
        start = match.start() + match.group().index(number)
        before, behind = around(text, start, match.end())
        near = {*before[-6:], *behind[:6]}
        called = not _CALL.isdisjoint(near)
        shaped = _SHAPES.fullmatch(number) and (len(digits) > 8 or not number.isdigit())
        bare = number.isdigit() and len(digits) in {10, 11} and (called or number[0] == "0")
        if not (shaped or bare or (called and len(digits) >= 8)):
            continue
        if _DATE.fullmatch(number) or _AMOUNT.match(text, match.end()) or _DECIMALS.search(number):
            continue
        links = find_links(text) if links is None else links
        if any(first <= start < last for first, last in links):
            continue
        if not _HELPLINE.isdisjoint(near) and near.isdisjoint(_MINE):
            continue
        yield Finding("phone", Outcome.HOLD, start, start + len(number), confidence=0.85)
    yield from _spoken(facts.head)


def _spoken(words: Words):
    """Seven digits or more, at least five of them in words: "zero seven double four ..."."""
    if len(words.distinct & _DIGITS.keys()) < 2:
        return
    digits = spoken = first = 0
    for index, word in enumerate([*words.words, ""]):
        if word in _DIGITS or word in _TWICE or (word.isdigit() and len(word) < 5):
            first = index if not digits and not spoken else first
            digits += 1 if word in _DIGITS else len(word) if word.isdigit() else _TWICE[word] - 1
            spoken += not word.isdigit()
        else:
            if digits >= 6 and spoken >= 5:
                yield Finding("phone", Outcome.HOLD, *words.span(first, index), confidence=0.8)
            digits = spoken = 0


_NETWORKS = (
    *(
        "instagram",
        "insta",
        "snapchat",
        "snap",
        "telegram",
        "tiktok",
        "kik",
        "discord",
        "skype",
        "facebook",
        "twitter",
    ),
    *("messenger", "wechat"),
)
_HANDLE = re.compile(
    r"\b[ :\-]{0,3}(?:(?:me|us|is|at|on|it'?s|id|name|handle|user|username)[ :]{1,2}){0,3}"
    r"(@ ?[\w.]{3,30}|[a-z][\w.]{1,20}[._\d][\w.]{0,20})",
    re.I,
)


def places_of(text: str, names: tuple[str, ...]):
    """Behind every place where one of the names stands as the beginning of a word."""
    small = text.lower()
    if len(small) != len(text):
        return
    for name in names:
        at = small.find(name)
        while at >= 0:
            if at == 0 or not small[at - 1].isalnum():
                yield at + len(name)
            at = small.find(name, at + len(name))


def handle(facts: Facts):
    """A name to be found by on another network."""
    for place in places_of(facts.text, _NETWORKS):
        match = _HANDLE.match(facts.text, place)
        if match and not match.group(1).lower().endswith(".com"):
            yield Finding("handle", Outcome.HOLD, *match.span(1), confidence=0.7)
