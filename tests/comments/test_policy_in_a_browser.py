"""Policy, words and replies of the desk in Chromium: by mouse and without script, and nothing for axe to find."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings

from comments.models import ListedWord, PolicyVersion
from tests.factories import make_comment, make_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]


def page_of(browser, live_server, client, user, **options):
    client.force_login(user)
    context = browser.new_context(base_url=live_server.url, **options)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
    return context.new_page()


def problems(page) -> list:
    """What axe finds on the page, and whether it is wider than the window."""
    found = [
        (page.url, rule["id"], rule["nodes"][0]["html"][:200])
        for rule in Axe().run(page).response["violations"]
    ]
    width = page.evaluate("document.documentElement.scrollWidth")
    return found + ([(page.url, "wide", width)] if width > page.viewport_size["width"] else [])


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_axe_finds_nothing_and_nothing_is_wider_than_a_phone(browser, live_server, client, scheme, width):
    comment = make_comment(body="Snake oil is not for me, whatever my doctor says.")
    moderator = make_user("moderator")
    size = {"width": width, "height": 800}
    page = page_of(browser, live_server, client, moderator, color_scheme=scheme, viewport=size)
    page.goto("/moderation/policy/draft/")
    page.locator(".clause-form summary").first.click()
    page.fill("[name=clause-0-title]", "Be kind")
    page.locator("button[value=look]").last.click()
    found = problems(page)
    page.fill("[name=note]", "Kinder words.")
    page.click("button[value=propose]")
    found += problems(page)
    page.context.close()
    page = page_of(
        browser, live_server, client, make_user("administrator"), color_scheme=scheme, viewport=size
    )
    page.goto("/moderation/proposals/")
    page.click("main h2 a")
    found += problems(page)
    page.click("text=Take it up")
    page.locator("button[value=look]").last.click()
    found += problems(page)
    page.click("button[value=publish]")
    found += problems(page)
    page.goto("/moderation/words/try/")
    page.fill("[name=words]", "snake oil\nad")
    page.fill("[name=note]", "Spam.")
    page.click("button[value=try]")
    found += problems(page)
    page.click("button[value=list]")
    found += problems(page)
    for path in (
        "/moderation/words/record/",
        f"/moderation/words/{ListedWord.objects.first().pk}/remove/",
        "/moderation/replies/",
        f"/moderation/replies/?comment={comment.pk}",
        "/moderation/replies/new/",
        "/comments-policy/",
        "/comments-policy/1/",
        "/comments-policy/1..2/",
    ):
        page.goto(path)
        found += problems(page)
    page.context.close()
    assert found == []


def test_a_policy_is_changed_with_script_switched_off(browser, live_server, client):
    user = make_user("administrator")
    page = page_of(browser, live_server, client, user, java_script_enabled=False)
    page.goto("/moderation/policy/draft/")
    page.locator(".clause-form summary").first.click()
    page.fill("[name=clause-0-title]", "Be kind")
    page.locator("[name=clause-0-title]").press("Enter")  # asks for the difference, and does nothing else
    page.fill("[name=note]", "Kinder words.")
    page.click("button[value=publish]")
    assert page.url.endswith("/moderation/policy/")
    page.context.close()
    now = PolicyVersion.current()
    assert (now.number, now.clauses.get(number=1).title, now.clauses.count()) == (2, "Be kind", 11)
