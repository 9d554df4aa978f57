"""The figures as tables, each beside its aim."""

AIMS = {
    "article": ("cpu_ms", 20, "ms CPU"),
    "queue": ("cpu_ms", 25, "ms CPU"),
    "card": ("cpu_ms", 25, "ms CPU"),
    "decide one": ("cpu_ms", 12, "ms CPU"),
    "decide 100": ("cpu_ms", 150, "ms CPU"),
    "client": ("cpu_ms", 15, "ms CPU"),
}
MOST_QUERIES = 8
LEAST_SHARE = 0.30
MOST_RATIO = 1.1
_HEADS = {
    "cpu_ms": ("CPU ms", "{:.1f}"),
    "web_ms": ("of it web", "{:.1f}"),
    "db_ms": ("database", "{:.1f}"),
    "ms": ("ms", "{:.1f}"),
    "queries": ("queries", "{}"),
    "kb": ("KiB", "{:.0f}"),
    "requests_s": ("requests/s", "{:,.0f}"),
    "share": ("of the bare view", "{:.0%}"),
    "posts_s": ("posts/s", "{:,.0f}"),
    "pss_mb": ("PSS MiB", "{:.0f}"),
    "value": ("value", "{:.2f}"),
}


def aims(name: str, row: dict) -> str:
    """The aims of a row, each with whether it is met; empty where there is none."""
    said = []
    for word, (key, most, unit) in AIMS.items():
        if key in row and (name.startswith(word) or word == "client" and "client" in name):
            said.append(f"{'met' if row[key] <= most else 'MISSED'}: <= {most} {unit}")
    if name.startswith("article") and "queries" in row:
        said.append(f"{'met' if row['queries'] <= MOST_QUERIES else 'MISSED'}: <= {MOST_QUERIES} queries")
    if "share" in row:
        said.append(f"{'met' if row['share'] >= LEAST_SHARE else 'MISSED'}: >= {LEAST_SHARE:.0%}")
    if name.startswith("ratio"):
        said.append(f"{'met' if row['value'] <= MOST_RATIO else 'MISSED'}: <= {MOST_RATIO}")
    return "; ".join(said)


def table(title: str, rows: dict[str, dict]) -> str:
    """A table in Markdown, so that it can stand in docs/bench.md as it is printed."""
    keys = [key for key in _HEADS if any(key in row for row in rows.values())]
    told = {name: aims(name, row) for name, row in rows.items()}
    heads = [title, *(_HEADS[key][0] for key in keys), *(["aim"] if any(told.values()) else [])]
    lines = [heads, ["---", *("--:" for _ in keys), *(["---"] if any(told.values()) else [])]]
    for name, row in rows.items():
        cells = [_HEADS[key][1].format(row[key]) if key in row else "" for key in keys]
        lines.append([name, *cells, *([told[name]] if any(told.values()) else [])])
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
        for line in lines
    )
