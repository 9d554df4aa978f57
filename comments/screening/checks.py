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

_OVER_AND_OVER = re.compile(r"([^\s.\-_=*~])\1{24,499}")
_HEAPED = re.compile(r"[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]{5,40}")


def length(facts: Facts):
    """A very long text is read before it is shown."""
    if len(facts.text) > facts.limits.long_text:
        yield Finding("length", Outcome.HOLD)


def links(facts: Facts):
    """More links than pass unread; addresses without http count too."""
    spans = [match.span() for match in _LINK.finditer(facts.text)]
    inside = 0
    for match in _BARE_LINK.finditer(facts.text) if "." in facts.text else ():
        while inside < len(spans) and spans[inside][1] <= match.start():
            inside += 1
        if inside == len(spans) or match.start() < spans[inside][0]:
            spans.insert(inside, match.span())
    if len(spans) > facts.limits.links:
        for start, end in spans:
            yield Finding("links", Outcome.HOLD, start, end)


def repeats(facts: Facts):
    """Nearly the same as something the author wrote lately."""
    words = fold(facts.text).split() if facts.recent_texts else []
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


def author_record(facts: Facts):
    """Of the author's comments that were decided lately, many were refused or removed."""
    limits = facts.limits
    if (
        facts.recent_decided >= limits.record_from
        and facts.recent_refused >= limits.record_ratio * facts.recent_decided
    ):
        yield Finding("author_record", Outcome.HOLD)


def capitals(facts: Facts):
    """Shouting: hardly a small letter in a text of some length."""
    text = facts.text[:5_000]
    letters = sum(map(str.isalpha, text))
    if letters >= 40 and sum(map(str.isupper, text)) >= facts.limits.capitals_ratio * letters:
        yield Finding("capitals", Outcome.HOLD)


def noise(facts: Facts):
    """Signs heaped on letters, or one character over and over: unreadable, and it breaks the page for others."""
    match = _OVER_AND_OVER.search(facts.text) or (not facts.text.isascii() and _HEAPED.search(facts.text))
    if match:
        yield Finding("noise", Outcome.HOLD, *match.span())


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
    for key, start, end in find_words(facts.text, outcomes) if outcomes else ():
        yield Finding(
            "listed_words", Outcome.REJECT if outcomes[key] == "reject" else Outcome.HOLD, start, end
        )
