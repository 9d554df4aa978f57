"""A moderator whose login has ended decides: nothing is done, the way back is one click, what was typed is there."""

import re
from html import unescape

import pytest
from django.test import Client

from comments.models import Comment
from tests.factories import PASSWORD, make_comment, make_user

pytestmark = pytest.mark.django_db
TYPED = {
    "reply": "A long answer <b>.",
    "message": "And a message.",
    "note": "A note.",
    "take_out": "These words.",
}


@pytest.fixture
def strict():
    """A browser that is asked for its token, as all are."""
    return Client(enforce_csrf_checks=True)


def sent_from(client, comment, card, **headers):
    data = {"action": "publish", "version": "1", "answer": "1"} | TYPED
    url = f"/moderation/comments/{comment.pk}/decisions/"
    return client.post(url, data, headers={"referer": f"http://testserver{card}"} | headers)


@pytest.mark.parametrize("with_token", [True, False])
def test_whoever_is_logged_out_is_led_back_and_keeps_what_they_typed(client, strict, with_token):
    comment, moderator = make_comment(status="pending"), make_user("moderator")
    card = f"/moderation/comments/{comment.pk}/?lane=new&author=ada"
    answer = sent_from(client if with_token else strict, comment, card)
    html = answer.content.decode()
    assert answer.status_code == 403
    assert "Your login has ended. Nothing was decided" in html
    assert "cookies" not in html
    assert html.count("<textarea") == len(TYPED)
    for text in ("A long answer &lt;b&gt;.", "And a message.", "A note.", "These words."):
        assert text in html
    assert Comment.objects.get().status == "pending"
    login = unescape(re.search(r'class="button" href="(/accounts/login/[^"]*)"', html).group(1))
    answer = client.post(login, {"login": moderator.email, "password": PASSWORD})
    assert answer.url == card


def test_who_has_typed_nothing_goes_to_log_in_and_back_to_the_card(client):
    comment, moderator = make_comment(status="pending"), make_user("moderator")
    url = f"/moderation/comments/{comment.pk}/"
    answer = client.post(f"{url}decisions/", {"action": "publish", "version": "1", "answer": "1"})
    assert answer.status_code == 302
    answer = client.post(answer.url, {"login": moderator.email, "password": PASSWORD})
    assert answer.url == url
    assert Comment.objects.get().status == "pending"


def test_without_a_referer_the_way_is_to_the_card(client):
    comment = make_comment(status="pending")
    for referer in ("", "https://evil.example/moderation/", "http://testserver/elsewhere/"):
        answer = client.post(
            f"/moderation/comments/{comment.pk}/decisions/", TYPED, headers={"referer": referer}
        )
        assert f'?next=%2Fmoderation%2Fcomments%2F{comment.pk}%2F"' in answer.content.decode()


def test_whoever_has_logged_in_anew_is_told_so(strict):
    comment = make_comment(status="pending")
    strict.force_login(make_user("moderator"))
    html = sent_from(strict, comment, f"/moderation/comments/{comment.pk}/").content.decode()
    assert "You have logged in anew" in html
    assert "And a message." in html
    assert f'href="/moderation/comments/{comment.pk}/"' in html


def test_what_another_site_sends_is_not_shown(strict):
    answer = sent_from(strict, make_comment(status="pending"), "/", **{"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403
    assert "And a message." not in answer.content.decode()


@pytest.mark.parametrize(
    ("where", "typed"),
    [
        (
            "policy/draft/",
            {"intro": "How we talk here.", "clause-11-wording": "Be kind.", "clause-11-guidance": "Twice."},
        ),
        ("switches/", {"words": "We are back on Monday."}),
    ],
)
def test_the_words_of_a_policy_and_of_a_switch_are_not_lost_either(client, where, typed):
    answer = client.post(f"/moderation/{where}", typed | {"mode": "held", "clause-TOTAL_FORMS": "12"})
    html = answer.content.decode()
    assert answer.status_code == 403
    assert html.count("<textarea") == len(typed)
    for text in typed.values():
        assert text in html
