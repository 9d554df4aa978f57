"""WordPress's HTML as ours: paragraphs made, blocks and shortcodes resolved, then cleaned by healthnews.markup.

Nothing here makes a text safe; the two gates of `markup` come last and do. A picture is shown as a figure if whoever
calls has it (pictures.py); others stay behind, because foreign ones may not be shown (the Content-Security-Policy says
so), and their captions are kept.
"""

import html
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser

from healthnews import markup
from healthnews.wordpress import shortcodes


@dataclass(frozen=True)
class Shown:
    """A picture that we have: address, size in pixels, alternative text."""

    url: str
    width: int
    height: int
    alt: str


@dataclass
class Converted:
    """A text as we keep it, and what it lost on the way: picture addresses, embedded media.

    Then unknown shortcodes, which editors go on seeing; and what looks like one, but may be words in brackets.
    """

    html: str = ""
    pictures: list[str] = field(default_factory=list)
    embeds: list[str] = field(default_factory=list)
    shortcodes: list[str] = field(default_factory=list)
    brackets: list[str] = field(default_factory=list)


def _nothing(*_) -> None:
    """For texts whose pictures we do not have."""


def article(
    text: str,
    show: Callable[[str, str], Shown | None] = _nothing,
    gallery: Callable[[list[str]], list[tuple[str, str, str]]] = _nothing,
) -> Converted:
    """The body of a post or page.

    `show` gives the picture of an old address (and alternative text) as we have it, or None; `gallery` gives address,
    alternative text and caption of the pictures with these old ids, or of all that belong to the text.
    """
    found = Converted()
    blocks = "<!-- wp:" in text  # then paragraphs are marked already
    text, unknown = shortcodes.set_aside(_prepared(text, found, gallery))
    found.shortcodes, found.brackets = unknown.names, unknown.doubtful
    text = text if blocks else autop(text)
    text = _figures(_rewritten(text, _ARTICLE_TAGS, found, show))
    text = re.sub(r"<p>\s*(https?://[^\s<>\"]{3,2000})\s*</p>", r'<p><a href="\1">\1</a></p>', text)
    text = _without_empty(markup.article_body(unknown.put_back(text))).strip()
    found.html = re.sub(r"(</(?:p|[uo]l|h2|h3|blockquote|table|pre|figure)>|<hr>)\s+(?=<)", r"\1\n", text)
    return found


def comment(text: str) -> str:
    """The text of a comment in paragraphs, still to be cleaned by the door that takes it."""
    found = Converted()
    text = autop(_prepared(text, found))
    if _MARKED.search(text):
        text = _rewritten(text, _COMMENT_TAGS, found)
    return _without_empty(text).strip()


# A tag that comments here do not have, or not in this form.
_MARKED = re.compile(r'<(?!/?(?:p|em|strong)>|br>|/a>|a href="[^"<>]{1,2000}"(?: rel="[^"<>]{0,80}")?>)')


def words(text: str, limit: int) -> str:
    """The plain words of an HTML text on one line, cut at a blank so that at most `limit` characters remain."""
    line = " ".join(markup.text_of(markup.tidy(text)).split())
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    return (cut.rpartition(" ")[0] or cut).rstrip(" ,;:–-") + "…"


# --- Shortcodes and what has no place here -------------------------------------------------------------------------

