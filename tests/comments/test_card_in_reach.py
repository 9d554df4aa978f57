"""What a card has without keys: the bar at the foot of the window, marking by finger, finding a canned reply, guidance."""

import re

import pytest
from django.conf import settings
from django.db import transaction

from comments.models import CannedReply, Case, Clause, Comment
from tests.factories import make_comment, make_user

pytestmark = pytest.mark.django_db
in_browser = pytest.mark.django_db(transaction=True)
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def moderator(client):
    moderator = make_user("moderator")
    client.force_login(moderator)
    return moderator


def url(comment, more="") -> str:
    return f"/moderation/comments/{comment.pk}/{more}"


def card(client, comment, more="") -> str:
    return client.get(url(comment, more)).content.decode()


def more_replies(count: int, purpose="public_answer") -> None:
    for n in range(count):
        CannedReply.objects.create(
            key=f"more-{n}", title=f"More {n}", purpose=purpose, body=f"Words number {n}."
        )


@pytest.fixture
def phone(browser, live_server, client, moderator):
    """A function that opens a page on a phone, as the moderator."""
    contexts = []

    def open_on_phone(path, script=True):
        context = browser.new_context(
            base_url=live_server.url, viewport=PHONE, has_touch=True, java_script_enabled=script
        )
        contexts.append(context)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
        page = context.new_page()
        page.goto(path)
        return page

    yield open_on_phone
    for context in contexts:
        context.close()


# The bar

ABOVE_THE_BAR = """(() => {
    const e = document.activeElement, r = e.getBoundingClientRect();
    if (e.closest(".bar") || !e.closest(".card")) return true;
    return r.y + Math.min(r.height, 40) <= document.querySelector(".bar").getBoundingClientRect().y + 1;
})()"""


def becomes(page, condition: str) -> bool:
    """Whether it holds within some seconds; where no script of the page runs, nothing there can wait for it."""
    for _ in range(40):
        if page.evaluate(condition):
            return True
        page.wait_for_timeout(100)
    return False


def bar(html: str) -> list[str]:
    """What stands on the bar, in words."""
    _, _, found = html.partition('<p class="bar__row">')
    return re.findall(r">([^<>]+)</(?:a|button)>", found.partition("</nav>")[0])


def test_the_bar_has_what_is_decided_most(client, moderator):
    comment = make_comment(status="pending")
    Case.open_for(comment, "new")
    assert bar(card(client, comment)) == ["Publish", "Answer", "Refuse", "Skip"]
    reported = make_comment()
    Case.open_for(reported, "report")
    assert bar(card(client, reported)) == ["Leave it", "Answer", "Remove", "Skip"]
    assert bar(card(client, make_comment())) == ["Remove"]


def test_it_is_not_on_what_one_may_not_decide(client, moderator):
    own = make_comment(status="pending", author=moderator)
    Case.open_for(own, "new")
    make_user("moderator")
    assert 'class="bar"' not in card(client, own)


@in_browser
@pytest.mark.parametrize("script", [True, False])
def test_on_a_phone_it_is_under_the_thumb_and_covers_nothing_that_has_the_focus(phone, script):
    comment = make_comment(status="pending", body="It hurts. " * 80)
    page = phone(url(comment), script)
    for name in ("Publish", "Answer", "Refuse"):
        box = page.locator(".bar__row > *", has_text=name).bounding_box()
        assert PHONE["height"] - 120 < box["y"] < PHONE["height"] - box["height"]
        assert box["height"] >= 44
    page.click(".bar__row a:has-text('Refuse')")
    assert becomes(page, "document.querySelector('#decide-refuse').getBoundingClientRect().y < 100")
    for _ in range(25):
        page.keyboard.press("Tab")
        assert becomes(page, ABOVE_THE_BAR), page.evaluate("document.activeElement.outerHTML")
    page.click(".bar__row button:has-text('Publish')")
    page.wait_for_url("**/moderation/")
    assert Comment.objects.get(pk=comment.pk).status == "published"


@in_browser
def test_of_an_emergency_it_leads_to_the_form_and_opens_the_text(phone):
    comment = make_comment(status="pending", body="I cannot go on.")
    with transaction.atomic():
        Case.open_for(comment, "crisis", priority=0)
    page = phone(url(comment))
    page.click(".bar__row a:has-text('Publish')")
    page.wait_for_selector("[data-veil][open]")
    assert page.is_visible("#publish-answered")
    assert Comment.objects.get(pk=comment.pk).status == "pending"


# Marking what is to be taken out


def select(page, words: str) -> None:
    page.evaluate(
        """(words) => {
            const node = document.createTreeWalker(document.querySelector("[data-text]"), NodeFilter.SHOW_TEXT).nextNode();
            const start = node.data.indexOf(words);
            getSelection().setBaseAndExtent(node, start, node, start + words.length);
        }""",
        words,
    )


