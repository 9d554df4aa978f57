"""Open, hold, close: one thread, and the whole site."""

import re
import threading
from datetime import timedelta

import pytest
from django.core.cache import caches
from django.db import connection, connections, transaction
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments.models import Comment, NotYours, Overtaken, SiteMode, Switch, Thread
from comments.models.people import moment
from tests.factories import make_article, make_comment, make_user

pytestmark = pytest.mark.django_db
CLOSED = "This discussion is closed to new comments."
ALL_CLOSED = "All discussions on this site are closed to new comments at the moment."


@pytest.fixture
def moderator(client):
    user = make_user("moderator", display_name="Mo Derator")
    client.force_login(user)
    return user


@pytest.fixture
def administrator():
    return make_user("administrator", display_name="Ad Min")


@pytest.fixture
def reader():
    """Somebody in a browser of their own, whose comments appear at once."""
    user = make_user()
    for n in range(3):
        make_comment(author=user, body=f"Earlier {n}.")
    Comment.objects.filter(author=user).update(posted_at="2020-01-01T00:00Z")
    browser = Client()
    browser.force_login(user)
    return browser


def post(browser, article, body="Something kind about sleep."):
    return browser.post(f"/articles/{article.slug}/comments/", {"body": body})


def switch_thread(client, article, mode, **data):
    return client.post(f"/moderation/threads/{article.pk}/switch/", {"mode": mode} | data)


def switch_site(client, mode, **data):
    return client.post("/moderation/switches/", {"mode": mode} | data)


# --- One thread ---


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
        ({"mode": "held", "seen": "x"}, "Select a valid choice"),
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
    assert 'name="seen" value="held"' in html
    assert 'name="next" value="/moderation/comments/7/"' in html
    said = re.findall(r'name="mode" value="(\w+)">([^<]+)<', html)
    assert said == [("open", "Open"), ("held", "Change words and end only"), ("closed", "Close")]


# --- The whole site ---


def test_hold_everything_lets_nothing_through_unread(client, moderator, reader):
    article = make_article()
    assert "every comment on this site is read" not in client.get(article.get_absolute_url()).content.decode()
    assert switch_site(client, "held", note="A storm.").status_code == 303
    assert (
        "every comment on this site is read before it appears"
        in client.get(article.get_absolute_url()).content.decode()
    )
    answer = post(reader, article)
    comment = Comment.objects.get(article=article)
    assert comment.status == "pending"
    assert [each["code"] for each in comment.decisions.get().findings] == ["site_held"]
    assert (
        "Every comment on this site is read by a moderator first" in reader.get(answer.url).content.decode()
    )
    switch_site(client, "open")
    post(reader, article, "The storm is over, thanks.")
    assert Comment.objects.filter(article=article, status="published").exists()


def test_the_closed_site_says_so_on_every_kept_page_and_keeps_the_text(client, administrator, reader):
    article = make_article()
    make_comment(article)
    pages = [article.get_absolute_url(), f"/articles/{article.slug}/comments/"]
    before = [client.get(url).content for url in pages]
    SiteMode.switch("closed", by=administrator)
    for url in [*pages, f"/articles/{article.slug}/comments/new/"]:
        assert ALL_CLOSED in reader.get(url).content.decode(), url
    answer = post(reader, article, "My text that must not be lost.")
    assert answer.status_code == 403
    assert ALL_CLOSED in answer.content.decode()
    assert "My text that must not be lost." in answer.content.decode()
    SiteMode.switch("open", by=administrator)
    assert [client.get(url).content for url in pages] == before


def test_a_page_that_was_read_before_the_site_closed_is_not_kept_for_afterwards(
    client, administrator, monkeypatch
):
    article, of, closed = make_comment().article, Thread.of, []

    def closed_meanwhile(article):
        thread = of(article)
        if not closed:
            closed.append(SiteMode.switch("closed", by=administrator))
        return thread

    monkeypatch.setattr(Thread, "of", closed_meanwhile)
    client.get(f"/articles/{article.slug}/comments/")
    assert closed
    assert ALL_CLOSED in client.get(f"/articles/{article.slug}/comments/").content.decode()


