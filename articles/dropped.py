"""What cleaning took out of an HTML text, in words for the one who pasted it. Pure; standard library only."""

from collections import Counter
from html.parser import HTMLParser

# Word and browsers write these; what they say is kept in another element, so nobody misses them.
_RENAMED = {"b": "strong", "i": "em"}


class _Names(HTMLParser):
    """Counts elements and attributes."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes = Counter(), Counter()

    def handle_starttag(self, tag, attrs):
        self.tags[_RENAMED.get(tag, tag)] += 1
        self.attributes.update(name for name, value in attrs)


def _names(text: str) -> _Names:
    parser = _Names()
    parser.feed(text.replace("<![", "&lt;!["))  # at which this parser fails
    parser.close()
    return parser


def dropped(before: str, after: str) -> str:
    """A sentence that names the elements and attributes that `after` has fewer of; empty when none is missing."""
    old, new = _names(before), _names(after)
    tags = sorted(f"<{name[:40]}>" for name in old.tags if new.tags[name] < old.tags[name])
    attributes = sorted(name[:40] for name in old.attributes if new.attributes[name] < old.attributes[name])
    parts = []
    if tags:
        parts.append(f"the elements {_listed(tags)}")
    if attributes:
        parts.append(f"the attributes {_listed(attributes)}")
    return f"Cleaned: an article cannot hold {' and '.join(parts)}. The words were kept." if parts else ""


def _listed(names: list[str], most: int = 8) -> str:
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest} more" if rest > 0 else "")
