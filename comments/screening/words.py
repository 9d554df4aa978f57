"""Folding text for comparison, with the way back to the places in the original."""

import unicodedata


def fold(text: str) -> str:
    """Case and accents ignored."""
    return fold_with_offsets(text)[0]


def fold_with_offsets(text: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its characters the code point of the original it came from."""
    folded, offsets = [], []
    for index, char in enumerate(text):
        for part in unicodedata.normalize("NFKD", char.casefold()):
            if not unicodedata.combining(part):
                folded.append(part)
                offsets.append(index)
    return "".join(folded), offsets


def find_words(text: str, keys) -> list[tuple[str, int, int]]:
    """Where the folded words or phrases stand in `text`, on word boundaries: (key, start, end) in code points.

    Blanks and punctuation between the words of a phrase do not matter; "specialist" does not hold a drug.
    """
    folded, offsets = fold_with_offsets(text)
    words, start = [], None
    for index, char in enumerate(folded + " "):
        if char.isalnum():
            start = index if start is None else start
        elif start is not None:
            words.append((folded[start:index], offsets[start], offsets[index - 1] + 1))
            start = None
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
