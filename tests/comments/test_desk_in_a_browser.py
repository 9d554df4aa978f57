"""The moderation desk in Chromium: nothing for axe to find, light or dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings

from tests.factories import make_comment, make_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_queue_and_card(browser, live_server, client, scheme):
    comment = make_comment(status="pending", body="Should I take ibuprofen for this?")
    client.force_login(make_user("moderator"))
    context = browser.new_context(base_url=live_server.url, color_scheme=scheme)
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
    page, problems = context.new_page(), []
    for path in ("/moderation/", f"/moderation/comments/{comment.pk}/", "/moderation/log/"):
        page.goto(path)
        found = Axe().run(page).response["violations"]
        problems += [(path, rule["id"], rule["nodes"][0]["html"][:200]) for rule in found]
    context.close()
    assert problems == []
