"""A text that tells of danger and is not stored, or not yet: where to turn to stands beside it all the same."""

import pytest
from django.test import Client

from comments.models import Case, Comment, Sanction, SiteMode, Thread
from tests.comments.conftest import send
from tests.factories import PASSWORD, make_comment, make_user

pytestmark = pytest.mark.django_db
CRY = "I want to die and I have the pills here."
CALM = "Coffee never mattered to me."


def assert_helped(answer, text=CRY):
    page = answer.content.decode()
    assert page.count("data-crisis") == 1
    assert "nobody here has read it" in page
    assert "116 123" in page
    if text:
        assert page.index("data-crisis") < page.index(text)


@pytest.fixture(autouse=True)
def in_britain(client):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en-GB"


def test_who_is_warned_sends_it_at_once_and_is_asked_for_the_tick_with_the_next(client, article, reader):
    warning = Sanction.impose("warn", reader, by=make_user("moderator"), reason="Please.")
    assert send(client, article, CALM).status_code == 403
    sent = send(client, article, CRY)
    assert sent.status_code == 303
    assert Case.objects.open().get().get_lane_display() == "Crisis"
    warning.refresh_from_db()
    assert warning.lifted_at is None
    asked = send(client, article, CALM)
    assert asked.status_code == 403
    assert b'name="acknowledge"' in asked.content


def test_who_is_warned_can_change_a_waiting_comment_to_a_cry(client, article, reader):
    comment = make_comment(article, reader, status="pending", body=CALM)
    Sanction.impose("warn", reader, by=make_user("moderator"), reason="Please.")
    where = f"/comments/{comment.pk}/edit/"
    assert client.post(where, {"body": f"{CALM} Really."}).status_code == 403
    assert client.post(where, {"body": CRY}).status_code == 303
    assert "crisis" in Case.objects.open().get().kinds


@pytest.mark.parametrize("kind", ["suspend", "ban"])
@pytest.mark.parametrize("part", [True, False])
def test_who_may_not_write_sees_where_to_turn(client, article, reader, kind, part):
    Sanction.impose(kind, reader, by=make_user("administrator"), reason="Enough.", days=3)
    refused = send(client, article, CRY, part)
    assert refused.status_code == 403
    assert_helped(refused)
    assert b"data-crisis" not in send(client, article, CALM, part).content
    assert not Comment.objects.exists()


@pytest.mark.parametrize("closes", [Thread, SiteMode])
def test_where_the_discussion_is_closed(client, article, reader, closes):
    administrator = make_user("administrator")
    if closes is Thread:
        Thread.of(article).switch("closed", by=administrator)
    else:
        SiteMode.switch("closed", by=administrator)
    refused = send(client, article, CRY)
    assert refused.status_code == 403
    assert_helped(refused)


def test_too_fast_and_too_long(client, article, reader, settings):
    settings.HN_POSTS_A_MINUTE = 1
    assert send(client, article, CALM).status_code == 303
    refused = send(client, article, CRY)
    assert refused.status_code == 429
    assert_helped(refused)
    refused = send(client, article, f"{CRY} {'word ' * 1_000}")
    assert refused.status_code == 422
    assert_helped(refused)


def test_an_answer_to_what_is_gone(client, article, reader):
    gone = make_comment(article, status="pending")
    refused = send(client, article, CRY, parent=gone.pk)
    assert refused.status_code == 422
    assert_helped(refused)


def test_the_anonymous_meet_it_at_the_login_the_sign_up_and_the_box(client, article):
    for more in ({}, {"signup": "1"}):
        sent = send(client, article, CRY, **more)
        assert sent.status_code == 303
        assert_helped(client.get(sent.url), text="")
    # A password that is wrong: still there.
    login = {"login": "nobody@example.org", "password": "x", "body": CRY, "discussion": article.slug}
    assert_helped(client.post("/accounts/login/", login), text="")
    assert_helped(client.get(f"/articles/{article.slug}/comments/new/"))
    send(client, article, CALM)
    assert b"data-crisis" not in client.get("/accounts/login/").content
    assert b"data-crisis" not in client.get("/accounts/signup/").content


def test_behind_the_login_it_is_there_until_it_is_sent(client, article):
    send(client, article, CRY)
    user = make_user()
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    box = f"/articles/{article.slug}/comments/new/"
    assert_helped(client.get(box))
    assert_helped(client.get(box, headers={"HX-Request": "true"}))
    assert send(client, article, CRY).status_code == 303
    assert b"data-crisis" not in client.get(box).content


@pytest.mark.parametrize("part", [True, False])
def test_a_preview(client, article, reader, part):
    headers = {"HX-Request": "true"} if part else None
    for text, is_helped in ((CRY, True), (CALM, False)):
        shown = client.post("/comments/preview/", {"body": text, "discussion": article.slug}, headers=headers)
        assert shown.status_code == 200
        if is_helped:
            assert_helped(shown)
        else:
            assert b"data-crisis" not in shown.content


def test_a_preview_of_a_change(client, article, reader):
    comment = make_comment(article, reader, status="pending", body=CALM)
    assert_helped(client.post("/comments/preview/", {"body": CRY, "comment": comment.pk}))


def test_a_preview_too_many(client, article, reader, monkeypatch):
    monkeypatch.setattr("comments.views.own._too_many", lambda user: True)
    refused = client.post("/comments/preview/", {"body": CRY}, headers={"HX-Request": "true"})
    assert refused.status_code == 429
    assert_helped(refused, text="")


def test_a_change_that_comes_too_late(client, article, reader):
    comment = make_comment(article, reader, body=CALM)
    make_comment(parent=comment)
    refused = client.post(f"/comments/{comment.pk}/edit/", {"body": CRY})
    assert refused.status_code == 403
    assert_helped(refused)
    assert b"data-crisis" not in client.get(f"/comments/{comment.pk}/edit/").content


def test_a_form_with_a_dead_token(article):
    strict = Client(enforce_csrf_checks=True)
    refused = strict.post(
        f"/articles/{article.slug}/comments/", {"body": CRY}, headers={"Accept-Language": "en-GB"}
    )
    assert refused.status_code == 403
    assert_helped(refused)


def test_staff_who_write_about_emergencies_are_not_told_to_ring(client, article):
    client.force_login(make_user("moderator"))
    text = "Call an ambulance if somebody is unconscious and not breathing."
    shown = client.post("/comments/preview/", {"body": text}, headers={"HX-Request": "true"})
    assert b"data-crisis" not in shown.content
