"""Real gunicorn processes on the loopback, and what they and their database backends use."""

import http.client
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
WARM = 5  # requests of a kind that do not count: a fresh process imports, compiles and connects
_TICK = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def cpu(pids) -> float:
    """Seconds of CPU, user and system, that these processes have used so far; all their threads."""
    total = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / _TICK


def pss(pids) -> float:
    """Proportional set size in MiB: shared memory is divided among those who share it."""
    texts = [Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in pids]
    return sum(int(re.search(r"^Pss:\s+(\d+)", text, re.M)[1]) for text in texts) / 1024


def backends() -> list[int]:
    """The database's processes that serve a connection, but for our own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        return [pid for (pid,) in cursor]


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


class Server:
    """gunicorn with one application; a context manager that ends what it started."""

    def __init__(self, settings="", app="healthnews.wsgi:application", *, workers=1, threads=1):
        self.port = free_port()
        env = os.environ | {"SITE_URL": f"http://127.0.0.1:{self.port}", "DJANGO_SETTINGS_MODULE": settings}
        if not settings:
            del env["DJANGO_SETTINGS_MODULE"]
        command = (
            *(sys.executable, "-m", "gunicorn", app, "--bind", f"127.0.0.1:{self.port}", "--log-level", "warning"),
            *("--worker-class", "gthread", "--workers", str(workers), "--threads", str(threads)),
            *("--keep-alive", "60", "--no-control-socket"),
        )  # fmt: skip
        self.process = subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL)
        self.connection = None

    def __enter__(self):
        for _ in range(300):
            try:
                self.get("/healthz/live")
            except OSError:
                time.sleep(0.1)
            else:
                return self
        raise SystemExit("gunicorn does not answer.")

    def __exit__(self, *error):
        if self.connection:
            self.connection.close()
        self.process.terminate()
        self.process.wait(20)

    def pids(self) -> list[int]:
        """gunicorn's master and its workers."""
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [pid, *map(int, children)]

    def ask(self, method: str, path: str, body: str | None = None, headers=None, connection=None) -> Answer:
        """One request over a connection that is kept."""
        if connection is None:
            self.connection = self.connection or http.client.HTTPConnection(
                "127.0.0.1", self.port, timeout=60
            )
            connection = self.connection
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        except (OSError, http.client.HTTPException):
            connection.close()
            raise

    def get(self, path: str, headers=None) -> Answer:
        return self.ask("GET", path, headers=headers)

    def cost(self, requests, *, expect: int) -> dict:
        """Make the requests [(method, path, body, headers)] one after the other: CPU and time of each, in ms.

        CPU is that of gunicorn and of the database backends that serve it.
        """
        web, database = self.pids(), backends()
        before, started = (cpu(web), cpu(database)), time.perf_counter()
        size = 0
        for method, path, body, headers in requests:
            answer = self.ask(method, path, body, headers)
            if answer.status != expect:
                raise SystemExit(f"{method} {path} answered {answer.status}: {answer.body[:300]!r}")
            size = len(answer.body)
        count, spent = len(requests), time.perf_counter() - started
        used = (cpu(web) - before[0], cpu(database) - before[1])
        return {
            "cpu_ms": 1000 * sum(used) / count,
            "web_ms": 1000 * used[0] / count,
            "db_ms": 1000 * used[1] / count,
            "ms": 1000 * spent / count,
            "kb": size / 1024,
            "requests": count,
        }

    def page(self, path: str, headers=None, count: int = 60) -> dict:
        """The cost of one address, after requests that do not count."""
        request = ("GET", path, None, headers)
        self.cost([request] * WARM, expect=200)
        return self.cost([request] * count, expect=200)

    def rate(self, path: str, headers=(), *, seconds: float = 4, connections: int = 4) -> float:
        """Requests a second: wrk's if it is installed, else our client's."""
        self.get(path)
        if wrk := shutil.which("wrk"):
            extra = [part for header in headers for part in ("-H", header)]
            command = (
                wrk,
                "-t1",
                f"-c{connections}",
                f"-d{seconds:.0f}s",
                *extra,
                f"http://127.0.0.1:{self.port}{path}",
            )
            out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            return float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1])
        command = (
            sys.executable,
            "-m",
            "tests.bench.load",
            str(self.port),
            path,
            str(seconds),
            str(connections),
        )
        out = subprocess.run([*command, *headers], cwd=ROOT, capture_output=True, text=True)
        if out.returncode:
            raise SystemExit(f"{path}: {out.stderr.strip()[-300:]}")
        return float(out.stdout)
