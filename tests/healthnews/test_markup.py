"""What comes out of the one place that makes HTML."""

import json
import re

import pytest
from bleach._vendor import html5lib
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.dropped import dropped
from healthnews import markup

SAFE_SCHEMES = ("http://", "https://", "mailto:", "/", "#")


def elements(html):
    """(tag, attributes) of every element, as a browser would parse it."""
    tree = html5lib.parseFragment(html, treebuilder="etree", namespaceHTMLElements=False)
    return [
        (node.tag, dict(node.attrib))
        for node in tree.iter()
        if isinstance(node.tag, str) and node is not tree
    ]


def assert_harmless(html, tags):
    for tag, attributes in elements(html):
        assert tag in tags, (tag, html)
        for name, value in attributes.items():
            assert not name.lower().startswith("on") and name != "style", html
            if name in {"href", "src"}:
                plain = re.sub(r"[\s\x00-\x1f]", "", value).lower()
                scheme = re.match(r"[a-z][a-z0-9+.-]*:", plain)
                assert not scheme or plain.startswith(SAFE_SCHEMES), html


COMMENT = {"p", "br", "strong", "em", "a", "blockquote", "ul", "ol", "li", "code", "pre"}
ARTICLE = markup._ARTICLE_TAGS | {"tbody", "colgroup"}


def test_every_payload_is_harmless_in_comment_article_and_import(shared):
    lines = shared("xss/simple.jsonl").read_text().splitlines()
    payloads = [json.loads(line)["payload"] for line in lines]
    assert len(payloads) == 200
    for payload in payloads:
        assert_harmless(markup.comment(payload), COMMENT)
        assert_harmless(markup.imported_comment(payload), COMMENT)
        assert_harmless(markup.article_body(payload), ARTICLE)
        assert_harmless(markup.plain(payload), COMMENT)
        assert_harmless(markup.marked(payload, [(0, 3, payload)]), {"mark"})


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("One.\n\nTwo\nlines.", "<p>One.</p><p>Two<br>lines.</p>"),
        ("*a* and **b** and 2*3*4", "<p><em>a</em> and <strong>b</strong> and 2*3*4</p>"),
        ("> said\n> more\n\nI say", "<blockquote><p>said<br>more</p></blockquote><p>I say</p>"),
        ("> said\nI say", "<blockquote><p>said</p></blockquote><p>I say</p>"),
        ("> > deep\n> less", "<blockquote><blockquote><p>deep</p></blockquote><p>less</p></blockquote>"),
        (">_< ouch", "<p>&gt;_&lt; ouch</p>"),
        ("<b>x</b> & y", "<p>&lt;b&gt;x&lt;/b&gt; &amp; y</p>"),
        ("javascript:alert(1)", "<p>javascript:alert(1)</p>"),
        ("", ""),
    ],
)
def test_comments_are_shown_as_typed_but_for_five_things(typed, shown):
    assert markup.comment(typed) == shown


def test_quotes_nest_three_deep_and_no_deeper():
    for count in (4, 800, 2_400):
        html = markup.comment("> " * count + "x")
        assert html == "<blockquote>" * 3 + "<p>x</p>" + "</blockquote>" * 3


@pytest.mark.parametrize("tag", ["blockquote", "ul", "ol", "div"])
def test_imported_nesting_ends_and_no_word_is_lost(tag):
    for clean in (markup.imported_comment, markup.article_body):
        html = clean(f"<{tag}>" * 400 + "words" + f"</{tag}>" * 400 + "<p>after</p>")
        assert html.count(f"<{tag}") <= 6
        assert "words" in html and "after" in html
        assert html.count(f"<{tag}") == html.count(f"</{tag}>")


def test_a_bare_address_is_a_link_without_the_full_stop():
    html = markup.comment("See https://example.org/a_(b)?x=1&y=2. Or (http://example.com).")
    links = [attributes for tag, attributes in elements(html) if tag == "a"]
    assert [link["href"] for link in links] == ["https://example.org/a_(b)?x=1&y=2", "http://example.com"]
    assert {link["rel"] for link in links} == {"ugc nofollow noopener"}


