"""Who asks: sessions of generated readers and of a moderator, made without their passwords."""

import re

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import Group
from django.contrib.sessions.backends.db import SessionStore
from django.db.models import Count

from accounts.models import User
from accounts.roles import MODERATOR

BACKEND = "accounts.backend.Backend"


def cookie_of(user) -> str:
    """The Cookie header of somebody who is logged in."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = BACKEND
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return f"sessionid={session.session_key}; hn_in=1"


def readers(count: int) -> list:
    """Readers with three and more published comments: theirs appear at once."""
    with_a_record = User.objects.filter(email__endswith="@generated.invalid", comments__status="published")
    return list(with_a_record.annotate(n=Count("comments")).filter(n__gte=3).order_by("pk")[:count])


def moderator():
    """Somebody who may work the queue."""
    user, _ = User.objects.get_or_create(
        email="moderator@generated.invalid", defaults={"display_name": "The desk", "is_staff": True}
    )
    user.groups.add(Group.objects.get(name=MODERATOR))
    return user


def form_headers(server, path: str, cookie: str) -> tuple[dict, str]:
    """The headers for a POST of the form at `path`, and its token: fetched as a browser would."""
    answer = server.get(path, {"Cookie": cookie})
    token = re.search(rb'name="csrfmiddlewaretoken" value="(\w+)"', answer.body)
    secret = re.search(r"csrftoken=(\w+)", answer.headers.get("Set-Cookie", ""))
    if not token or not secret:
        raise SystemExit(f"{path} answered {answer.status} and has no form.")
    headers = {
        "Cookie": f"{cookie}; csrftoken={secret[1]}",
        "Content-Type": "application/x-www-form-urlencoded",
        "Referer": f"http://127.0.0.1:{server.port}/",
        "Origin": f"http://127.0.0.1:{server.port}",
    }
    return headers, token[1].decode()
