"""A small linear model beside the rules: which words and cues of the lists speak for which label, and how much.

The weights are a data file that `manage.py train_screening` makes (training.py): for each label a number for each cue
(cues.py), and for words, pairs of neighbouring words, and pieces of three to five letters of a word. A score is their
sum; nothing else is hidden in it. So each word's share is known, and the moderator is shown the heaviest.
"""

import json
from dataclasses import dataclass
from functools import cache
from math import exp
from pathlib import Path

from comments.screening.cues import DANGERS, cues
from comments.screening.words import END, QUESTION, Words

FILE = Path(__file__).resolve().parent / "model.json"
LABELS = ("medical_advice", "emergency", "abuse", "spam", "undertone")
# What the column "undertone" does not see: it learns emergencies from all else, for those that no list has words for.
HIDDEN = {
    "undertone": frozenset(
        f"#{name}" for name in (*DANGERS, "danger_now", "danger_asked", "danger_past", "urgent")
    )
}
READ = 5_000  # characters; longer comments are held for their length and read by a person
CUE = 2.0  # the scale of a cue beside words: cues come from knowledge, words from the sample
_UNIT = 1_000  # weights are whole thousandths in the file
_KEPT_WORDS = 40_000
_ZERO = (0.0,) * len(LABELS)


def grams(word: str) -> list[str]:
    """The features of one word: itself, and its pieces of three to five letters with its ends marked."""
    marked = f"<{word}>"
    pieces = [marked[at : at + size] for size in (3, 4, 5) for at in range(len(marked) - size + 1)]
    return [f"={word}", *pieces]


def tokens(words: Words) -> list[str]:
    """The words as the model knows them: every number is alike."""
    return ["0" if word[0].isdigit() else word for word in words.words]


def features(text: str) -> tuple[dict[str, float], dict[str, float]]:
    """(features of words, cues) of a text, for training. Scoring gives the same sum without making them."""
    words = Words(text[:READ])
    known = tokens(words)
    distinct = dict.fromkeys(known)
    share = 1 / (len(distinct) + 1) ** 0.5
    found: dict[str, float] = {}
    for word in distinct:
        for gram in grams(word):
            found[gram] = found.get(gram, 0.0) + share
    for pair in dict.fromkeys(zip(known, known[1:], strict=False)):
        found[" ".join(pair)] = share
    return found, {name: value * CUE for name, value in cues(text[:READ], words).items()}


@dataclass(frozen=True)
class Score:
    """What the model thinks of one label: how sure (0 to 1), and which words weighed most (spans of the text)."""

    confidence: float
    words: tuple[tuple[int, int], ...]


class Model:
    """The weights of one file."""

    def __init__(self, data: dict):
        self.version: str = data["version"]
        self.bias = tuple(each / _UNIT for each in data["bias"])
        self.weights = {key: tuple(each / _UNIT for each in row) for key, row in data["weights"].items()}
        self._of_word: dict[str, tuple[float, ...]] = {}

    def of_word(self, word: str) -> tuple[float, ...]:
        """The weights of a word with all its pieces, for each label."""
        kept = self._of_word.get(word)
        if kept is None:
            rows = [self.weights[gram] for gram in grams(word[:40]) if gram in self.weights]
            kept = tuple(map(sum, zip(*rows, strict=True))) if rows else _ZERO
            if len(self._of_word) < _KEPT_WORDS:
                self._of_word[word] = kept
        return kept

    def scores(self, text: str, words: Words) -> dict[str, Score]:
        """Every label's score of this text, read as these words."""
        known = tokens(words)
        distinct = dict.fromkeys(known)
        share = 1 / (len(distinct) + 1) ** 0.5
        rows = [self.of_word(word) for word in distinct]
        pairs = dict.fromkeys(map(" ".join, zip(known, known[1:], strict=False)))
        rows += [self.weights[pair] for pair in pairs if pair in self.weights]
        rows.append(_ZERO)
        sums = [
            bias + share * sum(column)
            for bias, column in zip(self.bias, zip(*rows, strict=True), strict=True)
        ]
        for name, value in cues(text, words).items():
            for label, weight in enumerate(self.weights.get(name, ())):
                sums[label] += weight * value * CUE
        sure = {
            label: 1 / (1 + exp(-min(max(total, -30), 30))) for label, total in zip(LABELS, sums, strict=True)
        }
        return {
            label: Score(share, self._heaviest(number, known, words) if share > 0.1 else ())
            for number, (label, share) in enumerate(sure.items())
        }

    def _heaviest(self, label: int, known: list[str], words: Words) -> tuple[tuple[int, int], ...]:
        first: dict[str, int] = {}
        for index, word in enumerate(known):
            if word not in {END, QUESTION}:
                first.setdefault(word, index)
        weighed = sorted(((self.of_word(word)[label], word) for word in first), reverse=True)[:4]
        places = sorted(first[word] for weight, word in weighed if weight > 0)
        return tuple(words.span(place, place + 1) for place in places)


@cache
def shipped() -> Model:
    """The model that comes with the code, read once."""
    return read(FILE)


def read(path: Path) -> Model:
    """The model of a file; ValueError where it is none."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["labels"] != list(LABELS):
            raise ValueError("it was trained for other labels")
        return Model(data)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path} is not a screening model: {error}") from error


_in_use: list[Model] = []


def current() -> Model:
    """The model in use: the site's own if `use()` named one."""
    return _in_use[0] if _in_use else shipped()


def use(model: Model | None) -> None:
    """From now on screen with this model; None for the one that comes with the code."""
    _in_use[:] = [model] if model else []
