"""From a comment to the editors: what the form begins with, sending, taking back."""

import re

import pytest
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext

from articles.models import Correction
from comments import corrections
from comments.models import Comment, CorrectionRequest
from tests.comments.corrections.conftest import address_of, comment_on, send
from tests.factories import make_user
from tests.healthnews.payloads import assert_whole, payloads

pytestmark = pytest.mark.django_db


# What the form begins with


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("> Coffee makes it\n> worse\nNo.\n> Later.", "Coffee makes it worse"),
        ("Hello.\n> > Twice quoted.", "Twice quoted."),
        ("No quote > here", ""),
        ("", ""),
    ],
)
def test_the_first_quote_is_the_passage(text, quote):
    assert corrections.quoted(text) == quote


def test_without_a_quote_it_is_the_sentence_that_shares_most_words():
    text = "Most twitches are harmless. Magnesium tablets help cramps at night. Dose 2.5 mg. See a doctor!"
    assert corrections.nearest("MAGNÉSIUM tablets do not help against cramps", text) == (
        "Magnesium tablets help cramps at night."
    )
    assert corrections.nearest("I like this article", text) == ""
    assert corrections.nearest("", text) == ""
    alike = "Warm milk before sleeping. Warm milk while sleeping."
    assert corrections.nearest("warm milk, sleeping", alike) == "Warm milk before sleeping."


def test_a_long_text_is_cut_between_words():
    cut = corrections.shortened("word " * 300, 500)
    assert len(cut) <= 500
    assert cut.endswith("word…")


def test_links_are_those_that_the_comment_prints(article):
    comment = comment_on(
        article, "See https://example.org/?a=1&b=2, javascript:alert(1) and https://example.org/?a=1&b=2"
    )
    assert corrections.beginning(comment).links == ["https://example.org/?a=1&b=2"]


# Sending


def test_one_button_sends_quote_words_links_and_version_to_the_editors(client, moderator, article):
    comment = comment_on(article)
    page = client.get(address_of(comment)).content.decode()
    assert re.search(r'<button[^>]* data-key="c"', page)
    passage = re.search(r'name="passage"[^>]*>\n(.*?)</textarea>', page, re.S)[1]
    note = re.search(r'name="note"[^>]*>\n(.*?)</textarea>', page, re.S)[1]
    assert passage == "Coffee makes it worse"
    assert note == "No trial says so: https://example.org/trial."
    answer = client.post(address_of(comment), {"passage": passage, "note": note})
    assert (answer.status_code, answer.url) == (303, f"/moderation/comments/{comment.pk}/")
    correction = Correction.objects.get()
    assert (correction.article, correction.version) == (article, article.live_version)
    assert (correction.passage, correction.claim) == (passage, note)
    assert correction.links == ["https://example.org/trial"]
    request = CorrectionRequest.objects.get()
    assert (request.comment, request.by) == (comment, moderator)


def test_the_part_for_the_card_is_the_form_and_then_what_became_of_it(article, moderator):
    comment = comment_on(article, "Magnesium tablets do not help anybody with cramps.")
    needs = {"comment": comment, "csrf_token": "t"}
    html = render_to_string("moderation/_correction.html", needs | {"correction_request": None})
    assert "Magnesium tablets help nearly everybody who has cramps at night." in html
    send(comment, moderator)
    request = CorrectionRequest.objects.of(comment)
    html = render_to_string("moderation/_correction.html", needs | {"correction_request": request})
    assert 'name="passage"' not in html
    assert "Not looked at yet" in html
    assert "Mo Derator" in html


def test_the_part_asks_nothing_when_the_article_is_at_hand(article):
    comment = Comment.objects.select_related("article", "text", "waiting_text").get(pk=comment_on(article).pk)
    with CaptureQueriesContext(connection) as queries:
        render_to_string("moderation/_correction.html", {"comment": comment, "correction_request": None})
    assert len(queries) == 0


def test_it_is_sent_once(client, moderator, article):
    comment = comment_on(article)
    for status in (303, 409):
        answer = client.post(address_of(comment), {"passage": "Typed <b>", "note": "Again."})
        assert answer.status_code == status
    page = answer.content.decode()
    assert "sent to the editors already" in page
    assert "Typed &lt;b&gt;" in page
    assert Correction.objects.count() == 1


