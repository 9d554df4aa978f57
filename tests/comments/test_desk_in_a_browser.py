"""The moderation desk in Chromium: nothing for axe to find, light or dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.db import transaction
from playwright.sync_api import expect

from comments.models import Appeal, Case, Clause, Decision, Report
from tests.factories import make_comment, make_user, verdict

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_queue_and_card(browser, live_server, client, scheme):
    comment = make_comment(status="pending", body="Should I take ibuprofen for this?")
    crisis = make_comment(status="pending", body="I cannot go on.")
    edited = make_comment(body="It hurts.")
    edited.edit("It hurt.", by=edited.author, verdict=verdict("hold"), version=1)
    reported = make_comment()
    Report.objects.create(comment=reported, text=reported.text, reporter=make_user(), reason="abuse")
    with transaction.atomic():
        Case.open_for(crisis, "crisis", priority=0)
        Case.open_for(reported, "report")
    client.force_login(make_user("moderator"))
    context = browser.new_context(base_url=live_server.url, color_scheme=scheme)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
    page, problems = context.new_page(), []
    cards = [f"/moderation/comments/{each.pk}/" for each in (comment, crisis, edited, reported)]
    for path in ("/moderation/", "/moderation/?q=hurt", *cards, "/moderation/log/"):
        page.goto(path)
        if page.locator("[data-veil]").count():
            page.click("[data-veil] summary")
        found = Axe().run(page).response["violations"]
        problems += [(path, rule["id"], rule["nodes"][0]["html"][:200]) for rule in found]
    context.close()
    assert problems == []


@pytest.mark.parametrize("role", ["moderator", "editor", ""])
@pytest.mark.parametrize("width", [320, 390, 800, 1000, 1280])
def test_the_head_has_room_for_a_long_name(browser, live_server, client, width, role):
    comment = make_comment(status="pending", body="Should I take ibuprofen? " + "Pneumono" * 30)
    client.force_login(make_user(role, display_name="Maximiliane Featherstonehaugh-Cholmond"))
    context = browser.new_context(base_url=live_server.url, viewport={"width": width, "height": 800})
    cookies = {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value, "hn_in": "1"}
    context.add_cookies([{"name": name, "value": cookies[name], "url": live_server.url} for name in cookies])
    page = context.new_page()
    stranger = browser.new_page(viewport={"width": width, "height": 800})
    stranger.goto(live_server.url)
    height = stranger.locator(".masthead").bounding_box()["height"]
    stranger.close()
    desk = (
        ("/moderation/", f"/moderation/comments/{comment.pk}/", "/moderation/log/")
        if role == "moderator"
        else ()
    )
    for path in ("/", *desk):
        page.goto(path)
        page.wait_for_selector(".corner")
        page.wait_for_load_state(
            "networkidle"
        )  # private pages have a corner, to be replaced by one that counts
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.evaluate("document.querySelector('.masthead__account').scrollWidth") <= page.evaluate(
            "document.querySelector('.masthead__account').clientWidth"
        ), path
        cut = "[...document.querySelectorAll('.corner a:not(.corner__name)')].some(a => a.offsetParent && a.scrollWidth > a.clientWidth)"
        assert not page.evaluate(cut), path
        name, corner = (
            page.locator(f".masthead {each}").bounding_box() for each in (".masthead__name", ".corner")
        )
        assert name["x"] + name["width"] <= corner["x"], path
        # As high as without a login, so that nothing moves when the names come.
        assert page.locator(".masthead").bounding_box()["height"] == height, path
        links = page.locator(".masthead__nav a:visible").all()
        assert len({round(link.bounding_box()["y"]) for link in links}) == 1, path
    context.close()


def test_what_a_search_finds_is_as_wide_as_a_phone(browser, live_server, client):
    make_comment(body="Zebra " + "and so on " * 60)
    client.force_login(make_user("moderator"))
    page = browser.new_page(viewport={"width": 390, "height": 800}, base_url=live_server.url)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
    page.goto("/moderation/?q=zebra")
    item, text = (page.locator(f".queue__item{each}").bounding_box() for each in ("", " .queue__text"))
    assert text["width"] > 0.9 * item["width"]
    status = page.locator(".queue__item .queue__side").bounding_box()
    assert status["y"] >= text["y"] + text["height"]
    page.close()


def test_a_clause_brings_its_usual_reply_and_shows_its_usual_outcome(browser, live_server, client):
    comment = make_comment(status="pending", body="You are all wrong.")
    client.force_login(make_user("moderator"))
    context = browser.new_context(base_url=live_server.url)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"/moderation/comments/{comment.pk}/")

    def chosen(clause: str) -> tuple[list, list]:
        page.select_option("#clause", clause)
        checked = page.locator("[name=canned_reply]:checked").evaluate_all(
            "all => all.map((one) => one.value)"
        )
        usual = page.locator("[data-usual]:visible").evaluate_all(
            "all => all.map((one) => one.dataset.usual)"
        )
        return checked, usual

    assert chosen("1") == (["please-civil"], ["return"])
    assert chosen("4") == (["no-links-promotion"], ["reject"])
    assert chosen("2") == (["no-personal-advice"], ["publish"])  # that of clause 4 is no longer chosen
    assert chosen("") == ([], [])
    page.check("#message-please-civil")
    assert chosen("4") == (["please-civil"], ["reject"])  # what was chosen by hand stays
    context.close()


def test_control_and_enter_sends_nothing_where_a_form_leads_two_ways(browser, live_server, client):
    comment = make_comment(author=make_user(), status="pending", body="It hurts.")
    comment.decide("reject", by=make_user("moderator"), version=1, clause=Clause.in_force().first())
    Appeal.lodge(Decision.in_force(comment), by=comment.author, text="I named nobody.")
    client.force_login(make_user("moderator"))
    context = browser.new_context(base_url=live_server.url)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
    page = context.new_page()
    page.goto(f"/moderation/comments/{comment.pk}/")
    page.wait_for_timeout(450)
    page.fill("#appeal-message", "You are right.")
    page.press("#appeal-message", "Control+Enter")
    expect(page.locator("[data-announce]")).to_contain_text("can be sent in 2 ways")
    assert Appeal.objects.get().answered_by is None
    page.keyboard.press("g")  # leads to the field
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: f"/{comment.pk}/" not in url)
    context.close()
    assert Appeal.objects.get().was_granted