@in_browser
def test_what_is_selected_is_taken_out_by_a_button_and_taken_back_one_by_one(phone):
    comment = make_comment(status="pending", body="😀 Ask Dr Ölçer in Leeds, or Dr Bo in York.")
    page = phone(url(comment))
    assert not page.is_visible("[data-take-out]")
    for words in ("Dr Ölçer", "Dr Bo", "York"):
        select(page, words)
        page.tap("[data-take-out]")
        page.wait_for_selector(f"[data-spans] q:has-text('{words}')")
    page.wait_for_selector("[data-take-out]", state="hidden")
    assert page.inner_text("[data-marked]") == "3 to be taken out: go on"
    assert not page.is_visible(".bar__row button:has-text('Publish')")
    page.click("button[aria-label='Take back: York']")
    assert page.inner_text("[data-marked]") == "2 to be taken out: go on"
    page.tap("[data-marked]")
    page.click("button:has-text('Publish without it')")
    page.wait_for_url("**/moderation/")
    comment.refresh_from_db()
    gone = "[removed: personal data]"
    assert comment.text.body == f"😀 Ask {gone} in Leeds, or {gone} in York."


# Canned replies


def test_a_replys_name_is_its_title_and_its_text_describes_it(client, moderator):
    html = card(client, make_comment(status="pending"))
    names = re.findall(r'aria-labelledby="([\w-]+)" aria-describedby="([\w -]+)"', html)
    assert names
    for name, described in names:
        assert re.search(rf'<b id="{name}">[^<>]+</b>', html)
        for each in described.split():
            assert html.count(f'id="{each}"') == 1


def test_what_is_not_suggested_is_folded_and_none_is_lost(client, moderator):
    more_replies(9)
    html = card(client, make_comment(status="pending"))
    answers = CannedReply.objects.filter(purpose="public_answer", is_active=True).count()
    assert html.count('id="canned-') == 2 * answers + answers  # each with its title and its text
    at_hand = html.partition("decide-answer")[2].partition("<details")[0]
    assert at_hand.count('name="canned_reply"') == 3
    assert f"{answers - 3} more canned replies" in html


@pytest.mark.parametrize(("purpose", "form"), [("public_answer", "answer"), ("message_to_author", "refuse")])
def test_a_reply_is_chosen_on_the_page_of_all_replies(client, moderator, purpose, form):
    more_replies(5, purpose)
    comment = make_comment(status="pending")
    listed = client.get(f"/moderation/replies/?comment={comment.pk}").content.decode()
    link = f"{url(comment)}?reply=more-4#decide-{form}"
    assert f'href="{link}"' in listed
    assert f'id="decide-{form}"' in card(client, comment)
    html = card(client, comment, "?reply=more-4")
    assert re.findall(r'name="canned_reply" id="[\w-]+" value="([\w-]+)"[^>]* checked', html) == ["more-4"]
    assert re.search(r'<details class="canned" open>', html)
    assert not re.search(r'value="[\w-]+"[^>]* checked', card(client, comment, "?reply=nothing-like-it"))


def test_without_a_card_to_go_back_to_no_reply_is_chosen(client, moderator):
    assert "Use this one" not in client.get("/moderation/replies/").content.decode()


@in_browser
def test_a_reply_is_found_among_many(phone):
    more_replies(30)
    comment = make_comment(status="pending")
    page = phone(url(comment))
    page.click("summary:has-text('more canned replies')")
    page.fill("#filter-answers", "words NUMBER 27")
    assert page.locator("#decide-answer details .choice:visible").count() == 1
    page.check("#canned-more-27")
    page.fill("#filter-answers", "no such words")
    assert page.is_visible("#decide-answer [data-filter-none]")
    page.press("#filter-answers", "Enter")
    page.wait_for_timeout(200)
    assert Comment.objects.get(pk=comment.pk).status == "pending"
    page.click("#decide-answer button:has-text('Publish and answer')")
    page.wait_for_url("**/moderation/")
    assert Comment.objects.get(parent=comment).text.body == "Words number 27."


# The guidance of a clause


def test_the_guidance_stands_on_the_card(client, moderator):
    html = card(client, make_comment(status="pending"))
    for clause in Clause.in_force():
        assert clause.guidance[:30] in html


@in_browser
def test_the_guidance_of_the_chosen_clause_is_shown_below_it(phone):
    page = phone(url(make_comment(status="pending")))
    line = page.locator("#decide-refuse [data-guidance]")
    assert not line.is_visible()
    page.select_option("#clause", "4")
    assert line.is_visible()
    assert "is not selling" in line.inner_text()
    page.select_option("#clause", "")
    assert not line.is_visible()
