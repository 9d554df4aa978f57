"""What the model weighs besides words: how often each list speaks, and the outward form of the text."""

import re

from comments.screening.phrases import find, words_of
from comments.screening.words import END, QUESTION, Words

SECTIONS = (
    *("request", "request_weak", "not_asking", "answering", "general", "personal", "experience", "health"),
    *(
        "suicide",
        "selfharm",
        "means",
        "method",
        "overdose",
        "heart",
        "breath",
        "body",
        "violence",
        "urgent",
        "past",
        "idiom",
    ),
    *("directed", "threat", "dehumanise", "slur", "demean", "curse", "not_abuse"),
    *("begging", "selling", "cures", "not_spam"),
)
_LINK = re.compile(
    r"https?://|www\.|watch\?v=|(?<![\w@.-])[a-z0-9-]{2,40}\.(?:com|net|org|info|example|ly|tk|co|shop|site)\b",
    re.I,
)
DANGERS = ("suicide", "selfharm", "means", "method", "overdose", "heart", "breath", "body", "violence")
OVER = ("past", "idiom")
_NEAR = 12  # words
KINDS = (
    "acute",
    "accident",
    "despair",
    "farewell",
    "means",
    "secret",
    "menace",
    "unreal",
    "now",
    "who",
    "calm",
)
_GOOD_LINK = re.compile(r"\.(?:gov|edu|nhs\.uk|int|ac\.uk|who\.int)\b", re.I)


def words_over(words: Words) -> set[int]:
    """The words near what tells of something long past, or is an idiom; within its sentence, which some never end."""
    return {
        index
        for section in OVER
        for first, last in find(words, section)
        for index in range(max(0, first - _NEAR), min(last + _NEAR, len(words.words)))
        if words.sentences[index] == words.sentences[first]
    }


def uncovered(word: str) -> bool:
    """Whether a word in disguise is a slur; stars stand for any letter."""
    slurs, shape = words_of("SLUR"), words_of("CURSE_HIDDEN")
    if "*" not in word:
        return slurs.fits(word) or shape.fits(word)
    letters = len(word) - word.count("*")
    if letters < 2:
        return False
    return any(
        len(each) == len(word) and all(a in {"*", b} for a, b in zip(word, each, strict=True))
        for each in shape.words | slurs.words
    )


def _asking(words: Words) -> dict[str, float]:
    """Whether what is asked, whose it is and the word of health stand in one sentence, or far apart."""

    def sentences(section: str) -> set[int]:
        return {words.sentences[first] for first, _ in find(words, section)}

    asked = sentences("request") | {
        number for word, number in zip(words.words, words.sentences, strict=True) if word == QUESTION
    }
    if not asked:
        return {}
    own, health = sentences("personal"), sentences("health")
    found = {}
    for name, places in (
        ("#asked_of_own_health", asked & own & health),
        ("#asked_of_health", asked & health),
        ("#asked_of_own", asked & own),
    ):
        if places:
            found[name] = min(len(places), 4) ** 0.5
    last = max(
        (
            number
            for word, number in zip(words.words, words.sentences, strict=True)
            if word not in {END, QUESTION}
        ),
        default=0,
    )
    if last in asked:
        found["#asks_at_the_end"] = 1.0
    return found


def cues(text: str, words: Words) -> dict[str, float]:
    """Name and strength of every cue that the text has."""
    found: dict[str, float] = {}
    over = words_over(words)
    for section in SECTIONS:
        places = find(words, section)
        if section in DANGERS and over:
            here = [place for place in places if place[0] not in over]
            if len(here) < len(places):
                found["#danger_past"] = 1.0
            places = here
        if places:
            found[f"#{section}"] = min(len(places), 4) ** 0.5
    for word, _, _ in words.undisguised[:20]:
        if uncovered(word):
            found["#slur"] = max(found.get("#slur", 0.0), 1.0)
    kinds = set()
    for kind in KINDS:
        places = [place for place in find(words, f"w_{kind}") if kind == "calm" or place[0] not in over]
        if places:
            found[f"#w_{kind}"] = min(len(places), 4) ** 0.5 / 2
            kinds.add(kind)
    kinds -= {"who", "calm"}
    if "now" in kinds and kinds & {"acute", "accident", "menace", "means"}:
        found["#now_and_danger"] = 1.0
    if kinds >= {"acute", "accident"} or kinds >= {"despair", "farewell"} or kinds >= {"means", "despair"}:
        found["#dangers_meet"] = 1.0
    if len(kinds) > 2:
        found["#many_dangers"] = min(len(kinds) - 2, 4) / 2
    asks, own, health = "#request" in found, "#personal" in found, "#health" in found
    if asks and health:
        found["#asks_own" if own else "#asks_subject" if "#general" in found else "#asks_general"] = 1.0
    elif asks:
        found["#asks_other"] = 1.0
    if not health:
        found["#no_health"] = 1.0
    found |= _asking(words)
    if any(f"#{name}" in found for name in DANGERS):
        found["#danger_now" if own or not asks else "#danger_asked"] = 1.0
    if "#slur" in found or "#demean" in found:
        found["#insult_of_self" if "#not_abuse" in found else "#insult"] = 1.0
    number = sum(word not in {END, QUESTION} for word in words.words)
    if QUESTION in words.distinct:
        found["#question"] = 1.0
        if own and health:
            found["#question_own"] = 1.0
    if _LINK.search(text):
        public = bool(_GOOD_LINK.search(text))
        found["#public_link" if public else "#link"] = 1.0
        if number < 8 and not public:
            found["#little_but_link"] = 1.0
    letters = sum(char.isalpha() for char in text[:1_000])
    if letters > 12 and sum(char.isupper() for char in text[:1_000]) > letters * 0.6:
        found["#capitals"] = 1.0
    if "!" in text:
        found["#exclaims"] = 1.0
    if number < 8:
        found["#short"] = 1.0
    elif number > 60:
        found["#long"] = 1.0
    return found
