"""The comments of one old item in an order in which they can be brought in: parents first. Pure."""

from dataclasses import dataclass, field
from datetime import datetime

from healthnews.wordpress.old import OldComment


@dataclass
class Ordered:
    """Comments with their time, parents first and else by time; and what was wrong with them."""

    comments: list[tuple[OldComment, datetime]] = field(default_factory=list)
    parents: dict[str, str] = field(default_factory=dict)  # id to the id it answers; roots are not in it
    orphans: list[OldComment] = field(default_factory=list)  # what they answer is not brought in: roots now
    in_cycles: list[OldComment] = field(default_factory=list)  # the earliest of each circle: roots now


def ordered(comments: list[tuple[OldComment, datetime]]) -> Ordered:
    """Put comments with distinct ids in order. No recursion: threads may be any number deep."""
    result = Ordered()
    known = {comment.id: (comment, at) for comment, at in sorted(comments, key=_rank)}
    for comment, _ in known.values():
        if comment.parent in known:
            result.parents[comment.id] = comment.parent
        elif comment.parent:
            result.orphans.append(comment)
    done: set[str] = set()
    for ident in known:
        chain, circle = _upwards(ident, result.parents, done)
        if circle:
            first = min(circle, key=lambda one: _rank(known[one]))
            del result.parents[first]
            result.in_cycles.append(known[first][0])
            chain, _ = _upwards(ident, result.parents, done)
        done.update(chain)
        result.comments.extend(known[one] for one in reversed(chain))
    return result


def _upwards(ident: str | None, parents: dict[str, str], done: set[str]) -> tuple[list[str], list[str]]:
    """From a comment up to what is done or to a root; and the circle in which the way ended, if it did."""
    chain: list[str] = []
    seen: set[str] = set()
    while ident is not None and ident not in done:
        if ident in seen:
            return chain, chain[chain.index(ident) :]
        chain.append(ident)
        seen.add(ident)
        ident = parents.get(ident)
    return chain, []


def _rank(pair: tuple[OldComment, datetime]) -> tuple[datetime, int, str]:
    comment, at = pair
    return at, len(comment.id), comment.id  # ids are numbers, but for those that were made for want of one
