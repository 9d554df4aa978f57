"""Reading labelled samples: one JSON object a line with `text`, `labels` and, where known, `source`."""

import json
from pathlib import Path

EXAMPLES = Path(__file__).resolve().parent / "examples.jsonl"  # ours, written for the purpose


def read(path: Path) -> list[dict]:
    """The rows of a file. ValueError says which line is wrong, and how."""
    rows = []
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                text, labels = row["text"], row["labels"]
                if not isinstance(text, str) or not isinstance(labels, list):
                    raise TypeError
            except (ValueError, KeyError, TypeError):
                raise ValueError(f'{path}, line {number}: this is no {{"text": …, "labels": […]}}.') from None
            rows.append({"text": text, "labels": labels, "source": str(row.get("source", "unknown"))})
    if not rows:
        raise ValueError(f"{path} holds no texts.")
    return rows
