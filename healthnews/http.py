"""Small answers that every app gives the same way. Imports nothing of ours."""

from django.http import HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import conditional_page, require_safe


def read_only(view):
    """For pages that are only read: GET and HEAD; all else is 405, and not the talk of a token that none has."""
    return csrf_exempt(require_safe(view))


def for_everybody(view):
    """For pages that look at nobody: to read them, `healthnews.middleware.for_everybody_first` asks for no session."""
    view.for_everybody = True
    return view


def shared(view):
    """For read pages that anybody may keep, but must ask each time whether they still hold (by ETag)."""
    return for_everybody(read_only(cache_control(public=True, no_cache=True)(conditional_page(view))))


def wants_part(request) -> bool:
    """Whether htmx asks: then the same address answers with a part of the page."""
    return request.headers.get("HX-Request") == "true"


def private(response: HttpResponse) -> HttpResponse:
    """Mark an answer as made for one viewer: nobody may keep it."""
    patch_cache_control(response, private=True, no_store=True)
    return response
