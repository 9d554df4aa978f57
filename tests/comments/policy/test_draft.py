"""A draft of the next version: looked at as a difference, published, and nothing else changed."""

import re

import pytest

from comments.models import CannedReply, Clause, PolicyVersion, ReplyChange
from tests import plain_forms
from tests.comments.policy.conftest import DRAFT, fields, form_of, look, publish, row_of
from tests.factories import make_comment, make_user

pytestmark = pytest.mark.django_db


def snapshot(number=1):
    return list(Clause.objects.filter(policy__number=number).order_by("pk").values())


def test_a_change_makes_a_new_version_and_leaves_the_old_one_and_its_decisions_alone(client, administrator):
    comment = make_comment(status="pending")
    clause = Clause.objects.get(number=4)
    decision = comment.decide("reject", by=administrator, version=1, clause=clause)
    before = snapshot()
    typed = fields(client)
    typed[f"{row_of(typed, 4)}-wording"] = "Nobody sells here."
    answer = publish(client, typed)
    assert (answer.status_code, answer.url) == (303, "/moderation/policy/")
    new = PolicyVersion.current()
    assert (new.number, new.created_by, new.note) == (2, administrator, "Because readers asked.")
    assert snapshot() == before
    assert new.clauses.get(number=4).wording == "Nobody sells here."
    assert new.clauses.get(number=4).line == clause.pk
    assert new.clauses.count() == len(before)
    decision.refresh_from_db()
    assert (decision.clause, decision.policy.number) == (clause, 1)
    later = make_comment(status="pending")
    later.decide("reject", by=administrator, version=1, clause=new.clauses.get(number=4))
    assert later.decisions.first().policy == new


def test_the_difference_is_shown_before_anything_is_published(client, administrator):
    typed = fields(client)
    typed[f"{row_of(typed, 1)}-guidance"] = "Guidance <b>for the desk</b>."
    html = look(client, typed).content.decode()
    assert "<ins>Guidance" in html and "&lt;b&gt;" in html
    assert "Publish as version 2" in html
    assert "publish" in plain_forms.steps(look(client, typed), DRAFT)
    assert PolicyVersion.objects.count() == 1


def test_the_difference_says_severity_and_outcome_as_the_form_does(client, administrator):
    typed = fields(client)
    row = row_of(typed, 1)
    typed |= {f"{row}-severity": "3", f"{row}-default_outcome": "remove"}
    html = look(client, typed).content.decode()
    text = " ".join(re.sub(r"</?(del|ins)>", "", html).split())
    assert "3, dangerous" in text and "<ins>Remove</ins>" in html
    assert "<ins>remove</ins>" not in html


def test_only_what_was_looked_at_is_published(client, administrator):
    typed = fields(client)
    typed[f"{row_of(typed, 1)}-title"] = "Be kind"
    seen = form_of(look(client, typed))["seen"]
    typed[f"{row_of(typed, 1)}-title"] = "Be unkind"
    answer = client.post(DRAFT, typed | {"step": "publish", "seen": seen, "note": "x"})
    assert answer.status_code == 422
    assert b"Look at it again" in answer.content and b"Be unkind" in answer.content
    assert PolicyVersion.objects.count() == 1


def test_without_a_note_or_a_difference_nothing_is_published(client, administrator):
    typed = fields(client)
    answer = publish(client, typed)
    assert answer.status_code == 422 and b"Nothing differs" in answer.content
    typed[f"{row_of(typed, 1)}-title"] = "Be kind"
    answer = publish(client, typed, note="  ")
    assert (
        answer.status_code == 422 and b"Say in a sentence" in answer.content and b"Be kind" in answer.content
    )
    assert PolicyVersion.objects.count() == 1


def test_a_link_to_a_clause_leads_to_the_version_that_it_was_named_from(client, administrator):
    author = make_user()
    comment = make_comment(status="pending", author=author)
    clause = Clause.objects.get(number=4)
    comment.decide("reject", by=administrator, version=1, clause=clause)
    assert publish(client, form_of(client.post(DRAFT, fields(client) | {"step": "up:3"}))).status_code == 303
    client.force_login(author)
    html = client.get(f"/articles/{comment.article.slug}/comments/mine/").content.decode()
    assert 'href="/comments-policy/1/#clause-4"' in html
    assert (
        f'id="clause-4" class="clause"><h2>4. {clause.title}'
        in client.get("/comments-policy/1/").content.decode()
    )