def test_what_was_typed_while_the_site_was_closed_waits(administrator):
    from comments.forms import CommentForm

    reader, article = make_user(), make_article()
    form = CommentForm({"body": "Just in time?"}, article=article, author=reader)
    assert form.is_valid()
    SiteMode.switch("closed", by=administrator)
    comment = form.save()
    assert comment.status == "pending"
    assert "site_closed" in [each["code"] for each in comment.decisions.get().findings]


def test_moderators_hold_the_site_and_administrators_close_it(client, moderator, administrator):
    html = client.get("/moderation/switches/").content.decode()
    assert "Hold everything" in html
    assert "Close the whole site" not in html
    assert switch_site(client, "closed").status_code == 403
    assert SiteMode.now() == "open"
    client.force_login(administrator)
    assert "Close the whole site" in client.get("/moderation/switches/").content.decode()
    assert switch_site(client, "closed", confirmed=1).status_code == 303
    client.force_login(moderator)
    for mode in ("open", "held"):
        answer = switch_site(client, mode)
        assert answer.status_code == 403
        assert b"Only administrators close the whole site" in answer.content
    assert client.post(f"/moderation/switches/{Switch.objects.get().pk}/undo/").status_code == 403
    assert "an administrator opens it again" in client.get("/moderation/switches/").content.decode()
    assert SiteMode.now() == "closed"


@pytest.mark.parametrize("role", ["", "author", "editor"])
def test_the_doors_themselves_refuse_who_is_no_moderator(role):
    user, article = make_user(role), make_article()
    with pytest.raises(NotYours):
        SiteMode.switch("held", by=user)
    with pytest.raises(NotYours):
        Thread.of(article).switch("held", by=user)


# --- Undo ---


def test_the_last_switch_is_undone_with_one_button_and_that_is_a_record_too(client, moderator):
    article = make_article()
    switch_thread(client, article, "held")
    switch_thread(client, article, "closed")
    switch_site(client, "held")
    first, last, site = Switch.objects.order_by("pk")
    html = client.get("/moderation/switches/").content.decode()
    assert [f"/switches/{each.pk}/undo/" in html for each in (first, last, site)] == [False, True, True]
    assert client.post(f"/moderation/switches/{last.pk}/undo/").status_code == 303
    assert client.post(f"/moderation/switches/{site.pk}/undo/").status_code == 303
    assert (Thread.of(article).mode, SiteMode.now()) == ("held", "open")
    undone = Switch.objects.get(undoes=last)
    assert (undone.from_mode, undone.to_mode, undone.by) == ("closed", "held", moderator)
    assert "Takes back what Mo Derator did" in client.get("/moderation/switches/").content.decode()
    assert client.post("/moderation/switches/999999/undo/").status_code == 404


def test_what_was_switched_since_is_not_undone(client, moderator):
    article = make_article()
    thread = Thread.of(article)
    first = thread.switch("held", by=moderator)
    thread.switch("closed", by=moderator)
    answer = client.post(f"/moderation/switches/{first.pk}/undo/")
    assert answer.status_code == 409
    assert Thread.of(article).mode == "closed"
    # At the same mode again, but by another hand for another reason.
    thread.switch("held", by=moderator)
    answer = client.post(f"/moderation/switches/{first.pk}/undo/")
    assert answer.status_code == 409
    assert b"undo the last one" in answer.content
    assert (Thread.of(article).mode, Switch.objects.count()) == ("held", 3)


