"""Small answers that every app gives the same way. Imports nothing of ours."""

from django.http import HttpResponse
from django.utils.cache import patch_cache_control


def wants_part(request) -> bool:
    """Whether htmx asks: then the same address answers with a part of the page."""
    return request.headers.get("HX-Request") == "true"


def private(response: HttpResponse) -> HttpResponse:
    """Mark an answer as made for one viewer: nobody may keep it."""
    patch_cache_control(response, private=True, no_store=True)
    return response
