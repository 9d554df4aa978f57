"""Environment variables as values. What cannot be meant is refused in one line, which never repeats the value:
there may be a password in it. Imports nothing of ours."""

import os
from urllib.parse import SplitResult, urlsplit

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str = "") -> str:
    """The value, trimmed; set but empty counts as unset."""
    return os.environ.get(name, "").strip() or default


def flag(name: str) -> bool:
    """Whether the variable says yes (1, true, yes, on)."""
    return text(name).lower() in {"1", "true", "yes", "on"}


def listed(name: str) -> list[str]:
    """Its values, separated by commas."""
    return [part.strip() for part in text(name).split(",") if part.strip()]


def count(name: str) -> int:
    """A number from 0 up; 0 when unset. Raises ImproperlyConfigured."""
    value = text(name, "0")
    if not (value.isascii() and value.isdecimal() and len(value) < 10):
        raise ImproperlyConfigured(f"{name} must be a number, 0 or more.")
    return int(value)


def address(name: str, value: str, schemes: set[str], example: str, *, local=False) -> SplitResult:
    """The value as an address of one of the schemes, its port readable; `local` ones may do without a host.

    Raises ImproperlyConfigured.
    """
    wrong = ImproperlyConfigured(f"{name} must look like {example}")
    try:
        parts = urlsplit(value)
        if parts.scheme not in schemes or not (parts.hostname or local and parts.path) or parts.port == 0:
            raise wrong
    except ValueError:  # brackets that do not match, a port that is no number
        raise wrong from None
    return parts