def test_an_undo_that_closes_the_whole_site_asks_too_and_brings_words_and_end_back(client, administrator):
    client.force_login(administrator)
    until = timezone.now() + timedelta(days=2)
    SiteMode.switch("closed", by=administrator, words="We move house.", until=until)
    SiteMode.switch("open", by=administrator)
    url = f"/moderation/switches/{Switch.objects.newest_of(None).pk}/undo/"
    asked = client.post(url)
    assert asked.status_code == 200
    assert "We move house." in asked.content.decode()
    assert SiteMode.now() == "open"
    assert client.post(url, {"confirmed": 1}).status_code == 303
    assert SiteMode.holds() == ("closed", "We move house.", until)


# --- What readers are told, and an end ---


def local(moment):
    return f"{timezone.localtime(moment):%Y-%m-%dT%H:%M}"


def test_closing_the_whole_site_asks_once_and_shows_what_readers_will_see(client, administrator):
    client.force_login(administrator)
    data = {"words": "Back on <Monday>.", "note": "Holidays.", "seen": "open"}
    asked = switch_site(client, "closed", **data)
    assert asked.status_code == 200
    html = asked.content.decode()
    assert "Close the whole site?" in html
    assert f"{ALL_CLOSED} Back on &lt;Monday&gt;." in html
    assert 'name="note" value="Holidays."' in html
    assert (SiteMode.now(), Switch.objects.count()) == ("open", 0)
    assert switch_site(client, "closed", confirmed=1, **data).status_code == 303
    assert SiteMode.holds() == ("closed", "Back on <Monday>.", None)
    # Nothing is closed anew by other words: that is not asked.
    assert switch_site(client, "closed", words="Back on Tuesday.", seen="closed").status_code == 303
    assert SiteMode.holds().words == "Back on Tuesday."
    records = Switch.objects.order_by("pk").values_list("from_mode", "to_mode", "words__text", "note__text")
    assert list(records) == [
        ("open", "closed", "Back on <Monday>.", "Holidays."),
        ("closed", "closed", "Back on Tuesday.", None),
    ]


@pytest.mark.parametrize("mode", ["held", "closed"])
def test_holding_and_closing_a_thread_ask_nothing_and_tell_readers_the_words(client, moderator, mode):
    article, other = make_article(), make_article()
    make_comment(article)
    pages = [article.get_absolute_url(), f"/articles/{article.slug}/comments/"]
    for url in pages:
        client.get(url)
    assert switch_thread(client, article, mode, words="A <quarrel>\nis going on.").status_code == 303
    for url in [*pages, f"/articles/{article.slug}/comments/new/"]:
        assert "A &lt;quarrel&gt; is going on." in Client().get(url).content.decode(), url
    assert "quarrel" not in Client().get(other.get_absolute_url()).content.decode()
    assert switch_thread(client, article, mode, seen=mode).status_code == 303
    assert "quarrel" not in Client().get(pages[0]).content.decode()


def test_a_site_that_is_held_says_why_under_every_article(client, moderator):
    article = make_article()
    client.get(article.get_absolute_url())
    switch_site(client, "held", words="A storm of spam.")
    html = client.get(article.get_absolute_url()).content.decode()
    assert "At the moment every comment on this site is read before it appears. A storm of spam." in html


