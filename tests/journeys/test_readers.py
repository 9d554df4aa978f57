"""What readers do around moderation: reporting, appealing, marking, hiding; and what somebody in need sees."""

import pytest
from django.core import mail
from django.db import transaction

from comments.models import Appeal, Case, Clause, Comment, Helpful, Report
from comments.screening import Finding, Outcome
from tests.comments.conftest import work
from tests.factories import PASSWORD, make_article, make_comment, make_user, verdict
from tests.journeys.conftest import link_in_mail, log_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]
ADVICE = "My leg hurts since Monday. What should I do?"


@pytest.fixture
def visitor(new_visitor):
    """A function that opens a page for somebody, logged in."""

    def opened(user, **options):
        page = new_visitor(**options)
        log_in(page, user, PASSWORD)
        page.wait_for_url("**/accounts/profile/")
        return page

    return opened


def show_comments(page, article, script, selector="#comment-body"):
    """The article, with what comes for its viewer."""
    page.goto(article.get_absolute_url())
    if script:
        page.locator("#comments").scroll_into_view_if_needed()
        page.wait_for_selector(selector)


def test_from_a_report_over_removal_and_appeal_to_the_reversal(visitor, script):
    author, reporter = make_user(display_name="Ada"), make_user()
    first, second = make_user("moderator"), make_user("moderator")
    comment = make_comment(
        make_article(title="Why muscles twitch"), author, body="My neighbour Bill has it too."
    )
    reader = visitor(reporter)
    show_comments(reader, comment.article, script)
    reader.click(f"#comment-{comment.pk} .comment__tool:has-text('Report')")
    reader.check("text=It gives away personal data")
    reader.fill(f"#note-{comment.pk}", "He did not agree.")
    reader.click("text=Send the report")
    reader.wait_for_selector("text=Your report was received")
    assert reader.locator(f"#comment-{comment.pk}").is_visible() or not script
    assert Report.objects.get().note.text == "He did not agree."

    comment.refresh_from_db()
    clause = Clause.objects.get(number=3)
    comment.decide("remove", by=first, version=comment.version, clause=clause, message="Bill could be found.")
    work()
    told = {message.to[0]: message for message in mail.outbox}
    assert "taken it down" in told[reporter.email].body
    assert "Bill could be found." in told[author.email].body

    page = visitor(author)
    page.goto(link_in_mail(author.email, "/comments/.*/appeal/"))
    page.fill("#appeal-text", "Bill is a character in a book.")
    page.click("text=Send the appeal")
    page.wait_for_url("**/decision/")
    assert "Another moderator will decide" in page.inner_text("main")
    assert "3. No personal data" in page.inner_text("main")

    comment.refresh_from_db()
    comment.decide("overturn", by=second, version=comment.version)
    work()
    assert "you were right" in [each for each in mail.outbox if each.to == [author.email]][-1].body
    assert "can be read again" in [each for each in mail.outbox if each.to == [reporter.email]][-1].body
    assert Appeal.objects.get().was_granted
    show_comments(reader, comment.article, script)
    assert "My neighbour Bill" in reader.inner_text(f"#comment-{comment.pk}")


def test_one_is_asked_once_and_what_was_typed_stays(visitor, script):
    article = make_article()
    page = visitor(make_user())
    show_comments(page, article, script)
    if not script:
        page.click("text=Write a comment")
    page.fill("#comment-body", ADVICE)
    page.click(".composer button:has-text('Send')")
    page.wait_for_selector("[data-nudge=personal_advice]")
    assert page.url.endswith(article.get_absolute_url()) is script, "with script the page stays where it is"
    assert page.input_value("#comment-body") == ADVICE
    assert not Comment.objects.exists()
    page.fill("#comment-body", "My leg hurts since Monday. What could be the cause?")
    page.click(".composer button:has-text('Send it as it is')")
    page.wait_for_url("**/comments/mine/**")
    assert Comment.objects.get().text.body == "My leg hurts since Monday. What could be the cause?"
    page.goto(f"/articles/{article.slug}/comments/new/")
    assert page.input_value("#comment-body") == ""


def test_a_change_is_asked_about_once_and_can_be_looked_at_before(visitor):
    author = make_user()
    comment = make_comment(make_article(), author, status="pending", body="My leg hurts.")
    page = visitor(author)
    page.goto(f"/comments/{comment.pk}/edit/")
    page.fill("#comment-body", f"*Please.* {ADVICE}")
    page.click("button:has-text('Preview')")
    assert page.inner_text(".preview em") == "Please."
    page.click("button:has-text('Save the new text')")
    page.wait_for_selector("[data-question] [data-nudge=personal_advice]")
    assert page.input_value("#comment-body") == f"*Please.* {ADVICE}"
    page.click("button:has-text('Save it as it is')")
    page.wait_for_url("**/comments/mine/**")
    comment.refresh_from_db()
    assert comment.text.body == f"*Please.* {ADVICE}"


def test_a_published_comment_is_there_after_sending(visitor, script):
    article, moderator = make_article(), make_user("moderator")
    page = visitor(moderator)
    show_comments(page, article, script, "#comment-body")
    if not script:
        page.click("text=Write a comment")
    page.fill("#comment-body", "Thank you all.")
    page.click(".composer button:has-text('Send')")
    page.wait_for_url(f"**{article.get_absolute_url()}#comment-*")
    page.wait_for_selector("#thread .comment:has-text('Thank you all.')")


