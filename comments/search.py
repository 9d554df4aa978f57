"""Full-text search over every comment, for the desk: what is public now, and edits that wait."""

import re
import unicodedata
from dataclasses import dataclass

import psycopg
from django.contrib.postgres.search import SearchQuery
from django.db import OperationalError, connection, transaction
from django.db.models import F, Q

from accounts.models import fold_email
from articles.search import START, STOP, asked, excerpt
from comments.models import Comment, CommentText
from comments.models.text import Words
from healthnews import markup, paging

ROWS = 25
LONGEST = 3_000  # milliseconds that one search may take
_MARKS = re.compile("[\u0300-\u036f]")  # what `Words` leaves out of the index


class TooMany(Exception):
    """More comments hold these words than can be looked through in time."""


@dataclass(frozen=True)
class Found:
    """A comment with the stretch of its text that was asked for."""

    comment: Comment
    excerpt: object


def search(words: str, *, article="", author="", after="") -> tuple[list[Found], str]:
    """A page of comments with all these words, newest text first, and the cursor behind it. Raises TooMany.

    "quoted phrases", or and -not work. Nothing that can be typed is an error.
    """
    query = _MARKS.sub("", unicodedata.normalize("NFKD", asked(words)))
    texts = CommentText.objects.alias(words=Words("body")).filter(
        words=SearchQuery(query, config="simple", search_type="websearch")
    )
    # Of a comment's texts the one that stands, and the one that waits to stand.
    texts = texts.filter(Q(comment__text=F("pk")) | Q(comment__waiting_text=F("pk")))
    if article:
        texts = texts.filter(comment__article__slug=article[:200].replace("\x00", ""))
    if author:
        texts = texts.filter(comment__author__email=fold_email(author[:254].replace("\x00", "")))
    place = paging.decode(after, 1)
    if place:
        texts = texts.filter(pk__lt=place[0])
    joined = ("comment__author", "comment__article")
    unprinted = [f"comment__article__{name}" for name in ("body", "body_html", "search")]
    texts = texts.select_related(*joined).defer(*unprinted).order_by("-pk")
    rows = _in_time(texts[: ROWS + 1])
    more, rows = len(rows) > ROWS, rows[:ROWS]
    hits = set(re.findall(r"\w+", query.lower()))
    found = [Found(row.comment, markup.excerpt(excerpt(row.plain, hits), START, STOP)) for row in rows]
    return found, paging.encode(rows[-1].pk) if more else ""


def _in_time(texts) -> list:
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = {LONGEST}")
            found = list(texts)
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout TO DEFAULT")
    except OperationalError as error:
        if isinstance(error.__cause__, psycopg.errors.QueryCanceled):
            raise TooMany from None
        raise
    return found
