"""The parent of a run: gives it a folder of its own, and throws it away when the database has stopped."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_OURS = (
    "ALLOWED_HOSTS",
    "CACHE_URL",
    "DATABASE_REPLICA_URL",
    "DATABASE_URL",
    "EMAIL_URL",
    "SITE_NAME",
    "TRUSTED_PROXIES",
)


def kept_folder(arguments: list[str]) -> str:
    """The value of --data, if it is there: that folder is not thrown away."""
    for place, argument in enumerate(arguments):
        if argument == "--data" and place + 1 < len(arguments):
            return arguments[place + 1]
        if argument.startswith("--data="):
            return argument.partition("=")[2]
    return ""


def main() -> int:
    given = kept_folder(sys.argv[1:])
    folder = os.path.abspath(given or tempfile.mkdtemp(prefix="hn-bench-"))
    # What the person at this machine has set must not decide what is measured.
    env = {name: value for name, value in os.environ.items() if name not in _OURS}
    env |= {"DATA_DIR": folder, "DEBUG": "0", "SITE_URL": "http://127.0.0.1"}
    run = subprocess.Popen([sys.executable, "-m", "tests.bench.run", *sys.argv[1:]], cwd=ROOT, env=env)
    try:
        return run.wait()
    except KeyboardInterrupt:
        run.terminate()
        return run.wait() or 1
    finally:
        if not given:
            time.sleep(2)  # the database stops when its last user is gone
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
