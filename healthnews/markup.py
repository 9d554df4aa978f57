"""THE place that makes and cleans HTML. Only here are bleach, nh3 and mark_safe known (tests/test_house.py).

Everything is cleaned on the way in and stored beside its source. bleach 6.4 is the last bleach there will be, so a
maintained cleaner, nh3, stands behind it with the same list, and the Content-Security-Policy stands behind both.
"""

import html
import re
import threading
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

import bleach
import nh3
from bleach.html5lib_shim import Filter
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe

CALLOUTS = {
    "note": "Note",
    "important": "Important",
    "doctor": "See a doctor",
    "emergency": "Emergency",
}
_PROTOCOLS = {"http", "https", "mailto"}
_ARTICLE_TAGS = {
    *(
        "p",
        "br",
        "h2",
        "h3",
        "ul",
        "ol",
        "li",
        "strong",
        "em",
        "a",
        "blockquote",
        "cite",
        "hr",
        "div",
        "sub",
        "sup",
    ),
    *("figure", "figcaption", "img", "table", "caption", "thead", "tbody", "tr", "th", "td", "code", "pre"),
}
_ARTICLE_ATTRIBUTES = {
    "a": {"href", "title"},
    "div": {"class"},
    "p": {"class"},
    "h2": {"id"},
    "h3": {"id"},
    "img": {"src", "alt", "width", "height"},
    "code": {"class"},
    "ol": {"start"},
    "th": {"scope", "colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
}
# "shortcode": what another system left in a text, for editors to see and readers not to.
_CLASSES = {"callout", "callout__label", *(f"callout-{level}" for level in CALLOUTS), "shortcode"}
_COMMENT_TAGS = {"p", "br", "strong", "em", "a", "blockquote", "ul", "ol", "li", "code", "pre"}
_COMMENT_ATTRIBUTES = {"a": {"href"}}
_COMMENT_REL = "ugc nofollow noopener"
_ANCHOR = re.compile(r"[a-z0-9][a-z0-9_-]{0,80}")


_NESTING = {"blockquote", "ul", "ol", "div", "table"}
_NESTED = 6  # levels; what is deeper loses its element, not its words


class _Strict(Filter):
    """What an allow list of names cannot say: classes, anchors, links without a scheme, pictures without a file, depth."""

    def __iter__(self):
        open_elements: list[bool] = []  # of those that nest: whether each was let through
        for token in super().__iter__():
            if token.get("name") in _NESTING:
                if token["type"] == "StartTag":
                    open_elements.append(sum(open_elements) < _NESTED)
                    if not open_elements[-1]:
                        continue
                elif token["type"] == "EndTag" and open_elements and not open_elements.pop():
                    continue
            if token["type"] in {"StartTag", "EmptyTag"}:
                data = token["data"]
                for key, value in list(data.items()):
                    name = key[1]
                    if name == "class":
                        data[key] = " ".join(word for word in value.split() if word in _CLASSES)
                    bad_link = name in {"href", "src"} and value.strip().startswith(("//", "\\", "/\\"))
                    bad_anchor = name == "id" and not _ANCHOR.fullmatch(value)
                    if not data[key] and name == "class" or bad_link or bad_anchor:
                        del data[key]
                if token["name"] == "img" and (None, "src") not in data:
                    continue  # a picture on somebody's own disk
            yield token


_cleaners = threading.local()


def _cleaner(tags, attributes):
    """A cleaner with these lists. It holds a parser with state, so each thread has its own; making one is slow."""
    if not hasattr(_cleaners, "made"):
        _cleaners.made = {}
    key = (id(tags), id(attributes))  # the lists of this module, which live as long as it does
    if key not in _cleaners.made:
        lists = {tag: sorted(names) for tag, names in attributes.items()}
        _cleaners.made[key] = bleach.sanitizer.Cleaner(
            tags=tags,
            attributes=lists,
            protocols=_PROTOCOLS,
            strip=True,
            strip_comments=True,
            filters=[_Strict],
        )
    return _cleaners.made[key]


# Paragraphs of plain words with line breaks, emphasis and ordinary links: what the first gate lets through as it is,
# but for a link's rel, which the second gate sets.
_WORDS = r"[^<>&\xa0\r\0]*(?:&(?:amp|lt|gt);[^<>&\xa0\r\0]*)*"
_LINK = r'<a href="https?://[\w./?=:#%~+,-]{1,2000}"(?: rel="[a-z ]{0,80}")?>'
_PLAIN = re.compile(
    rf"(?:\n?<p>{_WORDS}(?:(?:<br>|<em>{_WORDS}</em>|<strong>{_WORDS}</strong>|{_LINK}{_WORDS}</a>){_WORDS})*</p>)*"
)


def _two_gates(text: str, tags, attributes, rel: str | None) -> str:
    if not _PLAIN.fullmatch(text):
        text = _cleaner(tags, attributes).clean(_SCRIPTS.sub("", text))
    return nh3.clean(text, tags=tags, attributes=attributes, url_schemes=_PROTOCOLS, link_rel=rel)


# bleach keeps what stood inside a script as text; nobody wants to read it.
_SCRIPTS = re.compile(r"<(script|style)\b[^>]{0,2000}>[^<]*(?:<(?!/\1\b)[^<]*)*</\1\s*>", re.I)


def article_body(text: str) -> str:
    """An editor's or an importer's HTML, reduced to what an article may hold. Idempotent."""
    return _two_gates(tidy(text), _ARTICLE_TAGS, _ARTICLE_ATTRIBUTES, None)


_SHORTCODE = r'<code class="shortcode">[^<]*</code>'
_NOTHING_ELSE = re.compile(rf"<p>(?:\s|<br>)*(?:{_SHORTCODE}(?:\s|<br>)*)+</p>")


def _without_shortcodes(body: str) -> str:
    return re.sub(_SHORTCODE, "", _NOTHING_ELSE.sub("", body)) if "shortcode" in body else body


_TABLE = '<div class="table-box" role="group" aria-label="Table" tabindex="0">'


def printed_body(body: str) -> SafeString:
    """A cleaned article body as readers get it: no shortcodes, call-outs with their level in words, tables that scroll."""
    body = _without_shortcodes(body)
    for level, word in CALLOUTS.items():
        body = body.replace(
            f'<div class="callout callout-{level}">',
            f'<div class="callout callout-{level}"><p class="callout__label">{word}</p>',
        )
    # A table wider than a phone scrolls in a box of its own, which the keyboard can reach.
    body = body.replace("<table>", _TABLE + "<table>").replace("</table>", "</table></div>")
    return mark_safe(body)


_IMG = re.compile(r'<img((?: [a-z]+="[^"]*")*)>')  # as the second gate writes it
_VALUE = re.compile(r' ([a-z]+)="([^"]*)"')


def pictures(body: str) -> list[dict[str, str]]:
    """The attributes of each picture of a printed body, in order."""
    return [{name: html.unescape(value) for name, value in _VALUE.findall(one)} for one in _IMG.findall(body)]


def with_pictures(body: str, printed: Iterable[SafeString | None]) -> SafeString:
    """The printed body with each of its pictures as given, in order; None leaves one as it is."""
    each = iter(printed)
    return mark_safe(_IMG.sub(lambda found: next(each) or found[0], body))


def imported_comment(text: str) -> str:
    """The HTML of a comment from another system, reduced to what a comment may hold."""
    if not re.search(r"<(?:p|br|blockquote|ul|ol|pre)\b", text, re.I):
        text = "".join(f"<p>{part.strip()}</p>" for part in re.split(r"\n\s*\n", tidy(text)) if part.strip())
        text = text.replace("\n", "<br>")
    return _two_gates(tidy(text), _COMMENT_TAGS, _COMMENT_ATTRIBUTES, _COMMENT_REL)


def stored(text: str) -> SafeString:
    """HTML that came out of this module and was stored: to be printed as it is."""
    return mark_safe(text)


def without_sections(text: str) -> str:
    """The HTML text without `<![ ... >`, a comment to browsers, at which Python's own parser fails."""
    return re.sub(r"<!\[[^>]*>", "", text).replace("<![", "&lt;![")


def text_of(text: str) -> str:
    """The words of an HTML text, for excerpts, search and mail."""
    text = without_sections(_without_shortcodes(text))
    text = re.sub(r"<(?:/p|/h[23]|/li|/blockquote|/figcaption|/t[dhr]|br|hr)\b[^>]*>", "\n", text)
    return re.sub(r"\n\s*\n+", "\n\n", html.unescape(strip_tags(text))).strip()


# --- Plain text, as comments and bios are typed ------------------------------------------------------------------

_DIRECTIONS = set(range(0x202A, 0x202F)) | set(range(0x2066, 0x206A)) | {0x061C, 0x200E, 0x200F, 0xFEFF}
_MARKS_A_LETTER = 4  # enough for every living script we know of; "zalgo" stacks dozens


# Most texts are made of these alone (European letters, our punctuation), and tidy() changes none of them.
_ORDINARY = re.compile(
    "[\n\t -~\u00a0-\u02ff\u0391-\u03a1\u03a3-\u03ff\u0400-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u205e]*"
)


def tidy(text: str) -> str:
    """The text without what no keyboard types: control and direction characters, lone surrogates, stacks of marks.

    Line ends become \\n. Letters of all scripts and emoji stay.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _ORDINARY.fullmatch(text):
        return text
    if text.isascii():
        return "".join(char for char in text if char >= " " and char != "\x7f" or char in "\n\t")
    kept, marks = [], 0
    for char in text:
        category = unicodedata.category(char)
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if category in {"Cc", "Cs", "Cn", "Co"} and char not in "\n\t" or ord(char) in _DIRECTIONS:
            continue
        if marks <= _MARKS_A_LETTER:
            kept.append(char)
    return unicodedata.normalize("NFC", "".join(kept))


_URL = re.compile(r"https?://[^\s<>\"'`{}|\\^\[\]]{3,2000}", re.I)
_STRONG = re.compile(r"(?<![\w*])\*\*(?=[^\s*])([^*\n]{1,500})(?<=[^\s*])\*\*(?![\w*])")
_EM = re.compile(r"(?<![\w*])\*(?=[^\s*])([^*\n]{1,500})(?<=[^\s*])\*(?![\w*])")


def _linked(line: str, rel: str) -> str:
    """One line, escaped, with emphasis, and with bare addresses as links."""
    parts, end = [], 0
    for found in _URL.finditer(line):
        url = found.group().rstrip(".,;:!?*_~")
        while url.endswith(")") and url.count("(") < url.count(")"):
            url = url[:-1].rstrip(".,;:!?*_~")
        try:
            host = urlsplit(url).hostname or ""
        except ValueError:
            continue
        if "." not in host and host != "localhost":  # where a demo runs, whose mails name it
            continue
        parts.append(_emphasis(html.escape(line[end : found.start()])))
        address = html.escape(url)
        parts.append(f'<a href="{address}" rel="{rel}">{address}</a>')
        end = found.start() + len(url)
    parts.append(_emphasis(html.escape(line[end:])))
    return "".join(parts)


def _emphasis(escaped: str) -> str:
    return _EM.sub(r"<em>\1</em>", _STRONG.sub(r"<strong>\1</strong>", escaped))


_QUOTE = re.compile(r"(?:> )+(?=\S)")
_QUOTE_LEVELS = 3  # deeper ones count as the last: nobody follows them, and hundreds would tear the page


def _paragraphs(lines: list[str], rel: str) -> str:
    """Lines as paragraphs, and as quotes within quotes where they begin with `> `."""
    out, block, level = [], [], 0

    def flush():
        if block:
            out.append("<p>" + "<br>".join(block) + "</p>")
            block.clear()

    for line in lines:
        marks = _QUOTE.match(line)
        wanted = min(marks.group().count(">"), _QUOTE_LEVELS) if marks else 0
        if wanted != level:
            flush()
            out.append("<blockquote>" * (wanted - level) + "</blockquote>" * (level - wanted))
            level = wanted
        words = line[marks.end() if marks else 0 :].strip()
        if words:
            block.append(_linked(words, rel))
        else:
            flush()
    flush()
    return "".join(out) + "</blockquote>" * level


def comment(text: str) -> SafeString:
    """What a commenter typed, as HTML: paragraphs, `> ` quotes, *em*, **strong**, bare links; the rest as typed."""
    made = _paragraphs(tidy(text).split("\n"), _COMMENT_REL)
    return mark_safe(_two_gates(made, _COMMENT_TAGS, _COMMENT_ATTRIBUTES, _COMMENT_REL))


@lru_cache(maxsize=256)
def plain(text: str) -> SafeString:
    """A staff member's plain text (bio, description, clause) as paragraphs with links. The same text is made once."""
    made = _paragraphs(tidy(text).split("\n"), "noopener")
    return mark_safe(_two_gates(made, _COMMENT_TAGS, _COMMENT_ATTRIBUTES, "noopener"))


def marked(text: str, spans) -> SafeString:
    """Plain text, escaped, with the spans [(start, end, label[, number])] (code points) in <mark>.

    Where they overlap a mark begins where the one before ends, and one that lies within another lends it its number.
    """
    marks: list[tuple[int, int, str, list[int]]] = []
    for start, end, label, *number in sorted(spans):
        number = [each for each in number if each]
        at = marks[-1][1] if marks else 0
        end = min(end, len(text))
        if max(start, at) < end:
            marks.append((max(start, at), end, label, number))
        elif start < end:
            marks[-1][3].extend(each for each in number if each not in marks[-1][3])
    out, at = [], 0
    for start, end, label, numbers in marks:
        shown = f' data-number="{" ".join(map(str, numbers))}"' if numbers else ""
        out.append(html.escape(text[at:start]))
        out.append(f'<mark title="{html.escape(label)}"{shown}>{html.escape(text[start:end])}</mark>')
        at = end
    out.append(html.escape(text[at:]))
    return mark_safe("".join(out))


def excerpt(headline: str, start: str, stop: str) -> SafeString:
    """A search headline (plain text with two marks of ours around the hits) with the hits in <mark>."""
    return mark_safe(html.escape(headline).replace(start, "<mark>").replace(stop, "</mark>"))


def json_ld(text: str) -> SafeString:
    """A JSON document as the text of a script element that no browser runs (application/ld+json)."""
    return mark_safe(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))
