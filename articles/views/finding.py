"""Ways to an article: archive, topics, authors, search. The same bytes for everybody, asked about by ETag."""

from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404, render

from articles import search as full_text
from articles.filters import Filters, by_person, in_year, years
from articles.models import Article, ArticleByline, Person, Tag
from healthnews import paging
from healthnews.http import shared

PAGE = 20  # articles on a page


def _by_time(request, articles) -> paging.Page:
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    return paging.page_by_time(articles.for_cards(), "publish_at", size=PAGE, after=after, before=before)


@shared
def archive(request):
    """All articles, newest first, or those of one year."""
    filters = Filters.of(request.GET)
    page = _by_time(request, in_year(Article.objects.listed(), filters.year))
    query = f"year={filters.year}" if filters.year else ""
    context = {"page": page, "year": filters.year, "years": years(), "query": query}
    return render(request, "articles/archive.html", context)


@shared
def tags(request):
    """Every topic that has an article, A to Z."""
    used = Article.objects.listed().filter(tags=OuterRef("pk")).order_by()
    return render(request, "articles/tag_list.html", {"tags": Tag.objects.filter(Exists(used))})


@shared
def tag(request, slug: str):
    """One topic: what it is about, and its articles."""
    tag = get_object_or_404(Tag, slug=slug)
    page = _by_time(request, Article.objects.listed().filter(tags=tag))
    return render(request, "articles/tag_detail.html", {"tag": tag, "page": page})


@shared
def authors(request):
    """Everybody who stands in the byline of an article, A to Z by surname."""
    bylines = ArticleByline.objects.filter(
        person=OuterRef("pk"), article__in=Article.objects.listed().order_by()
    )
    people = Person.objects.filter(Exists(bylines)).select_related("photo")
    return render(request, "articles/author_list.html", {"people": people})


@shared
def author(request, slug: str):
    """One person: who they are, and what they wrote or checked."""
    person = get_object_or_404(Person.objects.select_related("photo"), slug=slug)
    page = _by_time(request, by_person(Article.objects.listed(), person))
    context = {"person": person, "page": page, "credentials": person.credentials.all()}
    return render(request, "articles/author_detail.html", context)


@shared
def search(request):
    """What was asked for, best first; without words what the filters leave, newest first."""
    filters = Filters.of(request.GET)
    articles = filters.apply(Article.objects.listed())
    page = None
    if filters.q:
        after = request.GET.get("after", "")
        page = full_text.search(articles, filters.q, size=PAGE, after=after)
    elif filters.any:
        page = _by_time(request, articles)
    context = {"filters": filters, "page": page, "years": years(), "choices": filters.choices()}
    return render(request, "articles/search.html", context)
