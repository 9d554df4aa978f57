"""Read a WordPress export (WXR 1.0 to 1.2) as a stream. Pure: no Django, no database, nothing fetched.

An item is handed out when it is complete and then forgotten, so memory holds one item however long the file is. Each is
parsed by itself, so that a broken one is a line in the report and not the end. Entities and external references are
refused by defusedxml: an export has neither.
"""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from html import escape
from typing import BinaryIO
from urllib.parse import urlsplit
from xml.etree.ElementTree import ParseError  # the name only: defusedxml does the parsing
from xml.parsers import expat

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from healthnews.wordpress import stream
from healthnews.wordpress.old import BadItem, OldAuthor, OldComment, OldFile, OldItem, OldTerm
from healthnews.wordpress.stream import twice_encoded


class Unreadable(Exception):
    """The file cannot be used at all. The message is one line that says why."""


@dataclass
class Survey:
    """What the first pass learns of the whole file."""

    version: str = ""
    site: str = ""  # the old blog's address without its scheme: old ids count within it
    authors: dict[str, OldAuthor] = field(default_factory=dict)
    files: dict[str, OldFile] = field(default_factory=dict)
    exported: datetime = datetime(1970, 1, 1, tzinfo=UTC)  # when the file says that it was made
    items: int = 0
    comments: int = 0
    mended: Counter = field(default_factory=Counter)  # what was wrong with the file itself, and how often
    # How far the old site's clock was from UTC, by the number of items that say so.
    offsets: Counter = field(default_factory=Counter)

    @property
    def offset(self) -> timedelta:
        """What to take from a local time where UTC is missing."""
        return max(self.offsets, key=self.offsets.get, default=timedelta())


def survey(file: BinaryIO, progress=lambda read: None) -> Survey:
    """Read the whole file once; `progress` is called with the bytes read so far.

    Raises Unreadable: empty, not XML, cut short, with entities, or no WordPress export.
    """
    found, urls, creators = Survey(), {}, {}
    for entry in read(file, urls, found.mended):
        if isinstance(entry, OldAuthor):
            found.authors.setdefault(entry.login, entry)
            continue
        found.items += 1
        if isinstance(entry, BadItem):
            continue
        found.comments += len(entry.comments)
        if entry.at and entry.local:
            found.offsets[entry.local - entry.at] += 1
        if entry.type in {"post", "page"} and entry.author:
            creators.setdefault(entry.author, OldAuthor(entry.author, entry.author))
        if entry.type == "attachment":
            found.files[entry.id] = OldFile(
                entry.attachment_url,
                entry.meta.get("_wp_attached_file", ""),
                entry.title,
                entry.meta.get("_wp_attachment_image_alt", ""),
                entry.excerpt,
                entry.parent,
            )
        progress(file.tell())
    # Exports of WordPress 2 name no authors but at their posts.
    found.authors = creators | found.authors
    found.exported = _rfc_time(urls.get("pubDate", "")) or found.exported
    found.version = urls.get("wp:wxr_version", "")
    if not found.version and not urls.get("wp:post_id"):
        raise Unreadable("This XML file is not a WordPress export (it has no wp:wxr_version).")
    address = urls.get("wp:base_blog_url") or urls.get("link") or urls.get("wp:base_site_url") or ""
    parts = urlsplit(address.strip())
    found.site = (parts.netloc.lower() + parts.path.rstrip("/"))[:120] or "unknown"
    return found


def read(
    file: BinaryIO,
    channel_texts: dict[str, str] | None = None,
    mended: Counter | None = None,
) -> Iterator[OldAuthor | OldItem | BadItem]:
    """Authors and items in the file's order; texts of the channel itself go into `channel_texts`.

    Raises Unreadable, possibly after some entries: whoever writes surveys first.
    """
    texts = channel_texts if channel_texts is not None else {}
    mended = mended if mended is not None else Counter()
    head, tail, size, parser, count, begun = [], "", 0, None, 0, False
    for kind, text in _pieces(file, mended):
        if kind == stream.HEAD:
            head.append(text)
            size += len(text)
            begun = begun or _begins("".join(head))
            if size > _HEAD:
                raise Unreadable("This XML file is not a WordPress export (it has no items).")
        elif kind == stream.BEGIN:
            if count == 0:
                yield from _channel("".join(head), texts)
            count += 1
            parser = _Item(count)
        elif kind == stream.TEXT and parser:
            parser.feed(text)
        elif kind == stream.END and parser:
            entry = parser.close()
            if isinstance(entry, OldItem) and entry.id:
                texts.setdefault("wp:post_id", entry.id)
            yield entry
            parser, tail = None, ""
        elif kind == stream.BROKEN and parser:
            yield parser.broken(text)
            parser = None
        elif kind == stream.TAIL:
            tail = (tail + text)[-2_000:]
    if not head:
        raise Unreadable("This file is empty.")
    if not begun:
        raise Unreadable("This file is not XML.")
    if "</rss>" not in (tail if count else "".join(head)):
        raise Unreadable("This file ends too early: it was cut short. Export it again.")
    if count == 0:
        yield from _channel("".join(head).partition("</channel>")[0], texts)


