"""`make demo`: the whole site under one parent, from an empty folder to a page that answers."""

import contextlib
import fcntl
import hashlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import BaseCommand, CommandError, call_command
from django.db import OperationalError, connections

from healthnews import embedded

ACCOUNTS = ("reader", "reader2", "author", "editor", "reviewer", "moderator", "moderator2", "admin")
PASSWORD = "demo-health-news"  # noqa: S105 - public by design, for made-up people
LOOK = 0.2  # seconds between two looks at the children
GRACE = 10  # seconds for a child to end in order
LONGEST_PAUSE = 30  # seconds before a child that keeps dying is started again


class Stop(BaseException):
    """Somebody wants the demo to end: nothing that handles errors may hold it up."""


class Child:
    """A program that is started again when it dies, and that dies with this process (see healthnews/leash.py)."""

    def __init__(self, name: str, *arguments: str, leash: int, pass_fds: tuple[int, ...] = ()):
        self.name, self.arguments, self.leash, self.pass_fds = name, arguments, leash, pass_fds
        self.pause, self.due = 0, 0.0
        self.start()

    def start(self) -> None:
        self.process: subprocess.Popen | None = subprocess.Popen(
            [sys.executable, "-m", "healthnews.leash", str(self.leash), *self.arguments],
            cwd=settings.BASE_DIR,
            stdin=subprocess.DEVNULL,
            pass_fds=(self.leash, *self.pass_fds),
            start_new_session=True,  # Ctrl-C is for the parent, which then ends the children
        )
        self.started = time.monotonic()

    def look(self) -> str:
        """Start it again when its pause is over. Returns a line when it has just died, else nothing."""
        if self.process is None:
            if time.monotonic() >= self.due:
                self.start()
            return ""
        code = self.process.poll()
        if code is None:
            return ""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)  # what it left behind
        self.process = None
        self.pause = 1 if time.monotonic() - self.started > 60 else min(max(1, self.pause * 2), LONGEST_PAUSE)
        self.due = time.monotonic() + self.pause
        how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return f"The {self.name} stopped ({how}); starting it again in {self.pause} s."

    def signal(self, number: int) -> None:
        """Send a signal to its whole process group; nothing if it is gone."""
        if self.process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)