def test_clauses_are_added_moved_and_taken_out_without_script(client, administrator):
    typed = fields(client)
    total = int(typed["clause-TOTAL_FORMS"])
    typed = form_of(client.post(DRAFT, typed | {"step": "add"}))
    assert typed["clause-TOTAL_FORMS"] == str(total + 1)
    typed |= {
        f"clause-{total}-title": "No shouting",
        f"clause-{total}-wording": "Capitals are hard to read.",
        f"clause-{total}-severity": "1",
        f"clause-{total}-legal_ground": "The law of typography",
    }
    typed = form_of(client.post(DRAFT, typed | {"step": "up:3"}))  # the fourth before the third
    typed[f"{row_of(typed, 1)}-goes"] = "on"
    assert publish(client, typed).status_code == 303
    old, new = (PolicyVersion.objects.get(number=n).content()["clauses"] for n in (1, 2))
    lines = {clause["number"]: clause["line"] for clause in old}
    now = {clause["number"]: clause["line"] for clause in new}
    assert 1 not in now
    assert (now[3], now[4], now[5]) == (lines[4], lines[3], lines[5])
    added = new[-1]
    assert (added["number"], added["title"]) == (max(lines) + 1, "No shouting")
    assert added["line"] not in lines.values()


def test_canned_replies_follow_their_clause_to_its_new_number_and_say_why(client, administrator):
    of_two = CannedReply.objects.get(key="no-personal-advice")
    of_three = CannedReply.objects.get(key="personal-data-removed")
    assert (of_two.clause_number, of_three.clause_number) == (2, 3)
    typed = fields(client)
    typed = form_of(client.post(DRAFT, typed | {"step": "up:2"}))  # the third becomes the second
    typed[f"{row_of(typed, 4)}-goes"] = "on"
    assert b"will name none" in look(client, typed).content
    publish(client, typed)
    of_two.refresh_from_db()
    of_three.refresh_from_db()
    assert (of_two.clause_number, of_three.clause_number) == (3, 2)
    assert CannedReply.objects.get(key="no-links-promotion").clause_number is None
    assert ReplyChange.objects.get(reply=of_two).because == "Version 2 of the policy"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"clause-0-title": ""}, "A clause needs a title"),
        ({"clause-0-wording": " "}, "A clause needs words for readers"),
        ({"clause-0-number": "2"}, "Two clauses have the number 2"),
        ({"clause-0-number": "x"}, "whole number"),
        ({"clause-0-number": "9" * 40}, "less than or equal to 99"),
        ({"clause-0-title": "x" * 121}, "at most 120"),
        ({"clause-0-title": "a\x00b"}, "Null characters"),
        ({"clause-0-wording": "x" * 4_001}, "at most 4000"),
        ({"clause-0-severity": "9"}, "Select a valid choice"),
        ({"clause-0-default_reply": "no-such"}, "Select a valid choice"),
        ({"clause-0-default_outcome": "explode"}, "Select a valid choice"),
        ({"clause-TOTAL_FORMS": "0"}, "at least one clause"),
        ({"clause-TOTAL_FORMS": "-1"}, "at least one clause"),
        ({"clause-TOTAL_FORMS": "x"}, "at least one clause"),
        ({"intro": "x" * 4_001}, "at most 4000"),
    ],
)
def test_wrong_input_is_told_in_words_and_what_was_typed_is_kept(client, administrator, wrong, words):
    typed = fields(client) | {"clause-1-guidance": "Half a page of guidance."} | wrong
    answer = client.post(DRAFT, typed | {"step": "publish", "note": "x"})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    if "clause-TOTAL_FORMS" not in wrong:
        assert b"Half a page of guidance." in answer.content
    assert PolicyVersion.objects.count() == 1


@pytest.mark.parametrize(
    "hostile",
    [
        {"clause-TOTAL_FORMS": "9" * 9},
        {"step": "up:99999999999999999999"},
        {"step": "down:x"},
        {"step": "nonsense"},
        {"based_on": "x" * 5_000},
        {"seen": "\x00"},
        {"note": "\x00\u202e"},
        {"proposal": "9" * 30},
        {"answer": "\x00"},
        {"clause-0-line": "99999999"},
        {"clause-0-line": "-1"},
    ],
)
def test_hostile_input_is_no_fault_and_changes_nothing(client, administrator, hostile):
    answer = client.post(DRAFT, fields(client) | {"step": "look"} | hostile)
    assert answer.status_code in {200, 409, 422}
    assert PolicyVersion.objects.count() == 1


def test_a_line_taken_twice_is_a_new_clause(client, administrator):
    typed = fields(client)
    line = typed["clause-0-line"]
    typed["clause-1-line"] = line
    publish(client, typed)
    lines = [clause.line for clause in PolicyVersion.current().clauses.all()]
    assert lines.count(int(line)) == 1 and len(set(lines)) == len(lines)


def test_what_administrators_type_is_never_markup(client, administrator):
    typed = fields(client)
    typed[f"{row_of(typed, 1)}-title"] = "<script>alert(1)</script>"
    typed[f"{row_of(typed, 1)}-wording"] = "<img src=x onerror=alert(1)>"
    publish(client, typed, note="<script>alert(2)</script>")
    for url in (
        "/comments-policy/",
        "/comments-policy/1..2/",
        "/moderation/policy/",
        "/moderation/policy/2/",
        DRAFT,
    ):
        html = client.get(url).content.decode()
        assert "<script>alert" not in html and "<img src=x" not in html, url
