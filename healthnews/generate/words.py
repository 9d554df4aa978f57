"""Made-up texts of a few plain words: they read like English and say nothing about health. Pure."""

import random


def _each(text: str, between: str | None = None) -> list[str]:
    return text.split(between)


_NOUNS = _each(
    "path garden window letter river market bridge kettle lantern meadow orchard station village harbour basket "
    "ladder notebook carpet chimney corner drawer engine fountain gate hedge island journey kitchen library mirror "
    "needle oven parcel quarry ribbon saddle table umbrella valley wagon yard attic bench candle door envelope fence "
    "glove hill inkwell jar key lamp mill nest office pond roof shelf tower vase wall"
)
_ADJECTIVES = _each(
    "quiet green narrow early wooden bright distant round plain heavy gentle small open painted broad dry empty "
    "familiar golden hidden late northern pale rough silver steep tidy wide wooden young"
)
_VERBS = _each("stood waited leaned rested shone turned stayed moved opened appeared lay remained")
_PLACES = _each("near behind beside above below beyond against under")
_TIMES = _each(
    "in the morning|after the rain|last summer|every evening|for a long while|once a week|before dawn|all winter|"
    "on the way home|since the spring|at noon|now and then",
    "|",
)
_STARTS = _each("I think|My neighbour says|As far as I remember|We noticed|Somebody told us|It seems", "|")
_GIVEN = _each(
    "Ada Basil Clara Dora Edwin Fern Gus Hazel Iris Jonas Keira Leo Mabel Nils Olive Perry Quinn Rosa Silas Tess Una "
    "Viggo Willa Xenia Yara Zeno Anouk Bram Celia Dirk"
)
_FAMILY = _each(
    "Amberley Birchwood Cloverfield Dunmore Elderby Fernhill Goldacre Heatherby Ivycote Juniper Kestrel Larkspur "
    "Mallow Nettleship Oakhurst Pinewell Quillon Rowanby Sedgeley Thistlewood Underhill Verbena Willowdean Yarrow"
)


def sentence(rng: random.Random) -> str:
    """One sentence of 40 to 110 characters."""
    the = f"the {rng.choice(_ADJECTIVES)} {rng.choice(_NOUNS)}"
    rest = f"{rng.choice(_VERBS)} {rng.choice(_PLACES)} the {rng.choice(_NOUNS)} {rng.choice(_TIMES)}"
    if rng.random() < 0.4:
        return f"{rng.choice(_STARTS)} {the} {rest}."
    return f"{the[0].upper()}{the[1:]} {rest}."


def text(rng: random.Random, length: int) -> str:
    """Sentences of about `length` characters together."""
    parts, size = [], 0
    while size < length - 35:
        parts.append(sentence(rng))
        size += len(parts[-1]) + 1
    return " ".join(parts)


def comment(rng: random.Random) -> str:
    """A comment of one to three paragraphs, 400 characters on average."""
    return "\n\n".join(text(rng, rng.randrange(100, 305)) for _ in range(rng.choice((1, 2, 2, 3))))


def article(rng: random.Random, paragraphs: int = 8) -> str:
    """The body of an article as the editor would have written it: some 550 words under three headings."""
    parts = []
    for number in range(paragraphs):
        if number in {2, 4, 6}:
            parts.append(f"<h2>{title(rng)}</h2>")
        parts.append(f"<p>{text(rng, 420)}</p>")
    return "".join(parts)


def title(rng: random.Random) -> str:
    """A headline."""
    return f"The {rng.choice(_ADJECTIVES)} {rng.choice(_NOUNS)} and the {rng.choice(_NOUNS)}"


def topic(rng: random.Random) -> str:
    """The name of a tag; two words."""
    return f"{rng.choice(_ADJECTIVES).capitalize()} {rng.choice(_NOUNS)}s"


def name(rng: random.Random) -> str:
    """The name of somebody who does not exist."""
    return f"{rng.choice(_GIVEN)} {rng.choice(_FAMILY)}"
