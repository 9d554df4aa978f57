"""Training the model: logistic regression with strong regularisation, in plain Python, the same result every time.

What a piece of language must have to be remembered at all: it stands in at least three texts, and in texts of at least
two sources. So no sentence of the sample is in the weights, and no topic of one source alone.
"""

import json
from collections import Counter, defaultdict
from hashlib import sha256
from math import log
from operator import mul
from random import Random

from comments.screening.model import _UNIT, HIDDEN, LABELS, features

TEXTS, SOURCES = 3, 2  # that a feature must stand in
STRENGTH = 0.7  # of the sample against the wish for small weights
ROUNDS = 25
KEPT = 7_000  # features, by weight


def family(source: str) -> str:
    """Sources that come from one place count as one: "own-mix" and "own-spam", "x" and "x+own-pii"."""
    return source.partition("+")[0].partition("-")[0]


def train(rows: list[dict], seen: dict | None = None) -> dict:
    """The model of these rows (`text`, `labels`, `source`), as it is written to the file.

    `seen` keeps the features of texts between calls, for cross-validation.
    """
    seen = {} if seen is None else seen
    for row in rows:
        if row["text"] not in seen:
            seen[row["text"]] = features(row["text"])
    texts, sources = Counter(), defaultdict(set)
    for row in rows:
        for gram in seen[row["text"]][0]:
            texts[gram] += 1
            sources[gram].add(family(row["source"]))
    names = sorted(gram for gram in texts if texts[gram] >= TEXTS and len(sources[gram]) >= SOURCES)
    names += sorted({cue for row in rows for cue in seen[row["text"]][1]})
    number = {name: index for index, name in enumerate(names)}
    bias = len(names)
    columns = []
    for label in LABELS:
        hidden = HIDDEN.get(label, frozenset())
        examples = []
        for row in rows:
            found = [
                (number[name], value)
                for part in seen[row["text"]]
                for name, value in part.items()
                if name in number and name not in hidden
            ]
            examples.append(([index for index, _ in found] + [bias], [value for _, value in found] + [1.0]))
        meant = "emergency" if label == "undertone" else label
        columns.append(_fit(examples, [meant in row["labels"] for row in rows], bias + 1))
    weights = {name: [round(column[index] * _UNIT) for column in columns] for name, index in number.items()}
    heavy = sorted(weights, key=lambda name: (name[0] != "#", -max(map(abs, weights[name])), name))[:KEPT]
    kept = {name: weights[name] for name in sorted(heavy) if any(weights[name])}
    data = {
        "labels": list(LABELS),
        "bias": [round(column[bias] * _UNIT) for column in columns],
        "weights": kept,
    }
    version = sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:8]
    return {"version": version, "texts": len(rows), **data}


def _fit(examples, wanted: list[bool], size: int) -> list[float]:
    """Weights of one label, by coordinate descent on the dual (Yu, Huang and Lin 2011): no step size to choose."""
    weights = [0.0] * size
    signs = [1.0 if each else -1.0 for each in wanted]
    squares = [sum(map(mul, values, values)) for _, values in examples]
    shares = [min(0.001 * STRENGTH, 1e-8)] * len(examples)
    for (indexes, values), sign, share in zip(examples, signs, shares, strict=True):
        for index, value in zip(indexes, values, strict=True):
            weights[index] += sign * share * value
    order, random = list(range(len(examples))), Random(1)  # noqa: S311
    for _ in range(ROUNDS):
        random.shuffle(order)
        for each in order:
            indexes, values = examples[each]
            slope = signs[each] * sum(map(mul, map(weights.__getitem__, indexes), values))
            share = _best_share(shares[each], slope, squares[each])
            change = signs[each] * (share - shares[each])
            shares[each] = share
            for index, value in zip(indexes, values, strict=True):
                weights[index] += change * value
    return weights


def _best_share(share: float, slope: float, square: float) -> float:
    """The share z between 0 and STRENGTH where log(z / (STRENGTH - z)) + square * (z - share) + slope is zero."""
    low, high = 1e-12, STRENGTH - 1e-12
    for _ in range(40):
        middle = (low + high) / 2
        if log(middle / (STRENGTH - middle)) + square * (middle - share) + slope > 0:
            high = middle
        else:
            low = middle
    return (low + high) / 2


def as_text(data: dict) -> str:
    """The file's text: one line for each feature, so that two versions can be compared."""
    head = {key: value for key, value in data.items() if key != "weights"}
    lines = [
        f"{json.dumps(key, ensure_ascii=False)}:{json.dumps(row, separators=(',', ':'))}"
        for key, row in data["weights"].items()
    ]
    return json.dumps(head)[:-1] + ',"weights":{\n' + ",\n".join(lines) + "\n}}\n"
