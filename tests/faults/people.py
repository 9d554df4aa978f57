"""Readers, a moderator and an editor who work through HTTP, and remember what they were told is done."""

import http.client
import re
import threading
from collections import Counter, deque
from dataclasses import dataclass, field
from itertools import count
from urllib.parse import urlencode

from django.test import Client

TOKEN = "t" * 32
FORM = "application/x-www-form-urlencoded"


@dataclass
class Told:
    """What the site has acknowledged, and every answer counted."""

    comments: list = field(default_factory=list)  # (id, marker)
    decisions: list = field(default_factory=list)  # (id of the comment, marker of the answer or "")
    editions: list = field(default_factory=list)  # (id of the draft's article, marker in title and note)
    answers: Counter = field(default_factory=Counter)  # (who, status or the error's name)
    pending: deque = field(default_factory=deque)  # ids that nobody has decided about


class Visitor:
    """One person's browser: their session, one request at a time."""

    def __init__(self, port: int, user):
        browser = Client()
        browser.force_login(user)
        self.port = port
        self.cookies = f"sessionid={browser.cookies['sessionid'].value}; csrftoken={TOKEN}"

    def ask(self, path: str, data: dict | None = None, timeout=30):
        """(status, headers, text) of a GET, or of a POST of `data`. Raises OSError or HTTPException."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            headers = {"Cookie": self.cookies}
            body = None
            if data is not None:
                body = urlencode(data | {"csrfmiddlewaretoken": TOKEN}, doseq=True)
                headers["Content-Type"] = FORM
            connection.request("POST" if data is not None else "GET", path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        finally:
            connection.close()


class Actor(threading.Thread):
    """Does `self.act()` until it is told to stop; what fails on the way is counted, not retried."""

    def __init__(self, name: str, visitor: Visitor, told: Told):
        super().__init__(name=name, daemon=True)
        self.visitor, self.told, self.stopped, self.numbers = visitor, told, threading.Event(), count(1)

    def run(self):
        while not self.stopped.wait(0.01):
            try:
                self.act()
            except (OSError, http.client.HTTPException) as error:
                self.told.answers[self.name, type(error).__name__] += 1
                self.stopped.wait(0.1)

    def ask(self, path, data=None):
        """As the visitor's, and counted."""
        status, headers, text = self.visitor.ask(path, data)
        self.told.answers[self.name, status] += 1
        return status, headers, text


class Poster(Actor):
    """Writes comments."""

    def __init__(self, *arguments, slug: str, mark: str):
        super().__init__("post", *arguments)
        self.slug, self.mark = slug, mark

    def act(self):
        marker = f"{self.mark} number {next(self.numbers)}"
        status, headers, _ = self.ask(
            f"/articles/{self.slug}/comments/", {"body": f"I think so too, {marker}."}
        )
        if status == 303:
            pk = int(headers["Location"].rpartition("-")[2])
            self.told.comments.append((pk, marker))
            if "/mine/" in headers["Location"]:
                self.told.pending.append(pk)


class Decider(Actor):
    """Publishes what waits, every other time with an answer."""

    def act(self):
        if not self.told.pending:
            return
        pk = self.told.pending.popleft()
        reply = f"Answer to {pk}." if pk % 2 else ""
        sent = {"action": "publish", "version": 1, "reply": reply}
        status, _, _ = self.ask(f"/moderation/comments/{pk}/decisions/", sent)
        if status == 303:
            self.told.decisions.append((pk, reply))


class Publisher(Actor):
    """Changes an article and publishes it, through the admin."""

    def __init__(self, *arguments, draft, mark: str):
        super().__init__("publish", *arguments)
        self.draft, self.mark = draft, mark
        self.tags = [tag.pk for tag in draft.tags.all()]

    def act(self):
        marker = f"{self.mark} edition {next(self.numbers)}"
        address = f"/admin/articles/draft/{self.draft.pk}/change/"
        status, _, page = self.ask(address)
        if status != 200:
            return
        sent = {"title": marker, "dek": "x", "body": f"<p>{marker}</p>", "tags": self.tags, "_publish": "1"}
        sent |= {"revision": _value(page, "revision"), "lead_alt": "", "lead_caption": ""}
        for prefix in ("bylines", "sources"):
            sent |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
        status, headers, _ = self.ask(address, sent)
        where = headers.get("Location", "")
        if status != 302 or "/publish/" not in where:
            return
        status, _, page = self.ask(where)
        if status != 200:
            return
        sent = {"kind": "update", "note": marker, "edition": _value(page, "edition")}
        status, _, _ = self.ask(where, sent)
        if status == 302:
            self.told.editions.append((self.draft.article_id, marker))


def _value(page: str, name: str) -> str:
    found = re.search(rf'<input[^>]*name="{name}"[^>]*value="(\d+)"', page)
    return found.group(1) if found else ""
