"""The database away for a while, and back: what readers and moderators are answered meanwhile."""

import html
import re
import time
from urllib.parse import quote

from django.conf import settings
from django.db import connections

from comments.models import Comment
from tests.faults import processes
from tests.faults.people import Visitor

TEXT = "Typed while nobody answered & kept.\n\nSecond paragraph."


def away(seconds: float, newsroom, *, leash: int, log) -> tuple[list[str], dict]:
    """What went wrong, and figures. Web runs on a server that it cannot start by itself, as on a real site."""
    wrong = []
    processes.database_up()
    web = hosted(leash=leash, log=log)
    web.up()
    reader, moderator = Visitor(web.port, newsroom.readers[0]), Visitor(web.port, newsroom.moderator)
    thread = f"/articles/{newsroom.article.slug}/comments/"
    waiting = Comment.objects.filter(status="published", parent=None).order_by("-pk").first()
    pages = ["/", newsroom.article.get_absolute_url(), thread, "/search/?q=a", "/no-such-page/"]
    until(lambda: reader.ask("/")[0] == 200)
    connections.close_all()
    processes.kill_database(whole=True)
    until(lambda: reader.ask("/")[0] != 200, 5)  # its children live for a moment longer, and answer
    start, asked, slowest, page = time.monotonic(), 0, 0.0, ""
    while time.monotonic() - start < seconds:
        for who, path, data in [
            *((reader, path, None) for path in pages),
            (reader, thread, {"body": TEXT, "parent": ""}),
            (moderator, f"/moderation/comments/{waiting.pk}/decisions/", {"action": "keep", "note": TEXT}),
        ]:
            before = time.monotonic()
            status, headers, text = who.ask(path, data)
            asked, slowest = asked + 1, max(slowest, time.monotonic() - before)
            kept = not data or (html.escape(TEXT, quote=False) in text.replace("\r\n", "\n"))
            if status != 503 or not headers.get("Retry-After") or "Traceback" in text or not kept:
                wrong.append(f"{path} was answered {status} {headers.get('Retry-After')} {text[:200]!r}")
            if path == thread and data:
                page = text
        time.sleep(0.5)
    if reader.ask("/healthz/live")[0] != 200 or reader.ask("/healthz/ready")[0] != 503:
        wrong.append("the health pages say something else")
    process = web.process
    processes.database_up()
    start = time.monotonic()
    until(lambda: reader.ask("/")[0] == 200)
    back = time.monotonic() - start
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))
    status, _, text = reader.ask(
        re.search(r'<form method="post" action="([^"]+)"', page)[1], fields | {"body": TEXT}
    )
    stored = Comment.objects.filter(text__body=TEXT).count()
    if status != 303 or stored != 1:
        wrong.append(f"the kept text was sent again: {status}, stored {stored} times")
    if web.process is not process or process.poll() is not None:
        wrong.append("web was started again")
    web.kill()
    figures = {"requests": asked, "slowest": f"{slowest:.2f} s", "back after": f"{back:.2f} s"}
    return wrong, figures


def hosted(**kwargs) -> processes.Program:
    """Web on a database server that it is told of, and cannot start by itself."""
    socket = quote(connections["default"].get_connection_params()["host"], safe="")
    url = f"postgresql://postgres@{socket}/healthnews"
    env = {"DATABASE_URL": url, "SECRET_KEY": settings.SECRET_KEY}
    return processes.web(processes.free_port(), env=env, **kwargs)


def until(condition, seconds: float = 40) -> None:
    """Wait until `condition()`; an error on the way counts as no. Raises TimeoutError."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if condition():
                return
        except OSError:
            pass  # nobody listens yet; asked again in a moment
        time.sleep(0.1)
    raise TimeoutError(f"not within {seconds} s")
