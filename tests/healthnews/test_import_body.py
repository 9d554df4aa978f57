"""WordPress's HTML as ours, judged on the parsed tree."""

import json
from html.parser import HTMLParser

import pytest

from healthnews import markup
from healthnews.wordpress import body


class Tree(HTMLParser):
    """Every start tag with its attributes, and the words."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.words = [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)


def assert_harmless(text):
    for tag, attributes in Tree(text).tags:
        assert tag in {
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
            ),
            *("sub", "sup", "figure", "figcaption", "table", "caption", "thead", "tbody", "tr", "th", "td"),
            *("code", "pre"),
        }
        assert set(attributes) <= {
            *("href", "title", "rel", "id", "class", "start", "scope", "colspan", "rowspan"),
        }
        assert attributes.get("href", "").partition(":")[0].strip().lower() not in {
            "javascript",
            "data",
            "vbscript",
        }


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("One.\nStill one.\n\nTwo.", "<p>One.<br>Still one.</p><p>Two.</p>"),
        ("<p>One.</p>\n\n<p>Two.</p>", "<p>One.</p><p>Two.</p>"),
        ("<h1>A</h1>\nB", "<h2>A</h2><p>B</p>"),
        ("<h5>A</h5>", "<h3>A</h3>"),
        ("A <b>bold</b> <i>word</i>.", "<p>A <strong>bold</strong> <em>word</em>.</p>"),
        ("<blockquote>Said.</blockquote>", "<blockquote><p>Said.</p></blockquote>"),
        (
            "<ul>\n<li>One\n<ul>\n<li>In</li>\n</ul>\n</li>\n</ul>",
            "<ul><li>One<ul><li>In</li></ul></li></ul>",
        ),
        ("<pre>a\n\n  b</pre>", "<pre>a\n\n  b</pre>"),
        ("<div>A</div><div>B</div>", "<p>A</p><p>B</p>"),
        ("Take <del>50</del> <ins>5</ins> drops.", "<p>Take  5 drops.</p>"),
        ("An <s>unclosed end.", "<p>An unclosed end.</p>"),
        (
            "https://video.example.org/1",
            '<p><a href="https://video.example.org/1">https://video.example.org/1</a></p>',
        ),
        (
            "[embed]https://v.example/1[/embed]",
            '<p><a href="https://v.example/1">https://v.example/1</a></p>',
        ),
        ("<!-- wp:paragraph -->\n<p>A</p>\n<!-- /wp:paragraph -->", "<p>A</p>"),
        ("A<!--more-->\n\nB<!--nextpage-->", "<p>A</p><p>B</p>"),
        ("", ""),
    ],
)
def test_old_text_becomes(old, new):
    assert body.article(old).html == new


@pytest.mark.parametrize(
    "old",
    [
        '[caption id="x" width="3"]<a href="f.jpg"><img src="https://o.example/f.jpg" alt="1 > 0"/></a> Words[/caption]',
        '[caption caption="Words"]<img src="https://o.example/f.jpg">[/caption]',
        '<figure class="wp-block-image"><img src="https://o.example/f.jpg"><figcaption>Words</figcaption></figure>',
        '<ul><li><figure><a href="f.jpg"><img src="https://o.example/f.jpg"></a></figure></li></ul><p><em>Words</em></p>',
    ],
)
def test_picture_stays_behind_and_its_caption_is_kept(old):
    found = body.article(old)
    assert found.html == "<p><em>Words</em></p>"
    assert found.pictures == ["https://o.example/f.jpg"]


def test_media_and_unknown_shortcodes_are_named():
    found = body.article(
        '<iframe src="https://v.example/1"></iframe>[gallery ids="1,2"] [sic] [rate stars="5"] x[/box]'
    )
    assert found.embeds == ["[gallery]", "https://v.example/1"]
    assert (found.shortcodes, found.brackets) == (["rate"], ["[/box]"])
    assert '[sic] <code class="shortcode">[rate stars="5"]</code> x[/box]' in found.html


def test_every_hostile_text_of_the_collection_is_harmless_in_body_and_comment(shared):
    lines = shared("xss/simple.jsonl").read_text("utf-8").splitlines()
    payloads = [value for line in lines for value in json.loads(line).values() if isinstance(value, str)]
    assert len(payloads) >= 200
    for payload in payloads:
        for shape in (
            "{}",
            "[caption]<img src=x> {}[/caption]",
            "<pre>{}</pre>",
            "<figure><figcaption>{}</figcaption>",
        ):
            text = shape.replace("{}", payload)
            assert_harmless(body.article(text).html)
            assert_harmless(markup.imported_comment(body.comment(text)))


def test_attribute_that_looks_like_an_empty_element_cannot_break_out():
    text = '<p><a title=\'<a x="">\' href="https://x.example/">&quot;onclick=alert(1) b=&quot;</a></p>'
    assert_harmless(body.article(text).html)
    assert_harmless(body.article("<p><a title='<a \"></a>' href='/x'></a> onmouseover=alert(1) x=</p>").html)


@pytest.mark.parametrize(
    "piece", ["<s>", "<pre>", "[caption]", "<div ", "<p><em>", "<!--", " ", "\n", "<br>", "[embed]"]
)
def test_twenty_thousand_characters_of_one_piece_are_no_bomb(piece):
    text = piece * (20_000 // len(piece))
    assert_harmless(markup.imported_comment(body.comment(text)))


def test_words_are_cut_between_two():
    assert body.words("<p>One &amp; two</p><p>three</p>", 300) == "One & two three"
    assert body.words("alpha beta gamma", 12) == "alpha beta…"
    assert len(body.words("x" * 500, 300)) == 300
