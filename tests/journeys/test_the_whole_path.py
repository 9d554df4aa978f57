"""From a stranger's first thought to the answer that everybody reads, in one go."""

import pytest
from django.core import mail

from comments import jobs
from comments.models import Comment, Decision
from tests.factories import PASSWORD, make_article, make_comment, make_person, make_user
from tests.journeys.conftest import link_in_mail, log_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]
TEXT = "My eyelid has twitched since Monday. What should I do about it?"


def test_a_comment_from_sign_up_to_the_answer_under_it(new_visitor, script):
    article = make_article(title="Why muscles twitch", authors=[make_person(name="Ann Author")])
    moderator = make_user("moderator", display_name="Mo Derator")

    # Sign up, and verify the address by the link in the mail.
    page = new_visitor()
    page.goto("/accounts/signup/")
    page.fill("[name=display_name]", "Rita Reader")
    page.fill("main [name=email]", "Rita@Example.org")
    page.fill("[name=password1]", "a passphrase of mine")
    page.click("main form button[type=submit]")
    page.wait_for_url("**/confirm-email/**")
    page.goto(link_in_mail("rita@example.org", "/accounts/confirm-email/"))
    page.click("main form button[type=submit]")
    page.wait_for_url("**/accounts/login/**")

    # From the discussion, with a text already typed.
    page.goto(article.get_absolute_url())
    page.click("text=Write a comment")
    page.fill("#comment-body", TEXT)
    page.fill("#composer-login", "rita@example.org")
    page.fill("#composer-password", "wrong, alas")
    page.click("text=Log in and go on")
    page.wait_for_url("**/accounts/login/**")
    page.fill("main [name=login]", "rita@example.org")
    page.fill("main [name=password]", "a passphrase of mine")
    page.click("main form button[type=submit]:not([formaction])")
    page.wait_for_selector(".composer__as")
    assert page.input_value("#comment-body") == TEXT
    assert Comment.objects.count() == 0

    # Send, and see it wait, with the reason.
    page.click(".composer button:has-text('Send')")
    page.wait_for_selector("[data-nudge=personal_advice]")
    assert page.input_value("#comment-body") == TEXT
    page.click(".composer button:has-text('Send it as it is')")
    page.wait_for_url("**/comments/mine/**")
    own = page.locator(f"#comment-{Comment.objects.get().pk}")
    assert own.get_attribute("data-status") == "pending"
    assert "First comments are read by a moderator." in own.inner_text()
    assert "personal medical advice" in own.inner_text()

    # Back on the article the text is not offered again; nobody else sees the comment.
    page.goto(article.get_absolute_url())
    if script:
        page.locator("#comments").scroll_into_view_if_needed()
        page.wait_for_selector("[data-status=pending]")
        assert page.input_value("#comment-body") == ""
    stranger = new_visitor()
    stranger.goto(article.get_absolute_url())
    assert "My eyelid" not in stranger.content()

    # Log out.
    page.goto("/accounts/logout/")
    page.click("main form button[type=submit]")
    page.wait_for_url("**/")
    assert not [
        cookie
        for cookie in page.context.cookies()
        if cookie["name"] in {"hn_in", "sessionid"} and cookie["value"]
    ]

    # The moderator publishes it together with the canned answer: by keyboard, or by a plain form.
    desk = new_visitor()
    log_in(desk, moderator, PASSWORD)
    desk.wait_for_url("**/accounts/profile/")
    desk.goto("/moderation/")
    if script:
        desk.wait_for_timeout(500)
        desk.keyboard.press("j")
        desk.keyboard.press("Enter")
    else:
        desk.click(".queue__open")
    desk.wait_for_url("**/moderation/comments/**")
    assert "Asks for personal advice" in desk.inner_text(".card__findings")
    assert desk.locator("mark").first.inner_text().startswith("What should I")
    if script:
        desk.wait_for_timeout(500)  # a card takes no key in its first moments
        desk.keyboard.press("a")
    else:
        desk.click("button:has-text('Publish and answer')")
    desk.wait_for_url("**/moderation/")
    assert "published and answered" in desk.inner_text(".messages")

    # The anonymous reader sees both: the answer with its mark, in reply to the comment.
    stranger.reload()
    comment = Comment.objects.get(parent=None)
    answer = Comment.objects.get(parent=comment)
    assert "What should I do" in stranger.inner_text(f"#comment-{comment.pk}")
    shown = stranger.locator(f"#comment-{answer.pk}")
    assert shown.get_attribute("data-depth") == "1"
    assert "Mo Derator" in shown.inner_text()
    assert shown.locator(".comment__mark").inner_text() == "Staff"
    assert "in reply to Rita Reader" in shown.inner_text()
    assert "personalised advice" in shown.inner_text()

    # And Rita is told by mail, by a job that carries an id only.
    jobs.mail_decision(decision_id=Decision.objects.get(action="publish").pk)
    message = mail.outbox[-1]
    assert message.to == ["rita@example.org"]
    assert f"/comments/{comment.pk}/" in message.body