def test_what_was_sent_by_mistake_is_taken_back_and_can_be_sent_again(client, moderator, article):
    comment = comment_on(article)
    send(comment, moderator)
    card = f"/moderation/comments/{comment.pk}/"
    assert "Take it back from the editors" in client.get(card).content.decode()
    got = client.post(address_of(comment), {"take_back": "1"})
    assert (got.status_code, got.url) == (303, card)
    first = CorrectionRequest.objects.get()
    assert (first.taken_back_by, first.correction.state) == (moderator, "recalled")
    page = client.get(card).content.decode()
    assert "Send it to the editors" in page
    assert "Taken back from the editors" in client.get("/moderation/log/").content.decode()
    assert "Taken back" in client.get("/moderation/corrections/").content.decode()
    assert "<b>0</b> with the editors" in client.get("/moderation/corrections/").content.decode()
    # The editors have nothing to do with it any more.
    editor = make_user("editor")
    with pytest.raises(ValueError, match="Mo Derator has decided this already: taken back"):
        first.correction.accept(by=editor)
    client.force_login(editor)
    record = client.get(f"/admin/articles/correction/{first.correction_id}/change/").content.decode()
    assert "Taken back" in record
    assert "Somebody works on it" not in record
    send(comment, moderator)
    assert CorrectionRequest.objects.of(comment).correction.state == "open"


def test_what_an_editor_works_on_is_not_taken_back(client, moderator, article):
    comment = comment_on(article)
    send(comment, moderator)
    correction = Correction.objects.get()
    correction.accept(by=make_user("editor", display_name="Edda"))
    assert (
        "Take it back from the editors"
        not in client.get(f"/moderation/comments/{comment.pk}/").content.decode()
    )
    got = client.post(address_of(comment), {"take_back": "1"})
    assert got.status_code == 409
    assert "Edda has decided this already: being worked on." in got.content.decode()
    assert CorrectionRequest.objects.get().taken_back_at is None


def test_what_was_never_sent_is_not_taken_back(client, moderator, article):
    got = client.post(address_of(comment_on(article)), {"take_back": "1"})
    assert got.status_code == 409
    assert "never sent" in got.content.decode()


def test_what_its_author_took_back_is_not_sent(client, moderator, article):
    comment = comment_on(article)
    comment.withdraw(by=comment.author, version=comment.version)
    assert "Its author has taken this comment back." in client.get(address_of(comment)).content.decode()
    assert client.post(address_of(comment), {"passage": "x"}).status_code == 409
    assert not Correction.objects.exists()


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "Quote the passage"),
        ({"passage": " ", "note": "\u202e"}, "Quote the passage"),
        ({"passage": "x" * 501, "note": "kept"}, "The passage of the article: "),
        ({"passage": "kept", "note": "x" * 1_001}, "What is wrong with it: "),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(client, moderator, article, sent, words):
    answer = client.post(address_of(comment_on(article)), sent)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page
    assert "kept" not in sent.values() or "\nkept</textarea>" in page
    assert not Correction.objects.exists()


def test_only_moderators_send_and_see(client, article):
    comment = comment_on(article)
    for address in (address_of(comment), "/moderation/corrections/"):
        assert client.get(address).url.startswith("/accounts/login/")
        for role in ("", "author", "editor", "medical reviewer"):
            client.force_login(make_user(role))
            assert client.get(address).status_code == 404
            assert client.post(address, {"passage": "x"}).status_code in {404, 405}
        client.logout()
    client.force_login(make_user("moderator"))
    assert client.get("/moderation/comments/99999999999999999999/correction/").status_code == 404
    assert not Correction.objects.exists()


def test_what_strangers_type_is_harmless_at_both_desks(client, moderator, article, shared):
    editor = make_user("editor")
    for payload in payloads(shared)[::9]:
        client.force_login(moderator)
        comment = comment_on(article, f"> {payload}\n{payload}", status="pending")
        assert_whole(client.get(address_of(comment)).content.decode())
        assert_whole(
            client.post(address_of(comment), {"passage": payload, "note": payload * 600}).content.decode()
        )
        begun = corrections.beginning(comment)
        assert client.post(
            address_of(comment), {"passage": begun.passage, "note": begun.note}
        ).status_code in {303, 422}
        assert_whole(client.get(address_of(comment)).content.decode())
        client.force_login(editor)
        correction = Correction.objects.first()
        page = f"/admin/articles/correction/{correction.pk}/change/"
        assert_whole(client.get(page).content.decode(), around=("h1",))
        assert client.post(page, {"action": "decline", "answer": payload}).status_code in {302, 422}
    assert Correction.objects.count() > 10
    assert_whole(client.get("/admin/articles/correction/").content.decode(), around=("h1",))
    client.force_login(moderator)
    assert_whole(client.get("/moderation/corrections/").content.decode())