class Command(BaseCommand):
    help = "Prepare and run the demo: web server and jobs worker under one parent; Ctrl-C ends all."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
        parser.add_argument("--end-with-parent", action="store_true", help="also end when the caller is gone")

    def handle(self, *, port: int, end_with_parent: bool, **options):
        if not 0 < port < 65536:
            raise CommandError(f"{port} is no port: choose one from 1 to 65535.", returncode=2)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.stop)
        self.parent = os.getppid() if end_with_parent else 0
        os.environ.setdefault("SITE_URL", f"http://127.0.0.1:{port}")
        try:
            with self.folder(port), self.listener(port) as listener:
                self.prepare()
                self.run(listener, port)
        except Stop:
            self.say("Stopped.")
        except OperationalError as error:
            raise CommandError(
                f"The database is not to be had: {str(error).strip().splitlines()[0]}"
            ) from error

    def say(self, line: str) -> None:
        """Print a line at once, even into a file."""
        with contextlib.suppress(BrokenPipeError):
            self.stdout.write(line)
            self.stdout.flush()

    def stop(self, *_) -> None:
        """Ctrl-C, SIGTERM or a closed terminal; a second one must not interrupt the tidying up."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        raise Stop

    @contextlib.contextmanager
    def folder(self, port: int) -> Iterator[IO[str]]:
        """The data folder for this demo alone."""
        try:
            settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
            lock = open(settings.DATA_DIR / "demo.lock", "a+")  # noqa: SIM115 - closed below
        except OSError as error:
            raise CommandError(f"The data folder cannot be used: {error}") from error
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.seek(0)
                address = lock.read().strip() or "starting up"
                raise CommandError(f"A demo already runs on {settings.DATA_DIR} ({address}).") from None
            lock.truncate(0)
            lock.write(f"http://127.0.0.1:{port}\n")
            lock.flush()
            yield lock

    def listener(self, port: int) -> socket.socket:
        """The socket that the web server answers on, taken before the long steps."""
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
            listener.listen(512)
        except OSError as error:
            listener.close()
            raise CommandError(f"Port {port} is not free ({error.strerror}): make demo PORT=8001.") from None
        return listener

    def prepare(self) -> None:
        """Database, demo newsroom, static files; each step is quick when there is nothing to do."""
        self.say(f"Starting the database in {settings.DATA_DIR} …")
        connections["default"].ensure_connection()
        self.say("Bringing its tables up to date …")
        call_command("migrate", verbosity=0, interactive=False)
        self.say("Loading the demo newsroom …")
        call_command("seed_demo", verbosity=0)
        stamp = Path(settings.STATIC_ROOT).with_name("static.stamp")
        if not stamp.exists() or stamp.read_text() != (found := self.static_state()):
            self.say("Collecting the static files …")
            found = self.static_state()
            call_command("collectstatic", verbosity=0, interactive=False, clear=True)
            stamp.write_text(found)
        connections.close_all()

    def static_state(self) -> str:
        """A digest of all static files' names, sizes and times."""
        digest = hashlib.sha256()
        for finder in finders.get_finders():
            for path, storage in finder.list([]):
                found = os.stat(storage.path(path))
                digest.update(
                    f"{path} {found.st_size} {found.st_mtime_ns}\n".encode(errors="surrogateescape")
                )
        return digest.hexdigest()

    def run(self, listener: socket.socket, port: int) -> None:
        """Start web server and worker and keep them up, until somebody wants the end."""
        self.say("Starting web server and jobs worker …")
        leash, held = os.pipe()
        bound = listener.fileno()
        web = (
            *(
                "gunicorn",
                "healthnews.wsgi:application",
                "--bind",
                f"fd://{bound}",
                "--worker-class",
                "gthread",
            ),
            *("--workers", "2", "--threads", "4", "--graceful-timeout", "5", "--log-level", "warning"),
            "--no-control-socket",
        )
        jobs = ("manage.py", "procrastinate", "worker", "--shutdown-graceful-timeout", "5")
        children: list[Child] = []
        try:
            children.append(Child("web server", *web, leash=leash, pass_fds=(bound,)))
            children.append(Child("jobs worker", *jobs, leash=leash))
            self.supervise(children, port)
        finally:
            self.end(children)
            os.close(leash)
            os.close(held)

    def supervise(self, children: list[Child], port: int) -> None:
        """Until Stop: look after the children and the database, and say once when the site answers."""
        announced, looked = False, time.monotonic()
        while True:
            for child in children:
                if line := child.look():
                    self.say(line)
            if self.parent and os.getppid() != self.parent:
                self.stop()
            if not announced and (status := self.answer(port)):
                self.announce(port, status)
                announced = True
            if settings.EMBEDDED and time.monotonic() - looked > 5:
                looked = time.monotonic()
                try:
                    embedded.ensure(settings.DATABASES["default"]["DATA_DIR"], verify=True)
                except embedded.EmbeddedError as error:
                    self.say(str(error))
            time.sleep(LOOK)

    def answer(self, port: int) -> int:
        """The status of the front page; 0 while nobody answers."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        try:
            connection.request("GET", "/")
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()

    def announce(self, port: int, status: int) -> None:
        if status >= 500:
            self.say(f"The front page answers with an error ({status}).")
        names = "\n".join(f"  {name}@example.org" for name in ACCOUNTS)
        self.say(f"\nAccounts (password {PASSWORD}):\n{names}\n")
        self.say(f"healthnews is at http://127.0.0.1:{port}/ (all its mail: /demo/mail/). Ctrl-C ends it.")

    def end(self, children: list[Child]) -> None:
        """Ask all children to end, then insist."""
        for child in children:
            child.signal(signal.SIGTERM)
        deadline = time.monotonic() + GRACE
        for child in children:
            if child.process:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.process.wait(max(0.0, deadline - time.monotonic()))
            child.signal(signal.SIGKILL)
