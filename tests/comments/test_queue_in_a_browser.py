"""The queue by keyboard and what its pages tell by themselves, in Chromium; and from a discussion to the desk."""

import pytest
from django.conf import settings
from django.db import transaction
from playwright.sync_api import expect

from comments.models import Case, Comment, Thread
from tests.factories import make_article, make_comment, make_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]
HERE = "document.activeElement.id"


@pytest.fixture
def at_desk(browser, live_server, client):
    """A function that opens a page in which a moderator is logged in."""
    contexts = []

    def open_page(**options):
        client.force_login(make_user("moderator"))
        contexts.append(browser.new_context(base_url=live_server.url, **options))
        cookies = {
            settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value,
            "hn_in": "1",
        }
        contexts[-1].add_cookies(
            [{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()]
        )
        return contexts[-1].new_page()

    yield open_page
    for each in contexts:
        each.close()


def waits(count):
    article, author = make_article(), make_user()
    return [make_comment(article, author, status="pending", body=f"Number {n}.") for n in range(count)]


def look(page, path):
    page.goto(path)
    page.wait_for_timeout(420)  # keys that are still down decide nothing


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def test_the_ticked_ones_are_decided_by_key(at_desk):
    comments, page = waits(4), at_desk()
    look(page, "/moderation/")
    press(page, "p")  # nothing is ticked
    expect(page.locator("[data-announce]")).to_contain_text("Tick comments first")
    press(page, "j", "x", "j", "x")
    assert page.inner_text("[data-ticked]") == "2 ticked"
    press(page, "r")  # first the clause
    assert page.evaluate(HERE) == "bulk-clause"
    press(page, "4", "r")
    page.wait_for_selector("h1:has-text('2 refused')")
    look(page, "/moderation/")
    press(page, "X")
    assert page.inner_text("[data-ticked]") == "2 ticked"
    press(page, "p")
    page.wait_for_selector("h1:has-text('2 published')")
    states = [Comment.objects.get(pk=each.pk).status for each in comments]
    assert states == ["rejected", "rejected", "published", "published"]
    look(page, "/moderation/people/")
    press(page, "u")
    page.wait_for_selector("h1:has-text('2 undone')")
    assert Comment.objects.filter(status="pending").count() == 2


def test_the_bar_is_in_reach_when_something_is_ticked(at_desk):
    waits(20)
    page = at_desk(viewport={"width": 390, "height": 700})
    page.goto("/moderation/")
    bottom = "document.querySelector('.bulk').getBoundingClientRect().bottom - innerHeight"
    assert page.evaluate(bottom) > 0
    page.click(".queue__tick >> nth=0")
    assert page.evaluate(bottom) <= 0.5
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_down_at_the_end_goes_on_to_the_next_page_and_back_is_to_the_row(at_desk):
    comments, page = waits(30), at_desk()
    look(page, "/moderation/")
    press(page, *"j" * 26)
    expect(page.locator(f"#case-{comments[25].pk}")).to_be_focused()
    page.wait_for_timeout(420)
    press(page, "j", "Enter")
    page.wait_for_selector("[data-card]")
    page.click("text=Back to the queue")
    expect(page.locator(f"#case-{comments[26].pk}")).to_be_focused()


@pytest.mark.parametrize("script", [True, False])
def test_back_is_to_the_row_without_script_too(at_desk, script):
    comments, page = waits(12), at_desk(java_script_enabled=script, viewport={"width": 800, "height": 400})
    page.goto("/moderation/")
    page.click(f"#case-{comments[10].pk}")
    page.click("text=Back to the queue")
    page.wait_for_url("**#case-*")
    for _ in range(20):  # scrolled when the page has been laid out
        y = page.locator(f"#case-{comments[10].pk}").bounding_box()["y"]
        if 0 <= y < 400:
            break
        page.wait_for_timeout(100)
    assert 0 <= y < 400


def test_an_emergency_is_told_on_every_page_and_moves_nothing(at_desk):
    comments, page = waits(2), at_desk()
    ask = "document.dispatchEvent(new Event('visibilitychange'))"
    for path in (f"/moderation/comments/{comments[0].pk}/", "/moderation/log/", "/moderation/"):
        page.goto(path)
        title, top = (
            page.title(),
            page.evaluate("document.querySelector('main h1').getBoundingClientRect().top"),
        )
        assert not page.is_visible(".desk__alarm a")
        with transaction.atomic():
            Case.open_for(comments[1], "crisis", priority=0)
        page.evaluate(ask)
        page.wait_for_selector(".desk__alarm[role=alert] a:visible")
        assert page.inner_text(".desk__alarm") == "1 emergency has come in: look at it"
        assert page.title() == f"(1 emergency) {title}"
        assert page.evaluate("document.querySelector('main h1').getBoundingClientRect().top") == top
        Case.close_all([comments[1].pk])
        page.evaluate(ask)
        page.wait_for_selector(".desk__alarm a", state="hidden")
        assert page.title() == title


def test_on_a_phone_filters_are_folded_and_no_key_is_named(at_desk):
    waits(1)
    page = at_desk(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page.goto("/moderation/")
    assert not page.is_visible("#filter-author")
    assert page.locator(".queue__item").bounding_box()["y"] < 450
    assert page.locator("kbd:visible").count() == 0
    page.click(".filters-fold summary")
    assert page.is_visible("#filter-author")
    page.goto(page.get_attribute(".queue__open", "href"))
    assert page.locator("kbd:visible").count() == 0
    wide = at_desk(viewport={"width": 1000, "height": 800}, java_script_enabled=False)
    wide.goto("/moderation/")
    assert wide.is_visible("#filter-author")


@pytest.mark.parametrize("mode", ["open", "closed"])
def test_a_discussion_leads_moderators_to_its_cards(at_desk, browser, live_server, mode):
    comment = make_comment()
    thread = Thread.of(comment.article)
    if mode == "closed":
        thread.switch(mode, by=make_user("moderator"), note="")
    page = at_desk()
    page.goto(comment.article.get_absolute_url())
    page.locator("#comments").scroll_into_view_if_needed()
    page.wait_for_selector(f".comment__card[href='/moderation/comments/{comment.pk}/']")
    page.click("#comments >> text=open, hold or close this discussion")
    page.wait_for_selector("h2:has-text('This discussion')")
    page.goto(comment.article.get_absolute_url())
    page.locator("#comments").scroll_into_view_if_needed()
    page.click(".comment__card")
    page.wait_for_selector("[data-card]")
