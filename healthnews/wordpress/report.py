"""What was brought, what was there already, what was left out and why: counted, printed, written as JSON."""

from collections import Counter
from dataclasses import dataclass, field

_NOTES = 10_000  # lines kept of each list; the counts go on


@dataclass
class Tally:
    """Counts and remarks about one item, or about all of them."""

    brought: Counter = field(default_factory=Counter)
    already_here: Counter = field(default_factory=Counter)
    states: Counter = field(default_factory=Counter)  # of posts and pages, by what they are here
    statuses: Counter = field(default_factory=Counter)  # of comments
    left_out: Counter = field(default_factory=Counter)
    noted: Counter = field(default_factory=Counter)
    notes: list[dict[str, str]] = field(default_factory=list)
    refused: list[dict[str, str]] = field(default_factory=list)

    def note(self, ident: str, what: str, detail: str = "") -> None:
        """Something the operator should know about an item; `what` is counted."""
        self.noted[what] += 1
        self.notes.append({"id": ident, "what": what} | ({"detail": detail} if detail else {}))

    def refuse(self, ident: str, reason: str) -> None:
        """An item or comment could not be brought in."""
        self.refused.append({"id": ident, "reason": " ".join(reason.split())[:300]})


@dataclass
class Report(Tally):
    """The whole import. Items are added once they are committed, so that a refused one counts for nothing."""

    file: str = ""
    site: str = ""
    dry_run: bool = False

    def add(self, tally: Tally) -> None:
        """An item is in."""
        for name in ("brought", "already_here", "states", "statuses", "left_out", "noted"):
            getattr(self, name).update(getattr(tally, name))
        self.notes.extend(tally.notes[: max(0, _NOTES - len(self.notes))])
        self.refused.extend(tally.refused)

    def as_json(self) -> dict:
        """Everything, ready for json.dump."""
        return {
            "file": self.file,
            "site": self.site,
            "dry_run": self.dry_run,
            "brought": {name: self.brought[name] for name in _THINGS},
            "already_here": {name: self.already_here[name] for name in _THINGS},
            "states": dict(self.states),
            "comments": {name: self.statuses[name] for name in ("published", "pending", "rejected")},
            "left_out": dict(self.left_out),
            "noted": dict(self.noted),
            "refused": self.refused,
            "notes": self.notes,
        }

    def lines(self) -> list[str]:
        """The report as the operator reads it."""
        title = "Nothing was written: this was a dry run. It would be:" if self.dry_run else "Brought in:"
        lines = [f"{title:<58}{'new':>9}{'already here':>14}"]
        for name in _THINGS:
            lines.append(f"  {name:<56}{self.brought[name]:>9,}{self.already_here[name]:>14,}")
        for heading, counts in (
            ("New posts and pages, as they stand here", self.states),
            ("New comments, as they stand here", self.statuses),
            ("Left out", self.left_out),
            ("To look at (each is in the JSON report)", self.noted),
        ):
            if counts:
                lines += [heading + ":", *(f"  {name:<56}{counts[name]:>9,}" for name in sorted(counts))]
        lines.append(f"Refused: {len(self.refused) or 'nothing'}")
        lines += [f"  {line['id']}: {line['reason']}" for line in self.refused[:50]]
        if len(self.refused) > 50:
            lines.append(f"  and {len(self.refused) - 50:,} more, all in the JSON report")
        return lines


_THINGS = ("authors", "posts", "pages", "tags", "comments", "users", "pictures", "redirects")
