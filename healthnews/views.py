"""The frame's own pages: the mail of a demo, pictures, robots.txt, and what is said when something is wrong."""

import re
import sys
from pathlib import PurePosixPath

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.utils.cache import patch_cache_control
from django.views.decorators.csrf import requires_csrf_token

from accounts import ended
from healthnews import away, markup
from healthnews import kept_mail as mail_files
from healthnews.http import private, read_only, wants_part

PICTURES = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".gif": "image/gif",
}
CLOSED_TO_ROBOTS = ("/accounts/", "/admin/", "/moderation/", "/search/")


@read_only
def robots(request):
    """`/robots.txt`."""
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED_TO_ROBOTS)]
    lines += ["", f"Sitemap: {settings.SITE_URL}/sitemap.xml", ""]
    return HttpResponse("\n".join(lines), "text/plain; charset=utf-8")


@read_only
def kept_mail(request):
    """`/demo/mail/`: all that a demo would have sent, newest first; 404 where mail is really sent."""
    if not settings.KEEP_MAIL:
        raise Http404
    mails = [
        {
            "key": mail.kept_as,
            "subject": mail["Subject"],
            "to": mail["To"],
            "at": mail["Date"].datetime if mail["Date"] else None,
            "text": markup.plain(_text_of(mail)),
        }
        for mail in mail_files.read()
    ]
    return private(render(request, "kept_mail.html", {"mails": mails}))


def _text_of(mail) -> str:
    """The plain text of an email.message.EmailMessage; empty when it has none."""
    part = mail.get_body(("plain",))
    return part.get_content() if part else ""


@read_only
def media(request, path: str):
    """`/media/<path>`: a picture of the storage; everything else, and every way out of its folder, is 404."""
    kind = PICTURES.get(PurePosixPath(path).suffix.lower())
    if not kind:
        raise Http404
    try:
        file = default_storage.open(path)
    except (OSError, ValueError, SuspiciousOperation):
        raise Http404 from None
    response = FileResponse(file, content_type=kind)
    # A picture never changes under its name: names are drawn at random.
    patch_cache_control(response, public=True, max_age=31_536_000, immutable=True)
    return response


# --- When something is wrong -------------------------------------------------------------------------------------


@requires_csrf_token
def bad_request(request, exception=None):
    """400: what was sent cannot be read."""
    return render(request, "400.html", status=400)


@requires_csrf_token
def forbidden(request, exception=None):
    """403."""
    return render(request, "403.html", status=403)


@requires_csrf_token
def not_found(request, exception=None):
    """404."""
    return render(request, "404.html", status=404)


def too_many_requests(request, exception=None):
    """429 of allauth's limits; all of them are open again after a minute, or count failed tries of one address."""
    response = private(render(request, "429.html", status=429))
    response["Retry-After"] = "60"
    return response


def server_error(request):
    """500, from a template that asks nobody for anything: whatever failed may fail again. 503 without database."""
    error = sys.exc_info()[1]  # Django asks for this page while it handles what went wrong
    if away.is_away(error):
        return away.answer(request, error)
    context = {"site_name": settings.SITE_NAME, "static": settings.STATIC_URL}
    return HttpResponse(loader.get_template("500.html").render(context), status=500)


@requires_csrf_token
def csrf_failure(request, reason=""):
    """403 for a form whose token is dead. A comment that was in it comes back in a form with a fresh token."""
    if request.path.startswith(ended.DESK):
        return ended.answer(request, trusted=not _may_be_another_sites(request))
    template = "_dead_form.html" if wants_part(request) else "403_csrf.html"
    return private(render(request, template, _typed(request), status=403))


def _typed(request) -> dict:
    """The comment in a refused form (discussion, body, parent), or other `texts`; nothing when another site may have
    written it.

    The session is left alone: another site's form comes without our cookies, and a new session would log out.
    """
    if _may_be_another_sites(request):
        return {}
    sent, match = request.POST, request.resolver_match
    discussion = sent.get("discussion", "")
    if match.view_name == "comments:thread":
        discussion = match.kwargs["slug"]
    if not sent.get("body") or not re.fullmatch(r"[-\w]{1,300}", discussion):
        return {"texts": ended.texts(sent, ("body", "note", "text"))}
    parent = re.fullmatch(r"\d{1,19}", sent.get("parent", ""))
    body = sent["body"].replace("\x00", "")
    return {"discussion": discussion, "body": body, "parent": parent.group() if parent else ""}


def _may_be_another_sites(request) -> bool:
    elsewhere = request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin"
    origin = request.headers.get("Origin")
    return elsewhere or bool(origin) and origin != f"{request.scheme}://{request.get_host()}"
