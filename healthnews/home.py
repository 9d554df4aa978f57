"""The home page: lead story, latest, by topic; and the addresses that an old WordPress gave to everything."""

from collections import Counter

from django.conf import settings
from django.contrib.redirects.models import Redirect
from django.http import HttpResponseGone, HttpResponsePermanentRedirect
from django.shortcuts import render

from articles.models import Article
from comments.models import Thread
from healthnews.http import read_only
from healthnews.kept import kept

RECENT = 40  # articles that the page looks at
CARDS, BRIEFS = 3, 6  # of them after the lead story, with large pictures and with small ones
TOPICS, OF_A_TOPIC = 4, 4
_WORDPRESS = ("p", "page_id", "attachment_id")


@read_only
def home(request):
    """`/`: the same for everybody; kept until an article, or a count that it shows, changes."""
    for name in _WORDPRESS:
        if name in request.GET and (moved := _moved(f"/?{name}={request.GET[name]}")):
            return moved
    recent = list(Article.objects.listed().values_list("pk", flat=True)[:RECENT])
    counts = dict(Thread.objects.filter(pk__in=recent).values_list("pk", "published_count"))
    parts = ("home", *recent, *sorted(counts.items()))
    return kept(request, parts, lambda: render(request, "home.html", _front(recent) | {"counts": counts}))


def _moved(old_path: str):
    """Where an imported address went; None when nothing was imported from it."""
    if len(old_path) > 60 or "\x00" in old_path:
        return None
    found = Redirect.objects.filter(site_id=settings.SITE_ID, old_path=old_path).first()
    if found is None:
        return None
    return HttpResponsePermanentRedirect(found.new_path) if found.new_path else HttpResponseGone()


def _front(recent: list[int]) -> dict:
    """The page's stories, from one look at the newest articles."""
    articles = list(Article.objects.listed().for_cards().filter(pk__in=recent))
    latest = articles[1 : 1 + CARDS + BRIEFS]
    return {
        "lead": articles[:1],
        "latest": latest[:CARDS],
        "briefs": latest[CARDS:],
        "topics": _topics(articles),
    }


def _topics(articles) -> list[tuple]:
    """[(tag, its newest articles)]: the topics that the newest articles share most."""
    tags = {tag.pk: tag for article in articles for tag in article.tags.all()}
    often = Counter(tag.pk for article in articles for tag in article.tags.all())
    most = sorted(often, key=lambda pk: (-often[pk], tags[pk].key))[:TOPICS]
    return [
        (tags[pk], [article for article in articles if tags[pk] in article.tags.all()][:OF_A_TOPIC])
        for pk in most
    ]
