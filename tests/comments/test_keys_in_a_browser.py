"""Keys of the desk in Chromium that send from within a field."""

import pytest
from django.conf import settings

from comments.models import Appeal, CredentialRequest
from tests.comments.appeals.conftest import decided
from tests.factories import make_comment, make_user

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.journey]


@pytest.fixture
def at_desk(browser, live_server, client):
    """A function that opens a page in which somebody with this role is logged in."""
    context = browser.new_context(base_url=live_server.url)

    def open_page(path, role="moderator"):
        client.force_login(make_user(role))
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
        page = context.new_page()
        page.goto(path)
        page.wait_for_timeout(450)  # keys that are still down decide nothing
        return page

    yield open_page
    context.close()


def test_the_key_that_denies_an_appeal_by_a_clause_sends_from_the_list_of_clauses(at_desk):
    comment = make_comment(author=make_user(), body="Ask at 020 7946 0018, please.")
    redacted = decided(comment, "publish_redacted", make_user("moderator"), redactions=((7, 20),))
    Appeal.lodge(redacted, by=comment.author, text="That is a public helpline.")
    decided(comment, "hold", make_user("moderator"))
    page = at_desk(f"/moderation/comments/{comment.pk}/")
    page.keyboard.press("d")
    assert page.evaluate("document.activeElement.id") == "clause"
    page.keyboard.press("1")
    page.keyboard.press("d")
    page.wait_for_url(lambda url: f"/{comment.pk}/" not in url)
    comment.refresh_from_db()
    assert comment.status == "rejected"
    assert Appeal.objects.get().was_granted is False


def test_control_and_enter_sends_a_form_whose_button_has_no_key(at_desk):
    asked = CredentialRequest.ask(
        make_user(),
        kind="nurse",
        registered_name="Nuala Registered",
        issuer="Nursing and Midwifery Council",
        reference="00X0000Z",
        jurisdiction="UK",
    )
    page = at_desk(f"/moderation/credentials/requests/{asked.pk}/", role="administrator")
    answer = page.locator("form:has([value=decline]) textarea")
    answer.fill("The number is not in the register.")
    answer.press("Control+Enter")
    page.wait_for_url(lambda url: "/requests/" not in url)
    asked.refresh_from_db()
    assert asked.decided_at
