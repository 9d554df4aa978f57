"""Where an article and its discussion meet: pages that are the same bytes for everybody."""

from django.http import Http404, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, render

from articles.models import Article
from articles.views.reading import article_page
from comments.models import Thread
from comments.views.discussion import sort_of
from healthnews.kept import kept


def article(request, slug: str, kind: str = Article.Kind.ARTICLE):
    """`/articles/<slug>/`: the article, then the first page of its comments. 410 with a notice when retired."""
    article = get_object_or_404(Article.objects.select_related("lead_image"), slug=slug, edition__gt=0)
    if article.kind != kind:
        return HttpResponsePermanentRedirect(article.get_absolute_url())
    if article.is_retired:
        return render(request, "articles/retired.html", {"article": article}, status=410)
    if not article.is_public():
        raise Http404
    thread = Thread.of(article)
    sort = sort_of(request)
    parts = ("article", article.pk, article.edition, article.reviewed_at, thread.version, thread.mode, sort)
    return kept(request, parts, lambda: article_page(request, article, {"thread": thread, "sort": sort}))


def page(request, slug: str):
    """`/pages/<slug>/`: as an article, outside all lists."""
    return article(request, slug, Article.Kind.PAGE)


def about(request):
    """`/about/`, a page that editors write like any other."""
    return article(request, "about", Article.Kind.PAGE)


def privacy(request):
    """`/privacy/`, likewise."""
    return article(request, "privacy", Article.Kind.PAGE)
