"""One thread: closed, held and opened, with a record each."""

import re

import pytest
from django.template.loader import render_to_string

from comments.models import Comment, Switch, Thread
from tests.comments.switches.conftest import post, switch_thread
from tests.factories import make_article, make_comment, make_user

pytestmark = pytest.mark.django_db
CLOSED = "This discussion is closed to new comments."


def test_a_thread_is_closed_held_and_opened_with_a_record_each(client, moderator, reader):
    article = make_article()
    assert switch_thread(client, article, "closed", note="A quarrel.").status_code == 303
    assert CLOSED in client.get(article.get_absolute_url()).content.decode()
    answer = post(reader, article, "My text that must not be lost.")
    assert answer.status_code == 403
    assert CLOSED in answer.content.decode()
    assert "My text that must not be lost." in answer.content.decode()
    assert switch_thread(client, article, "held", seen="closed").status_code == 303
    post(reader, article)
    comment = Comment.objects.get(article=article)
    assert [each["code"] for each in comment.decisions.get().findings] == ["thread_held"]
    assert switch_thread(client, article, "open").status_code == 303
    post(reader, article, "Now it is open again, thanks.")
    assert Comment.objects.filter(article=article, status="published").exists()
    records = list(
        Switch.objects.order_by("pk").values_list("from_mode", "to_mode", "by__display_name", "note__text")
    )
    assert records == [
        ("open", "closed", "Mo Derator", "A quarrel."),
        ("closed", "held", "Mo Derator", None),
        ("held", "open", "Mo Derator", None),
    ]  # fmt: skip


def test_a_kept_page_changes_with_the_thread(client, moderator):
    article, other = make_article(), make_article()
    make_comment(article)
    pages = [article.get_absolute_url(), f"/articles/{article.slug}/comments/"]
    for url in pages:
        assert CLOSED not in client.get(url).content.decode()
    etag = client.get(pages[0])["ETag"]
    switch_thread(client, article, "closed")
    for url in pages:
        assert CLOSED in client.get(url).content.decode()
        assert b"data-answer" not in client.get(url).content
    assert client.get(pages[0], headers={"If-None-Match": etag}).status_code == 200
    assert CLOSED not in client.get(other.get_absolute_url()).content.decode()


def test_who_was_first_is_named_and_nothing_is_switched(client, moderator):
    article = make_article()
    Thread.of(article).switch("held", by=make_user("moderator", display_name="Quick Colleague"))
    for data in ({"seen": "open"}, {"seen": ""}):
        mode = "closed" if data["seen"] else "held"
        answer = switch_thread(client, article, mode, note="My <long> reason.", **data)
        assert answer.status_code == 409
        assert b"Quick Colleague did that" in answer.content
        assert b"My &lt;long&gt; reason." in answer.content
    assert Thread.of(article).mode == "held"
    assert Switch.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"mode": ""}, "Choose open, held or closed."),
        ({"mode": "burnt"}, "There is no such mode."),
        ({"mode": "held", "note": "x" * 1_001}, "at most 1000"),
        ({"mode": "held", "seen": "x"}, "out of date: please load it anew"),
    ],
)
def test_wrong_input_is_422_in_words(client, moderator, data, words):
    article = make_article()
    for url in (f"/moderation/threads/{article.pk}/switch/", "/moderation/switches/"):
        answer = client.post(url, data)
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert not Switch.objects.exists()


def test_articles_that_nobody_sees_have_no_switch(client, moderator):
    assert client.post("/moderation/threads/999999/switch/", {"mode": "held"}).status_code == 404
    draft = make_article(publish=False)
    assert client.post(f"/moderation/threads/{draft.pk}/switch/", {"mode": "held"}).status_code == 404


@pytest.mark.parametrize(
    ("there", "lands"),
    [
        ("/moderation/comments/7/", "/moderation/comments/7/"),
        ("", "/moderation/switches/"),
        ("https://evil.example/moderation/", "/moderation/switches/"),
        ("//evil.example/moderation/", "/moderation/switches/"),
        ("/moderation/\\evil.example", "/moderation/%5Cevil.example"),
        ("/moderation/\nLocation: //evil.example", "/moderation/%0ALocation:%20//evil.example"),
        ("javascript:alert(1)", "/moderation/switches/"),
        ("/accounts/logout/", "/moderation/switches/"),
    ],
)
def test_it_leads_back_to_the_desk_and_nowhere_else(client, moderator, there, lands):
    answer = switch_thread(client, make_article(), "held", next=there)
    assert answer.status_code == 303
    assert answer.url == lands


def test_the_part_for_the_card_offers_what_is_not_so_already(rf, client, moderator):
    article = make_article()
    Thread.of(article).switch("held", by=moderator)
    request = rf.get("/moderation/comments/7/")
    html = render_to_string(
        "moderation/_thread_switch.html", {"thread": Thread.of(article), "article": article}, request
    )
    assert f'action="/moderation/threads/{article.pk}/switch/"' in html
    assert f'name="seen" value="{Thread.of(article).held.key}"' in html
    assert 'name="next" value="/moderation/comments/7/"' in html
    said = re.findall(r'name="mode" value="(\w+)">([^<]+)<', html)
    assert said == [("open", "Open"), ("held", "Change words and end only"), ("closed", "Close")]


@pytest.mark.parametrize("wrong", [{"until": "2020-01-01T09:00"}, {"words": "x" * 301}, {"seen": "closed"}])
def test_what_is_wrong_is_said_beside_the_switch_of_that_thread(client, moderator, wrong):
    article, card = make_article(title="Sleep"), "/moderation/comments/7/"
    typed = {"words": "Back on Monday.", "note": "A quarrel.", "next": card} | wrong
    answer = switch_thread(client, article, "closed", **typed)
    html = answer.content.decode()
    assert answer.status_code == (409 if "seen" in wrong else 422)
    assert "The discussion of “Sleep”" in html and "The whole site" not in html
    assert f'action="/moderation/threads/{article.pk}/switch/"' in html
    for value in (typed["words"], "A quarrel.", card):
        assert f'value="{value}"' in html
    assert "<details open>" in html
    assert not Switch.objects.exists()


def test_words_that_somebody_else_has_changed_meanwhile_are_not_written_over(client, moderator):
    article = make_article()
    switch_thread(client, article, "held", words="A quarrel.")
    seen = re.search(
        r'name="seen" value="([^"]+)"',
        client.get(f"/moderation/threads/{article.pk}/switch/").content.decode(),
    )[1]
    assert (
        switch_thread(client, article, "held", seen=seen, words="A quarrel about sleep.").status_code == 303
    )
    late = switch_thread(client, article, "held", seen=seen, words="Back on Monday.")
    assert late.status_code == 409
    assert (
        "Back on Monday." in late.content.decode() and "Nothing was switched. Now:" in late.content.decode()
    )
    assert Thread.of(article).held.words == "A quarrel about sleep."
