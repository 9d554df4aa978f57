"""The reading pages in Chromium: nothing for axe to find, nothing wider than a small phone, no request too many."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.articles.test_reading import make_rich_article
from tests.factories import make_comment, make_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]
BODY = (
    "<h2>What it is</h2><p>See <a href='#source-1'>[1]</a>.</p>"
    + "".join(
        f'<div class="callout callout-{level}"><p>Words.</p></div>'
        for level in ("note", "important", "doctor", "emergency")
    )
    + "<figure><table><thead><tr><th>Averylongwordinatable</th><th>Anotherverylongword</th>"
    "<th>Yetanotherverylongword</th></tr></thead><tbody><tr><td>1</td><td>2</td><td>3</td></tr></tbody></table>"
    "<figcaption>A table.</figcaption></figure><blockquote><p>Said.</p></blockquote>"
)


@pytest.fixture
def article(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    article = make_rich_article(tmp_path, body=BODY)
    make_comment(article)
    return article


def paths(article) -> list[str]:
    author = article.bylines.first().person.get_absolute_url()
    found = ["/search/?q=words", "/search/?q=what", "/search/?q=zebra&year=2020", "/search/"]
    lists = ["/", "/articles/", "/articles/?year=1999", "/tags/", "/tags/Sleep/", "/authors/", author]
    return [*lists, *found, article.get_absolute_url(), "/about/"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_and_nothing_sticks_out(browser, live_server, article, scheme, width):
    context = browser.new_context(
        base_url=live_server.url, color_scheme=scheme, viewport={"width": width, "height": 800}
    )
    page, problems = context.new_page(), []
    page.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
    for path in paths(article):
        page.goto(path)
        found = Axe().run(page).response["violations"]
        problems += [(path, rule["id"], rule["nodes"][0]["html"][:200]) for rule in found]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            problems.append((path, "wider than the window"))
    context.close()
    assert problems == []


def requested(page, path: str) -> list[str]:
    """What a page asks our server for beside itself, its styles, scripts and pictures."""
    asked = []
    page.on(
        "request", lambda request: asked.append(request.url) if request.resource_type == "fetch" else None
    )
    page.goto(path)
    page.wait_for_load_state("networkidle")
    return asked


def test_account_corner_is_fetched_for_those_who_are_logged_in_and_for_nobody_else(
    browser, live_server, client, article
):
    context = browser.new_context(base_url=live_server.url)
    page = context.new_page()
    assert requested(page, "/") == []
    assert page.text_content("#account-corner") == "Your account"
    client.force_login(make_user(display_name="Rita Reader"))
    cookie = {"url": live_server.url}
    context.add_cookies(
        [
            {"name": "sessionid", "value": client.cookies["sessionid"].value, **cookie},
            {"name": "hn_in", "value": "1", **cookie},
        ]
    )
    assert requested(page, "/") == [f"{live_server.url}/accounts/corner/"]
    page.wait_for_selector("text=Rita Reader")
    context.close()


def test_source_number_leads_to_the_source_without_script(browser, live_server, article):
    context = browser.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto(article.get_absolute_url())
    page.click(".prose a[href='#source-1']")
    assert page.locator("#source-1:target").is_visible()
    context.close()
