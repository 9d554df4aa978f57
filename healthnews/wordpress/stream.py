"""An export as a stream of text that a parser can take, item by item. Pure; holds a few hundred kilobytes.

What old sites did to their files is mended here, before any parser sees it: wrong encodings, control characters,
words before the declaration, texts that end their own CDATA section, entities of HTML. An item that cannot be mended
ends at its own end, not at the file's.
"""

import codecs
import re
from collections import Counter
from collections.abc import Iterator
from html import escape
from html.entities import html5
from typing import BinaryIO

CHUNK = 256 * 1024  # bytes
AHEAD = 400  # characters kept back, so that nothing we look for is cut in two
FAR = 4 * 1024 * 1024  # characters looked at for the end of a text; then XML's own rule counts

NOT_UTF8 = "bytes that are not UTF-8: read as Windows-1252"
CONTROLS = "control characters taken out"
BEFORE = "words before the beginning of the XML: skipped"

HEAD, BEGIN, TEXT, END, BROKEN, TAIL = "head", "begin", "text", "end", "broken", "tail"

# Bytes that are no UTF-8 come out of the decoder as U+DC80…U+DCFF; this is what the Windows of those days meant.
_WINDOWS = {
    0xDC00 + byte: bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(0x80, 0x100)
}
_ODD = re.compile("[\udc80-\udcff]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_DECLARED = re.compile(rb"""<\?xml[^<>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{2,40})["']""")
# Those of the world's code pages that cannot be told from UTF-8's neighbours byte by byte: taken at their word.
_CODE_PAGES = re.compile(
    r"(?:koi8|cp125[013-8]|cp8|cp9|iso8859-(?!1$|15$)|gb|big5|shift_jis|euc|mac|tis|utf-?(?:16|32))"
)


def decoded(file: BinaryIO, mended: Counter) -> Iterator[str]:
    """The file's text in pieces, whatever its encoding is or claims to be; what was mended is counted."""
    first = file.read(CHUNK)
    decode = _decoder(first)
    chunk, begun = first, False
    while chunk:
        following = file.read(CHUNK)
        text = decode(chunk, not following)
        if odd := len(_ODD.findall(text)):
            mended[NOT_UTF8] += odd
            text = text.translate(_WINDOWS)
        text, removed = _CONTROL.subn("", text)
        if removed:
            mended[CONTROLS] += removed
        if not begun:
            text, begun = _from_the_beginning(text, mended), True
        yield text
        chunk = following


def _from_the_beginning(text: str, mended: Counter) -> str:
    """Without byte order mark and blank lines, and without what a server printed before the file (warnings, mostly)."""
    text = text.lstrip("\ufeff \t\r\n")
    at = text[: CHUNK // 4].find("<?xml")
    if at > 0:
        mended[BEFORE] += 1
    return text[max(at, 0) :]


def _decoder(first: bytes):
    if first[:2] in (b"\xff\xfe", b"\xfe\xff"):
        name = "utf-16"
    elif first[:2] in (b"<\0", b"\0<"):
        name = "utf-16-le" if first[0] else "utf-16-be"
    else:
        found = _DECLARED.search(first[:2000])
        name = _code_page(found[1].decode(), first) if found else ""
    if name:
        decoder = codecs.getincrementaldecoder(name)("replace")
        return lambda chunk, last: decoder.decode(chunk, last)
    return _utf8()


def _code_page(declared: str, first: bytes) -> str:
    """The declared code page by its Python name; "" for UTF-8, Latin-1 and their like, and for what is not true."""
    try:
        name = codecs.lookup(declared).name
    except LookupError:
        return ""
    if not _CODE_PAGES.match(name) or name.startswith("utf"):
        return ""
    try:
        first[: first.rfind(b"<")].decode("utf-8")
    except UnicodeDecodeError:
        return name
    return name if first.isascii() else ""


def _utf8():
    """Decodes chunk by chunk; every byte that is no UTF-8 becomes a lone surrogate."""
    rest = b""

    def decode(chunk: bytes, last: bool) -> str:
        nonlocal rest
        data, rest = rest + chunk, b""
        if not last:
            for back in range(1, min(4, len(data) + 1)):  # a letter that the chunk's end cuts
                if data[-back] >= 0xC0:
                    if back < 2 + (data[-back] >= 0xE0) + (data[-back] >= 0xF0):
                        data, rest = data[:-back], data[-back:]
                    break
                if data[-back] < 0x80:
                    break
        return data.decode("utf-8", "surrogateescape")

    return decode


def twice_encoded(text: str) -> str:
    """The text as it was before UTF-8 was taken for Windows-1252 and encoded again ("Ã©"); unchanged if it was not.

    Only when every letter beyond ASCII is part of such a sequence: a text that merely quotes one is left alone.
    """
    if not _SEQUENCE.search(text):
        return text
    try:
        mended = b"".join(map(_BYTES.__getitem__, text)).decode("utf-8")
    except (KeyError, UnicodeDecodeError):
        return text
    return mended


_SEQUENCE = re.compile("[\u00c2-\u00f4][^\x00-\x7f]")
_BYTES = {chr(byte): bytes([byte]) for byte in range(0x100)}
_BYTES |= {char: bytes([code - 0xDC00]) for code, char in _WINDOWS.items()}


# --- Items ---------------------------------------------------------------------------------------------------------

_TOKEN = re.compile(r"<!\[CDATA\[|<item(?:\s[^<>]{0,200})?>|</item\s*>|&")
_IN_TEXT = re.compile(r"\]\]>|</item>\s{0,50}(?:<item[\s>]|</channel>)")
_OPENED_BY = re.compile(r"<([A-Za-z_][\w:.-]{0,80})(?:\s[^<>]{0,200})?>\s*$")
_ENTITY = re.compile(r"&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([A-Za-z][A-Za-z0-9]{1,31}));")
# What goes on as it is, at once: plain text, tags that no item begins or ends with, and elements that are one whole CDATA
# section. An export is made of little else; all that needs a closer look ends the run.
_RUN = re.compile(
    r"""(?:[^<&]+
        | <(?!item[\s>])([A-Za-z_][\w:.-]{0,80})(?:\s[^<>]{0,200})?>\s{0,99}
          <!\[CDATA\[ (?>[^]<]+|\](?!\]>)|<(?!/item>))*+ \]\]></\1>
        | <(?!/?item[\s>]|!\[CDATA\[)(?=.{9})
    )*""",
    re.S | re.X,
)
_BACK = 300  # characters looked back at for the tag before a CDATA section
_XML = {"amp", "lt", "gt", "quot", "apos"}


class Splitter:
    """Cuts the text at its items: feed() gives (HEAD|TEXT|TAIL, text), (BEGIN|END, ""), (BROKEN, reason)."""

    def __init__(self):
        self.text = self.rest = self.past = ""
        self.out: list[tuple[str, str]] = []
        self.parts: list[str] = []  # of the text that goes on
        self.kept = 0  # where in the text the uncertain part begins
        self.where = HEAD  # or TEXT within an item, or TAIL after one
        self.cdata = False
        self.opened_by = ""  # the element whose text the CDATA section is; "" when it is only a part of it

    def feed(self, more: str, last: bool = False) -> list[tuple[str, str]]:
        """What is certain by now; `last` when there is no more."""
        self.text, self.out = self.rest + more, []
        at = 0
        while at is not None:
            at = self._in_cdata(at, last) if self.cdata else self._outside(at, last)
        self.past = (self.past + self.text[max(0, self.kept - _BACK) : self.kept])[-_BACK:]
        self.rest = self.text[self.kept :]
        self._flush()
        return self.out

    def _put(self, text: str) -> None:
        self.parts.append(text)

    def _flush(self) -> None:
        if text := "".join(self.parts):
            self.out.append((self.where, text))
        self.parts = []

    def _mark(self, kind: str, text: str, where: str) -> None:
        """An item begins or ends here."""
        self._flush()
        self.out.append((kind, text))
        self.where = where

    def _wait(self, at: int, upto: int) -> None:
        """Give what is certain, and keep the rest until there is more."""
        self.kept = max(at, upto)
        self._put(self.text[at : self.kept])

    def _outside(self, at: int, last: bool) -> int | None:
        certain = len(self.text) - (0 if last else AHEAD)
        run = _RUN.match(self.text, at, max(at, certain))
        self.opened_by = run[1] or self.opened_by
        found = _TOKEN.search(self.text, run.end())
        if not found or found.start() > certain:
            return self._wait(at, certain)
        self._put(self.text[at : found.start()])
        sign, at = found[0], found.end()
        if sign == "&":
            return self._entity(found.start())
        if sign == "<![CDATA[":
            before = self.text[max(0, found.start() - _BACK) : found.start()]
            if found.start() < _BACK:
                before = self.past + before
            # "]]]]><![CDATA[>" is how "]]>" is written: the same text goes on, even where it looks like a tag.
            if not before.endswith("]]>"):
                opened = _OPENED_BY.search(before)
                self.opened_by = opened[1] if opened else ""
            self.cdata = True
            self._put(sign)
        elif sign.startswith("</"):
            if self.where == TEXT:
                self._put(sign)
                self._mark(END, "", TAIL)
        else:
            if self.where == TEXT:
                self._mark(BROKEN, "it does not end: the next item begins in it", TAIL)
            self._mark(BEGIN, "", TEXT)
            self._put(sign)
        return at

    def _entity(self, at: int) -> int:
        """Keep what XML knows, write what only HTML knows as its letter, and take the rest for a mere "&"."""
        found = _ENTITY.match(self.text, at)
        if found and found[3]:
            letters = html5.get(found[3] + ";", "")
            if found[3] in _XML or letters:
                self._put(found[0] if found[3] in _XML else escape(letters))
                return found.end()
        elif found:
            code = int(found[1] or found[2], 10 if found[1] else 16)
            letter = _WINDOWS[0xDC00 + code] if 0x80 <= code < 0xA0 else chr(code) if code <= 0x10FFFF else ""
            if not _CONTROL.match(letter):
                self._put(escape(letter))
            return found.end()
        self._put("&amp;")
        return at + 1

    def _in_cdata(self, at: int, last: bool) -> int | None:
        found = _IN_TEXT.search(self.text, at)
        certain = len(self.text) - (0 if last else AHEAD)
        if not found or found.start() > certain:
            return self._wait(at, certain)
        if found[0] != "]]>":
            self._put(self.text[at : found.start()])
            self.cdata = False
            if self.where == TEXT:
                self._mark(BROKEN, "a text in it does not end", TAIL)
            return found.start() + len("</item>")
        ends = self._ends(found.end(), last)
        if ends is None:
            return self._wait(at, found.start())
        self._put(self.text[at : found.start()] + ("]]>" if ends else "]]]]><![CDATA[>"))
        self.cdata = not ends
        return found.end()

    def _ends(self, at: int, last: bool) -> bool | None:
        """Whether the "]]>" before `at` ends the text of its element, or stands in it unescaped; None: not known yet."""
        if not self.opened_by or self.text.startswith("<![CDATA[", at):
            return True
        close = self.text.find(f"</{self.opened_by}", at)
        another = self.text.find("]]>", at, close if close >= 0 else len(self.text))
        if another >= 0:
            return False
        return True if close >= 0 or last or len(self.text) - at > FAR else None
