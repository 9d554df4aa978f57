"""The real programs, and how they are killed: only those that were started here."""

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from django.conf import settings

from healthnews import embedded

ROOT = Path(__file__).resolve().parents[2]
CLUSTER = "postgres/cluster"


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Program:
    """A program of ours that ends with us (healthnews/leash.py); `log` gets what it says."""

    def __init__(self, name: str, *arguments: str, leash: int, log: Path, env: dict | None = None):
        self.name, self.arguments, self.leash, self.log = name, arguments, leash, log
        self.env = os.environ | (env or {})
        self.process = None
        self.starts = 0

    def up(self) -> None:
        """Start it, if it does not run."""
        if self.process is not None and self.process.poll() is None:
            return
        self.starts += 1
        with open(self.log, "a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "healthnews.leash", str(self.leash), *self.arguments],
                cwd=ROOT, env=self.env, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                pass_fds=[self.leash], start_new_session=True,
            )  # fmt: skip

    def kill(self) -> None:
        """kill -9 of the program and all of its children."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def kill_a_child(self) -> None:
        """kill -9 of one of its children; of itself when it has none."""
        found = children(self.process.pid)
        os.kill(random.choice(found), signal.SIGKILL) if found else self.kill()

    def wait(self, seconds: float) -> int:
        """Its exit code."""
        return self.process.wait(seconds)


def web(port: int, **kwargs) -> Program:
    """gunicorn as the demo runs it."""
    shape = ("--worker-class", "gthread", "--workers", "2", "--threads", "4", "--no-control-socket")
    bind = ("--bind", f"127.0.0.1:{port}", "--log-level", "warning")
    program = Program("web", "gunicorn", "healthnews.wsgi:application", *shape, *bind, **kwargs)
    program.port = port
    return program


def worker(**kwargs) -> Program:
    """The jobs worker."""
    return Program("worker", "manage.py", "procrastinate", "worker", **kwargs)


def children(pid: int) -> list[int]:
    """The pids of the children of a process that we know."""
    listed = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True).stdout
    return [int(word) for word in listed.split()]


def postmaster() -> int:
    """The pid of our own database server."""
    return int((settings.DATA_DIR / CLUSTER / "postmaster.pid").read_text().split()[0])


def kill_database(whole: bool) -> None:
    """kill -9 of the server, or of one of its backends (then it recovers by itself)."""
    pid = postmaster()
    victims = [pid] if whole else children(pid)
    with contextlib.suppress(ProcessLookupError):
        os.kill(random.choice(victims), signal.SIGKILL)


def database_up() -> float:
    """Have the server run again, as the next connection would; the seconds it took."""
    start = time.monotonic()
    embedded.ensure(settings.DATABASES["default"]["DATA_DIR"], verify=True)
    return time.monotonic() - start
