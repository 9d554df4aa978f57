"""What somebody of the staff is told who sends a form after their login has ended: how to go on, and what they typed."""

import re
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme

from healthnews.http import private

DESK = "/moderation/"
_TYPED = (
    *("reply", "message", "note", "take_out", "answer", "reason", "text", "body", "passage", "why"),
    *("words", "intro"),
)
_OF_A_CLAUSE = re.compile(r"clause-\d+-(wording|guidance)")  # of the policy that somebody was writing


def answer(request, *, trusted: bool = True):
    """403: nothing was done; a login that leads back to the page of the form; what was typed, unless not `trusted`."""
    context = {
        "is_logged_in": request.user.is_authenticated,
        "back": _page_of(request),
        "texts": _typed(request.POST) if trusted else [],
    }
    return private(render(request, "accounts/ended.html", context, status=403))


def to_log_in(request):
    """Whoever sends a form when their login has ended: to log in, and back to its page; but first, what they typed."""
    if _typed(request.POST):
        return answer(request)
    where = urlencode({"next": _page_of(request)}, safe="/")
    return private(redirect(f"{resolve_url(settings.LOGIN_URL)}?{where}"))


def _typed(sent) -> list[str]:
    return texts(sent, [*_TYPED, *filter(_OF_A_CLAUSE.fullmatch, sent)])


def texts(sent, names) -> list[str]:
    """What was typed into the fields of these names, to be copied."""
    found = (sent.get(name, "").replace("\x00", "") for name in names)
    return [text for text in found if text.strip() not in {"", "1"}]  # 1: a tick of the form, not typed


def _page_of(request) -> str:
    """The page of the desk that the form stood on; the desk's first page where the browser does not say."""
    came = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(came, {request.get_host()}, require_https=request.is_secure()):
        parts = urlsplit(came)
        if parts.path.startswith(DESK):
            return parts.path + (f"?{parts.query}" if parts.query else "")
    pieces = request.path.split("/")  # /moderation/comments/7/decisions/
    is_about_one = len(pieces) > 4 and pieces[2] == "comments"
    return "/".join([*pieces[:4], ""]) if is_about_one else DESK