@pytest.mark.parametrize("script", [True], indirect=True, ids=["with script"])
def test_a_held_key_decides_one_comment_only(new_visitor, script):
    article, author = make_article(), make_user()
    for number in range(6):
        make_comment(article=article, author=author, status="pending", body=f"Waiting {number}.")
    page = new_visitor()
    log_in(page, make_user("moderator"), PASSWORD)
    page.wait_for_url("**/accounts/profile/")
    page.goto("/moderation/")
    page.click(".queue__open")
    page.wait_for_selector("[data-card]")
    page.wait_for_timeout(500)
    for _ in range(25):
        page.keyboard.down("p")  # down again without up is a key that repeats
        page.wait_for_timeout(60)
    page.keyboard.up("p")
    page.wait_for_timeout(300)
    assert Comment.objects.filter(status="published").count() == 1


@pytest.mark.parametrize("script", [True], indirect=True, ids=["with script"])
def test_a_key_pressed_as_a_card_opens_decides_nothing(new_visitor, script):
    comment = make_comment(status="pending", body="Not read yet.")
    page = new_visitor()
    log_in(page, make_user("moderator"), PASSWORD)
    page.wait_for_url("**/accounts/profile/")
    # Pressed as soon as the card listens, and not held: meant for the card before.
    page.add_init_script(
        """addEventListener("DOMContentLoaded", () => document.body.dispatchEvent(
            new KeyboardEvent("keydown", { key: "p", bubbles: true })))"""
    )
    page.goto(f"/moderation/comments/{comment.pk}/")
    page.wait_for_timeout(500)
    comment.refresh_from_db()
    assert comment.status == "pending" and page.url.endswith(f"/{comment.pk}/")
    page.keyboard.press("p")
    page.wait_for_url("**/moderation/")
    comment.refresh_from_db()
    assert comment.status == "published"


@pytest.mark.parametrize("script", [True], indirect=True, ids=["with script"])
def test_what_one_person_typed_is_not_there_for_the_next(new_visitor, script):
    article = make_article()
    first, second = make_user(), make_user()
    page = new_visitor()
    log_in(page, first, PASSWORD)
    page.wait_for_url("**/accounts/profile/")
    new = f"/articles/{article.slug}/comments/new/"
    page.goto(new)
    page.fill("#comment-body", "My own illness.")
    page.reload()
    assert page.input_value("#comment-body") == "My own illness."
    page.goto("/accounts/logout/")
    page.click("main form button[type=submit]")
    page.wait_for_url("**/")
    page.goto(new)
    assert page.input_value("#comment-body") == ""
    log_in(page, second, PASSWORD)
    page.wait_for_url("**/accounts/profile/")
    page.goto(new)
    assert page.input_value("#comment-body") == ""


def test_changing_and_withdrawing_in_the_browser(new_visitor, script):
    author = make_user()
    comment = make_comment(author=author, status="pending", body="First words.")
    page = new_visitor()
    log_in(page, author, PASSWORD)
    page.wait_for_url("**/accounts/profile/")
    page.goto(f"/articles/{comment.article.slug}/comments/mine/")
    page.click("text=Change")
    page.fill("#comment-body", "Better *words*.")
    page.click("text=Save the new text")
    page.wait_for_url("**/mine/**")
    assert "Better words." in page.inner_text(f"#comment-{comment.pk}")
    page.click("text=Withdraw")
    page.click("text=Withdraw it")
    page.wait_for_url("**/mine/**")
    assert "Withdrawn by you." in page.inner_text(f"#comment-{comment.pk}")


def test_a_preview_with_what_to_know(new_visitor, script):
    article = make_article()
    page = new_visitor()
    log_in(page, make_user(), PASSWORD)
    page.wait_for_url("**/accounts/profile/")
    page.goto(f"/articles/{article.slug}/comments/new/")
    page.fill("#comment-body", "My *leg* hurts. What should I do?")
    page.click("text=Preview")
    page.wait_for_selector(".preview em")
    assert "we can’t give personalised advice" in page.inner_text(".preview")
    assert page.input_value("#comment-body") == "My *leg* hurts. What should I do?"
    page.click(".composer button:has-text('Send')")
    page.click(".composer button:has-text('Send it as it is')")
    page.wait_for_url("**/mine/**")
    assert Comment.objects.get().status == "pending"
