"""`make demo` as a tester treats it: twice at once, on a busy port, and killed."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder():
    folder = Path(tempfile.mkdtemp(prefix="hn-demo-"))
    yield folder
    assert eventually(lambda: not processes_in(folder)), processes_in(folder)
    shutil.rmtree(folder)


@pytest.fixture
def port():
    """One that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def eventually(condition, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def processes_in(folder):
    """What runs on this data folder: pid and command line."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if os.fsencode(f"DATA_DIR={folder}\0") in (process / "environ").read_bytes():
                found[int(process.name)] = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    return found


def demo(folder, port):
    left_out = ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", "HN_TEST_DIR", "SECRET_KEY", "SITE_URL")
    return subprocess.Popen(
        [sys.executable, "manage.py", "run_demo", "--port", str(port)],
        cwd=ROOT,
        env={k: v for k, v in os.environ.items() if k not in left_out} | {"DATA_DIR": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def refusal(folder, port):
    process = demo(folder, port)
    told, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert told.count("\n") == 1
    return told


def read_until(process, words):
    """What the demo says, up to the line with these words."""
    told = ""
    for line in process.stdout:
        told += line
        if words in line:
            return told
    raise AssertionError(told)


def test_a_busy_port_is_one_line(folder):
    with socket.create_server(("127.0.0.1", 0)) as busy:
        assert f"Port {busy.getsockname()[1]} is not free" in refusal(folder, busy.getsockname()[1])


def test_a_leashed_program_ends_with_its_owner(folder):
    reading, writing = os.pipe()
    program = folder / "program.py"
    program.write_text("import time\nprint('runs', flush=True)\ntime.sleep(60)\n")
    child = subprocess.Popen(
        [sys.executable, "-m", "healthnews.leash", str(reading), str(program)],
        cwd=ROOT,
        pass_fds=[reading],
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    assert child.stdout.readline() == b"runs\n"
    os.close(writing)
    assert child.wait(10) == -signal.SIGTERM
    child.stdout.close()
    os.close(reading)


@pytest.mark.skipif("seed_demo" not in get_commands(), reason="needs the demo newsroom")
def test_a_demo_from_the_first_page_to_the_last_process(folder, port):
    first = demo(folder, port)
    try:
        told = read_until(first, "Ctrl-C ends it")
        assert "moderator2@example.org" in told and "demo-health-news" in told
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as page:
            assert page.status == 200
        assert f"A demo already runs on {folder} (http://127.0.0.1:{port})" in refusal(folder, port + 1)
        worker = next(pid for pid, command in processes_in(folder).items() if "procrastinate" in command)
        os.kill(worker, signal.SIGKILL)
        read_until(first, "The jobs worker stopped (SIGKILL); starting it again")
        assert eventually(lambda: any("procrastinate" in each for each in processes_in(folder).values()))
    finally:
        first.kill()
        first.wait()
        first.stdout.close()
    assert eventually(lambda: not processes_in(folder), 10), processes_in(folder)

    second = demo(folder, port)
    read_until(second, "Ctrl-C ends it")
    second.send_signal(signal.SIGINT)
    assert read_until(second, "Stopped.")
    assert second.wait(20) == 0
    second.stdout.close()
