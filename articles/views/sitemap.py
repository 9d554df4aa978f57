"""`/sitemap.xml`: every public address, with the day its text last changed in substance, where we know it."""

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.http import Http404
from django.shortcuts import render
from django.urls import reverse

from articles.filters import in_year, years
from articles.models import Article, ArticleByline, Person, Tag
from articles.views.reading import public_path
from healthnews.http import shared

MOST = 40_000  # addresses in one file; the protocol (sitemaps.org) ends at 50,000
_DATES = ("publish_at", "updated_at", "reviewed_at", "reviewed_by", "review_due")
_FIXED = ("home", "articles:archive", "articles:tags", "articles:authors")


@shared
def sitemap(request):
    """All in one file while they fit; then an index, with one part for each year (`?part=2019`, `?part=rest`)."""
    part = request.GET.get("part", "")
    if part == "rest":
        return _urls(request, _rest())
    if part:
        if not part.isdecimal() or int(part) not in years():
            raise Http404
        return _urls(request, _articles(in_year(Article.objects.listed(), int(part))))
    articles = _articles(Article.objects.listed())
    if len(articles) > MOST:
        parts = [f"{settings.SITE_URL}{request.path}?part={name}" for name in ["rest", *years()]]
        return render(request, "articles/sitemap_index.xml", {"parts": parts}, content_type="application/xml")
    return _urls(request, _rest() + articles)


def _urls(request, lines: list[tuple[str, str]]):
    lines = [(settings.SITE_URL + path, changed) for path, changed in lines]
    return render(request, "articles/sitemap.xml", {"lines": lines}, content_type="application/xml")


def _articles(articles) -> list[tuple[str, str]]:
    rows = articles.only("kind", "slug", *_DATES)[: MOST + 1]
    return [(public_path(row), row.dates.last_changed.date().isoformat()) for row in rows.iterator()]


def _rest() -> list[tuple[str, str]]:
    """What is not an article: pages with their dates; lists change with every article and say nothing."""
    listed = Article.objects.listed().order_by()
    tags = Tag.objects.filter(Exists(listed.filter(tags=OuterRef("pk"))))
    bylines = ArticleByline.objects.filter(person=OuterRef("pk"), article__in=listed)
    people = Person.objects.filter(Exists(bylines))
    pages = Article.objects.public().filter(kind=Article.Kind.PAGE).order_by("pk")
    lists = [reverse(name) for name in _FIXED] + [row.get_absolute_url() for row in (*tags, *people)]
    return [(path, "") for path in lists] + _articles(pages)
