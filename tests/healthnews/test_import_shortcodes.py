"""Shortcodes that nobody knows: editors see them where they were, readers do not, and words in brackets stay words."""

import re

import pytest
from django.urls import reverse

from articles.models import Article
from articles.search import search
from healthnews import markup
from healthnews.wordpress import body
from tests.articles.test_admin_editor import editor, page  # noqa: F401 (fixtures)
from tests.healthnews.test_import_messy import article, bring_text, export, item, noted

HIDDEN = "unknown shortcode left for editors: readers do not see it"
DOUBTFUL = "words in brackets, perhaps a shortcode: readers see them"
CODES = [
    '[foo bar="x"]',
    "[my_toc]",
    "[/vc_row]",
    "[rate stars='5' max=6]",
    "[slider id=&quot;3&quot;]",
    '[x-y a="b" /]',
    '[box a="<b>1</b>"]',
]
PROSE = [
    "[sic]",
    "[1]",
    "[see below]",
    "[follow-up]",
    "[adjusted OR=1.5; 95% CI 1.2–1.9]",
    "[OR=1.2]",
    "[/rant]",
    "[…]",
]


def readers(html: str) -> str:
    return markup.printed_body(markup.article_body(html))


@pytest.mark.parametrize("code", CODES)
def test_editors_see_it_and_readers_do_not(code):
    found = body.article(f"Before {code} after, <em>all</em> of it.\n\n{code}\n\nThe end.")
    assert readers(found.html) == "<p>Before  after, <em>all</em> of it.</p><p>The end.</p>"
    name = re.match(r"\[/?([\w-]+)", code)[1]
    assert found.shortcodes == [name] and found.brackets == []
    assert found.html.count('<code class="shortcode">[') == 2
    assert "bar" not in markup.text_of(found.html)


@pytest.mark.parametrize("words", PROSE)
def test_words_in_brackets_are_for_everybody(words):
    found = body.article(f"Before {words} after.")
    assert readers(found.html) == found.html == f"<p>Before {words} after.</p>"
    assert found.shortcodes == []


@pytest.mark.parametrize("code", ["[contact-form]", "[/box]", "[ad id=5]", "[ad-slot id=5]"])
@pytest.mark.parametrize(
    "place",
    [
        "One.\n\n{}\n\nTwo.",
        "<p>One.</p><p>{}</p><p>Two.</p>",
        "<!-- wp:shortcode -->\n{}\n<!-- /wp:shortcode -->",
    ],
)
def test_what_may_be_words_is_a_shortcode_where_it_stands_alone(code, place):
    alone = body.article(place.format(code))
    assert code in alone.html and code not in readers(alone.html) and alone.brackets == []
    among = body.article(f"Words {code} words.")
    assert code in readers(among.html) and (among.shortcodes, among.brackets) == ([], [code])


def test_words_between_two_shortcodes_stay():
    found = body.article("[box]One.\n\n[url=https://example.org/]Two[/url] three[/box]\n\nFour [sic].")
    assert markup.text_of(readers(found.html)).split() == ["One.", "Two", "three", "Four", "[sic]."]
    assert readers(found.html).count("[") == 1 and found.shortcodes == ["box", "url"]


def test_one_in_an_address_is_a_part_of_it_and_none_can_break_out():
    found = body.article(
        '<a href="https://example.org/?a=[my_toc]" title="[foo bar=\'x\']">link</a> [foo_bar a="</code><script>x</script>"]'
    )
    assert 'href="https://example.org/?a=[my_toc]"' in found.html
    assert "<script" not in found.html and readers(found.html).endswith("link</a> </p>")


def test_it_is_in_the_report_and_on_no_page(db, client, tmp_path):
    words = "Rare words [foo bar='zebra'] stay. A [follow-up] too."
    report = bring_text(tmp_path, export(item(1, body=words)))
    assert ("post 1", HIDDEN) in noted(report) and ("post 1", DOUBTFUL) in noted(report)
    assert (
        "[foo bar=&#x27;zebra&#x27;]" in article(1).draft.body or "[foo bar='zebra']" in article(1).draft.body
    )
    for path in (article(1).get_absolute_url(), "/search/?q=rare"):
        text = client.get(path).content.decode()
        assert "zebra" not in text and "[foo" not in text and "stay." in text and "[follow-up]" in text
    assert search(Article.objects.public(), "zebra", size=3).rows == []


@pytest.mark.django_db(transaction=True)
def test_it_survives_an_edit_and_can_be_taken_out(page, tmp_path):  # noqa: F811
    bring_text(tmp_path, export(item(1, body="One [my_toc] two.\n\nThe end.")))
    draft = article(1).draft
    page.goto(reverse("admin:articles_draft_change", args=[draft.pk]))
    box = page.get_by_role("textbox", name="Body")
    box.get_by_text("The end.").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Really.")
    assert box.locator("code.shortcode").inner_text() == "[my_toc]"
    page.get_by_role("button", name="Save draft").click()
    page.get_by_text("Draft saved.").wait_for()
    draft.refresh_from_db()
    assert draft.body == '<p>One <code class="shortcode">[my_toc]</code> two.</p><p>The end. Really.</p>'
    box.locator("code.shortcode").click()
    page.keyboard.press("Backspace")
    page.get_by_role("button", name="Save draft").click()
    page.get_by_text("Draft saved.").wait_for()
    draft.refresh_from_db()
    assert draft.body == "<p>One  two.</p><p>The end. Really.</p>"
