"""The export as a stream: what goes through at once is what a closer look, or other pieces of the file, would give."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from healthnews.wordpress import stream

PARTS = (
    "<item>",
    "</item>",
    "<item x='1'>",
    "</channel>",
    "<a>",
    "</a>",
    "<ab c='d'>",
    "</ab>",
    "words ",
    "\n\n",
)
PARTS += (
    "<![CDATA[",
    "]]>",
    "]]]]><![CDATA[>",
    "]",
    "]]",
    "&amp;",
    "&nbsp;",
    "& ",
    "&#150;",
    "<",
    ">",
    "<itemize>",
)
PARTS += (
    "<a><![CDATA[one]]></a>",
    "<a><![CDATA[x]] y]]></a>",
    "<a><![CDATA[</item> z]]></a>",
    "<item/>",
    "<!-- x -->",
)
WHOLE = "<a><![CDATA[one]]></a>"


def split(text: str, size: int) -> list[tuple[str, str]]:
    """What the splitter makes of a text in pieces of that size, with joined runs of one kind."""
    splitter, out = stream.Splitter(), []
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    for kind, part in [
        *(one for piece in pieces for one in splitter.feed(piece)),
        *splitter.feed("", last=True),
    ]:
        if out and out[-1][0] == kind and kind in {stream.HEAD, stream.TEXT, stream.TAIL}:
            out[-1] = (kind, out[-1][1] + part)
        else:
            out.append((kind, part))
    return out


@settings(max_examples=600)
@given(st.lists(st.sampled_from(PARTS), max_size=25).map("".join), st.integers(1, 60))
@example("<item>" + WHOLE + "]]><![CDATA[>" + WHOLE + "</item>", 7)
@example("<item><item><![CDATA[x]]></item>", 50)
@example("<rss><item>" + WHOLE * 3 + "<item>" + WHOLE + "</item></channel>", 11)
def test_the_run_that_is_not_looked_at_changes_nothing(text, size):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stream, "AHEAD", 20)
        patch.setattr(stream, "_RUN", re.compile("(x)?(?<=a)(?<=b)|"))  # none at all
        closely = split(text, len(text) or 1)
    with pytest.MonkeyPatch.context() as patch:
        assert split(text, len(text) or 1) == closely
        patch.setattr(stream, "AHEAD", 40)
        assert split(text, size) == closely
