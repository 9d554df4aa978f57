"""Search: what is found, in which order, and how it is shown."""

import re
from datetime import UTC, datetime

import pytest

from articles import search as full_text
from articles.models import Article
from tests.factories import make_article, make_person

pytestmark = pytest.mark.django_db


def found(client, **query) -> list[str]:
    html = client.get("/search/", query).content.decode()
    return re.findall(r'row__headline"><a href="[^"]*">([^<]*)', html)


def test_title_counts_more_than_topic_and_topic_more_than_text(client):
    make_article(title="In the text", body="<p>About insomnia.</p>")
    make_article(title="In the dek", dek="On insomnia.", body="<p>Nothing.</p>")
    make_article(title="By topic", tags=["insomnia"], body="<p>Nothing.</p>")
    make_article(title="Insomnia", body="<p>Nothing.</p>")
    assert found(client, q="insomnia") == ["Insomnia", "By topic", "In the dek", "In the text"]


def test_of_a_word_that_everybody_uses_the_newest_are_compared(client, monkeypatch):
    monkeypatch.setattr(full_text, "RANKED", 2)
    for day, title in enumerate(["Sleep", "On sleep, a little", "More on it"], 1):
        make_article(title=title, dek="", body="<p>About sleep.</p>", at=datetime(2026, 1, day, tzinfo=UTC))
    assert found(client, q="sleep") == ["On sleep, a little", "More on it"]


def test_words_are_found_with_and_without_accents_and_shown_with_them(client):
    make_article(title="Ménière", dek="", body="<p>The disease of Ménière makes dizzy.</p>")
    for asked in ("meniere", "Ménière"):
        html = client.get("/search/", {"q": asked}).content.decode()
        assert "<mark>Ménière</mark> makes dizzy" in html


def test_other_forms_of_a_word_are_found_and_marked(client):
    make_article(title="A", dek="", body="<p>Muscles that were twitching.</p>")
    assert "<mark>twitching</mark>" in client.get("/search/?q=twitches").content.decode()


def test_what_was_typed_is_shown_as_text(client):
    html = client.get("/search/", {"q": '"><script>alert(1)</script>'}).content.decode()
    assert "<script>alert" not in html


def test_text_of_an_article_cannot_become_markup_in_an_excerpt(client):
    make_article(title="A", dek="", body="<p>Fewer than 5 &lt;b&gt;tablets&lt;/b&gt; twitching</p>")
    assert (
        "&lt;b&gt;tablets&lt;/b&gt; <mark>twitching</mark>"
        in client.get("/search/?q=twitching").content.decode()
    )


def test_excerpt_is_cut_around_the_hits():
    text = "Start. " + "filler " * 200 + "the rare word stands here " + "filler " * 200
    cut = full_text.excerpt(text, {"rare"})
    assert f"{full_text.START}rare{full_text.STOP}" in cut
    assert cut.startswith("… ") and cut.endswith(" …") and len(cut) < 320


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        ("Plain text", set(), "Plain text"),
        ("", {"a"}, ""),
        ("ﬁne ﬁnd", {"find"}, "ﬁne [ﬁnd]"),
        ("Heading\nText; more\nEnd.\nLast", {"text"}, "Heading · [Text]; more · End. Last"),
        ("Co-trimoxazole", {"trimoxazole"}, "Co-[trimoxazole]"),
    ],
)
def test_excerpt_of_a_short_text_is_the_text(text, words, expected):
    cut = full_text.excerpt(text, words)
    assert cut.replace(full_text.START, "[").replace(full_text.STOP, "]") == expected


def test_long_word_is_cut_somewhere():
    assert len(full_text.excerpt("x" * 5000, set())) < 300


def test_results_page_by_cursor_without_loss_or_repetition(client):
    for number in range(45):
        # Ranks of three kinds, with many ties.
        make_article(title=f"T{number:02}", body="<p>" + "twitching " * (number % 3 + 1) + "</p>")
    seen, cursor = [], ""
    for _ in range(3):
        html = client.get("/search/", {"q": "twitching", "after": cursor}).content.decode()
        seen += re.findall(r'row__headline"><a href="[^"]*">([^<]*)', html)
        more = re.search(r'rel="next" href="\?q=twitching&amp;after=([^"]*)"', html)
        cursor = more.group(1) if more else ""
    assert not cursor
    assert sorted(seen) == [f"T{number:02}" for number in range(45)]


def test_filters_narrow_together(client):
    ann = make_person(slug="ann")
    make_article(title="Both", authors=[ann], tags=["sleep"])
    make_article(title="Hers", authors=[ann])
    make_article(title="Tagged", tags=["sleep"])
    assert found(client, q="twitching", author="ann", tag="sleep") == ["Both"]
    assert sorted(found(client, author="ann")) == ["Both", "Hers"]
    assert found(client, q="twitching", year="1999") == []


def test_empty_results_say_what_to_do(client):
    make_article()
    html = client.get("/search/?q=zebra&year=2001").content.decode()
    assert "No article mentions “zebra” within these limits." in html
    assert "No article mentions “the”." in client.get("/search/?q=the").content.decode()


def test_minus_and_phrases_work(client):
    make_article(title="One", body="<p>muscle cramps at night</p>")
    make_article(title="Two", body="<p>muscle pain, cramps of the calf</p>")
    assert found(client, q='"muscle cramps"') == ["One"]
    assert found(client, q="cramps -calf") == ["One"]


def test_rank_of_a_result_is_a_whole_number_that_a_cursor_can_name():
    make_article(title="Twitching")
    page = full_text.search(Article.objects.listed(), "twitching", size=5)
    assert isinstance(page.rows[0].score, int) and page.rows[0].score > 0
