"""The door by which the comments of another system come in: many at once, in one transaction."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.db import connection, models, transaction
from django.db.models import F

from comments import paths
from comments.models.case import Case, Lane
from comments.models.comment import Comment, Status
from comments.models.decision import Action, Decision
from comments.models.policy import PolicyVersion
from comments.models.text import CommentText
from comments.models.thread import Thread
from healthnews import markup


@dataclass(frozen=True, slots=True)
class Incoming:
    """A comment as it stood elsewhere. Its HTML is cleaned here; `body` is the text as it was there.

    `parent` is the key of what it answers: of an earlier one among those that come with it, or of one that is here.
    """

    source_key: str
    status: str
    at: datetime
    body: str
    body_html: str
    parent: str = ""
    author_id: int | None = None
    author_name: str = ""

    def cleaned(self) -> "Incoming":
        """With its HTML reduced to what a comment may hold: the slow part, to be done before the transaction."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return Cleaned(**values | {"body_html": markup.imported_comment(self.body_html)})


class Cleaned(Incoming):
    """The same, when its HTML went through the cleaner already."""

    __slots__ = ()

    def cleaned(self) -> "Incoming":
        """Itself."""
        return self


def bring_in_many(article, incoming: Sequence[Incoming], here: Mapping[str, Comment]) -> dict[str, Comment]:
    """Store them in their places, parents first, each with a Decision that says where it is from; waiting ones wait.

    `here` has the comments of this article by key that they may answer (pk, root_id, depth and path are asked).
    Returns the new ones by key. Times may lie in the past; what was published then counts as published then.
    One transaction, a handful of statements however many. Raises what the database raises; nothing is written then.
    """
    if not incoming:
        return {}
    incoming = [one.cleaned() for one in incoming]
    with transaction.atomic(savepoint=False):
        published = sum(one.status == Status.PUBLISHED for one in incoming)
        if published:
            Thread.changed(article.pk, published=published)  # the thread's row first, as every door does
        comments = _placed(article, incoming, here)
        _count_answers(comments)
        texts = [
            {
                "id": comment.text_id,
                "comment_id": comment.pk,
                "body": one.body,
                "body_html": one.body_html,
                "body_format": CommentText.Format.HTML.value,
                "created_at": one.at,
            }
            for one, comment in zip(incoming, comments.values(), strict=True)
        ]
        _copy(CommentText, texts)
        _copy(Comment, [comment.__dict__ for comment in comments.values()])
        _record(comments.values())
    return comments


def _placed(article, incoming, here) -> dict[str, Comment]:
    """The comments, unsaved, in their places. Ids are drawn first, because a path holds them."""
    ids, text_ids = _ids(Comment, len(incoming)), _ids(CommentText, len(incoming))
    placed: dict[str, Comment] = {}
    for one, pk, text_id in zip(incoming, ids, text_ids, strict=True):
        parent = placed.get(one.parent) or here.get(one.parent)
        where = paths.place(one.at, pk, parent)
        placed[one.source_key] = Comment(
            pk=pk,
            article_id=article.pk,
            author_id=one.author_id,
            author_name=one.author_name,
            parent_id=parent and parent.pk,
            root_id=where.root,
            depth=where.depth,
            path=where.path,
            status=one.status,
            text_id=text_id,
            posted_at=one.at,
            published_at=one.at if one.status == Status.PUBLISHED else None,
            article_edition=article.edition,
            source_key=one.source_key,
        )
    return placed


def _count_answers(comments: dict[str, Comment]) -> None:
    """How many published ones are below each: in the new rows, and added to those that are here already."""
    below: Counter = Counter()
    for comment in comments.values():
        if comment.status == Status.PUBLISHED:
            below.update({*paths.ids(comment.path)[:-1], comment.parent_id} - {None})
    for comment in comments.values():
        comment.published_answers = below.pop(comment.pk, 0)
    for count, group in groupby(sorted(below, key=lambda pk: (below[pk], pk)), key=below.get):
        more = F("published_answers") + count
        Comment.objects.filter(pk__in=list(group)).update(published_answers=more)


def _record(comments) -> None:
    """A Decision for each, and a Case for what waits."""
    policy = PolicyVersion.current()
    decisions = [
        {
            "id": pk,
            "comment_id": comment.pk,
            "action": Action.SUBMIT.value,
            "from_status": "",
            "to_status": str(comment.status),
            "at": comment.posted_at,
            "is_import": True,
            "text_id": comment.text_id,
            "policy_id": policy and policy.pk,
        }
        for comment, pk in zip(comments, _ids(Decision, len(comments)), strict=True)
    ]
    _copy(Decision, decisions)
    waiting = [comment for comment in comments if comment.status == Status.PENDING]
    cases = (
        Case(
            comment_id=comment.pk,
            article_id=comment.article_id,
            kinds=["new"],
            lane=Lane.NEW,
            since=comment.posted_at,
        )
        for comment in waiting
    )
    Case.objects.bulk_create(cases, batch_size=1_000)


def _ids(model: type[models.Model], count: int) -> list[int]:
    """That many new ids of the model's table, rising."""
    with connection.cursor() as cursor:
        cursor.execute(  # OFFSET 0: the name is looked up once, not for every row
            "SELECT nextval(name) FROM generate_series(1, %s),"
            " (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS name OFFSET 0) AS sequence",
            [count, model._meta.db_table],
        )
        return sorted(pk for (pk,) in cursor.fetchall())


def _copy(model: type[models.Model], rows: Sequence[dict]) -> None:
    """Write rows, ids and all, by COPY: no statement is as long as its values, and it is some ten times faster.

    A row is the values by their columns' names; what it does not have is the column's default.
    """
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    # As the database wants them: most values are what psycopg knows already.
    adapted = [field for field in fields if field.choices or field.get_internal_type() == "JSONField"]
    defaults = {field.attname: field.get_default() for field in fields}
    names = list(defaults)
    # What goes wrong on the way is the driver's own error, unless Django is asked to make it one of Django's.
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        cursor.copy(f"COPY {quote(model._meta.db_table)} ({columns}) FROM STDIN") as copy,
    ):
        for row in rows:
            values = defaults | row
            for field in adapted:
                values[field.attname] = field.get_db_prep_save(values[field.attname], connection)
            copy.write_row([values[name] for name in names])
