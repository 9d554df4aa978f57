"""How long web waits for a database that says nothing.

A server that died is noticed by the kernel at once; one that is frozen, or behind a cable that was pulled, is not:
everybody would wait for it, and soon nobody would be left to answer readers. So a web process gives each statement
`allow(seconds)`. Then it asks the server to stop the statement. A server that does is only slow; one that does not even
answer that is mute, and until it is heard again every statement fails at once, but for one every few seconds that tries.

Commands and the worker have time: nobody calls `allow` there, and long statements are theirs.
"""

import logging
import threading
import time

import psycopg

PROBE = 2  # seconds for a mute server to show that it is back, or for a slow one to stop
AGAIN = 3  # seconds between two tries to reach a mute server

_log = logging.getLogger("healthnews.patience")
_lock = threading.Lock()
_seconds: float | None = None  # for one statement; None: for ever
_mute = False
_next_try = 0.0


class Mute(psycopg.OperationalError):
    """The database is there and says nothing."""


def allow(seconds: float | None) -> None:
    """From now on a statement of this process may take that long; None: as long as it takes."""
    global _seconds, _mute
    _seconds, _mute = seconds, False


def is_mute() -> bool:
    """Whether the database was last found to say nothing."""
    return _mute


def ask() -> float | None:
    """The seconds that the coming statement may take. Raises Mute when asking would be waiting for nothing."""
    global _next_try
    if not _mute:
        return _seconds
    with _lock:
        if time.monotonic() < _next_try:
            raise Mute("the database says nothing")
        _next_try = time.monotonic() + AGAIN  # this one tries; the others need not wait for what it finds
    return PROBE


def heard() -> None:
    """The database has said something, if only that it is going."""
    global _mute
    if _mute:
        _mute = False
        _log.warning("the database is no longer silent")


def unheard() -> None:
    """The database has not answered in time."""
    global _mute, _next_try
    if _seconds is None:
        return
    if not _mute:
        _log.error("the database says nothing")
    _mute, _next_try = True, time.monotonic() + AGAIN


class Connection(psycopg.Connection):
    """A connection that is closed when a statement takes too long: nobody can say then what state it is in."""

    def wait(self, gen, interval=0.1, timeout=None):
        """All that psycopg waits for on an open connection comes through here."""
        was_mute, seconds = is_mute(), ask()
        try:
            found = super().wait(gen, interval, timeout if seconds is None else seconds)
        except psycopg.errors._WaitTimeout:
            if seconds is None:
                raise
            if was_mute or not self._stops(gen):
                unheard()
            self.close()
            raise psycopg.OperationalError(f"the database has not answered within {seconds:g} s") from None
        heard()
        return found

    def _stops(self, gen) -> bool:
        """Whether the server, asked to stop the statement of `gen`, says anything at all."""
        try:
            self.cancel_safe(timeout=PROBE)
            super().wait(gen, timeout=PROBE)
        except psycopg.errors.QueryCanceled:
            return True
        except psycopg.Error:
            return False
        return True
