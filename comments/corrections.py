"""What the form about a correction begins with: read off the comment and the article, so that one key can send it."""

import re
from dataclasses import dataclass
from html import unescape

from articles.models import Correction
from articles.search import folded
from healthnews import markup

_SHORT = 4  # letters; shorter words stand in every sentence
_SHARED = 3  # words that a sentence has in common with the comment, or it is no likely passage
_QUOTE = re.compile(r"^(?:> ?)+(?=\S)(.*)$", re.M)
_SENTENCE = re.compile(r"[^\n.!?]+(?:[.!?](?!\s|$)[^\n.!?]*)*[.!?]*[”’\"')\]]*")
_HREF = re.compile(r'\bhref="(https?://[^"]{1,1000})"')


@dataclass(frozen=True)
class Beginning:
    """The fields as they stand before the moderator has touched them."""

    passage: str
    note: str
    links: list[str]


def beginning(comment, reported=()) -> Beginning:
    """The reader's quote, or the sentence of the article nearest to their words; the words; the links that they gave.

    What was `reported` as wrong with the article (notes of readers) comes before what the comment says itself.
    """
    text = comment.text_to_decide
    said = [*reported, text.plain]
    words = [own for own in (_QUOTE.sub("", each).strip() for each in said) if own]
    passage = next(filter(None, map(quoted, said)), "")
    if not passage:
        sentences = markup.text_of(comment.article.body)
        passage = next(filter(None, (nearest(each, sentences) for each in words)), "")
    html = "".join([*map(markup.comment, reported), text.body_html])
    return Beginning(
        shortened(passage, Correction.PASSAGE),
        shortened("\n\n".join(words), Correction.CLAIM),
        links_of(html),
    )


def quoted(text: str) -> str:
    """The first lines in a row that begin with `> `, as one line; empty if there are none."""
    lines, found = text.splitlines(), []
    for line in lines:
        if match := _QUOTE.match(line):
            found.append(match[1].strip())
        elif found:
            break
    return " ".join(found)


def nearest(words: str, text: str) -> str:
    """The sentence of `text` that shares most of its words with `words`; empty when none shares enough."""
    wanted, best, most = _words(words), "", _SHARED - 1
    for match in _SENTENCE.finditer(text):
        shared = len(wanted & _words(match[0]))
        if shared > most:
            best, most = match[0].strip(), shared
    return best


def links_of(html: str) -> list[str]:
    """The addresses that a stored text links to, each once."""
    return list(dict.fromkeys(unescape(found) for found in _HREF.findall(html)))


def shortened(text: str, length: int) -> str:
    """At most that many characters, cut between words."""
    return text if len(text) <= length else text[: length - 1].rsplit(None, 1)[0] + "…"


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", folded(text.casefold())) if len(word) >= _SHORT}
