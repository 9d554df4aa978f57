"""What one run of the import knows while it goes from item to item."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.contrib.sites.models import Site

from articles.models import Person
from healthnews.wordpress.wxr import Survey


@dataclass
class Run:
    """The survey of the file, where things go, and what was met so far.

    What was met is kept here and not asked of the database, because a dry run takes back each item at once.
    """

    survey: Survey
    site: Site
    media: Path | None = None
    dry_run: bool = False
    people: dict[str, Person] = field(default_factory=dict)  # by old login
    seen: dict[str, str] = field(default_factory=dict)  # ids of posts and pages, and a fingerprint of each
    tags: set[str] = field(default_factory=set)  # keys of the tags
    users: set[str] = field(default_factory=set)  # addresses
    pictures: set[str] = field(default_factory=set)  # keys
    addresses: dict[str, str] = field(default_factory=dict)  # of a dry run only: old path to the item's name
    comments: set[str] = field(default_factory=set)  # of a dry run only: ids in the items before
    files: dict[str, str] = field(default_factory=dict)  # path in the uploads folder to the attachment's id
    attached: dict[str, list[str]] = field(default_factory=dict)  # an item's id to those of its pictures

    def __post_init__(self):
        for number, old in self.survey.files.items():
            for path in (old.path, in_uploads(old.url)):
                if path:
                    self.files.setdefault(path.lstrip("/"), number)
            self.attached.setdefault(old.parent, []).append(number)

    def key(self, kind: str, ident: str) -> str:
        """The name under which something of the old site is known here: the key of its row."""
        return f"wp:{self.survey.site}:{kind}:{ident}"[:200]

    def time(self, at: datetime | None, local: datetime | None) -> datetime | None:
        """UTC as the file has it, or the local time by the old site's clock, or None."""
        return at or (local and local - self.survey.offset)


def in_uploads(address: str) -> str:
    """Where in the uploads folder the file of that address lay; "" when it was not there."""
    try:
        return unquote(urlsplit(address).path).partition("/uploads/")[2]
    except ValueError:
        return ""


def public_id(text: str) -> str:
    """An old id in its one spelling. Raises ValueError, in words, when there is none."""
    if not (text.isascii() and text.isdigit() and len(text) < 20) or int(text) == 0:
        raise ValueError(f"has no usable id ({text[:40]!r})" if text else "has no id")
    return str(int(text))


def own_id(*what: object) -> str:
    """An id made from what it is, for what has none of its own: the same in every run."""
    return "x" + hashlib.sha256("\0".join(map(str, what)).encode()).hexdigest()[:16]
