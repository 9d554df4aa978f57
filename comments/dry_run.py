"""What listing words would have done to the latest comments. Reads LATEST of them, whatever the site holds."""

import re
from collections import Counter
from dataclasses import dataclass

from django.db.models import Case, F, TextField, Value, When

from comments.models import Comment, CommentText, ListedWord, Status
from comments.screening.words import find_words, fold
from healthnews import markup

LATEST = 1_000
SHOWN = 50
SHORT = 3  # letters: such a word stands in much that is harmless
AROUND = 90  # characters of a comment on either side of what was found
_DECIDED = (Status.PUBLISHED, Status.REJECTED, Status.REMOVED)
_WORDS = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Hit:
    """A comment that the words would have caught, and the place."""

    comment: Comment
    refused: bool
    excerpt: str


@dataclass(frozen=True)
class Tried:
    """One of the words: how many comments hold it, and how many of these are published."""

    word: str
    found: int
    published: int
    is_short: bool


@dataclass(frozen=True)
class DryRun:
    """The latest comments that were decided, with these words on the list."""

    read: int
    held: int
    refused: int
    published: int  # of those that would have been held or refused
    words: list[Tried]
    hits: list[Hit]  # the newest SHOWN

    @property
    def found(self) -> int:
        """How many comments it would have caught."""
        return self.held + self.refused


def of(plan) -> DryRun:
    """Try what `ListedWord.plan()` says on the latest comments by readers. Two queries."""
    phrases = {each.key: _phrase(each.key) for each in plan}
    refuses = bool(plan) and plan[0].outcome == ListedWord.Outcome.REJECT
    read, found, published, caught = 0, Counter(), Counter(), []
    for pk, status, body, html in _latest():
        read += 1
        keys = _keys_in(html and markup.text_of(html) or body, phrases)
        if keys:
            caught.append((pk, keys))
            found.update(keys)
            published.update(keys if status == Status.PUBLISHED else [])
            published[None] += status == Status.PUBLISHED
    return DryRun(
        read,
        held=0 if refuses else len(caught),
        refused=len(caught) if refuses else 0,
        published=published[None],
        words=[Tried(each.word, found[each.key], published[each.key], _is_short(each.key)) for each in plan],
        hits=_hits(caught[:SHOWN], refuses),
    )


def _latest():
    """(pk, status, text, HTML of an import) of the latest that were decided. The newsroom's are held by no word."""
    html = Case(
        When(text__body_format=CommentText.Format.HTML, then=F("text__body_html")),
        default=Value(""),
        output_field=TextField(),
    )
    comments = Comment.objects.filter(status__in=_DECIDED, mark="").order_by("-pk")
    return comments.values_list("pk", "status", "text__body", html)[:LATEST].iterator(LATEST)


def _keys_in(text: str, phrases: dict) -> list[str]:
    """The keys that `find_words` would find, many times faster, because it does not say where."""
    words = _WORDS.findall(fold(text))
    known, line = set(words), None
    keys = []
    for key, phrase in phrases.items():
        if not known.issuperset(phrase):
            continue
        if len(phrase) > 1:
            line = line or f" {' '.join(words)} "
        if len(phrase) == 1 or f" {' '.join(phrase)} " in line:
            keys.append(key)
    return keys


def _phrase(key: str) -> list[str]:
    return _WORDS.findall(key)


def _is_short(key: str) -> bool:
    return len("".join(_phrase(key))) <= SHORT


def _hits(caught, refused: bool) -> list[Hit]:
    comments = Comment.objects.select_related("text", "author", "article", "case").only(
        *(
            "status",
            "author_name",
            "author__display_name",
            "article__title",
            "article__slug",
            "article__kind",
        ),
        *(
            "text__body",
            "text__body_html",
            "text__body_format",
            "text__comment_id",
            "case__lane",
            "case__closed_at",
        ),
    )
    by_pk = comments.in_bulk([pk for pk, _ in caught])
    return [Hit(by_pk[pk], refused, _excerpt(by_pk[pk].text.plain, keys)) for pk, keys in caught]


def _excerpt(text: str, keys) -> str:
    """The first place with what stands around it, marked."""
    places = sorted((start, end) for _, start, end in find_words(text, keys))
    begin = max(0, places[0][0] - AROUND)
    stop = places[0][1] + AROUND
    spans = [(start - begin, end - begin, "listed word") for start, end in places if end <= stop]
    before, behind = "… " if begin else "", " …" if stop < len(text) else ""
    shift = len(before)
    spans = [(start + shift, end + shift, label) for start, end, label in spans]
    return markup.marked(f"{before}{text[begin:stop]}{behind}", spans)
