"""Where an article and its discussion meet: pages that are the same bytes for everybody."""

from django.http import Http404, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils import timezone

from articles.models import Article
from articles.views.reading import article_page, for_page
from comments.models import Thread
from comments.models.switch import Held
from comments.threads import OLDEST
from comments.views.discussion import sort_of
from healthnews.http import for_everybody, read_only
from healthnews.kept import kept, key_of
from healthnews.questions import Question

# All that decides which page it is, in one query: it is asked for every reader, and most get a kept page.
_STATE = Question(
    "article_state",
    """
    SELECT article.id, article.kind, article.edition, article.reviewed_at,
        article.publish_at > %(now)s AS is_early, coalesce(article.retire_at <= %(now)s, false) AS is_retired,
        coalesce(thread.version, 0), coalesce(thread.published_count, 0), coalesce(site.version, 1),
        coalesce(thread.mode, 'open'), coalesce(thread.words, ''), thread.until,
        coalesce(site_mode.mode, 'open'), coalesce(site_mode.words, ''), site_mode.until
    FROM articles_article AS article
    LEFT JOIN comments_thread AS thread ON thread.article_id = article.id
    LEFT JOIN articles_sitestate AS site ON site.id = 1
    LEFT JOIN comments_sitemode AS site_mode ON site_mode.id = 1
    WHERE article.slug = %(slug)s AND article.edition > 0
    """,
    {"slug": "text", "now": "timestamptz"},
)


def _state(slug: str) -> tuple | None:
    """A row of the query above, with the switches of thread and site as they hold at this moment at its end."""
    found = _STATE.rows(slug=slug, now=timezone.now())
    return (*found[0][:9], Held.now(*found[0][9:12]), Held.now(*found[0][12:])) if found else None


def _parts(state: tuple, sort: str) -> tuple:
    pk, _, edition, reviewed_at, _, _, version, _, _, thread, site = state
    # What held until a moment is over without anybody writing it down. Its words and its end come with a new version.
    return ("article", pk, edition, reviewed_at, version, thread.mode, site.mode, sort)


def key_of_article(slug: str) -> str:
    """The name of the page at `/articles/<slug>/` as it has to be now; empty when there is no plain page. One query."""
    state = _state(slug)
    if state is None or state[1] != Article.Kind.ARTICLE or state[4] or state[5]:
        return ""
    return key_of(_parts(state, OLDEST), state[-3])


@for_everybody
@read_only
def article(request, slug: str, kind: str = Article.Kind.ARTICLE):
    """`/articles/<slug>/`: the article, then the first page of its comments. 410 with a notice when retired."""
    state = _state(slug)
    if state is None:
        raise Http404
    pk, known_kind, _, _, is_early, is_retired, version, published_count, site, held, site_held = state
    if known_kind != kind:
        return HttpResponsePermanentRedirect(_whole(pk).get_absolute_url())
    if is_retired:
        return render(request, "articles/retired.html", {"article": _whole(pk)}, status=410)
    if is_early:
        raise Http404
    sort = sort_of(request)

    def make():
        known = Thread(article_id=pk, version=version, published_count=published_count, **held._asdict())
        known.site = site_held
        # Read after the key: what is kept is never older than its name.
        return article_page(request, _whole(pk), {"thread": known, "sort": sort})

    return kept(request, _parts(state, sort), make, site=site)


def _whole(pk: int) -> Article:
    return for_page(Article.objects).get(pk=pk)


@for_everybody
@read_only
def page(request, slug: str):
    """`/pages/<slug>/`: as an article, outside all lists."""
    return article(request, slug, Article.Kind.PAGE)


@for_everybody
@read_only
def about(request):
    """`/about/`, a page that editors write like any other."""
    return article(request, "about", Article.Kind.PAGE)


@for_everybody
@read_only
def privacy(request):
    """`/privacy/`, likewise."""
    return article(request, "privacy", Article.Kind.PAGE)
