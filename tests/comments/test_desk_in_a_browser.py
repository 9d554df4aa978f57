"""The moderation desk in Chromium: nothing for axe to find, light or dark."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.db import transaction

from comments.models import Case, Report
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
