"""The checks on the text's form, its author and its thread. Each takes Facts and gives findings."""

import re

from comments.screening.facts import Facts, Finding, Outcome
from comments.screening.words import find_words, fold

_LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"]{3,}", re.I)
_BARE_LINK = re.compile(
    r"(?<![\w@.])[a-z0-9][a-z0-9-]{0,62}\.(?:com|net|org|info|biz|shop|store|online|xyz|ru|co\.uk|io|me)"
    r"(?:/\S*)?(?![\w@])",
    re.I,
)


def length(facts: Facts):
    """A very long text is read before it is shown."""
    if len(facts.text) > facts.limits.long_text:
        yield Finding("length", Outcome.HOLD)


def links(facts: Facts):
    """More links than pass unread; addresses without http count too."""
    spans = {match.span() for match in _LINK.finditer(facts.text)}
    for match in _BARE_LINK.finditer(facts.text):
        if not any(start <= match.start() < end for start, end in spans):
            spans.add(match.span())
    if len(spans) > facts.limits.links:
        for start, end in sorted(spans):
            yield Finding("links", Outcome.HOLD, start, end)


def repeats(facts: Facts):
    """Nearly the same as something the author wrote lately."""
    words = fold(facts.text).split()
    if len(words) < 4:
        return
    mine = set(words)
    for earlier in facts.recent_texts:
        theirs = set(fold(earlier).split())
        if len(mine & theirs) >= facts.limits.repeat_ratio * max(len(mine), len(theirs)):
            yield Finding("repeats", Outcome.HOLD, 0, len(facts.text), 0.9)
            return


def pace(facts: Facts):
    """Faster than people write."""
    limits = facts.limits
    if facts.posts_last_minute >= limits.pace_a_minute or facts.posts_last_hour >= limits.pace_an_hour:
        yield Finding("pace", Outcome.HOLD)


def newcomer(facts: Facts):
    """The first comments of everybody are read first."""
    if facts.published_before < facts.limits.newcomer_until:
        yield Finding("newcomer", Outcome.HOLD)


def thread(facts: Facts):
    """A held thread lets nothing through unread; one closed while somebody typed holds what they sent."""
    if facts.thread_mode != "open":
        yield Finding("thread_held" if facts.thread_mode == "held" else "thread_closed", Outcome.HOLD)


def site(facts: Facts):
    """While the whole site is held nothing goes through unread."""
    if facts.site_mode != "open":
        yield Finding("site_held" if facts.site_mode == "held" else "site_closed", Outcome.HOLD)


def standing(facts: Facts):
    """Somebody who is read first, by a sanction."""
    if facts.standing == "read_first":
        yield Finding("read_first", Outcome.HOLD)


def listed_words(facts: Facts):
    """Words and phrases from the editors' list, on word boundaries."""
    outcomes = dict(facts.listed_words)
    for key, start, end in find_words(facts.text, outcomes):
        yield Finding(
            "listed_words", Outcome.REJECT if outcomes[key] == "reject" else Outcome.HOLD, start, end
        )
