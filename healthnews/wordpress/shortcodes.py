"""Shortcodes that nobody knows: set aside while a text is made ours, then put back for editors alone. Pure.

Words in brackets stay words: "[sic]", "[1]", "[follow-up]", "[adjusted OR=1.5]". What may be either is a shortcode only
where it stands alone.
"""

import html
import re
from dataclasses import dataclass, field

_CODE = re.compile(r"\[(/?)([a-z][a-z0-9_-]{1,40})((?:=|\s+[\w-]{1,40}=)[^\]\n]{0,1000}|)\s?/?\]", re.I)
_QUOTED = re.compile(r"\s[\w-]{1,40}=(?:[\"'“”″]|&(?:quot|#0?34|#0?39|#822[01]|#8243);)")
_ASIDE = re.compile("\x04(\\d{1,6})\x05")
_TAG_OR_ASIDE = re.compile(
    r"""<[^<>"']{0,2000}(?:(?:"[^"]{0,4000}"|'[^']{0,4000}')[^<>"']{0,2000}){0,50}>|""" + _ASIDE.pattern
)


@dataclass
class Unknown:
    """What was found in a text."""

    kept: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    doubtful: list[str] = field(default_factory=list)  # left where they are

    def put_back(self, text: str) -> str:
        """The text with the shortcodes where they were, in the form that `markup` keeps from readers."""

        def back(match):
            if match[1]:
                return (
                    f'<code class="shortcode">{html.escape(html.unescape(self.kept[int(match[1])]))}</code>'
                )
            # Within a tag it is a part of a value.
            return _ASIDE.sub(lambda one: html.escape(self.kept[int(one[1])]), match[0])

        return _TAG_OR_ASIDE.sub(back, text) if self.kept else text


def set_aside(text: str) -> tuple[str, Unknown]:
    """The text with a number between two signs of ours for each shortcode, and the shortcodes."""
    text, unknown = text.replace("\x04", "").replace("\x05", ""), Unknown()
    opening, closing = set(), set()
    for match in _CODE.finditer(text):
        (closing if match[1] else opening).add(match[2].lower())
    pairs = opening & closing

    def aside(match):
        closes, name, values = match[1], match[2].lower(), match[3]
        certain = name in pairs or "_" in name or not closes and _QUOTED.match(values)
        doubtful = closes or values or "-" in name
        if certain or doubtful and _is_alone(match):
            unknown.kept.append(match[0])
            return f"\x04{len(unknown.kept) - 1}\x05"
        if doubtful:
            unknown.doubtful.append(match[0][:80])
        return match[0]

    text = _CODE.sub(aside, text)
    unknown.names = sorted({_CODE.match(code)[2].lower() for code in unknown.kept})
    return text, unknown


def _is_alone(match) -> bool:
    """Whether it has a line, or an element, to itself."""
    before = match.string[max(0, match.start() - 9) : match.start()].rstrip(" \t")
    after = match.string[match.end() : match.end() + 9].lstrip(" \t")
    return before[-1:] in {"", "\n", ">"} and after[:1] in {"", "\n", "<"}
