"""What the machine can do at all: a bare Django view, and pgbench."""

import re
import subprocess

from django.db import connection

from healthnews import embedded
from tests.bench.server import Server


def bare_view() -> dict:
    """One worker, one thread, as all pages are measured."""
    with Server(app="tests.bench.bare:application") as server:
        return {"requests_s": server.rate("/"), "cpu_ms": server.page("/", count=500)["cpu_ms"]}


def pgbench(seconds: int = 4) -> dict:
    """Transactions a second, reading by key and writing (TPC-B-like), 1 and 8 clients; empty without the program."""
    try:
        program = embedded.binaries() / "pgbench"
    except embedded.EmbeddedError:
        return {}
    if not program.exists() or not connection.settings_dict["ENGINE"].startswith("healthnews"):
        return {}
    parameters = connection.get_connection_params()
    to = ("-h", parameters["host"], "-U", "postgres")
    subprocess.run([embedded.binaries() / "createdb", *to, "pgbench"], check=True)
    subprocess.run([program, *to, "-i", "-q", "-s", "5", "pgbench"], check=True, capture_output=True)
    found = {}
    for name, options in {"select": ["-S"], "tpcb": []}.items():
        for clients in (1, 8):
            command = [program, *to, "-n", "-T", str(seconds), "-c", str(clients), *options, "pgbench"]
            out = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            found[f"{name}_{clients}"] = float(re.search(r"tps = ([\d.]+)", out)[1])
    subprocess.run([embedded.binaries() / "dropdb", *to, "pgbench"], check=True)
    return found


def durability() -> dict:
    """What the database promises about a commit."""
    with connection.cursor() as cursor:
        found = {}
        for name in ("server_version", "fsync", "synchronous_commit", "shared_buffers"):
            cursor.execute(f"SHOW {name}")
            (found[name],) = cursor.fetchone()
    return found
