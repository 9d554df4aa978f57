"""The door by which an article of another system comes in: all its rows at once, in a dozen statements."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from articles import dates
from articles.models.article import Article, ArticleByline, Role
from articles.models.draft import Draft, DraftByline
from articles.models.people import Person
from articles.models.site import SiteState
from articles.models.tags import Tag
from articles.models.version import Version, free_slug


def bring_in(
    article: Article, draft: Draft, *, author: Person | None, tags: Sequence[Tag], at: datetime | None
) -> Article:
    """Store a new article with its draft; published `at` that time as its first edition, or a draft when that is None.

    What `Draft.start()`, `save_version()` and `Version.publish()` leave behind of a new article, without asking the
    database for what was just written. The draft's body must have been through `markup.article_body()`.
    """
    with transaction.atomic(savepoint=False):
        article.slug = draft.slug = free_slug(article.slug, None)
        article.pk, version_pk = _ids(Article, Version)
        draft.article = article
        bylines = [DraftByline(draft=draft, person=author, role=Role.AUTHOR)] if author else []
        version = Version(pk=version_pk, article=article, number=1, title=draft.title)
        if at:
            version.snapshot = draft.snapshot(bylines, [], sorted(tags, key=lambda tag: tag.key))
            version.edition = article.edition = 1
            version.kind, version.published_at = dates.FIRST, at
            version.write_columns(article)
            article.live_version, article.publish_at = version, at
        article.save(force_insert=True)
        draft.save(force_insert=True)  # before the version: it is not ahead of it
        DraftByline.objects.bulk_create(bylines)
        draft.tags.add(*tags)
        if at:
            version.save(force_insert=True)
            ArticleByline.objects.bulk_create(version.printed_bylines(article))
            article.tags.add(*tags)
            SiteState.bump()  # it stands in lists that are kept
    return article


def _ids(*models) -> tuple[int, ...]:
    """A new id of each: rows that name each other know them before they are written."""
    drawn = ", ".join("nextval(pg_get_serial_sequence(%s, 'id'))" for _ in models)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {drawn}", [model._meta.db_table for model in models])
        return cursor.fetchone()