_HEAD = 64 * 1024 * 1024  # characters before the first item: authors and terms


def _pieces(file: BinaryIO, mended: Counter) -> Iterator[tuple[str, str]]:
    splitter = stream.Splitter()
    for text in stream.decoded(file, mended):
        yield from splitter.feed(text)
    yield from splitter.feed("", last=True)


_PROLOG = re.compile(r"(?:\s+|<\?.{0,2000}?\?>|<!--.{0,20000}?-->)*", re.S)
_NAME = re.compile(r"<([A-Za-z_][\w:.-]{0,80})[\s/>]")


def _begins(head: str) -> bool:
    """Whether the file's first element is known by now, and is the right one. Raises Unreadable when it is not."""
    if not head.startswith("<"):
        raise Unreadable("This file is not XML.")
    start = _PROLOG.match(head).end()
    if head.startswith("<!", start):  # a declaration of the document's type, which no export has
        _refuse_entities(head)
        found = re.search(r"<([A-Za-z_][\w:.-]{0,80})[\s/>]", head[start:])
    else:
        found = _NAME.match(head, start)
    if found and found[1] != "rss":
        raise Unreadable(f"This XML file is not a WordPress export (it begins with <{found[1][:40]}>).")
    if not found and len(head) > 100_000:
        raise Unreadable("This file is not XML.")
    return bool(found)


def _refuse_entities(head: str) -> None:
    """Raises Unreadable for entities, inner or outer ones; other faults are found later."""
    parser = DefusedXMLParser(encoding="utf-8")
    try:
        parser.feed(head.encode())
    except DefusedXmlException:
        raise Unreadable("This file declares entities, which no WordPress export does.") from None
    except ParseError:
        return


def _channel(head: str, texts: dict[str, str]) -> Iterator[OldAuthor]:
    """What stands before the items. It is no loss if that is broken: authors are named at their items as well."""
    _refuse_entities(head)
    at = head.find("<channel")
    parser = _Tree()
    with suppress(expat.ExpatError):
        parser.feed(head[max(at, 0) :])
    for name, _, text, inner in parser.children:
        if name == "wp:author":
            login = twice_encoded(inner.get("wp:author_login", "")).strip()
            if login:
                shown = twice_encoded(inner.get("wp:author_display_name", "")).strip()
                yield OldAuthor(login, shown or login)
        elif text.strip():
            texts.setdefault(name, text.strip())


# Elements that hold a text: markup in it that nobody escaped is part of it.
_TEXTS = {"title", "content:encoded", "excerpt:encoded", "wp:comment_content", "wp:comment_author"}
_NOT_READ = {"wp:comment_author_IP", "wp:comment_author_url", "wp:author_email", "wp:comment_agent"}


class _Tree:
    """Two levels below an element, as texts: all that an export has. Prefixes are taken as they stand."""

    def __init__(self):
        self.parser = expat.ParserCreate("utf-8")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._data
        self.open: list[str] = []
        self.children: list[tuple[str, dict, str, dict]] = []  # name, attributes, text, texts of its children
        self.attributes, self.text, self.inner, self.words = {}, [], {}, []

    def feed(self, text: str) -> None:
        """Raises ExpatError."""
        self.parser.Parse(text, False)

    def _start(self, name, attributes):
        self.open.append(name)
        depth = len(self.open)
        if depth == 2:
            self.attributes, self.text, self.inner = attributes, [], {}
        elif depth == 3 and self.open[1] not in _TEXTS:
            self.words = []
        elif depth > 2 and self._within_text():
            named = "".join(f' {key}="{escape(value)}"' for key, value in attributes.items())
            self._data(f"<{name}{named}>")

    def _end(self, name):
        depth = len(self.open)
        if depth == 2:
            self.child(name, self.attributes, "".join(self.text), self.inner)
        elif depth == 3 and self.open[1] not in _TEXTS:
            if name not in _NOT_READ:
                self.inner.setdefault(name, "".join(self.words))
        elif depth > 2 and self._within_text():
            self.open.pop()
            self._data("" if name in {"br", "img", "hr"} else f"</{name}>")
            return
        self.open.pop()

    def _within_text(self) -> bool:
        return self.open[1] in _TEXTS or self.open[2] in _TEXTS

    def _data(self, data):
        depth = len(self.open)
        if depth == 2 or depth > 2 and self.open[1] in _TEXTS:
            self.text.append(data)
        elif depth == 3 or depth > 3 and self.open[2] in _TEXTS:
            self.words.append(data)

    def child(self, name: str, attributes: dict, text: str, inner: dict) -> None:
        """An element below the outermost is complete."""
        self.children.append((name, attributes, text, inner))


