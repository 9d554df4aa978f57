"""What stands in an export, as it stood on the old site: plain records, in the file's own words. Pure."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class OldAuthor:
    """Who wrote there. The address in the file is not even read."""

    login: str
    name: str


@dataclass(frozen=True, slots=True)
class OldTerm:
    """A category or tag of an item; `domain` is WordPress's word for which."""

    domain: str
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class OldComment:
    """A comment as it stood there. `at` is UTC, `local` the old site's clock; either may be None."""

    id: str
    parent: str
    name: str
    email: str
    at: datetime | None
    local: datetime | None
    html: str
    approved: str
    type: str
    mended: bool = False  # its letters had been encoded twice


@dataclass(frozen=True, slots=True)
class OldItem:
    """A post, page, attachment, menu item … Times as in OldComment; empty texts where the file has none."""

    id: str
    type: str
    status: str
    title: str
    link: str
    slug: str
    author: str
    at: datetime | None
    local: datetime | None
    body: str
    excerpt: str
    password: str
    sticky: bool
    discussion: str
    parent: str
    terms: list[OldTerm]
    meta: dict[str, str]
    attachment_url: str
    comments: list[OldComment]
    mended: bool = False


@dataclass(frozen=True, slots=True)
class BadItem:
    """An item that cannot be read: what is known of it, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class OldFile:
    """An attachment: where it was, where it lay in the uploads folder, and what is said about it."""

    url: str
    path: str
    title: str
    alt: str
    caption: str
    parent: str  # the item it was uploaded to
