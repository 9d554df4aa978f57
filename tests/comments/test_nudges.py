"""What one is asked before a text is sent, once; and what somebody in need sees at once."""

import pytest

from comments import forms
from comments.models import Case, Comment
from comments.screening import Finding, Outcome, Verdict
from tests.comments.conftest import send
from tests.factories import make_comment, make_user

pytestmark = pytest.mark.django_db
ADVICE = "My leg hurts since Monday. What should I do?"
CONTACT = "Write to me at ada@example.org, it is about my leg."


# Nudges


@pytest.mark.parametrize(("body", "code"), [(ADVICE, "personal_advice"), (CONTACT, "email")])
@pytest.mark.parametrize("part", [False, True])
def test_one_is_asked_once_and_the_second_send_stores_it(client, article, reader, body, code, part):
    asked = send(client, article, body, part)
    page = asked.content.decode()
    assert asked.status_code == 422
    assert f'data-nudge="{code}"' in page
    assert "Nothing was sent yet." in page
    assert f"{body}</textarea>" in page
    assert '<button class="button" type="submit" name="confirm" value="1">Send it as it is</button>' in page
    assert ("<html" in page) is not part
    assert not Comment.objects.exists()
    assert send(client, article, body, part, confirm="1").status_code == (200 if part else 303)
    assert Comment.objects.get().text.body == body


def test_what_needs_no_question_is_not_asked(client, article, reader):
    assert send(client, article, "Coffee never mattered, says https://example.org").status_code == 303
    assert send(client, article, "Does magnesium help against cramps?").status_code == 303


@pytest.mark.parametrize("role", ["moderator", "editor"])
def test_people_of_the_site_are_not_asked(client, article, role):
    client.force_login(make_user(role))
    assert send(client, article, ADVICE).status_code == 303


def test_a_second_click_after_confirming_is_the_comment_that_is_there(client, article, reader):
    send(client, article, ADVICE, confirm="1")
    assert send(client, article, ADVICE).status_code == 303
    assert Comment.objects.count() == 1


def test_the_answer_to_a_part_says_where_the_comment_stands(client, article, reader):
    got = send(client, article, "I have that too.", part=True)
    comment = Comment.objects.get()
    assert got["Content-Location"] == f"/articles/{article.slug}/comments/mine/#comment-{comment.pk}"


def test_an_emergency_is_stored_at_the_first_send(client, article, reader, monkeypatch):
    found = (Finding("personal_advice", Outcome.HOLD, 0, 5), Finding("emergency", Outcome.HOLD))
    monkeypatch.setattr(forms.screening, "screen", lambda facts: Verdict(found, Outcome.HOLD))
    assert send(client, article, ADVICE).status_code == 303
    assert Comment.objects.get().status == "pending"


# Nudges before a change of one's own comment


def change(client, comment, body, **data):
    data = {"body": body, "version": Comment.objects.get(pk=comment.pk).version} | data
    return client.post(f"/comments/{comment.pk}/edit/", data)


@pytest.mark.parametrize("status", ["pending", "published"])
@pytest.mark.parametrize(("body", "code"), [(ADVICE, "personal_advice"), (CONTACT, "email")])
def test_a_change_is_asked_about_once_and_the_second_send_stores_it(
    client, article, reader, status, body, code
):
    comment = make_comment(article, reader, status=status)
    asked = change(client, comment, body)
    page = asked.content.decode()
    assert asked.status_code == 422
    assert f'data-nudge="{code}"' in page
    assert "Nothing was saved yet." in page
    assert f"{body}</textarea>" in page
    assert '<button class="button" type="submit" name="confirm" value="1">Save it as it is</button>' in page
    comment.refresh_from_db()
    assert (comment.version, comment.texts.count()) == (1, 1)
    assert change(client, comment, body, confirm="1").status_code == 303
    comment.refresh_from_db()
    assert comment.text_to_decide.body == body


def test_what_stood_there_before_is_not_asked_about_again_but_what_is_new_is(client, article, reader):
    comment = make_comment(article, reader, status="pending", body=f"{CONTACT} {ADVICE}")
    shorter = (
        "I have a question. My leg hurts since Sunday. What should I do? Write to me at ada@example.org."
    )
    assert change(client, comment, shorter).status_code == 303
    asked = change(client, comment, f"{shorter} Or at bo@example.org.")
    page = asked.content.decode()
    assert asked.status_code == 422
    assert "<q>bo@example.org</q>" in page
    assert page.count("data-nudge=") == 1


@pytest.mark.parametrize("role", ["moderator", "editor"])
def test_people_of_the_site_are_not_asked_about_a_change(client, article, role):
    user = make_user(role)
    client.force_login(user)
    assert change(client, make_comment(article, user, status="pending"), ADVICE).status_code == 303


def test_a_change_that_tells_of_an_emergency_is_stored_at_the_first_send(
    client, article, reader, monkeypatch
):
    comment = make_comment(article, reader)
    found = (Finding("personal_advice", Outcome.HOLD, 0, 5), Finding("emergency", Outcome.HOLD))
    monkeypatch.setattr(forms.screening, "screen", lambda facts: Verdict(found, Outcome.HOLD))
    got = change(client, comment, ADVICE)
    assert got.status_code == 303
    assert Case.objects.open().get(pk=comment.pk).get_lane_display() == "Crisis"
    assert b"You do not have to be alone with this" in client.get(got.url).content


def test_who_cannot_save_it_is_told_that_and_asked_nothing(client, article, reader):
    comment = make_comment(article, reader)
    moved = change(client, comment, ADVICE, version=7)
    assert (moved.status_code, b"data-nudge" in moved.content) == (409, False)
    make_comment(parent=comment)
    answered = change(client, comment, ADVICE)
    assert (answered.status_code, b"data-nudge" in answered.content) == (403, False)
    assert b"Somebody has answered" in answered.content


def test_a_change_can_be_looked_at_before_and_the_preview_keeps_text_and_version(client, article, reader):
    comment = make_comment(article, reader, body="As it was.")
    page = client.get(f"/comments/{comment.pk}/edit/").content.decode()
    assert 'formaction="/comments/preview/"' in page
    assert f'name="comment" value="{comment.pk}"' in page
    sent = {"comment": comment.pk, "body": f"*Now.* {CONTACT}", "version": "1"}
    page = client.post("/comments/preview/", sent).content.decode()
    assert "<em>Now.</em>" in page
    assert 'data-nudge="email"' in page
    assert f"*Now.* {CONTACT}</textarea>" in page
    assert 'name="version" value="1"' in page
    assert f'action="/comments/{comment.pk}/edit/"' in page
    assert "Change your comment" in page
    comment.refresh_from_db()
    assert comment.text.body == "As it was."


def test_nobody_looks_at_a_change_of_somebody_elses_comment(client, article, reader):
    other = make_comment(article, body="Not theirs.")
    for pk in (other.pk, 10**15):
        assert client.post("/comments/preview/", {"comment": pk, "body": "Mine?"}).status_code == 404
    for wrong in ("x", "9" * 30, "١"):
        assert client.post("/comments/preview/", {"comment": wrong, "body": "Mine?"}).status_code == 200
