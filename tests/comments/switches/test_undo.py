"""Undoing a switch is switching back."""

from datetime import timedelta

import pytest
from django.utils import timezone

from comments.models import SiteMode, Switch, Thread
from tests.comments.switches.conftest import switch_site, switch_thread
from tests.factories import make_article

pytestmark = pytest.mark.django_db


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
