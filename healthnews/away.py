"""When the database is away: 503 in words, and whatever was typed in a form that can be sent again."""

import logging

import psycopg
from django.db import InterfaceError, OperationalError
from django.shortcuts import render

from healthnews.http import private

RETRY_AFTER = 10  # seconds; a server that was restarted answers sooner
_SECRET = ("password", "csrfmiddlewaretoken")
_TYPED = {"body", "dek", "message", "note", "reply", "text"}  # written by a person, however short
_LONG = 80  # characters; what is longer was typed as well
_GONE = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)
_log = logging.getLogger("healthnews.away")


def is_away(error: BaseException | None) -> bool:
    """Whether the error says that the database cannot be asked now, or that it gave up. It may still have committed.

    Libraries wrap it in an error of their own (procrastinate does, when a job is queued): its cause counts.
    """
    while error is not None and not isinstance(error, _GONE):
        error = error.__cause__
    return error is not None


def answer(request, error: BaseException):
    """503 with Retry-After. Asks nobody: neither the database, nor the session, nor who looks."""
    _log.error(
        "the database is away (%s): %s",
        type(error).__name__,
        request.resolver_match and request.resolver_match.view_name,
    )
    fields = _sent(request)
    context = {"fields": fields if any(field["typed"] for field in fields) else []}
    response = private(render(request, "503.html", context | {"action": request.get_full_path()}, status=503))
    response["Retry-After"] = str(RETRY_AFTER)
    return response


def _sent(request) -> list[dict]:
    """The fields of a form of our own as {"name", "value", "typed": whether a person wrote it}; without passwords.

    A form whose token was not looked at may come from another site: it is not offered for sending.
    """
    if request.method != "POST" or not getattr(request, "csrf_processing_done", False):
        return []
    return [
        {"name": name, "value": value, "typed": bool(value.strip()) and (name in _TYPED or _is_long(value))}
        for name, values in request.POST.lists()
        if not any(word in name for word in _SECRET)
        for value in values
    ]


def _is_long(value: str) -> bool:
    return len(value) > _LONG or "\n" in value