_CAPTION = re.compile(
    r"\[caption\b([^\]]{0,2000})\]((?:(?!\[caption\b).){0,20000}?)\[/caption\]", re.S | re.I
)
_ATTRIBUTES = r"""(?:[^>"']|"[^"]*"|'[^']*')*"""
_PICTURE = re.compile(rf"\s*(?:<a\b{_ATTRIBUTES}>\s*)?<img\b{_ATTRIBUTES}>(?:\s*</a>)?", re.I)
# Comments, block marks among them; then declarations, whole or not, over which Python's parser would fall.
_REMARK = re.compile(r"<!--(?:(?!<!--).){0,20000}?-->|<[!?][^<>]{0,200}>?", re.S)
_EMBED = re.compile(r"\[embed\b[^\]]{0,200}\]\s*(https?://[^\s\[\]<>\"]{3,2000})\s*\[/embed\]", re.I)
_MEDIA = re.compile(r"\[(gallery|audio|video|playlist)\b([^\]]{0,4000})\](?:[^\[]{0,500}\[/\1\])?", re.I)
# With their content, where they are closed. What was struck out is no longer said: "<del>5</del> 50" is 50.
_GONE = re.compile(
    r"<(iframe|object|video|audio|script|style|svg|select|noscript|template|del|s|strike)\b([^>]{0,2000})>"
    r"(?:(?!<\1\b).){0,20000}?</\1\s*>",
    re.S | re.I,
)
_NESTED = 20  # levels that anybody has a reason to nest; the rest is left to the cleaner
_EMBEDS = {"iframe", "object", "video", "audio"}


def _prepared(text: str, found: Converted, gallery=_nothing) -> str:
    """Shortcodes resolved, media gone and noted."""

    def caption(match):
        picture = _PICTURE.match(match[2])
        old = re.search(r"caption=(\"|')(.*?)\1", match[1], re.S)
        said = match[2][picture.end() :] if picture else match[2]
        said = said.strip() or (html.unescape(old[2]) if old else "")
        return f"\n\n<figure>{picture[0] if picture else ''}<figcaption>{said}</figcaption></figure>\n\n"

    def gone(match):
        if match[1].lower() in _EMBEDS:
            source = re.search(r"\bsrc=[\"']?([^\"'\s>]+)", match[0], re.I)
            found.embeds.append(source[1] if source else match[1].lower())
        return ""

    def media(match):
        ids = re.search(r"\b(?:ids|include)=[\"']?([\d,\s]{1,2000})", match[2])
        files = match[1].lower() == "gallery" and gallery(re.findall(r"\d+", ids[1]) if ids else [])
        if not files:
            found.embeds.append(f"[{match[1].lower()}]")
            return ""
        return "\n\n".join(
            f'<figure><img src="{html.escape(url)}" alt="{html.escape(alt)}">'
            f"<figcaption>{said}</figcaption></figure>"
            for url, alt, said in files
        )

    text = markup.tidy(text)
    if "<" not in text and "[" not in text:
        return text
    text = _REMARK.sub("", text)
    text = _EMBED.sub(r"\n\n\1\n\n", _CAPTION.sub(caption, text))
    text = _MEDIA.sub(media, text)
    for _ in range(_NESTED):
        text, count = _GONE.subn(gone, text)
        if not count:
            break
    return text


# --- Paragraphs, as WordPress makes them when it shows a text ------------------------------------------------------

_BLOCK = (
    "(?:table|thead|tfoot|caption|colgroup|tbody|tr|td|th|div|dl|dd|dt|ul|ol|li|pre|form|blockquote|address|p"
    "|h[1-6]|hr|section|article|aside|header|footer|nav|figure|figcaption|details|summary)"
)
_HAS_BLOCKS = re.compile(rf"</?(?:{_BLOCK}|br)[\s/>]", re.I)
_TAG = rf"</?{_BLOCK}(?:\s[^<>]{{0,2000}})?/?>"


