"""Full-text search over public articles. The only file that knows how PostgreSQL searches.

What is indexed and what is asked are folded; what is shown is not: hits are found in the folded text and marked in
the original one.
"""

import re
import unicodedata
from bisect import bisect_left

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db import connection
from django.db.models import BigIntegerField, F, Q
from django.db.models.functions import Cast

from healthnews import markup, paging

START, STOP = "\x02", "\x03"  # around a hit in a headline; no text of ours holds them
RANKED = 2_000  # articles that are compared; of a word that more of them use, the newest
MAX_QUERY = 200  # characters; the rest of what was asked is not looked at
EXCERPT = 260  # characters
_SIGNS = re.compile(r"\s*\[\d{1,3}\]")  # of sources, in the running text
_LINE_ENDS = re.compile(r"(?<![.!?:;,…\s])\s*\n\s*")
_SCALE = 10**9  # a rank as a whole number, so that a cursor can name it exactly


def folded(text: str) -> str:
    """The text without accents: what is indexed and what is asked (no extension does it for us)."""
    return "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))


def asked(text: str) -> str:
    """What somebody typed, in one line without signs that no keyboard types, and not too long."""
    return " ".join(markup.tidy(text[: 4 * MAX_QUERY]).split())[:MAX_QUERY]


def search(articles, text: str, *, size: int, after: str = "") -> paging.Page:
    """The best of `articles` (of an ArticleQuerySet) for `text`, by rank and then newest id; each row has `.excerpt`.

    Words are joined by "and"; "quoted phrases", or and -not work. Nothing that can be typed is an error. Of more than
    RANKED finds the newest are compared: a word that everybody uses must not cost more each year.
    """
    query = SearchQuery(folded(text), config="english", search_type="websearch")
    rank = Cast(SearchRank(F("search"), query) * _SCALE, BigIntegerField())
    newest = articles.filter(search=query).order_by("-publish_at", "-pk").values("pk")[:RANKED]
    found = articles.order_by().filter(pk__in=newest).annotate(score=rank)
    place = paging.decode(after, 2)
    if place:
        score, pk = place
        found = found.filter(Q(score__lt=score) | Q(score=score, pk__lt=pk))
    found = found.for_cards().defer(None).defer("body_html", "search")
    rows = list(found.order_by("-score", "-pk")[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    _write_excerpts(rows, text)
    last = paging.encode(rows[-1].score, rows[-1].pk) if more else ""
    return paging.Page(rows, before="", after=last, is_first=place is None)


def titled(articles, text: str):
    """Those of `articles` whose titles have words that begin like all of these."""
    words = re.findall(r"\w+", folded(asked(text)).replace("_", " "))
    if not words:
        return articles.none()
    query = SearchQuery(" & ".join(f"'{word}':*A" for word in words), config="english", search_type="raw")
    return articles.filter(search=query)


def _write_excerpts(rows, text: str) -> None:
    texts = [_SIGNS.sub("", f"{row.dek}\n\n{markup.text_of(row.body)}".strip()) for row in rows]
    for row, whole, words in zip(rows, texts, _hits(texts, text), strict=True):
        row.excerpt = markup.excerpt(excerpt(whole, words), START, STOP)


def _hits(texts: list[str], text: str) -> list[set[str]]:
    """For each text the words in it that the query finds, folded and in lower case. One query for all."""
    if not texts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ts_headline('english', body, websearch_to_tsquery('english', %s), %s)"
            " FROM unnest(%s::text[]) WITH ORDINALITY AS given(body, place) ORDER BY place",
            [
                folded(text),
                f"HighlightAll=true, StartSel={START}, StopSel={STOP}",
                list(map(folded, texts)),
            ],
        )
        marked = [line for (line,) in cursor.fetchall()]
    return [{word.lower() for word in re.findall(f"{START}([^{STOP}]*){STOP}", line)} for line in marked]


def excerpt(text: str, words: set[str], length: int = EXCERPT) -> str:
    """The stretch of `text` with most of `words` (folded, lower case), each between START and STOP."""
    plain, places = _folded_with_places(text)
    pattern = "|".join(sorted(map(re.escape, words), key=len, reverse=True))
    hits = [found.span() for found in re.finditer(rf"\b(?:{pattern})\b", plain.lower())] if pattern else []
    spans = [(places[start], places[end - 1] + 1) for start, end in hits]
    start, end = _stretch(text, spans, length)
    out, at = [], start
    for first, last in spans:
        if first >= at and last <= end:
            out += [text[at:first], START, text[first:last], STOP]
            at = last
    # Headings and items end without a full stop, so something must part them from what follows.
    joined = _LINE_ENDS.sub(" · ", ("".join(out) + text[at:end]).strip())
    joined = re.sub(r"\s+", " ", joined)
    return ("… " if start else "") + joined + (" …" if end < len(text) else "")


def _folded_with_places(text: str) -> tuple[str, list[int] | range]:
    """The folded text, and for each of its characters where it came from."""
    if text.isascii():
        return text, range(len(text))
    parts = [folded(char) for char in text]
    return "".join(parts), [place for place, part in enumerate(parts) for _ in part]


def _stretch(text: str, spans: list[tuple[int, int]], length: int) -> tuple[int, int]:
    """Start and end of about `length` characters that hold most spans, cut between words."""
    starts = [start for start, _ in spans]
    best = max(
        range(len(spans)),
        key=lambda i: (bisect_left(starts, starts[i] + length) - i, -i),
        default=None,
    )
    start = 0 if best is None else max(0, starts[best] - length // 5)
    if start:
        start = text.find(" ", start, start + 40) + 1 or start
    end = min(len(text), start + length)
    if end < len(text):
        end = max(text.rfind(" ", start + length // 2, end), start + length // 2)
    return start, end
