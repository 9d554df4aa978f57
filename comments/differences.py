"""What differs between two states of the policy, or of a canned reply, as people read it. Knows no database."""

from collections.abc import Mapping
from dataclasses import dataclass

from articles import diff

PUBLIC = {"title": "Title", "wording": "What readers are told", "legal_ground": "Legal ground"}
FOR_STAFF = PUBLIC | {
    "guidance": "What moderators are told besides",
    "severity": "Severity",
    "default_reply": "Usual reply",
    "default_outcome": "Usual outcome",
}
NO_WORDS: Mapping = {}
REPLY = {
    "title": "Title",
    "purpose": "Purpose",
    "clause_number": "Clause",
    "suggests_for": "Suggested for",
    "body": "Text",
    "is_active": "In use",
}


@dataclass(frozen=True)
class Part:
    """One thing that differs: its name and the words, old and new (articles.diff.Piece)."""

    label: str
    pieces: list


@dataclass(frozen=True)
class Change:
    """What became of one clause: `kind` is "new", "gone", "changed" or "moved" (only its number is another)."""

    kind: str
    title: str
    was: int | None
    number: int | None
    parts: list


def parts(old: Mapping, new: Mapping, labels: Mapping, words: Mapping = NO_WORDS) -> list[Part]:
    """The named things that differ between two states, in the order of `labels`.

    `words` are those of a value that is a key, by the name of the thing: {"severity": {1: "1, slight"}}.
    """
    return [
        Part(label, diff.words(before, after))
        for name, label in labels.items()
        if (before := _said(old.get(name), words.get(name, NO_WORDS)))
        != (after := _said(new.get(name), words.get(name, NO_WORDS)))
    ]


def of_policy(
    old: Mapping, new: Mapping, labels: Mapping = PUBLIC, words: Mapping = NO_WORDS
) -> list[Change]:
    """What differs between two policies as `PolicyVersion.content()` gives them: the introduction, then by number."""
    changes = []
    if intro := parts(old, new, {"intro": "Introduction"}):
        changes.append(Change("changed", "Introduction", None, None, intro))
    before = {clause["line"]: clause for clause in old["clauses"]}
    for clause in sorted(new["clauses"], key=lambda each: each["number"]):
        was = before.pop(clause["line"], None) if clause["line"] else None
        inside = parts(was or {}, clause, labels, words)
        moved = was is not None and was["number"] != clause["number"]
        if was is None or inside or moved:
            kind = "new" if was is None else "changed" if inside else "moved"
            number = was["number"] if was else None
            changes.append(Change(kind, clause["title"], number, clause["number"], inside))
    for clause in before.values():
        inside = parts(clause, {}, labels, words)
        changes.append(Change("gone", clause["title"], clause["number"], None, inside))
    return changes


def merged(base: Mapping, mine: Mapping, theirs: Mapping) -> dict:
    """My changes of `base` laid on theirs, as `PolicyVersion.content()`: where both changed the same thing, mine."""
    mine_by, theirs_by = ({each["line"]: each for each in side["clauses"]} for side in (mine, theirs))
    base_by = {each["line"]: each for each in base["clauses"]}
    clauses = [_laid_on(base_by.get(line), mine_by.get(line), each) for line, each in theirs_by.items()]
    # What they took out and I changed, and what is new.
    clauses += [
        each
        for each in mine["clauses"]
        if each["line"] not in theirs_by and each != base_by.get(each["line"])
    ]
    kept = [clause for clause in clauses if clause]
    intro = mine["intro"] if mine["intro"] != base["intro"] else theirs["intro"]
    return {"intro": intro, "clauses": sorted(kept, key=lambda clause: clause["number"])}


def _laid_on(base, mine, theirs):
    """One clause that they have; None where I took it out."""
    if mine is None:
        return None if base else theirs
    return {name: mine[name] if base is None or mine[name] != base[name] else theirs[name] for name in theirs}


def _said(value, words: Mapping) -> str:
    """A value in words."""
    if isinstance(value, int | str) and value in words:
        return words[value]
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) if isinstance(value, list) else str(value)
