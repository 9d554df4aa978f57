"""Shared pages, kept by what they show (design 9): made once for everybody, validated by ETag."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.core.cache import caches
from django.http import HttpResponse, HttpResponseNotModified
from django.utils import timezone
from django.utils.cache import patch_cache_control
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


def kept(request, parts, render, *, site: int | None = None) -> HttpResponse:
    """The page that `parts` (everything it depends on) name: 304, kept, or made by `render() -> HttpResponse`.

    `site` is the site's version, for who knows it already. The answer carries nothing of the viewer; `render` must not
    look at the user, the session or a token.
    """
    site = SiteState.current() if site is None else site
    everything = (BUILD, site, timezone.localdate().isoformat(), *parts)
    key = hashlib.sha256("\x1f".join(map(str, everything)).encode()).hexdigest()[:32]
    etag = f'"{key}"'
    asked = parse_etags(request.headers.get("If-None-Match", ""))
    if asked and (etag in asked or f"W/{etag}" in asked or asked == ["*"]):
        response = HttpResponseNotModified()
    else:
        pages = caches["pages"]
        body = pages.get(key)
        if body is None:
            made = render()
            if made.status_code != 200:
                return made
            body = made.content
            pages.set(key, body)
        response = HttpResponse(body)
    response["ETag"] = etag
    # May be kept by anybody, but must be asked about: a new comment is there at once.
    patch_cache_control(response, public=True, no_cache=True)
    return response