def autop(text: str) -> str:
    """Blank lines as paragraphs, single ones as line breaks, around the blocks that are there: WordPress's wpautop."""
    if "<" not in text or not _HAS_BLOCKS.search(text):
        lines = "\n".join(line.strip() for line in text.split("\n"))
        parts = [part.strip() for part in re.split(r"\n{2,}", lines)]
        return "".join("<p>" + part.replace("\n", "<br>") + "</p>" for part in parts if part)
    kept: list[str] = []

    def keep(match):
        kept.append(match[0])
        return f"\n\n<pre>{len(kept) - 1}</pre>\n\n"

    text = re.sub(r"<pre\b[^>]{0,500}>(?:(?!<pre\b).){0,100000}?</pre>", keep, text, flags=re.S | re.I)
    text = re.sub(r"(?:<br\s*/?>\s{0,9}){2,}", "\n\n", text, flags=re.I)
    text = re.sub(rf"(<{_BLOCK}[\s/>])", r"\n\n\1", text, flags=re.I)
    text = re.sub(rf"(</{_BLOCK}>|<hr\s?/?>)", r"\1\n\n", text, flags=re.I)
    text = "\n".join(line.strip() for line in text.split("\n"))
    text = "".join(f"<p>{part.strip()}</p>" for part in re.split(r"\n{2,}", text) if part.strip())
    # A block is no paragraph and is in none; what stands between two blocks of a list or table is neither.
    text = re.sub(rf"<p>({_TAG})", r"\1", text, flags=re.I)
    text = re.sub(rf"({_TAG})</p>", r"\1", text, flags=re.I)
    text = re.sub(r"(<blockquote\b[^<>]{0,2000}>)([^<\s])", r"\1<p>\2", text, flags=re.I)
    text = re.sub(r"<br\s*/?>\n", "\n", text, flags=re.I).replace("\n", "<br>")
    text = re.sub(rf"({_TAG})<br>", r"\1", text, flags=re.I)
    return re.sub(
        r"<pre>(\d+)</pre>", lambda match: kept[int(match[1])] if int(match[1]) < len(kept) else "", text
    )


# --- Tags ----------------------------------------------------------------------------------------------------------

# What opens and closes in place of a tag; every other tag is left to the cleaner.
_TAGS = {
    "h1": ("<h2>", "</h2>"),
    **dict.fromkeys(("h4", "h5", "h6"), ("<h3>", "</h3>")),
    "b": ("<strong>", "</strong>"),
    "i": ("<em>", "</em>"),
    "q": ("“", "”"),
    **dict.fromkeys(("tt", "kbd", "samp"), ("<code>", "</code>")),
    # A paragraph closes itself before the next block, and empty ones are taken out.
    **dict.fromkeys(("div", "section", "article", "aside", "address", "center", "dd"), ("<p>", "</p>")),
    "dt": ("<p><strong>", "</strong></p>"),
    "figure": ("", ""),
    "figcaption": ("<p><em>", "</em></p>"),
}
# With their pictures if we have them: _figures() decides when it knows.
_ARTICLE_TAGS = _TAGS | {name: (f"<{name}>", f"</{name}>") for name in ("figure", "figcaption")}
_COMMENT_TAGS = (
    _TAGS
    | {f"h{level}": ("<p><strong>", "</strong></p>") for level in range(1, 7)}
    | {"tr": ("<p>", "</p>"), "td": ("", " "), "th": ("", " "), "hr": ("", "")}
)


class _Rewriter(HTMLParser):
    """Copies a text, with other tags for some, with the pictures that we have, and without comments."""

    def __init__(self, tags, found: Converted, show):
        super().__init__(convert_charrefs=False)
        self.tags, self.found, self.show, self.out = tags, found, show, []

    def handle_starttag(self, tag, attrs):
        if tag == "img":
            self._picture(dict(attrs))
        elif tag in self.tags:
            self.out.append(self.tags[tag][0])
        else:
            named = "".join(f' {name}="{html.escape(value or "")}"' for name, value in attrs)
            self.out.append(f"<{tag}{named}>")

    def _picture(self, attributes):
        source = (attributes.get("src") or "").strip()
        shown = self.show(source, " ".join((attributes.get("alt") or "").split())[:400])
        if shown:
            url, alt = html.escape(shown.url), html.escape(shown.alt)
            self.out.append(f'<img src="{url}" alt="{alt}" width="{shown.width}" height="{shown.height}">')
        else:
            self.found.pictures.append(source[:500])

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag):
        self.out.append(self.tags[tag][1] if tag in self.tags else f"</{tag}>")

    def handle_data(self, data):
        self.out.append(data)

    def handle_entityref(self, name):
        self.out.append(f"&{name};")

    def handle_charref(self, name):
        self.out.append(f"&#{name};")


