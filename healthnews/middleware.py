"""Headers and cookies that every answer needs."""

import secrets

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import Http404
from django.shortcuts import render
from django.urls import resolve, reverse

from healthnews import away
from healthnews.http import private

SIGNED_IN_COOKIE = "hn_in"


def content_security_policy(get_response):
    """Send the policy of `SECURE_CSP`; a page that asked for `request.csp_nonce` gets it added to its scripts.

    Shaped as in Django 6 (https://www.w3.org/TR/CSP3/), so that this goes when we move there. Shared
    pages never ask for a nonce: they must be the same bytes for everybody.
    """

    def middleware(request):
        request.csp_nonce = _LazyNonce()
        response = get_response(request)
        policy = {name: list(values) for name, values in settings.SECURE_CSP.items()}
        for name, values in getattr(response, "csp_extra", {}).items():
            policy[name] = policy.get(name, []) + list(values)
        if request.csp_nonce.used:
            policy["script-src"].append(f"'nonce-{request.csp_nonce}'")
        response.headers.setdefault(
            "Content-Security-Policy", "; ".join(" ".join([name, *values]) for name, values in policy.items())
        )
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), geolocation=(), microphone=(), browsing-topics=()"
        )
        return response

    return middleware


class _LazyNonce:
    """A nonce that is made, and announced, only when a page prints it."""

    def __init__(self):
        self.used = False

    def __str__(self):
        if not self.used:
            self.used, self._value = True, secrets.token_urlsafe(18)
        return self._value


def refuse_nul(get_response):
    """PostgreSQL stores no NUL and no address of ours holds one: refuse it in words before it is a 500.

    Form fields are the forms' business: Django's own refuse NUL with a message beside the field. A cookie that
    holds one is not ours, and is not looked at. Forms are UTF-8; what else they call themselves is ignored.
    """

    def middleware(request):
        if "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("The address holds a NUL.")
        for name in [name for name, value in request.COOKIES.items() if "\x00" in value]:
            del request.COOKIES[name]
        if request.encoding:
            request.encoding = "utf-8"
        return get_response(request)

    return middleware


def for_everybody_first(get_response):
    """Answer pages that look at nobody before anything asks who looks: no session, no token, no messages.

    What is not there goes the long way, where old addresses are looked up.
    """

    def middleware(request):
        if request.method in {"GET", "HEAD"}:
            try:
                match = request.resolver_match = resolve(request.path_info)
                if getattr(match.func, "for_everybody", False):
                    return match.func(request, *match.args, **match.kwargs)
            except Http404:
                request.resolver_match = None
        return get_response(request)

    return middleware


def private_by_default(get_response):
    """An answer that looked at the session, and says nothing itself about being kept, is for one viewer."""

    def middleware(request):
        response = get_response(request)
        if request.session.accessed and not response.has_header("Cache-Control"):
            private(response)
        return response

    return middleware


def signed_in_cookie(get_response):
    """Keep `hn_in` in step with the session: a cookie that scripts can read, and that proves nothing.

    With it a shared page knows to fetch the viewer's part (design 9). It is looked at only when the view
    itself asked for the session, so that shared pages stay free of cookies.
    """

    def middleware(request):
        response = get_response(request)
        session = request.session
        if (
            not session.accessed or response.status_code == 503
        ):  # away: asking again would be the next failure
            return response
        signed_in = "_auth_user_id" in session
        # The session's own cookie is sent anew whenever it changes, and may then live longer than it did.
        if signed_in and (session.modified or SIGNED_IN_COOKIE not in request.COOKIES):
            age = None if session.get_expire_at_browser_close() else session.get_expiry_age()
            response.set_cookie(
                SIGNED_IN_COOKIE, "1", max_age=age, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
            )
        elif not signed_in and SIGNED_IN_COOKIE in request.COOKIES:
            response.delete_cookie(SIGNED_IN_COOKIE, samesite="Lax")
        return response

    return middleware


def head_without_body(get_response):
    """An answer to HEAD has the headers of GET and no body (RFC 9110, 9.3.2); Django leaves that to the server."""

    def middleware(request):
        response = get_response(request)
        if request.method == "HEAD" and not response.streaming and response.content:
            length = response.get("Content-Length", str(len(response.content)))
            response.content = b""
            response["Content-Length"] = length
        return response

    return middleware


def say_not_allowed(get_response):
    """Who asks for an address that only takes forms reads that, and the way on: Django's 405 is an empty page.

    It is asked for when what a form brought, an error and what was typed, is opened again by its address.
    """

    def middleware(request):
        response = get_response(request)
        if response.status_code == 405 and request.method == "GET" and not response.content:
            of_desk = request.path_info.startswith(reverse("moderation:queue"))
            page = render(request, "405.html", {"of_desk": of_desk}, status=405)
            page["Allow"] = response["Allow"]
            return page
        return response

    return middleware


def database_away(get_response):
    """A view that could not ask the database is answered with 503 in words, and what was typed (healthnews/away.py).

    The connection is tried anew with the next request (CONN_HEALTH_CHECKS). What middleware asks the database is
    not seen here, but in `healthnews.views.server_error`.
    """

    def middleware(request):
        return get_response(request)

    def process_exception(request, exception):
        return away.answer(request, exception) if away.is_away(exception) else None

    middleware.process_exception = process_exception
    return middleware
