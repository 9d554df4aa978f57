"""Sixty payloads on one article, in a browser: nothing runs, nothing is asked of anybody else, and the page works."""

from urllib.parse import quote, urlsplit

import pytest

from articles.models import Tag
from comments.models import Comment
from healthnews import markup
from tests.factories import PASSWORD, make_article, make_comment, make_person, make_user
from tests.healthnews.payloads import OWN, payloads
from tests.journeys.conftest import log_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]
SAMPLE = 60


@pytest.fixture
def watched(browser, live_server):
    """A page of a browser that notes dialogs, requests to elsewhere, refused scripts and errors of scripts."""
    context = browser.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(15_000)
    page, seen = context.new_page(), []
    host = urlsplit(live_server.url).netloc

    def dialog(box):
        seen.append(f"dialog {box.message}")
        box.dismiss()

    def line(message):
        # That a foreign picture was refused is the policy at work; a refused script would have been one of ours to stop.
        if "Content Security Policy" in message.text and "img-src" not in message.text:
            seen.append(message.text)

    def went_out(request):
        # What our policy stopped is told as failed by "csp", and never left the browser.
        address = urlsplit(request.url)
        elsewhere = address.scheme in {"http", "https", "ws", "wss"} and address.netloc != host
        if elsewhere and "csp" not in (request.failure or "").lower():
            seen.append(f"request {request.url} {request.failure}")

    page.on("dialog", dialog)
    page.on("console", line)
    page.on("requestfinished", went_out)
    page.on("requestfailed", went_out)
    page.on("pageerror", lambda error: seen.append(f"error {error}"))
    page.on("popup", lambda other: seen.append("popup"))
    yield page, seen
    context.close()


def poke(page) -> None:
    """What payloads wait for: pointer, focus, scrolling, a change of size."""
    page.evaluate("window.dispatchEvent(new Event('resize'))")
    page.mouse.move(300, 300)
    page.mouse.wheel(0, 4_000)
    for _ in range(5):
        page.keyboard.press("Tab")
    page.wait_for_timeout(200)


def test_a_thread_full_of_payloads_runs_nothing_and_its_box_works(watched, shared):
    page, seen = watched
    every = payloads(shared)
    sample = (every[:: len(every) // (SAMPLE - len(OWN) - 1)] + every[-len(OWN) - 1 :])[-SAMPLE:]
    assert len(sample) == SAMPLE
    person = make_person(name=sample[3][:110], bio="\n\n".join(markup.tidy(each) for each in sample))
    article = make_article(
        title=f"Alert {sample[1]}"[:200],
        dek=sample[2][:200],
        body="".join(map(markup.article_body, sample)) + "<p>alert: the end of the article.</p>",
        authors=[person],
    )
    article.tags.add(Tag.objects.create(name="<b onclick=alert(1)>", slug="b"))
    author = make_user(display_name="<img src=x onerror=alert(1)>")
    root = make_comment(article, author, body="The first one.")
    for each in sample:
        make_comment(article, author, parent=root, body=each)
    for each in sample[:15]:
        make_comment(article, author, body=each)
    make_comment(article, author, body="The last one is still here.")
    addresses = [
        article.get_absolute_url(),
        f"/articles/{article.slug}/comments/?root={root.pk}",
        person.get_absolute_url(),
        *(f"/search/?q={quote('alert ' + each[:150])}" for each in sample[::6]),
        "/search/?q=alert",
        "/",
        "/tags/",
    ]
    for address in addresses:
        answer = page.goto(address)
        assert answer.status == 200, address
        poke(page)
        assert page.locator("footer.colophon").is_visible(), address
        assert page.evaluate("location.pathname + location.search") == address or "%" in address
        assert seen == [], address
    page.goto(article.get_absolute_url())
    assert page.get_by_text("The last one is still here.").is_visible()
    assert page.get_by_text("the end of the article.").is_visible()

    # And one can go on writing under it.
    log_in(page, make_user("moderator"), PASSWORD)
    page.wait_for_url("**/accounts/profile/")
    page.goto(article.get_absolute_url())
    page.locator("#comments").scroll_into_view_if_needed()
    page.wait_for_selector("#comment-body")
    page.fill("#comment-body", OWN[0])
    page.click("[data-preview-button]")
    page.wait_for_selector("[data-preview] p, .preview p")
    page.click(".composer button:has-text('Send')")
    page.wait_for_timeout(800)
    mine = Comment.objects.get(text__body=OWN[0], author__display_name__startswith="Person")
    page.goto(f"/comments/{mine.pk}/")
    assert OWN[0] in page.inner_text(f"#comment-{mine.pk}")
    for address in ("/moderation/log/", f"/moderation/comments/{mine.pk}/"):
        page.goto(address)
        poke(page)
    assert seen == []
