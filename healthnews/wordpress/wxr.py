"""Read a WordPress export (WXR 1.0 to 1.2) as a stream. Pure: no Django, no database, nothing fetched.

An item is handed out when it is complete and then forgotten, so memory holds one item however long the file is.
Entities and external references are refused by defusedxml: an export has neither.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import BinaryIO
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, ParseError  # names only: defusedxml does the parsing

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from healthnews.wordpress.old import OldAuthor, OldComment, OldFile, OldItem, OldTerm


class Unreadable(Exception):
    """The file cannot be used at all. The message is one line that says why."""


@dataclass
class Survey:
    """What the first pass learns of the whole file."""

    version: str = ""
    site: str = ""  # the old blog's address without its scheme: old ids count within it
    authors: dict[str, OldAuthor] = field(default_factory=dict)
    files: dict[str, OldFile] = field(default_factory=dict)
    items: int = 0
    comments: int = 0
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
    for entry in read(file, urls):
        if isinstance(entry, OldAuthor):
            found.authors.setdefault(entry.login, entry)
            continue
        found.items += 1
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
            )
        progress(file.tell())
    # Exports of WordPress 2 name no authors but at their posts.
    found.authors = creators | found.authors
    found.version = urls.get("wp:wxr_version", "")
    if not found.version and not urls.get("wp:post_id"):
        raise Unreadable("This XML file is not a WordPress export (it has no wp:wxr_version).")
    address = urls.get("wp:base_blog_url") or urls.get("link") or urls.get("wp:base_site_url") or ""
    parts = urlsplit(address.strip())
    found.site = (parts.netloc.lower() + parts.path.rstrip("/"))[:120] or "unknown"
    return found


def read(file: BinaryIO, channel_texts: dict[str, str] | None = None) -> Iterator[OldAuthor | OldItem]:
    """Authors and items in the file's order; texts of the channel itself go into `channel_texts`.

    Raises Unreadable, possibly after some entries: whoever writes surveys first.
    """
    texts = channel_texts if channel_texts is not None else {}
    channel = item = None
    comments: list[OldComment] = []
    depth, started = 0, False
    try:
        for event, element in iterparse(_Source(file), events=("start", "end")):
            name = _name(element.tag)
            if event == "start":
                depth, started = depth + 1, True
                if depth == 1 and name != "rss":
                    raise Unreadable(
                        f"This XML file is not a WordPress export (it begins with <{name[:40]}>)."
                    )
                if name == "channel" and depth == 2:
                    channel = element
                elif name == "item" and depth == 3:
                    item, comments = element, []
                continue
            depth -= 1
            if name == "wp:comment" and item is not None:
                comments.append(_comment(element))
                element.clear()
            elif name == "item" and depth == 2:
                entry = _item(element, comments)
                if entry.id:
                    texts.setdefault("wp:post_id", entry.id)
                item, comments = None, []
                channel.clear()
                yield entry
            elif depth == 2 and name == "wp:author":
                author = _texts(element)
                login = author.get("wp:author_login", "").strip()
                if login:
                    yield OldAuthor(login, author.get("wp:author_display_name", "").strip() or login)
            elif depth == 2 and (element.text or "").strip():
                texts.setdefault(name, element.text.strip())
    except DefusedXmlException:
        raise Unreadable("This file declares entities, which no WordPress export does.") from None
    except ParseError as error:
        raise Unreadable(_why(error, started)) from None
    except (LookupError, ValueError) as error:
        raise Unreadable(f"This file cannot be read as XML: {error}.") from None


class _Source:
    """The file for the parser: without what old exports have before their declaration, and control characters."""

    # XML allows tab, line feed and carriage return below the blank; WordPress exports whatever was typed.
    _CONTROL = bytes(code for code in range(32) if code not in (9, 10, 13))

    def __init__(self, file: BinaryIO):
        self.file = file
        self.begun = False
        self.wide = False

    def read(self, size: int = -1) -> bytes:
        chunk = self.file.read(size)
        if not self.begun:
            if not chunk:
                raise Unreadable("This file is empty.")
            self.begun = True
            self.wide = chunk[:2] in (b"\xff\xfe", b"\xfe\xff")  # UTF-16 has zeros in every other byte
            if not self.wide:
                chunk = chunk.removeprefix(b"\xef\xbb\xbf").lstrip()
                if not chunk.startswith(b"<"):
                    raise Unreadable("This file is not XML.")
        return chunk if self.wide else chunk.translate(None, self._CONTROL) or (chunk and b" ")


# expat's codes for a text that ends inside something: no element, token, character, CDATA section.
_CUT_SHORT = {3, 5, 6, 20}


def _why(error: ParseError, started: bool) -> str:
    line, column = error.position
    if error.code in _CUT_SHORT and started:
        return f"This file ends too early, at line {line}: it was cut short. Export it again."
    if not started:
        return "This file is not XML."
    return f"This file is broken at line {line}, column {column}: {str(error).partition(':')[0]}."


@lru_cache(maxsize=1024)
def _name(tag: str) -> str:
    """`{http://wordpress.org/export/1.2/}status` as `wp:status`: the version in the namespace does not matter."""
    uri, _, local = tag.rpartition("}")
    if "/export/" in uri:
        return ("excerpt:" if "excerpt" in uri else "wp:") + local
    if "modules/content" in uri:
        return "content:" + local
    return "dc:" + local if "purl.org/dc" in uri else local


def _texts(element: Element) -> dict[str, str]:
    """The texts of the children by short name; the first of a name counts."""
    texts: dict[str, str] = {}
    for child in element:
        texts.setdefault(_name(child.tag), child.text or "")
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


def _comment(element: Element) -> OldComment:
    texts = _texts(element)
    word = {key: texts.get("wp:comment_" + key, "").strip() for key in ("id", "parent", "approved", "type")}
    return OldComment(
        id=word["id"].lstrip("0"),
        parent=word["parent"].lstrip("0"),  # 0 is nobody
        name=texts.get("wp:comment_author", ""),
        email=texts.get("wp:comment_author_email", "").strip(),
        at=_time(texts.get("wp:comment_date_gmt", "")),
        local=_time(texts.get("wp:comment_date", "")),
        html=texts.get("wp:comment_content", ""),
        approved=word["approved"].lower(),
        type=word["type"].lower() or "comment",
    )


def _item(element: Element, comments: list[OldComment]) -> OldItem:
    texts = _texts(element)
    terms, meta = [], {}
    for child in element:
        name = _name(child.tag)
        if name == "category" and (child.text or "").strip():
            terms.append(
                OldTerm(child.get("domain", "category"), child.get("nicename", ""), child.text.strip())
            )
        elif name == "wp:postmeta":
            pair = _texts(child)
            meta.setdefault(pair.get("wp:meta_key", ""), pair.get("wp:meta_value", ""))
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
        terms=terms,
        meta=meta,
        attachment_url=texts.get("wp:attachment_url", "").strip(),
        comments=comments,
    )
