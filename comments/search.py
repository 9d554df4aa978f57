"""Full-text search over every comment, for the desk: what is public now, and edits that wait."""

import re
import unicodedata
from dataclasses import dataclass

import psycopg
from django.contrib.postgres.search import SearchQuery
from django.db import OperationalError, connection, transaction

from articles.search import START, STOP, excerpt
from articles.search import asked as typed
from comments.filters import Filters
from comments.models import Comment, CommentText
from comments.models.text import Words
from healthnews import markup, paging

ROWS = 25
_READ = 2 * ROWS  # texts read for a page: some are no longer anybody's
_FEW = 1_000
LONGEST = 3_000  # milliseconds that one search may take
_UNPRINTED = [f"comment__article__{name}" for name in ("body", "body_html", "search")]
_MARKS = re.compile("[\u0300-\u036f]")  # what `Words` leaves out of the index


class TooMany(Exception):
    """More comments hold these words than can be looked through in time."""


@dataclass(frozen=True)
class Found:
    """A comment with the stretch of its text that was asked for."""

    comment: Comment
    excerpt: object


def search(asked: Filters) -> tuple[list[Found], str]:
    """A page of comments with all these words, newest text first, and the cursor behind it. Raises TooMany.

    "quoted phrases", or and -not work. Nothing that can be typed is an error.
    """
    query = _MARKS.sub("", unicodedata.normalize("NFKD", typed(asked.q)))
    texts = CommentText.objects.alias(words=Words("body")).filter(
        words=SearchQuery(query, config="simple", search_type="websearch")
    )
    texts = texts.filter(asked.texts())
    place = paging.decode(asked.after, 1)
    if place:
        texts = texts.filter(pk__lt=place[0])
    read = _in_time(texts)
    # Of a comment's texts the one that stands, and the one that waits to stand; few others are ever read.
    rows = [row for row in read if row.pk in {row.comment.text_id, row.comment.waiting_text_id}]
    last = rows[ROWS - 1] if len(rows) > ROWS else read[-1] if len(read) == _READ else None
    hits = set(re.findall(r"\w+", query.lower()))
    found = [Found(row.comment, markup.excerpt(excerpt(row.plain, hits), START, STOP)) for row in rows[:ROWS]]
    return found, paging.encode(last.pk) if last else ""


def _in_time(texts) -> list:
    """The newest of these texts, with their comments. Raises TooMany.

    PostgreSQL guesses badly how many texts hold a word. Rare words are looked up by their index and their few texts
    sorted; frequent ones are found soonest by walking back from the newest text.
    """
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = {LONGEST}")
            few = list(texts.values_list("pk", flat=True)[: _FEW + 1])
            if len(few) <= _FEW:
                texts = CommentText.objects.filter(pk__in=few)
            texts = texts.select_related("comment__author", "comment__article", "comment__case").defer(
                *_UNPRINTED
            )
            found = list(texts.order_by("-pk")[:_READ])
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout TO DEFAULT")
    except OperationalError as error:
        if isinstance(error.__cause__, psycopg.errors.QueryCanceled):
            raise TooMany from None
        raise
    return found
