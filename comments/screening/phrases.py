"""Phrases: readable patterns over words, from the text files in lists/.

A file has sections; a section's name in capitals makes a set of words that patterns may use by that name. A pattern
is a line of slots: `kill|hang` one of these words, `vomit*` a word that begins so, `RELATIVE` a word of that set,
`NUM` a number in digits or words, `_` any word, `..3` up to three words of the same sentence, `.` and `?` the end of a
sentence, `^` its beginning; `~` behind a slot makes it optional. `#` begins a remark.

No pattern backtracks: all places that a pattern may have got to are kept as a set and moved on together, so that a
pattern costs at most its slots times its gaps for each place it may begin at.
"""

from functools import cache
from pathlib import Path

from comments.screening.words import END, QUESTION, Words

_FOLDER = Path(__file__).resolve().parent / "lists"
_ENDS = frozenset({END, QUESTION})
_START = "^"


@cache
def _number_words() -> frozenset[str]:
    return frozenset(
        each for line in dict(_sections(_FOLDER / "sets.txt"))["NUMBERS"] for each in line.split()
    )


class Slot:
    """One slot of a pattern: the words that fit."""

    def __init__(self, text: str, sets: dict[str, "Slot"]):
        self.optional = text.endswith("~")
        text = text.rstrip("~")
        self.gap = int(text[2:]) if text.startswith("..") else 0
        self.start = text == _START
        self.number = self.any = False
        words, beginnings = set(), set()
        for part in [] if self.gap or self.start else text.split("|"):
            if part == "NUM":
                self.number = True
            elif part == "_":
                self.any = True
            elif part.isupper() and len(part) > 1:
                words |= sets[part].words
                beginnings |= set(sets[part].beginnings)
                self.number = self.number or sets[part].number
            elif part.endswith("*"):
                beginnings.add(part[:-1])
            else:
                words.add(part)
        self.words, self.beginnings = frozenset(words), tuple(sorted(beginnings))

    def fits(self, word: str) -> bool:
        """Whether this word may stand here."""
        return (
            word in self.words
            or bool(self.beginnings and word.startswith(self.beginnings))
            or (self.number and (word[0].isdigit() or word in _number_words()))
            or (self.any and word not in _ENDS)
        )

    def possible(self, text: Words) -> bool:
        """Whether the text has a word at all that may stand here."""
        if self.optional or self.gap or self.start or self.number or self.any:
            return True
        return not self.words.isdisjoint(text.distinct) or any(
            len(each) < 3 or each[:3] in text.beginnings for each in self.beginnings
        )


class Pattern:
    """A line of a section."""

    def __init__(self, section: str, line: str, sets: dict[str, Slot]):
        self.section = section
        self.slots = [Slot(part, sets) for part in line.split()]
        self.first = self.slots[1] if self.slots[0].start else self.slots[0]
        if self.first.gap or self.first.optional or self.first.any:
            raise ValueError(f"A pattern must begin with a word: {line}")
        if any(len(beginning) < 3 for beginning in self.first.beginnings):
            raise ValueError(f"A pattern begins with at least three letters: {line}")

    def possible(self, text: Words) -> bool:
        """Whether the text has a word for every slot: most patterns end here."""
        return all(slot.possible(text) for slot in self.slots if slot is not self.first)


class Lists:
    """Every pattern of every section, looked up by its first word, so that a text is gone through once for all."""

    def __init__(self, sections: dict[str, list[str]], sets: dict[str, Slot]):
        self.words: dict[str, list[Pattern]] = {}
        self.beginnings: dict[str, list[Pattern]] = {}
        self.numbers: list[Pattern] = []
        for section, lines in sections.items():
            for line in lines:
                pattern = Pattern(section, line, sets)
                for word in pattern.first.words:
                    self.words.setdefault(word, []).append(pattern)
                for beginning in {each[:3] for each in pattern.first.beginnings}:
                    self.beginnings.setdefault(beginning, []).append(pattern)
                if pattern.first.number:
                    self.numbers.append(pattern)

    def find(self, text: Words) -> dict[str, list[tuple[int, int]]]:
        """For each section that speaks: (first word, behind the last word) of each place, the longest at each word."""
        begun: dict[str, list[Pattern]] = {}
        possible: dict[Pattern, bool] = {}
        for word in text.distinct:
            patterns = self.words.get(word, [])
            if word[:3] in self.beginnings:
                patterns = patterns + self.beginnings[word[:3]]
            if self.numbers and (word[0].isdigit() or word in _number_words()):
                patterns = patterns + self.numbers
            kept = []
            for pattern in dict.fromkeys(patterns):
                if pattern not in possible:
                    possible[pattern] = pattern.possible(text)
                if possible[pattern]:
                    kept.append(pattern)
            if kept:
                begun[word] = kept
        found: dict[str, dict[int, int]] = {}
        words = text.words
        for index, word in enumerate(words):
            for pattern in begun.get(word, ()):
                if end := _end(pattern.slots, words, index):
                    places = found.setdefault(pattern.section, {})
                    places[index] = max(end, places.get(index, 0))
        return {section: list(places.items()) for section, places in found.items()}


def _end(slots: list[Slot], words: list[str], index: int) -> int:
    """Where the pattern ends that begins at `index`; 0 if it does not fit."""
    at = {index}
    for slot in slots:
        if slot.start:
            at = {place for place in at if place == 0 or words[place - 1] in _ENDS}
        elif slot.gap:
            at = {each for place in at for each in _within(words, place, slot.gap)}
        else:
            moved = {place + 1 for place in at if place < len(words) and slot.fits(words[place])}
            at = moved | at if slot.optional else moved
        if not at:
            return 0
    return min(at)


def _within(words: list[str], place: int, gap: int):
    yield place
    for step in range(place, min(place + gap, len(words))):
        if words[step] in _ENDS:
            return
        yield step + 1


def _sections(path: Path):
    name, lines = "", []
    for line in path.read_text(encoding="utf-8").splitlines():
        line = line.partition("#")[0].strip()
        if line.startswith("["):
            if name:
                yield name, lines
            name, lines = line.strip("[]"), []
        elif line:
            lines.append(line)
    if name:
        yield name, lines


@cache
def _all() -> tuple[dict[str, Slot], dict[str, list[str]]]:
    sets: dict[str, Slot] = {}
    sections: dict[str, list[str]] = {}
    for path in sorted(_FOLDER.glob("*.txt")):
        for name, lines in _sections(path):
            if name.isupper():
                sets[name] = Slot("|".join(" ".join(lines).split()), sets)
            else:
                sections[name] = lines
    return sets, sections


@cache
def _lists() -> Lists:
    sets, sections = _all()
    return Lists(sections, sets)


def find(text: Words, section: str) -> list[tuple[int, int]]:
    """(first word, behind the last word) of every place where a pattern of the section fits; found once for a text."""
    if text.found is None:
        text.found = _lists().find(text)
    return text.found.get(section, [])


@cache
def words_of(name: str) -> Slot:
    """The words of a set, to ask `fits()`."""
    return _all()[0][name]
