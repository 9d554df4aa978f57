"""The whole site: held or closed, by whom; many switches, and two at once."""

import threading

import pytest
from django.core.cache import caches
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from comments.models import Comment, NotYours, Overtaken, SiteMode, Switch, Thread
from tests.comments.switches.conftest import ALL_CLOSED, post, switch_site
from tests.factories import make_article, make_comment, make_user

pytestmark = pytest.mark.django_db


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
