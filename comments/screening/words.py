"""Folding text for comparison, and reading it as words, with the way back to the places in the original.

Disguises are undone on the way: accents, zero-width characters, letters of other alphabets that look like ours,
"1d1ot", "i.d.i.o.t", "i d i o t", "f*ck", "stuuupid". Every step looks at each character a fixed number of times.
"""

import re
import unicodedata
from functools import cached_property

# Letters that pass for Latin ones, undone only in a word that has Latin letters too.
_ALIKE = str.maketrans("асеіјорѕухԁһкмтвнαενικορτυχ", "aceijopsuxdhkmtbhaevikoptux")
_LEET = str.maketrans("013457@$!|", "oieastasil")
_TOKEN = re.compile(r"\d+(?:[.,:]\d+){0,6}|[^\W_]+(?:['’][^\W_]{1,3}(?![^\W_]))?|[.!?\n]+")
# A word with signs for letters in it, or stars: at most 30 characters, between blanks.
_DISGUISED = re.compile(r"(?<!\S)[^\W\d_]?[\w@$!|*]{2,28}[^\W_](?![^\s.,;:!?)\"'])")
_SPACED = re.compile(r"(?<![^\W_])(?:[^\W_][ .\-_*]){3,20}[^\W_](?![^\W_])")
_TRIPLE = re.compile(r"(.)\1\1+")
END = "."  # the token of the end of a sentence or line; a question ends with "?"
QUESTION = "?"


class _Folds(dict):
    """For str.translate: what each character is folded to, found out once for each."""

    def __missing__(self, code):
        char = chr(code)
        folded = "" if unicodedata.category(char) == "Cf" else char.casefold()
        folded = "".join(
            part for part in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(part)
        )
        if len(self) < 20_000:
            self[code] = folded
        return folded


_FOLDS = _Folds()


def fold(text: str) -> str:
    """Case, accents and invisible characters ignored."""
    return text.lower() if text.isascii() else text.translate(_FOLDS)


def fold_with_offsets(text: str) -> tuple[str, "list[int] | range"]:
    """The folded text, and for each of its characters the code point of the original it came from."""
    if text.isascii():
        return text.lower(), range(len(text))
    lengths = {char: len(_FOLDS[ord(char)]) for char in set(text)}
    if all(length == 1 for length in lengths.values()):
        return text.translate(_FOLDS), range(len(text))
    offsets = []
    for index, char in enumerate(text):
        length = lengths[char]
        offsets.extend([index] if length == 1 else [index] * length)
    return text.translate(_FOLDS), offsets


class Words:
    """A text as words: `words[i]` stands at `spans[i]` of the original, in code points.

    Words are folded and without apostrophes ("can't" is "cant"); the ends of sentences are tokens of their own.
    """

    def __init__(self, text: str):
        self.folded, self.offsets = fold_with_offsets(text)
        self.words: list[str] = []
        self._at: list[tuple[int, int]] = []
        self.found: dict[str, list[tuple[int, int]]] | None = None  # where the lists speak: phrases.find()
        for match in _TOKEN.finditer(self.folded):
            word = match.group()
            if not word[0].isalnum():
                word = QUESTION if QUESTION in word else END
            elif "'" in word or "’" in word:
                word = word.replace("'", "").replace("’", "")
            if not word.isascii() and any("a" <= char <= "z" for char in word):
                word = word.translate(_ALIKE)
            self.words.append(word)
            self._at.append(match.span())
        self.words.append(END)  # every text ends, with a full stop or without
        self._at.append((len(self.folded), len(self.folded)))

    @cached_property
    def distinct(self) -> frozenset[str]:
        """Every word once."""
        return frozenset(self.words)

    @cached_property
    def beginnings(self) -> frozenset[str]:
        """The first three letters of every word once."""
        return frozenset(word[:3] for word in self.distinct)

    @cached_property
    def sentences(self) -> list[int]:
        """For each word the number of its sentence."""
        number, numbers = 0, []
        for word in self.words:
            numbers.append(number)
            number += word in {END, QUESTION}
        return numbers

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Where the words from `first` to before `last` stand in the original."""
        return self.original(self._at[first][0], self._at[last - 1][1])

    def original(self, start: int, end: int) -> tuple[int, int]:
        """A span of the folded text, in the original."""
        return (self.offsets[start], self.offsets[end - 1] + 1) if end > start else (0, 0)

    @cached_property
    def undisguised(self) -> list[tuple[str, int, int]]:
        """(word, start, end in the original) for what looks like a word in disguise."""
        found = []
        folded = self.folded
        if any(sign in folded for sign in "013457@$!|*"):
            for match in _DISGUISED.finditer(folded):
                word = match.group()
                if not word.isalpha() and not word.isdigit():
                    found.append((word.translate(_LEET), *self.original(*match.span())))
        for match in _SPACED.finditer(folded):
            letters = re.sub(r"[ .\-_*]", "", match.group())
            if not letters.isdigit():
                found.append((letters.translate(_LEET), *self.original(*match.span())))
        for index, word in enumerate(self.words):
            if len(word) > 4 and _TRIPLE.search(word):
                found.append((_TRIPLE.sub(r"\1", word), *self.span(index, index + 1)))
                found.append((_TRIPLE.sub(r"\1\1", word), *self.span(index, index + 1)))
        return found


_PLAIN_WORD = re.compile(r"[^\W_]+")
_BREAK = re.compile(r"[.!?]\s|\n")


def around(text: str, start: int, end: int, reach: int = 60) -> tuple[list[str], list[str]]:
    """The folded words before and behind a place, within its sentence and within so many characters."""
    before = _BREAK.split(text[max(0, start - reach) : start])[-1]
    behind = _BREAK.split(text[end : end + reach], maxsplit=1)[0]
    return _PLAIN_WORD.findall(fold(before)), _PLAIN_WORD.findall(fold(behind))


def find_words(text: str, keys) -> list[tuple[str, int, int]]:
    """Where the folded words or phrases stand in `text`, on word boundaries: (key, start, end) in code points.

    Blanks and punctuation between the words of a phrase do not matter; "specialist" does not hold a drug.
    """
    folded, offsets = fold_with_offsets(text)
    words = [
        (match.group(), offsets[match.start()], offsets[match.end() - 1] + 1)
        for match in re.finditer(r"[^\W_]+", folded)
    ]
    positions: dict[str, list[int]] = {}
    for index, (word, _, _) in enumerate(words):
        positions.setdefault(word, []).append(index)
    found = []
    for key in keys:
        parts = "".join(char if char.isalnum() else " " for char in key).split()
        for index in positions.get(parts[0], []) if parts else []:
            if [word for word, _, _ in words[index : index + len(parts)]] == parts:
                found.append((key, words[index][1], words[index + len(parts) - 1][2]))
    return found
