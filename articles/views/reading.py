"""An article as readers see it. Found and kept by healthnews/shared_pages.py; here is what stands on the page."""

from django.db.models import OuterRef, Subquery
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from articles import dates
from articles.models import Article, Disclaimer, Person, Review, Role

# Pages with an address of their own, which is then the canonical one.
_PLACES = {"about": "articles:about", "privacy": "articles:privacy"}
_IN_BOXES = (Role.AUTHOR, Role.REVIEWER)


def public_path(article) -> str:
    """The canonical path of an article or page."""
    if article.kind == Article.Kind.PAGE and article.slug in _PLACES:
        return reverse(_PLACES[article.slug])
    return article.get_absolute_url()


def for_page(articles):
    """`articles` (a QuerySet) with what a page prints of single rows beside them: picture, disclaimer, last review."""
    reviews = Review.objects.filter(article=OuterRef("pk")).order_by("-reviewed_at", "-pk")
    return (
        articles.select_related("lead_image")
        .defer("search")
        .annotate(
            disclaimer_text=Subquery(Disclaimer.objects.order_by("-pk").values("text")[:1]),
            last_review_at=Subquery(reviews.values("reviewed_at")[:1]),
            last_reviewer_slug=Subquery(reviews.values("reviewer__slug")[:1]),
        )
    )


def article_page(request, article, extra: dict) -> HttpResponse:
    """The whole page of an article (of `for_page`). Looks at nothing of the viewer; `extra` is for the discussion."""
    name = "page" if article.kind == Article.Kind.PAGE else "article"
    return render(request, f"articles/{name}_detail.html", context_of(article) | extra)


def context_of(article) -> dict:
    """Everything the article's template prints, in three queries."""
    today = timezone.localdate()
    bylines = list(article.bylines.select_related("person__photo"))
    return {
        "article": article,
        "path": public_path(article),
        "bylines": bylines,
        "credits": _credits(bylines),
        "boxes": _boxes(bylines),
        "tags": list(article.tags.all()),
        "sources": list(article.sources.all()),
        "date_lines": dates.date_lines(article.dates, today),
        "notice": dates.notice(article.dates, today),
        "disclaimer": Disclaimer(text=article.disclaimer_text) if article.disclaimer_text else None,
        "checked": _checked(article),
    }


def _credits(bylines) -> list[tuple[str, list]]:
    """[("By", bylines), ("Medically reviewed by", bylines) …] in the order of the roles, without empty ones."""
    words = {
        Role.AUTHOR: "By",
        Role.REVIEWER: "Medically reviewed by",
        Role.FACT_CHECKER: "Fact-checked by",
        Role.EDITOR: "Edited by",
    }
    grouped = [(word, [line for line in bylines if line.role == role]) for role, word in words.items()]
    return [(word, lines) for word, lines in grouped if lines]


def _boxes(bylines) -> list:
    """One byline for each author and reviewer: whose portrait stands under the text."""
    seen = {}
    for line in sorted(bylines, key=lambda line: (line.role != Role.AUTHOR, line.position)):
        if line.role in _IN_BOXES:
            seen.setdefault(line.person_id, line)
    return list(seen.values())


def _checked(article) -> dict:
    """What the records say about how the article was checked; everything empty when they say nothing."""
    reviewed = article.last_review_at
    return {
        "reviewer": Person(slug=article.last_reviewer_slug) if reviewed else None,
        "changed_since": bool(reviewed and article.updated_at and article.updated_at > reviewed),
        "overdue": _overdue(article),
    }


def _overdue(article) -> bool:
    return article.dates.is_overdue(timezone.localdate())
