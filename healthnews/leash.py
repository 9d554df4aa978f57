"""Run a Python program that ends when its parent does, however that ended.

    python -m healthnews.leash FD MODULE-OR-FILE [ARGUMENT ...]

FD is the reading end of a pipe whose writing end only the parent holds: the kernel closes it with the parent,
on every system alike. The program is expected to lead a process group of its own.
"""

import os
import runpy
import signal
import sys
import threading
import time

GRACE = 3  # seconds for an orderly end


def _watch(fd: int) -> None:
    """Wait for the end of the pipe; then ask, then insist."""
    os.read(fd, 1)
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE)
    os.killpg(os.getpgrp(), signal.SIGKILL)


if __name__ == "__main__":
    _, _fd, *sys.argv = sys.argv
    threading.Thread(target=_watch, args=(int(_fd),), daemon=True).start()
    if sys.argv[0].endswith(".py"):
        runpy.run_path(sys.argv[0], run_name="__main__")
    else:
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
