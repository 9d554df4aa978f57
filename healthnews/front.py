"""The first to see a request: an article or the home page that is kept is answered here, before Django is asked.

A kept page costs one question to the database. All that Django does around it (a request object, the layers of
middleware, a response object, signals) costs twice that and comes to the same bytes. So the headers of such a page are
remembered as Django sent them, under the page's name, and sent again with it while that still is its name. Everything
else, and whatever looks unusual, goes the long way.
"""

import gzip
import re
from collections.abc import Callable
from functools import lru_cache

from django.core.cache import caches
from django.db import Error, connection

from healthnews.home import key_of_home
from healthnews.kept import unpacks
from healthnews.shared_pages import key_of_article

MOST = 2_000  # pages whose headers are remembered
_PATH = re.compile(r"/(?:articles/([a-z0-9-]{1,200})/)?")
_OF_THE_BODY = {"content-type", "content-length", "content-encoding", "content-language"}


class Front:
    """A WSGI application that stands before another one."""

    def __init__(self, application):
        self.application = application
        # By the page's name, packed or not, the host and whether it came by https: Django looks at nothing else.
        self.headers: dict[tuple, list[tuple[str, str]]] = {}

    def __call__(self, environ, start_response):
        key = _key(environ)
        if not key:
            return self.application(environ, start_response)
        packs = unpacks(environ.get("HTTP_ACCEPT_ENCODING", ""))
        place = (key, packs, environ.get("HTTP_HOST", ""), environ.get("HTTP_X_FORWARDED_PROTO", ""))
        headers = self.headers.get(place)
        body = caches["pages"].get(key) if headers else None
        if body is None:
            return self.application(environ, self._remembering(place, start_response))
        asked = environ.get("HTTP_IF_NONE_MATCH")
        if asked and any(each.strip().removeprefix("W/") == f'"{key}"' for each in asked.split(",")):
            kept = [(name, value) for name, value in headers if name.lower() not in _OF_THE_BODY]
            start_response("304 Not Modified", kept)
            return [b""]
        start_response("200 OK", headers)
        if environ["REQUEST_METHOD"] == "HEAD":
            return [b""]
        return [body if packs else _unpacked(body)]

    def _remembering(self, place: tuple, start_response) -> Callable:
        """`start_response`, which remembers the headers when the answer is the page of that name."""

        def start(status, headers, exc_info=None):
            key, packs, *_ = place
            if status.startswith("200 ") and ("ETag", f'{"W/" if packs else ""}"{key}"') in headers:
                if len(self.headers) >= MOST:
                    self.headers.clear()
                self.headers[place] = list(headers)
            return start_response(status, headers, exc_info)

        return start


@lru_cache(maxsize=64)
def _unpacked(packed: bytes) -> bytes:
    """The page as the few want it who send no Accept-Encoding: machines mostly, which ask for many pages once."""
    return gzip.decompress(packed)


def _key(environ) -> str:
    """The name of the page that is asked for; empty when this is not for us to answer, or cannot be said now."""
    if environ["REQUEST_METHOD"] not in {"GET", "HEAD"} or environ.get("QUERY_STRING"):
        return ""
    path = _PATH.fullmatch(environ.get("PATH_INFO", ""))
    if path is None or "HTTP_HX_REQUEST" in environ:
        return ""
    try:
        connection.close_if_unusable_or_obsolete()  # as Django does when a request begins
        return key_of_article(path[1]) if path[1] else key_of_home()
    except Error:
        return ""  # the long way has the words for that
