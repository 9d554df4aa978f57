"""What readers are told while it is closed, and an end that nothing has to carry out."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from comments.models import Comment, SiteMode, Switch, Thread
from comments.models.people import moment
from tests.comments.switches.conftest import ALL_CLOSED, post, switch_site, switch_thread
from tests.factories import make_article, make_comment

pytestmark = pytest.mark.django_db


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
