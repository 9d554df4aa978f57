"""Pictures in Chromium: the right file for each screen, and a place for it before it comes."""

import time

import pytest

from tests.articles.test_images_renditions import make_image
from tests.factories import make_article, make_person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]
WATCH = """
window.shifted = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.shifted += entry.value;
}).observe({type: "layout-shift", buffered: true});
"""
PICTURES = "[...document.querySelectorAll('main img')]"


@pytest.fixture
def article(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path
    lead, photo = make_image(size=(1600, 1000)), make_image(size=(480, 480))
    for image in (lead, photo):
        image.make_renditions()
    articles = [
        make_article(lead_image=lead, authors=[make_person(photo=photo)], body="<p>Words.</p>" * 12)
        for _ in range(6)
    ]
    return articles[-1]


@pytest.fixture
def visit(browser, live_server):
    """A function that opens a path on a screen; pictures come late, as they do on a telephone."""
    contexts = []

    def open_page(path, width, height, pixels):
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            device_scale_factor=pixels,
            reduced_motion="reduce",
        )
        contexts.append(context)
        context.add_init_script(WATCH)
        page = context.new_page()

        def late(route):
            time.sleep(0.15)
            route.continue_()

        page.route("**/media/**", late)
        page.goto(path)
        for number in range(page.locator("main img").count()):
            page.locator("main img").nth(number).scroll_into_view_if_needed()
        # A function, since our CSP lets no bare expression be evaluated a second time.
        page.wait_for_function(f"() => {PICTURES}.every((each) => each.complete && each.naturalWidth)")
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.mark.parametrize(
    ("screen", "on_top", "small", "portrait"),
    [
        ((390, 844, 2), "-800.avif", "-320.avif", "-320.avif"),
        ((1280, 900, 1), "-1080.avif", "-320.avif", "-160.avif"),
        ((1280, 900, 2), "-1440.avif", "-480.avif", "-320.avif"),
    ],
    ids=["phone", "desktop", "fine desktop"],
)
def test_each_screen_loads_the_file_that_it_needs(visit, article, screen, on_top, small, portrait):
    def loaded(path, which):
        page = visit(path, *screen)
        return page.evaluate(f"{PICTURES}.map((each) => each.currentSrc)")[which]

    assert loaded(article.get_absolute_url(), 0).endswith(on_top)
    assert loaded(article.get_absolute_url(), 1).endswith(portrait)
    assert loaded("/articles/", 0).endswith(small)


@pytest.mark.parametrize("screen", [(390, 844, 2), (1280, 900, 1)], ids=["phone", "desktop"])
def test_nothing_moves_when_the_pictures_come(visit, article, screen):
    for path in ("/", "/articles/", article.get_absolute_url(), article.authors[0].person.get_absolute_url()):
        page = visit(path, *screen)
        assert page.evaluate("window.shifted") == 0, path


def test_an_offered_file_takes_no_room(visit, article):
    page = visit(article.authors[0].person.get_absolute_url(), 390, 844, 1)
    left = "document.querySelector({!r}).getBoundingClientRect().left"
    assert page.evaluate(left.format(".profile .photo")) == page.evaluate(left.format(".profile"))
