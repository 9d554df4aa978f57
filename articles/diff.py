"""The words that differ between two texts. Pure; standard library only."""

import re
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher

SAME, GONE, NEW = "same", "gone", "new"
_WORDS = re.compile(r"\S+|\s+")
_LINES = re.compile(r"[^\n]*\n+|[^\n]+")
# Comparing costs the product of both lengths at worst: larger pieces are shown as replaced altogether.
_MOST_PAIRS = 4_000_000
# Where more pairs are alike than this, what stands everywhere is no anchor: a text made of two words takes minutes else.
_MOST_ALIKE = 40_000


@dataclass(frozen=True)
class Piece:
    """A run of text; `op` is SAME, GONE (only in the old) or NEW (only in the new)."""

    op: str
    text: str


def words(old: str, new: str) -> list[Piece]:
    """Old against new, word by word inside the paragraphs that differ, in reading order."""
    pieces: list[Piece] = []
    for op, gone, came in _compare(_LINES.findall(old), _LINES.findall(new)):
        if op == SAME:
            pieces.append(Piece(SAME, gone))
        else:
            for kind, left, right in _compare(_WORDS.findall(gone), _WORDS.findall(came)):
                if kind == SAME:
                    pieces.append(Piece(SAME, left))
                else:
                    pieces += [Piece(GONE, left)] * bool(left) + [Piece(NEW, right)] * bool(right)
    return pieces


def shortened(pieces: list[Piece], around: int = 160) -> list[Piece]:
    """The same with long unchanged runs cut to `around` characters on either side of a change."""
    out = []
    for place, piece in enumerate(pieces):
        text = piece.text
        if piece.op == SAME and len(text) > 2 * around + 20:
            head = text[:around] if place else ""
            tail = text[-around:] if place < len(pieces) - 1 else ""
            text = f"{head} […] {tail}"
        out.append(Piece(piece.op, text))
    return out


def _compare(old: list[str], new: list[str]):
    """Runs (op, old text, new text) over two lists of strings."""
    if len(old) * len(new) > _MOST_PAIRS:
        yield "changed", "".join(old), "".join(new)
        return
    counts = Counter(new)
    is_heavy = sum(counts[each] for each in old) > _MOST_ALIKE
    junk = str.isspace if is_heavy else None
    for op, a, b, c, d in SequenceMatcher(junk, old, new, autojunk=is_heavy).get_opcodes():
        yield SAME if op == "equal" else "changed", "".join(old[a:b]), "".join(new[c:d])
