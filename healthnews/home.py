"""The home page: lead story, latest, by topic; and the addresses that an old WordPress gave to everything."""

from collections import Counter

from django.conf import settings
from django.contrib.redirects.models import Redirect
from django.http import HttpResponseGone, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils import timezone

from articles.models import Article
from healthnews.http import for_everybody, read_only
from healthnews.kept import kept, key_of
from healthnews.questions import Question

RECENT = 40  # articles that the page looks at
CARDS, BRIEFS = 3, 6  # of them after the lead story, with large pictures and with small ones
TOPICS, OF_A_TOPIC = 4, 4
# What the page shows, in one question: the newest of `Article.objects.listed()`, their counts, the site's version.
_STATE = Question(
    "home_state",
    f"""
    SELECT article.id, coalesce(thread.published_count, 0),
        coalesce((SELECT version FROM articles_sitestate WHERE id = 1), 1)
    FROM articles_article AS article LEFT JOIN comments_thread AS thread ON thread.article_id = article.id
    WHERE article.kind = 'article' AND article.edition > 0 AND article.publish_at <= %(now)s
        AND (article.retire_at IS NULL OR article.retire_at > %(now)s)
    ORDER BY article.publish_at DESC, article.id DESC LIMIT {RECENT}
    """,  # noqa: S608  a number of our own
    {"now": "timestamptz"},
)
_WORDPRESS = ("p", "page_id", "attachment_id")


@for_everybody
@read_only
def home(request):
    """`/`: the same for everybody; kept until an article, or a count that it shows, changes."""
    for name in _WORDPRESS:
        if name in request.GET and (moved := _moved(f"/?{name}={request.GET[name]}")):
            return moved
    found = _state()
    counts = {pk: count for pk, count, _ in found}
    site = found[0][2] if found else None
    context = {"counts": counts}
    return kept(
        request,
        _parts(found),
        lambda: render(request, "home.html", _front([*counts]) | context),
        site=site,
    )


def _state() -> list[tuple]:
    return _STATE.rows(now=timezone.now())


def _parts(state) -> tuple:
    return ("home", *((pk, count) for pk, count, _ in state))


def key_of_home() -> str:
    """The name of the page at `/` as it has to be now; empty when there are no articles yet. One query."""
    state = _state()
    return key_of(_parts(state), state[0][2]) if state else ""


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