@pytest.mark.parametrize("whole_site", [False, True])
def test_it_opens_by_itself_at_its_end_and_no_job_has_to_run(
    client, administrator, reader, whole_site, monkeypatch
):
    article, end = make_article(), timezone.now() + timedelta(hours=3)
    make_comment(article)
    place = SiteMode if whole_site else Thread.of(article)
    place.switch("closed", by=administrator, words="Until then.", until=end)
    pages = [article.get_absolute_url(), f"/articles/{article.slug}/comments/"]
    for url in pages:
        html = client.get(url).content.decode()
        assert f"closed to new comments until {moment(end)}. Until then." in html
    etag = client.get(pages[0])["ETag"]
    assert post(reader, article, "A minute too early.").status_code == 403
    monkeypatch.setattr(timezone, "now", lambda: end)
    for url in pages:
        assert "Until then." not in client.get(url).content.decode()
        assert b"Write a comment" in client.get(url).content
    assert client.get(pages[0], headers={"If-None-Match": etag}).status_code == 200
    assert post(reader, article, "Now it is open.").status_code == 303
    assert Comment.objects.filter(article=article).count() == 2
    # What has ended cannot be taken back, nor is it in the way of the next.
    client.force_login(administrator)
    assert "/undo/" not in client.get("/moderation/switches/").content.decode()
    assert client.post(f"/moderation/switches/{Switch.objects.get().pk}/undo/").status_code == 409
    place = SiteMode if whole_site else Thread.of(article)
    assert place.switch("held", by=administrator, seen="open").from_mode == "open"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"until": "tomorrow"}, "2026-07-31 09:00"),
        ({"until": "2020-01-01T09:00"}, "The end has passed already."),
        ({"until": "9999-12-31T23:59"}, "more than a year away"),
        ({"until": "0001-01-01T00:00"}, "The end has passed already."),
        ({"words": "x" * 301}, "at most 300 characters"),
    ],
)
def test_a_wrong_end_and_too_many_words_are_422_and_what_was_typed_is_kept(client, moderator, data, words):
    for url in (f"/moderation/threads/{make_article().pk}/switch/", "/moderation/switches/"):
        answer = client.post(url, {"mode": "held", "note": "My <reason>."} | data)
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert "My &lt;reason&gt;." in answer.content.decode()
        assert next(iter(data.values())) in answer.content.decode()
    assert not Switch.objects.exists()


def test_the_list_and_the_log_tell_end_and_words(client, moderator):
    article, end = make_article(), timezone.now() + timedelta(days=1)
    answer = switch_thread(client, article, "closed", words="Too <hot>.", until=local(end))
    assert answer.status_code == 303
    html = client.get("/moderation/switches/").content.decode()
    until = Thread.of(article).until
    assert local(until) == local(end)
    assert f"Open → Closed to new comments until {moment(until)}" in html
    assert "Too &lt;hot&gt;." in html
    log = client.get("/moderation/log/").content.decode()
    assert f"Switched: Open → Closed to new comments until {moment(until)}" in log


# --- Many, and at once ---


def test_the_pages_queries_do_not_grow(client, moderator):
    counts = []
    for size in (5, 50):
        for _ in range(size):
            Thread.of(make_article()).switch("held", by=moderator, note="Because.")
        with CaptureQueriesContext(connection) as queries:
            html = client.get("/moderation/switches/").content.decode()
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert "after=" in html


def test_the_site_costs_the_article_no_further_query(client):
    article = make_article()
    client.get(article.get_absolute_url())
    with CaptureQueriesContext(connection) as kept:
        client.get(article.get_absolute_url())
    assert len(kept) == 1
    caches["pages"].clear()
    with CaptureQueriesContext(connection) as made:
        client.get(article.get_absolute_url())
    assert not [query for query in made if 'FROM "comments_sitemode"' in query["sql"]]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("whole_site", [False, True])
def test_of_two_who_switch_at_once_one_is_told(whole_site):
    first, second, article = make_user("moderator"), make_user("moderator"), make_article()
    SiteMode.objects.create()
    Thread.objects.create(article=article)
    results = []

    def switch(by):
        place = SiteMode if whole_site else Thread.of(article)
        return place.switch("held", by=by, seen="open")

    def too_late():
        try:
            results.append(switch(second))
        except Overtaken as refusal:
            results.append(str(refusal))
        finally:
            connections["default"].close()

    with transaction.atomic():
        switch(first)
        thread = threading.Thread(target=too_late)
        thread.start()
        thread.join(1)
        assert thread.is_alive()  # it waits for the row
    thread.join(30)
    assert [str(first) in each for each in results] == [True]
    assert Switch.objects.count() == 1
