"""The editor in a real browser, under the policy that the site sends."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.urls import reverse

from articles.models import Draft
from tests.factories import make_article, make_person, make_user

pytestmark = pytest.mark.django_db(transaction=True)

OFFICE = """<html><body><h1>From Word</h1><p class=MsoNormal>Plain <b>bold</b>.<o:p></o:p></p>
<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·</span>One</p>
<p class=MsoListParagraph style='mso-list:l0 level2 lfo1'><span style='mso-list:Ignore'>o</span>Below one</p>
<p class=MsoListParagraph style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·</span>Two</p>
<p class=MsoNormal>Between</p>
<p class=MsoListParagraph style='mso-list:l1 level1 lfo2'><span style='mso-list:Ignore'>1.</span>First</p>
</body></html>"""


@pytest.fixture
def editor():
    return make_user("editor")


@pytest.fixture
def page(browser, live_server, editor):
    """A browser in which the editor is logged in; at the end nothing was blocked and no script has failed."""
    client = Client()
    client.force_login(editor)
    context = browser.new_context(base_url=live_server.url)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    page, complaints = context.new_page(), []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.complaints = complaints
    yield page
    context.close()
    assert complaints == []


def wrong(page) -> list:
    """What axe finds that is serious or critical. It writes styles into the page, so complaints are read before."""
    assert page.complaints == []
    found = Axe().run(page).response["violations"]
    page.complaints.clear()
    return [
        (rule["id"], rule["nodes"][0]["html"]) for rule in found if rule["impact"] in {"serious", "critical"}
    ]


def paste(page, html: str) -> None:
    page.evaluate(
        """html => {
          const data = new DataTransfer()
          data.setData("text/html", html)
          const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })
          document.querySelector(".ProseMirror").dispatchEvent(event)
        }""",
        html,
    )


def test_an_editor_writes_saves_and_publishes_with_the_keyboard_and_the_buttons(page, editor):
    page.goto(reverse("admin:articles_draft_add"))
    page.locator("#id_title").fill("Hiccups that last")
    body = page.get_by_role("textbox", name="Body")
    body.click()
    page.get_by_role("button", name="heading 2").click()
    page.keyboard.type("When to call")
    page.keyboard.press("Enter")
    page.keyboard.type("Mostly never.")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="unordered list").click()
    page.keyboard.type("After two days")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("or at night")
    for _ in range(3):
        page.keyboard.press("Enter")
    page.keyboard.type("Call the same day.")
    page.get_by_role("button", name="Call-out: See a doctor").click()
    page.get_by_role("button", name="Save draft").click()
    page.get_by_text("Draft saved.").wait_for()
    draft = Draft.objects.get(title="Hiccups that last")
    assert draft.body == (
        "<h2>When to call</h2><p>Mostly never.</p>"
        "<ul><li><p>After two days</p><ul><li><p>or at night</p></li></ul></li></ul>"
        '<div class="callout callout-doctor"><p>Call the same day.</p></div>'
    )
    page.get_by_role("button", name="Publish…").click()
    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_role("link", name="see the public page").click()
    assert page.locator(".callout-doctor .callout__label").inner_text().strip().lower() == "see a doctor"


def test_what_comes_from_word_keeps_its_structure(page):
    article = make_article(publish=False, body="")
    page.goto(reverse("admin:articles_draft_change", args=[article.draft.pk]))
    page.get_by_role("textbox", name="Body").click()
    paste(page, OFFICE)
    page.get_by_role("button", name="Save draft").click()
    page.get_by_text("Draft saved.").wait_for()
    assert Draft.objects.get(article=article).body == (
        "<h2>From Word</h2><p>Plain <strong>bold</strong>.</p>"
        "<ul><li><p>One</p><ul><li><p>Below one</p></li></ul></li><li><p>Two</p></li></ul>"
        "<p>Between</p><ol><li><p>First</p></li></ol>"
    )


def test_pasted_pictures_of_elsewhere_are_left_out_with_a_word(page):
    article = make_article(publish=False, body="<p>Old.</p>")
    page.goto(reverse("admin:articles_draft_change", args=[article.draft.pk]))
    page.get_by_role("textbox", name="Body").click()
    page.keyboard.press("Control+A")
    paste(
        page,
        '<p>Words.</p><img src="file:///C:/x.png" width=3><img src="https://pictures.example/x.png">'
        '<img src="/static/healthnews/icon.svg" alt="Ours">',
    )
    page.get_by_text("2 pictures were not pasted").wait_for()
    assert 'src="/static/healthnews/icon.svg"' in page.locator("#id_body").input_value()
    assert page.locator("#id_body").input_value().count("<img") == 1


def test_a_text_that_the_editor_would_shorten_stays_html_until_one_decides(page):
    body = "<table><caption>Doses</caption><tbody><tr><td>1</td></tr></tbody></table>"
    article = make_article(publish=False, body=body)
    page.goto(reverse("admin:articles_draft_change", args=[article.draft.pk]))
    page.get_by_text("what the editor cannot keep (caption)").wait_for()
    assert page.locator("textarea#id_body").input_value() == body
    page.get_by_role("button", name="Use the editor all the same").click()
    page.get_by_role("textbox", name="Body").wait_for()


def test_tables_figures_and_anchors_survive_an_edit(page):
    body = (
        '<h2 id="doses">Doses</h2><table><tbody><tr><th><p>A</p></th></tr><tr><td><p>1</p></td></tr></tbody></table>'
        '<figure><img src="/media/x.png" alt="X"><figcaption>Seen.</figcaption></figure><p>End</p>'
    )
    article = make_article(publish=False, body=body)
    page.route("**/media/x.png", lambda route: route.fulfill(content_type="image/svg+xml", body="<svg/>"))
    page.goto(reverse("admin:articles_draft_change", args=[article.draft.pk]))
    page.get_by_role("textbox", name="Body").get_by_text("End").click()
    page.keyboard.press("Control+End")
    page.keyboard.type("ing")
    page.get_by_role("button", name="Save draft").click()
    page.get_by_text("Draft saved.").wait_for()
    saved = Draft.objects.get(article=article).body
    for part in (
        '<h2 id="doses">',
        "<th",
        "<td",
        'alt="X"',
        "<figcaption>Seen.</figcaption>",
        "<p>Ending</p>",
    ):
        assert part in saved


def test_the_desk_is_free_of_serious_faults_for_everybodys_tools(page):
    article = make_article(authors=[make_person()], tags=["Nerves"])
    version = article.draft.save_version(by=None)
    for name, args in (
        ("index", []),
        ("articles_draft_changelist", []),
        ("articles_draft_add", []),
        ("articles_draft_change", [article.draft.pk]),
        ("articles_version_changelist", []),
        ("articles_version_publish", [version.pk]),
        ("articles_version_change", [version.pk]),
        ("articles_article_change", [article.pk]),
        ("articles_image_add", []),
    ):
        page.goto(reverse(f"admin:{name}", args=args))
        page.wait_for_load_state("networkidle")
        assert wrong(page) == [], name
