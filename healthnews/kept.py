"""Shared pages, kept by what they show (design 9): made once for everybody, packed once, validated by ETag.

They hold nothing secret, so that packing them tells nobody anything (BREACH needs a secret in the page).
"""

import gzip
import hashlib
import re
from pathlib import Path

from django.conf import settings
from django.core.cache import caches
from django.http import HttpResponse, HttpResponseNotModified
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.http import parse_etags

from articles.models import SiteState


def _build() -> str:
    """A fingerprint of templates and styles: after a deploy every page is made anew."""
    digest = hashlib.sha256()
    for folder, pattern in (
        (settings.BASE_DIR / "templates", "*"),
        (Path(__file__).parent / "static", "*.[cj]s*"),
    ):
        for path in sorted(folder.rglob(pattern)):
            if path.is_file():
                digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


BUILD = _build()
_ACCEPTS_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(?:\.0*)?(?:,|\s|$))", re.I)


def key_of(parts, site: int) -> str:
    """The name of a page: of everything it depends on, the day and the build."""
    everything = (BUILD, site, timezone.localdate().isoformat(), *parts)
    return hashlib.sha256("\x1f".join(map(str, everything)).encode()).hexdigest()[:32]


def unpacks(accepted: str) -> bool:
    """Whether somebody who sends this Accept-Encoding can read gzip."""
    return bool(_ACCEPTS_GZIP.search(accepted))


def kept(request, parts, render, *, site: int | None = None) -> HttpResponse:
    """The page that `parts` (everything it depends on) name: 304, kept, or made by `render() -> HttpResponse`.

    `site` is the site's version, for who knows it already. The answer carries nothing of the viewer; `render` must not
    look at the user, the session or a token.
    """
    key = key_of(parts, SiteState.current() if site is None else site)
    etag = f'"{key}"'
    asked = parse_etags(request.headers.get("If-None-Match", ""))
    if asked and (etag in asked or f"W/{etag}" in asked or asked == ["*"]):
        response = HttpResponseNotModified()
    else:
        pages = caches["pages"]
        packed = pages.get(key)
        if packed is None:
            made = render()
            if made.status_code != 200:
                return made
            packed = gzip.compress(
                made.content, 5, mtime=0
            )  # 6 takes a third longer for one byte in a hundred
            pages.set(key, packed)
        if unpacks(request.headers.get("Accept-Encoding", "")):
            response = HttpResponse(packed, headers={"Content-Encoding": "gzip"})
            etag = f"W/{etag}"  # other bytes, the same page (RFC 9110, 8.8.1)
        else:
            response = HttpResponse(gzip.decompress(packed))
    response["ETag"] = etag
    patch_vary_headers(response, ["Accept-Encoding"])
    # May be kept by anybody, but must be asked about: a new comment is there at once.
    patch_cache_control(response, public=True, no_cache=True)
    return response
