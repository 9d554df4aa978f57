"""Taking parts out of a text, by spans. Pure."""

REMOVED = "[removed: personal data]"


def spans(marked, length: int) -> list[tuple[int, int]]:
    """The spans that lie in a text of `length` code points, in order, those that touch made one.

    `marked` is what a form sent: pairs of numbers. Raises ValueError, in words, for anything else.
    """
    found = []
    for pair in marked:
        if not (isinstance(pair, list | tuple) and len(pair) == 2 and all(type(n) is int for n in pair)):
            raise ValueError("What is to be taken out has to be pairs of numbers: [[start, end], …].")
        start, end = pair
        if not 0 <= start < end <= length:
            raise ValueError("What is to be taken out does not lie in this text.")
        found.append((start, end))
    merged: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def without(text: str, taken_out: list[tuple[int, int]]) -> str:
    """The text with a plain note in place of each span (as `spans` gives them)."""
    parts, place = [], 0
    for start, end in taken_out:
        parts += [text[place:start], REMOVED]
        place = end
    return "".join([*parts, text[place:]])