class _Item(_Tree):
    """One item, its comments taken out as they come."""

    def __init__(self, number: int):
        super().__init__()
        self.number, self.comments, self.reason = number, [], ""

    def feed(self, text: str) -> None:
        """Never raises: after a fault the rest of the item is not looked at."""
        if not self.reason:
            try:
                super().feed(text)
            except expat.ExpatError as error:
                self.reason = f"its XML is broken ({expat.ErrorString(error.code)})"

    def child(self, name, attributes, text, inner):
        if name == "wp:comment":
            self.comments.append(_comment(inner))
        else:
            super().child(name, attributes, text, inner)

    def close(self) -> OldItem | BadItem:
        """The item, or what is known of it and why it cannot be read."""
        if self.reason:
            return self.broken(self.reason)
        self.parser = None  # it knows us: without this the two would wait for the garbage collector
        return _item(self.children, self.comments)

    def broken(self, reason: str) -> BadItem:
        """What the report says of it."""
        self.parser = None
        texts = _texts(self.children)
        ident = texts.get("wp:post_id", "").strip()[:40]
        title = " ".join(twice_encoded(texts.get("title", "")).split())[:80]
        name = f"item {ident}" if ident else f"item “{title}”" if title else f"item no. {self.number}"
        return BadItem(name, reason)


def _texts(children) -> dict[str, str]:
    """The texts of the children by name; the first of a name counts."""
    texts: dict[str, str] = {}
    for name, _, text, _ in children:
        texts.setdefault(name, text)
    return texts


def _time(text: str) -> datetime | None:
    """A time as WordPress writes it, taken as UTC; None for its zeros and for what is no time."""
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return at if at.year >= 1900 else None


def _rfc_time(text: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(text)
    except (TypeError, ValueError, IndexError):
        return None
    return at if at.tzinfo and at.year >= 1900 else None


def _comment(texts: dict[str, str]) -> OldComment:
    word = {key: texts.get("wp:comment_" + key, "").strip() for key in ("id", "parent", "approved", "type")}
    name, html = texts.get("wp:comment_author", ""), texts.get("wp:comment_content", "")
    mended_name, mended_html = twice_encoded(name), twice_encoded(html)
    return OldComment(
        id=word["id"].lstrip("0"),
        parent=word["parent"].lstrip("0"),  # 0 is nobody
        name=mended_name,
        email=texts.get("wp:comment_author_email", "").strip(),
        at=_time(texts.get("wp:comment_date_gmt", "")),
        local=_time(texts.get("wp:comment_date", "")),
        html=mended_html,
        approved=word["approved"].lower(),
        type=word["type"].lower() or "comment",
        mended=(mended_name, mended_html) != (name, html),
    )


def _item(children, comments: list[OldComment]) -> OldItem:
    raw = _texts(children)
    texts = {name: twice_encoded(text) for name, text in raw.items()}
    terms, meta = [], {}
    for name, attributes, text, inner in children:
        if name == "category" and text.strip():
            terms.append(
                OldTerm(
                    attributes.get("domain", "category"),
                    attributes.get("nicename", ""),
                    twice_encoded(text.strip()),
                )
            )
        elif name == "wp:postmeta":
            meta.setdefault(inner.get("wp:meta_key", ""), inner.get("wp:meta_value", ""))
    return OldItem(
        id=texts.get("wp:post_id", "").strip(),
        type=texts.get("wp:post_type", "").strip() or "post",
        status=texts.get("wp:status", "").strip().lower(),
        title=texts.get("title", ""),
        link=texts.get("link", "").strip(),
        slug=texts.get("wp:post_name", "").strip(),
        author=texts.get("dc:creator", "").strip(" \t\n<>"),  # some files have signs astray here
        at=_time(texts.get("wp:post_date_gmt", "")) or _rfc_time(texts.get("pubDate", "")),
        local=_time(texts.get("wp:post_date", "")),
        body=texts.get("content:encoded", ""),
        excerpt=texts.get("excerpt:encoded", ""),
        password=texts.get("wp:post_password", ""),
        sticky=texts.get("wp:is_sticky", "").strip() == "1",
        discussion=texts.get("wp:comment_status", "").strip().lower(),
        parent=texts.get("wp:post_parent", "").strip(),
        terms=terms,
        meta=meta,
        attachment_url=texts.get("wp:attachment_url", "").strip(),
        comments=comments,
        mended=texts != raw,
    )