def _rewritten(text: str, tags, found: Converted, show=_nothing) -> str:
    rewriter = _Rewriter(tags, found, show)
    rewriter.feed(markup.without_sections(text))
    rewriter.close()
    return "".join(rewriter.out)


_IMG = re.compile(r"<img src=[^<>]{1,4000}>")
_LINKED = re.compile(r"<a\b[^<>]{0,4000}>\s{0,99}(<img src=[^<>]{1,4000}>)\s{0,99}</a>")
_FIGURE = re.compile(r"<figure>((?:(?!</?figure>).){0,100000}?)</figure>", re.S)
_FIGCAPTION = re.compile(r"<figcaption>((?:(?!</?figcaption>).){0,20000}?)</figcaption>", re.S)
_ALONE = re.compile(r"<p>((?:\s|<br>|<img src=[^<>]{1,4000}>){1,99})</p>")
_EDGES = re.compile(r"^(?:\s|<br>)+|(?:\s|<br>)+$")
_HOLDER = re.compile(r"<(p|li|ul|ol|blockquote)(?:\s[^<>]{0,2000})?>((?:\s|\x02\d{1,6}\x03){1,999})</\1>")


def _figures(text: str) -> str:
    """A picture of ours with its caption as a figure; a caption whose picture stayed behind, or a table's, as words."""
    kept: list[str] = []

    def keep(picture: str, said: str = "") -> str:
        kept.append(f"<figure>{picture}{said and f'<figcaption>{said}</figcaption>'}</figure>")
        return f"\x02{len(kept) - 1}\x03"

    def figure(match):
        captions = [
            _EDGES.sub("", re.sub(r"\s*</?p>\s*", " ", said)) for said in _FIGCAPTION.findall(match[1])
        ]
        said, inner = " ".join(filter(None, captions)), _FIGCAPTION.sub("", match[1])
        pictures = _IMG.findall(inner)
        if pictures and not re.sub(r"</?p>|<br>|\s", "", _IMG.sub("", inner)):
            return "".join(map(keep, pictures[:-1])) + keep(pictures[-1], said)
        return inner + (f"<p><em>{said}</em></p>" if said else "")

    text = _LINKED.sub(r"\1", text.replace("\x02", "").replace("\x03", ""))
    for _ in range(_NESTED):
        text, count = _FIGURE.subn(figure, text)
        if not count:
            break
    text = re.sub(r"</?figure>", "", text).replace("<figcaption>", "<p><em>")
    text = text.replace("</figcaption>", "</em></p>")
    text = _ALONE.sub(
        lambda match: "".join(map(keep, pictures)) if (pictures := _IMG.findall(match[1])) else match[0], text
    )
    for _ in range(3):  # a figure alone in an item of a list of figures
        text = _HOLDER.sub(r"\2", text)
    return re.sub(r"\x02(\d{1,6})\x03", lambda match: kept[int(match[1])], text)


_EMPTY = re.compile(
    r"<(p|li|ul|ol|h2|h3|strong|em|a|blockquote|div|code|cite)(?:\s[a-z-]{1,20}=\"[^\"<>]{0,2000}\"){0,5}>"
    r"(?:\s|&nbsp;|<br ?/?>){0,50}</\1>"
)


def _without_empty(text: str) -> str:
    """Without what held a picture and nothing else, what held that, and the blanks beside it."""
    for _ in range(_NESTED):
        text, count = _EMPTY.subn("", text)
        if not count:
            break
    return re.sub(r" {1,9}</p>", "</p>", re.sub(r"<p> {1,9}", "<p>", text))
