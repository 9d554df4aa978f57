"""What readers ask for: article and thread at any cursor, lists, search; cold and kept."""

from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from articles.models import Article
from comments.models import Comment, Thread
from healthnews import paging
from tests.bench import people
from tests.bench.server import Server

THREADS = (0, 100, 1_000, 10_000)
DEEP = 4_000  # pages of the archive


def make_threads() -> dict[int, Article]:
    """An article with so many comments, for each of THREADS."""
    made = {}
    for count in THREADS:
        call_command("generate", articles=1, comments=count, seed=count + 2, verbosity=0)
        made[count] = Article.objects.filter(kind="article").latest("pk")
    return made


def addresses_of_thread(article) -> dict[str, str]:
    """First, middle and last page of its roots; the first is the article itself."""
    found = {"first": article.get_absolute_url()}
    roots = Comment.objects.filter(article=article, parent__isnull=True).shown().order_by("posted_at", "pk")
    count = roots.count()
    for name, place in {"middle": count // 2, "last": count - 25}.items():
        if place > 25:
            at = roots.values_list("posted_at", "pk")[place - 1]
            found[name] = f"{article.get_absolute_url()}comments/?after={paging.encode(*at)}"
    return found


def addresses_of_lists(article) -> dict[str, str]:
    """Everything else that readers open. The deep page is DEEP pages down, or the last but one of fewer."""
    count = Article.objects.listed().count()
    place = min(DEEP * 20, max(1, count - 40))
    deep = Article.objects.listed().values_list("publish_at", "pk")[place - 1]
    return {
        "home": "/",
        "archive, page 1": "/articles/",
        f"archive, page {place // 20:,}": f"/articles/?after={paging.encode(*deep)}",
        "tag": article.tags.first().get_absolute_url(),
        "author": article.bylines.first().person.get_absolute_url(),
        "search": "/search/?q=lantern+bridge",
    }


def queries(path: str, headers=None) -> int:
    """How many queries the page asks, caches off."""
    client = Client(headers=headers or {}, SERVER_NAME="127.0.0.1")
    client.get(path)
    with CaptureQueriesContext(connection) as asked:
        client.get(path)
    return len(asked)


def cold(threads: dict[int, Article], count: int) -> dict[str, dict]:
    """CPU per page with nothing kept: one worker, one thread."""
    found = {}
    reader = {"Cookie": people.cookie_of(people.readers(1)[0])}
    with Server("tests.bench.cold_settings") as server:
        for comments, article in threads.items():
            for name, path in addresses_of_thread(article).items():
                key = f"article, {comments:,} comments, {name} page"
                found[key] = server.page(path, count=count) | {"queries": queries(path)}
        for name, path in addresses_of_lists(threads[100]).items():
            found[name] = server.page(path, count=count) | {"queries": queries(path)}
        path = f"{threads[1_000].get_absolute_url()}comments/new/"
        found["logged-in part"] = server.page(path, reader | {"HX-Request": "true"}, count=count)
    return found


_PACKED = "Accept-Encoding: gzip"  # as every browser asks


def kept(threads: dict[int, Article], bare: float, seconds: float) -> dict[str, dict]:
    """Requests a second of pages that are kept, and their share of the bare view's: one worker, one thread."""
    found = {}
    article = threads[10_000].get_absolute_url()
    cookie = people.cookie_of(people.readers(1)[0])
    with Server("tests.bench.kept_settings") as server:
        etag = server.get(article).headers["ETag"]
        asked = {
            "article, 10,000 comments": (article, [_PACKED]),
            "the same, logged in": (article, [_PACKED, f"Cookie: {cookie}"]),
            "the same, asked whether it still holds (304)": (article, [_PACKED, f"If-None-Match: {etag}"]),
            "the same, for who cannot unpack gzip": (article, []),
            "article without comments": (threads[0].get_absolute_url(), [_PACKED]),
            "home": ("/", [_PACKED]),
        }
        for name, (path, headers) in asked.items():
            rate = server.rate(path, headers, seconds=seconds)
            found[name] = {"requests_s": rate, "share": rate / bare}
            if headers == [_PACKED]:
                used = server.page(path, {"Accept-Encoding": "gzip"}, count=200)
                found[name] |= {key: used[key] for key in ("cpu_ms", "web_ms", "db_ms")}
    return found


def shape(article) -> dict:
    """What stands on the first page: so that figures can be compared."""
    page = Client(SERVER_NAME="127.0.0.1").get(article.get_absolute_url()).content
    thread = Thread.of(article)
    return {
        "published": thread.published_count,
        "comments_on_page": page.count(b'class="comment"'),
        "kb": len(page) / 1024,
    }
