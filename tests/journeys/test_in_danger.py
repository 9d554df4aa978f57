"""Somebody in danger, in a real browser: the number to ring is before their eyes, whatever became of the text."""

import pytest

from comments.models import Comment, Sanction
from tests.factories import PASSWORD, make_article, make_user
from tests.journeys.conftest import log_in

pytestmark = pytest.mark.django_db(transaction=True)
CRY = "I want to end my life tonight. I have the tablets here."
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 800}


@pytest.fixture(params=[PHONE, DESKTOP], ids=["phone", "desktop"])
def visitor(new_visitor, request):
    """A browser in Britain on a phone or a desktop; logged in where somebody is named."""

    def come(user=None):
        page = new_visitor(viewport=request.param, locale="en-GB")
        if user:
            log_in(page, user, PASSWORD)
            page.wait_for_load_state()
        return page

    return come


def assert_number_in_sight(page, within="[data-crisis]"):
    number = page.locator(f"{within} a[href='tel:116123']")
    number.wait_for()
    page.wait_for_timeout(300)  # smooth scrolling has ended
    box, height = number.bounding_box(), page.viewport_size["height"]
    assert box["y"] >= 0, box
    assert box["y"] + box["height"] <= height, box


def write(page, article, text=CRY, button="Send"):
    page.goto(f"/articles/{article.slug}/comments/new/")
    page.fill("#comment-body", text)
    page.click(f".composer button:has-text('{button}')")


def test_after_sending_the_number_is_before_ones_eyes(visitor):
    author, article = make_user(), make_article(title="When sleep will not come: what helps with insomnia")
    page = visitor(author)
    write(page, article)
    page.wait_for_url("**/comments/mine/#comment-*")
    comment = Comment.objects.get()
    assert_number_in_sight(page, f"#comment-{comment.pk} [data-crisis]")
    named = "document.activeElement.getAttribute('aria-labelledby')"
    assert page.evaluate(f"{named} === 'help-title-{comment.pk}'")  # said at once by a screen reader
    # Among several, too.
    write(page, article, "Coffee never mattered to me, but tea did, and for years.")
    page.wait_for_url("**/comments/mine/#comment-*")
    page.goto("about:blank")
    page.goto(f"/articles/{article.slug}/comments/mine/#comment-{comment.pk}")
    assert_number_in_sight(page, f"#comment-{comment.pk} [data-crisis]")


def test_from_the_article_as_well(visitor, script):
    author, article = make_user(), make_article()
    page = visitor(author)
    page.goto(article.get_absolute_url())
    if not script:
        page.click("text=Write a comment")
    page.fill("#comment-body", CRY)
    page.click(".composer button:has-text('Send')")
    page.wait_for_url("**/comments/mine/#comment-*")
    assert_number_in_sight(page)


def test_who_may_not_write(visitor):
    author, article = make_user(), make_article()
    page = visitor(author)
    write(page, article, "Coffee never mattered to me.", "Preview")
    page.wait_for_selector(".preview")
    page.fill("#comment-body", CRY)
    Sanction.impose("suspend", author, by=make_user("moderator"), reason="Enough.", days=1)
    page.click(".composer button:has-text('Send')")
    page.wait_for_selector("text=nobody here has read it")
    assert_number_in_sight(page)
    assert page.input_value("#comment-body") == CRY


def test_before_the_login_and_behind_it(visitor):
    author, article = make_user(), make_article()
    page = visitor()
    write(page, article, button="Log in and go on")
    page.wait_for_selector("h1:has-text('Log in')")
    assert_number_in_sight(page)
    page.fill("main [name=login]", author.email)
    page.fill("main [name=password]", PASSWORD)
    page.click(".account__form button[type=submit]")
    page.wait_for_selector("#comment-body")
    assert_number_in_sight(page)
    assert page.input_value("#comment-body") == CRY


def test_in_a_preview(visitor):
    page = visitor(make_user())
    write(page, make_article(), button="Preview")
    page.wait_for_selector(".preview")
    assert_number_in_sight(page)