def test_where_to_turn_is_shown_to_the_author_alone(visitor, script):
    article, author, other = make_article(), make_user(), make_user()
    found = verdict("hold", Finding("self_harm", Outcome.HOLD))
    comment = Comment.submit(article=article, by=author, body="I cannot go on.", verdict=found)
    with transaction.atomic():
        Case.open_for(comment, "crisis", priority=0)
    page = visitor(author, locale="en-GB")
    show_comments(page, article, script, "[data-crisis]") if script else page.goto("/comments/mine/")
    panel = page.locator("[data-crisis]")
    assert "You do not have to be alone with this" in panel.inner_text()
    assert panel.locator("a[href='tel:116123']").is_visible()
    assert page.locator(f"#comment-{comment.pk} > :first-child").get_attribute("data-crisis") is not None
    panel.locator("select").select_option("US")
    panel.locator("button").click()
    page.wait_for_url("**/comments/help/?country=US")
    assert "988" in page.inner_text("main")
    stranger = visitor(other)
    show_comments(stranger, article, script)
    assert stranger.locator("[data-crisis]").count() == 0
    assert "I cannot go on." not in stranger.content()


def test_a_mark_takes_one_click_and_is_taken_back(visitor, script):
    comment, reader = make_comment(), make_user()
    page = visitor(reader)
    show_comments(page, comment.article, script)
    page.click(f"#comment-{comment.pk} .comment__tool:has-text('Helpful')")
    if not script:
        page.click("text=It helped me")
    page.wait_for_selector("text=You found this comment helpful.")
    assert Helpful.objects.count() == 1
    show_comments(page, comment.article, script)
    if script:
        page.wait_for_selector(f"#comment-{comment.pk} .comment__tool.is-set")
    assert "Helpful (1)" in page.inner_text(f"#comment-{comment.pk}")
    page.click(f"#comment-{comment.pk} .comment__tool:has-text('Helpful')")
    page.click("text=Take it back")
    page.wait_for_selector("text=It helped me")
    assert Helpful.objects.count() == 0


def test_somebody_hidden_is_folded_away_until_one_looks(visitor, script):
    article, loud, reader = make_article(), make_user(display_name="Loud Larry"), make_user()
    comment = make_comment(article, loud, body="You are all wrong.")
    page = visitor(reader)
    page.goto(f"/comments/{comment.pk}/report/")
    page.click("text=Hide this person")
    page.click("button:has-text('Hide this person')")
    page.wait_for_url("**/people/hidden/")
    assert "Loud Larry" in page.inner_text("main")
    if script:
        show_comments(page, article, script, ".comment__folded")
        assert not page.locator(f"#comment-{comment.pk} .comment__body").is_visible()
        page.click("text=Show it")
    else:  # by the stylesheet in <noscript>
        page.goto(article.get_absolute_url())
        assert not page.locator(f"#comment-{comment.pk} .comment__body").is_visible()
        page.click(f"#comment-{comment.pk} .comment__time")
        page.wait_for_url(f"**#comment-{comment.pk}")
    assert page.locator(f"#comment-{comment.pk} .comment__body").is_visible()
    page.goto("/comments/people/hidden/")
    page.click("text=Show again")
    page.wait_for_selector("text=Nobody.")


def test_a_notice_without_a_login(new_visitor, script):
    comment = make_comment()
    page = new_visitor()
    page.goto(comment.article.get_absolute_url())
    page.click(f"#comment-{comment.pk} .comment__tool:has-text('Report')")
    page.wait_for_selector("text=why is it illegal?")
    page.check(f"#reason-illegal-{comment.pk}")
    page.click("summary:has-text('a notice with your name')")
    page.fill(f"#note-{comment.pk}", "It sells prescription medicines.")
    page.click("text=Send the report")
    page.wait_for_selector("text=Give your name.")
    assert page.input_value(f"#note-{comment.pk}") == "It sells prescription medicines."
    page.fill(f"#name-{comment.pk}", "Nora")
    page.fill(f"#email-{comment.pk}", "nora@example.org")
    page.check(f"#faith-{comment.pk}")
    page.click("text=Send the report")
    page.wait_for_selector("b:has-text('Your notice was received')")
    work()
    assert mail.outbox[0].to == ["nora@example.org"]


def test_a_stranger_says_that_somebody_is_in_danger(new_visitor, script):
    comment = make_comment()
    page = new_visitor(locale="en-GB")
    page.goto(comment.article.get_absolute_url())
    page.click(f"#comment-{comment.pk} .comment__tool:has-text('Report')")
    page.wait_for_selector("text=Somebody may be in danger now?")
    page.click("text=Send the report")
    page.wait_for_selector("text=Choose what is wrong.")
    page.check(f"#reason-danger-{comment.pk}")
    assert page.is_visible(".tool a[href='tel:999']")
    page.fill(f"#note-{comment.pk}", "I know her, and she does not answer.")
    page.click("text=Send the report")
    page.wait_for_selector("b:has-text('Your report was received')")
    assert Case.objects.open().get(pk=comment.pk).get_lane_display() == "Crisis"
