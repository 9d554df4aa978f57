"""The database frozen for a while: it is there, takes connections, and says nothing."""

import contextlib
import html
import http.client
import os
import re
import signal
import threading
import time
from collections import Counter

from django.db import connections

from comments.models import Comment, Decision
from tests.factories import make_comment
from tests.faults import processes
from tests.faults.away import hosted, until
from tests.faults.people import Visitor

TEXT = "Typed while the database was frozen & kept"
READERS = 10  # at once, and two who write; more than web has threads
AGAIN = 10  # seconds after which everybody was told to try again
LONGEST = 15  # seconds that anybody may wait: for a statement, and twice for the server to stop it


def frozen(seconds: float, newsroom, office, *, leash: int, log) -> tuple[list[str], dict]:
    """What went wrong, and figures. Web on a database that it is told of, web on its own, and the worker go through it."""
    processes.database_up()
    own = processes.web(processes.free_port(), leash=leash, log=log)
    webs = {"told": hosted(leash=leash, log=log), "own": own}
    worker = processes.worker(leash=leash, log=log)
    for program in (*webs.values(), worker):
        program.up()
    crowds = {name: Crowd(name, web.port, newsroom) for name, web in webs.items()}
    for crowd in crowds.values():
        until(lambda crowd=crowd: crowd.reader.ask("/")[0] == 200)
    connections.close_all()
    wrong = []
    with stopped_server():
        for crowd in crowds.values():
            crowd.come()
        time.sleep(seconds)
        for name, crowd in crowds.items():
            if crowd.reader.ask("/healthz/live")[0] != 200 or crowd.reader.ask("/healthz/ready")[0] != 503:
                wrong.append(f"{name}: the health pages say something else")
    start, figures = time.monotonic(), {}
    for name, crowd in crowds.items():
        until(lambda crowd=crowd: crowd.reader.ask("/")[0] == 200)
        figures[name] = {"back after": f"{time.monotonic() - start:.1f} s"}
    for name, crowd in crowds.items():
        wrong += [f"{name}: {line}" for line in crowd.leave()]
        figures[name] |= {"slowest": f"{crowd.slowest:.1f} s", "answers": dict(sorted(crowd.answers.items()))}
    for name, web in webs.items():
        wrong += [f"{name}: web has ended"] if web.process.poll() is not None else []
        web.kill()
    decided = Decision.objects.filter(
        action="publish", comment__in=[crowd.waiting for crowd in crowds.values()]
    )
    decided = set(decided.values_list("pk", flat=True))

    def mailed() -> bool:
        worker.up()  # as whoever runs it in earnest would
        return decided <= set(office.sent())

    until(mailed, 150)
    figures["worker"] = {
        "starts": worker.starts,
        "mails": len(decided),
        "all after": f"{time.monotonic() - start:.1f} s",
    }
    worker.kill()
    return wrong, figures


@contextlib.contextmanager
def stopped_server():
    """The server and all of its processes, stopped; they go on at the end, whatever happens."""
    server = processes.postmaster()
    os.kill(server, signal.SIGSTOP)  # first: it starts no other then
    stopped = [server, *processes.children(server)]
    try:
        for pid in stopped[1:]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGSTOP)
        yield
    finally:
        for pid in reversed(stopped):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


class Crowd:
    """Readers, somebody who posts and a moderator, all at once, on one web server."""

    def __init__(self, name: str, port: int, newsroom):
        self.text = f"{TEXT} by {name}.\n\nSecond paragraph."
        self.reader, self.moderator = Visitor(port, newsroom.readers[0]), Visitor(port, newsroom.moderator)
        self.thread = f"/articles/{newsroom.article.slug}/comments/"
        self.pages = ("/", newsroom.article.get_absolute_url(), self.thread, "/search/?q=a", "/no-such-page/")
        self.waiting = make_comment(newsroom.article, status="pending")
        self.answers, self.slowest, self.kept = Counter(), 0.0, ""
        self.wrong: list[str] = []
        self.gone, self.lock = threading.Event(), threading.Lock()
        self.decision = f"/moderation/comments/{self.waiting.pk}/decisions/"
        self.decided = {"action": "publish", "version": 1, "reply": self.text}
        work = [(self.reader, page, None) for page in (self.pages * READERS)[:READERS]]
        work.append((self.reader, self.thread, {"body": self.text, "parent": ""}))
        work.append((self.moderator, self.decision, self.decided))
        self.people = [threading.Thread(target=self.ask_on, args=one, daemon=True) for one in work]

    def come(self) -> None:
        for person in self.people:
            person.start()

    def ask_on(self, who: Visitor, path: str, data: dict | None) -> None:
        """Ask again and again, as people do."""
        while not self.gone.is_set():
            start = time.monotonic()
            try:
                status, headers, text = who.ask(path, data, timeout=2 * LONGEST)
            except (OSError, http.client.HTTPException) as error:
                status, headers, text = type(error).__name__, {}, ""
            self.look(path, data, (status, headers, text), time.monotonic() - start)
            self.gone.wait(0.2)

    def look(self, path: str, data: dict | None, answer: tuple, took: float) -> None:
        """Count an answer, and remember what is wrong with it."""
        status, headers, text = answer
        with self.lock:
            self.answers[str(status)] += 1
            self.slowest = max(self.slowest, took)
            fine = status in ({303, 409, 503} if data else {200, 404, 503})
            if status == 503:
                typed = html.escape(self.text, quote=False) in text.replace("\r\n", "\n")
                fine = headers.get("Retry-After") and "Traceback" not in text and (typed or not data)
                self.kept = text if data and "body" in data else self.kept
            if not fine or took > LONGEST:
                self.wrong.append(f"{path} was answered {status} after {took:.1f} s: {text[:200]!r}")

    def leave(self) -> list[str]:
        """What was wrong. The form that came back is sent again before."""
        self.gone.set()
        for person in self.people:
            person.join(3 * LONGEST)
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', self.kept))
        status = self.until_told(self.reader, self.thread, fields | {"body": self.text})
        self.until_told(self.moderator, self.decision, self.decided)  # 409 when it was decided before
        stored = Comment.objects.filter(text__body=self.text, parent=None).count()
        if not self.kept or status != 303 or stored != 1:
            self.wrong.append(f"the kept text was sent again: {status}, stored {stored} times")
        replies = Comment.objects.filter(text__body=self.text, parent=self.waiting).count()
        if replies != 1:
            self.wrong.append(f"the decision and its answer are there {replies} times")
        return self.wrong

    def until_told(self, who: Visitor, path: str, data: dict) -> int:
        """Send a form until it is answered with something else than 503: each process of web finds out by itself."""
        status, deadline = 503, time.monotonic() + AGAIN
        while status == 503 and time.monotonic() < deadline:
            status, _, _ = who.ask(path, data)
            time.sleep(0.2)
        return status
