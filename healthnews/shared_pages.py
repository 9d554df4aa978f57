"""Where an article and its discussion meet: pages that are the same bytes for everybody."""

from django.db import connection
from django.http import Http404, HttpResponsePermanentRedirect
from django.shortcuts import render

from articles.models import Article
from articles.views.reading import article_page, for_page
from comments.models import Thread
from comments.views.discussion import sort_of
from healthnews.http import read_only
from healthnews.kept import kept

# All that decides which page it is, in one query: it is asked for every reader, and most get a kept page.
_STATE = """
    SELECT article.id, article.kind, article.edition, article.publish_at, article.retire_at, article.reviewed_at,
        thread.mode, thread.version, thread.published_count, site.version
    FROM articles_article AS article
    LEFT JOIN comments_thread AS thread ON thread.article_id = article.id
    LEFT JOIN articles_sitestate AS site ON site.id = 1
    WHERE article.slug = %s AND article.edition > 0
"""


def _state(slug: str) -> tuple[Article, Thread, int]:
    """The published article of that address with the columns of its state alone, its thread, the site's version."""
    with connection.cursor() as cursor:
        cursor.execute(_STATE, [slug])
        row = cursor.fetchone()
    if row is None:
        raise Http404
    names = ("pk", "kind", "edition", "publish_at", "retire_at", "reviewed_at")
    article = Article(slug=slug, **dict(zip(names, row, strict=False)))
    mode, version, count, site = row[len(names) :]
    known = {} if version is None else {"mode": mode, "version": version, "published_count": count}
    return article, Thread(article_id=article.pk, **known), site or 1


@read_only
def article(request, slug: str, kind: str = Article.Kind.ARTICLE):
    """`/articles/<slug>/`: the article, then the first page of its comments. 410 with a notice when retired."""
    state, thread, site = _state(slug)
    if state.kind != kind:
        return HttpResponsePermanentRedirect(state.get_absolute_url())
    if state.is_retired:
        return render(request, "articles/retired.html", {"article": _whole(state)}, status=410)
    if not state.is_public():
        raise Http404
    sort = sort_of(request)
    parts = ("article", state.pk, state.edition, state.reviewed_at, thread.version, thread.mode, sort)
    # Read after the key: what is kept is never older than its name.
    extra = {"thread": thread, "sort": sort}
    return kept(request, parts, lambda: article_page(request, _whole(state), extra), site=site)


def _whole(state: Article) -> Article:
    return for_page(Article.objects).get(pk=state.pk)


@read_only
def page(request, slug: str):
    """`/pages/<slug>/`: as an article, outside all lists."""
    return article(request, slug, Article.Kind.PAGE)


@read_only
def about(request):
    """`/about/`, a page that editors write like any other."""
    return article(request, "about", Article.Kind.PAGE)


@read_only
def privacy(request):
    """`/privacy/`, likewise."""
    return article(request, "privacy", Article.Kind.PAGE)