def test_an_article_keeps_its_structure_and_loses_foreign_classes():
    body = '<h2 id="why">Why</h2><ul><li>a<ul><li>b</li></ul></li></ul><div class="callout callout-doctor evil">x</div>'
    assert markup.article_body(body) == body.replace(" evil", "")
    assert "See a doctor" in markup.printed_body(markup.article_body(body))


def test_protocol_relative_links_and_images_go():
    html = markup.article_body('<a href="//evil.example/">a</a><img src="//evil.example/x.png" alt="">')
    assert "evil.example" not in html


@settings(max_examples=150)
@given(st.text(max_size=300))
def test_any_text_is_harmless_and_cleaning_twice_changes_nothing(text):
    html = markup.comment(text)
    assert_harmless(html, COMMENT)
    once = markup.article_body(text)
    assert markup.article_body(once) == once
    assert (
        markup._two_gates(html, markup._COMMENT_TAGS, markup._COMMENT_ATTRIBUTES, markup._COMMENT_REL) == html
    )


@given(st.text(alphabet="<>&\"'/ abon=scriptimgsvgxlk:jv\n*", max_size=120))
def test_tag_soup_is_harmless(text):
    assert_harmless(markup.article_body(text), ARTICLE)
    assert_harmless(markup.imported_comment(text), COMMENT)


@given(st.text(alphabet="<![]>- a", max_size=40))
def test_the_words_of_any_soup_can_be_had(text):
    markup.text_of(text)
    dropped(text, markup.article_body(text))


WORDS = (
    "",
    "a b",
    "&amp;",
    "&lt;",
    "&nbsp;",
    "&#60;",
    "&",
    "\xa0",
    "é",
    "\"'`",
    "İ",
    "\u2028",
    "x\u0301",
    "\r",
    "\0",
)
HREFS = (
    "https://e.example/a?b=c#d",
    "//e.example/",
    "http://u:p@e.example/#é",
    "https://",
    "http://[",
    "javascript:x",
)
HREFS += (
    "https:///x:y",
    "HTTPS://e.example",
    "https://e.example/?a&b",
    "https://e.example/?a&amp;b",
    "/x",
    "mailto:a@b",
)
OPEN = [
    ("<em>", "</em>"),
    ("<strong>", "</strong>"),
    ("<br>", ""),
    ("<p>", "</p>"),
    ("<a>", "</a>"),
    ("\n", ""),
]
OPEN += [(f'<a href="{href}"{rel}>', "</a>") for href in HREFS for rel in ("", ' rel="me x"', ' class="x"')]
piece = st.tuples(st.sampled_from(WORDS), st.sampled_from(OPEN), st.sampled_from(WORDS))
inline = st.lists(piece.map(lambda one: one[0] + one[1][0] + one[2] + one[1][1]), max_size=3).map("".join)


@settings(max_examples=1_000)
@given(st.lists(inline, max_size=3))
def test_what_goes_round_the_first_gate_is_what_comes_through_it(parts):
    """Only a text that the first gate would leave as it is may go to the second at once."""
    text = "".join(f"<p>{part}</p>" for part in parts)
    args = (markup._COMMENT_TAGS, markup._COMMENT_ATTRIBUTES, markup._COMMENT_REL)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(markup, "_PLAIN", re.compile("(?!)"))
        both = markup._two_gates(text, *args)
    assert markup._two_gates(text, *args) == both


def test_what_a_browser_takes_for_a_comment_is_no_word():
    assert markup.text_of("a<![if !supportLists]>b<![endif]> <![>c<![") == "ab c<!["


def test_what_no_keyboard_types_goes():
    assert markup.tidy("a\x00b\x07\ud800‮c\r\nd") == "abc\nd"
    assert len(markup.tidy("Z" + "̴" * 300)) <= 6
    assert markup.tidy("नमस्ते — Tiếng Việt 👩‍⚕️").startswith("नमस्ते — Tiếng Việt")


@pytest.mark.parametrize(
    "source", ["", 'src="file:///C:/x.png"', 'src="cid:image1"', 'src="//evil.example/x.png"']
)
def test_a_picture_without_a_file_is_no_picture(source):
    assert markup.article_body(f'<p>Before <img width="3" {source}>after.</p>') == "<p>Before after.</p>"
    kept = '<p><img src="/media/x.jpg" alt="Ours"></p>'
    assert markup.article_body(kept) == kept
