"""What one run of the import knows while it goes from item to item."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from django.contrib.sites.models import Site

from healthnews.wordpress.wxr import Survey


@dataclass
class Run:
    """The survey of the file, and where things go."""

    survey: Survey
    site: Site
    media: Path | None = None
    dry_run: bool = False
    people: dict[str, int] = field(default_factory=dict)  # old login to Person id
    seen: set[str] = field(default_factory=set)  # ids of posts and pages so far
    tags: set[str] = field(default_factory=set)  # keys of the tags so far
    users: set[int] = field(default_factory=set)  # ids of the users so far

    def key(self, kind: str, ident: str) -> str:
        """The name under which something of the old site is known here: the key of its row."""
        return f"wp:{self.survey.site}:{kind}:{ident}"[:200]

    def time(self, at: datetime | None, local: datetime | None) -> datetime | None:
        """UTC as the file has it, or the local time by the old site's clock, or None."""
        return at or (local and local - self.survey.offset)


def public_id(text: str) -> str:
    """An old id in its one spelling. Raises ValueError, in words, when there is none."""
    if not (text.isascii() and text.isdigit() and len(text) < 20) or int(text) == 0:
        raise ValueError(f"it has no usable id ({text[:40]!r})" if text else "it has no id")
    return str(int(text))
