"""How well the checks find what a labelled sample has: precision and recall, per label and source.

Only checks of content count, not those of length, author, pace or thread; a link is told apart.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from hashlib import sha256

from comments.screening import CRISIS, PERSONAL_DATA, Facts, model, screen, training
from comments.screening.words import Words

LABEL_OF = {
    "personal_advice": "medical_advice",
    **dict.fromkeys(CRISIS, "emergency"),
    "abuse": "abuse",
    **dict.fromkeys(("spam", "cures_commerce"), "spam"),
    **dict.fromkeys(PERSONAL_DATA, "personal_data"),
}
LABELS = ("medical_advice", "emergency", "abuse", "spam", "personal_data", "fine")
ALIKE = 0.6  # of the words shared: two texts that must not stand on both sides of a cross-validation


def found(text: str) -> set[str]:
    """The codes that an established reader's comment would get."""
    return {each.code for each in screen(Facts(text=text, published_before=99)).findings}


def labels_of(codes: Iterable[str]) -> set[str]:
    """The labels that these codes stand for; "fine" when there is none."""
    return {LABEL_OF[code] for code in codes if code in LABEL_OF} or {"fine"}


def measure(rows: list[dict], codes: list[set[str]]) -> dict:
    """The numbers for these rows and what was found in each."""
    guessed = [labels_of(each) for each in codes]
    by_source: dict[tuple[str, str], Counter] = defaultdict(Counter)
    for row, guess in zip(rows, guessed, strict=True):
        for label in LABELS:
            said, is_so = label in guess, label in row["labels"]
            kind = "right" if said and is_so else "wrong" if said else "missed" if is_so else ""
            if kind:
                by_source[label, row["source"]][kind] += 1
                by_source[label, ""][kind] += 1
    fine = [each for row, each in zip(rows, codes, strict=True) if "fine" in row["labels"]]
    return {
        "labels": {label: _ratios(by_source[label, ""]) for label in LABELS},
        "fine_held": _share(sum(labels_of(each) != {"fine"} for each in fine), len(fine)),
        "fine_with_a_link": _share(sum("links" in each for each in fine), len(fine)),
        "sources": {
            f"{label} / {source}": _ratios(count)
            for (label, source), count in sorted(by_source.items())
            if source
        },
    }


def _ratios(count: Counter) -> dict:
    right, wrong, missed = count["right"], count["wrong"], count["missed"]
    return {
        "precision": _share(right, right + wrong),
        "recall": _share(right, right + missed),
        "n": right + missed,
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def groups(rows: list[dict]) -> list[int]:
    """For each row the number of a group: texts that share most of their words are in one."""
    sets = [Words(row["text"]).distinct for row in rows]
    group = list(range(len(rows)))

    def first(number: int) -> int:
        while group[number] != number:
            number = group[number]
        return number

    for here, mine in enumerate(sets):
        for there in range(here):
            theirs = sets[there]
            if len(mine & theirs) >= ALIKE * max(len(mine | theirs), 1):
                group[first(here)] = first(there)
    return [first(number) for number in range(len(rows))]


def across(rows: list[dict], more: list[dict], part_of: Callable[[int], str]) -> list[set[str]]:
    """What is found in each row by a model that has not seen its part; `more` is always learned from."""
    codes: list[set[str]] = [set() for _ in rows]
    seen: dict = {}
    parts = [part_of(number) for number in range(len(rows))]
    for part in sorted(set(parts)):
        rest = [row for row, its in zip(rows, parts, strict=True) if its != part]
        model.use(model.Model(training.train(rest + more, seen)))
        for number, row in enumerate(rows):
            if parts[number] == part:
                codes[number] = found(row["text"])
    model.use(None)
    return codes


def folds(rows: list[dict], count: int) -> Callable[[int], str]:
    """A part for each row: `count` of them, groups kept together, the same every time."""
    group = groups(rows)
    names = [sha256(rows[number]["text"].encode()).hexdigest() for number in group]
    return lambda number: str(int(names[number], 16) % count)


def by_source(rows: list[dict]) -> Callable[[int], str]:
    """A part for each row: the place that its source comes from."""
    return lambda number: training.family(rows[number]["source"])
