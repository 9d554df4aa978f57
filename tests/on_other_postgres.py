"""Run pytest with DATABASE_URL on a throwaway server made with other binaries.

python -m tests.on_other_postgres FOLDER-OF-BINARIES [PYTEST-ARGUMENT ...]
"""

import os
import subprocess
import sys
import tempfile
from urllib.parse import quote

from healthnews import embedded


def main(binaries: str, *arguments: str) -> int:
    """Pytest's exit code."""
    os.environ["PG_BIN"] = binaries
    socket = embedded.ensure(f"{tempfile.gettempdir()}/hn-other-{os.getpid()}", throwaway=True)
    env = {name: value for name, value in os.environ.items() if name != "PG_BIN"}
    env["DATABASE_URL"] = f"postgresql://postgres@{quote(socket, safe='')}/{embedded.DATABASE}"
    return subprocess.run([sys.executable, "-m", "pytest", *arguments], env=env).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
