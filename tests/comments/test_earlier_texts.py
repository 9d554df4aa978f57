"""What a comment said before, on its card: an edit hides nothing from the desk."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments import earlier, findings
from comments.models import Case, Clause, Comment, CommentText
from comments.screening import Finding, Outcome
from comments.screening.wording import JUDGED_WHOLE
from tests.factories import make_article, make_comment, make_user, verdict

pytestmark = pytest.mark.django_db
CRY = "I have the pills here and I cannot go on."
HARMLESS = "It was about coffee, really."
DANGER = Finding("self_harm", Outcome.HOLD, 7, 21, 0.9)


@pytest.fixture
def moderator(client):
    user = make_user("moderator", display_name="Mo Derator")
    client.force_login(user)
    return user


def cry() -> Comment:
    return Comment.submit(article=make_article(), by=make_user(), body=CRY, verdict=verdict("hold", DANGER))


def change(comment, body, *found) -> None:
    comment.refresh_from_db()
    comment.edit(body, by=comment.author, verdict=verdict("hold", *found), version=comment.version)


def page(client, comment) -> str:
    return client.get(f"/moderation/comments/{comment.pk}/").content.decode()


def test_an_edit_hides_no_emergency_and_neither_does_taking_it_back(client, moderator):
    comment = cry()
    assert "The text that brought it here" not in page(client, comment)
    change(comment, HARMLESS)
    for _ in range(2):
        html = page(client, comment)
        alarm = html.index("The text that brought it here")
        assert html.index("data-veil") < alarm < html.index(HARMLESS)
        assert 'data-number="1">the pills here</mark>' in html
        assert "May speak of suicide or self-harm" in html[alarm : html.index(HARMLESS)]
        comment.refresh_from_db()
        if comment.status != "withdrawn":
            comment.withdraw(by=comment.author, version=comment.version)


def test_nor_do_very_many_edits(client, moderator):
    comment = cry()
    for number in range(22):
        change(comment, f"{HARMLESS} {number}")
    html = page(client, comment)
    assert "The text that brought it here" in html
    assert html.count("<summary>") - html.count("<summary>Open") < 15  # bounded


def test_an_emergency_that_was_dealt_with_is_not_what_brings_it_here_again(client, moderator):
    comment = cry()
    comment.decide("publish", by=moderator, version=1, outcome="false_alarm")
    change(comment, HARMLESS)
    Case.open_for(comment, "crisis", priority=0)  # somebody reports the new text
    assert "The text that brought it here" not in page(client, comment)


def test_earlier_texts_stand_folded_with_their_time_and_what_was_destroyed_is_said_to_be_gone(
    client, moderator
):
    comment = make_comment(status="pending", body="First.")
    assert "Earlier texts" not in page(client, comment)
    change(comment, CRY, DANGER)
    change(comment, "Third <b>now</b>.")
    CommentText.objects.filter(body="First.").update(
        body="", destroyed_at=timezone.now(), destroyed_because="its author asked for it"
    )
    comment.refresh_from_db()
    comment.decide("publish", by=moderator, version=comment.version, outcome="false_alarm")
    html = page(client, comment)
    part = html[html.index("Earlier texts") :]
    assert ": it may be distressing</summary>" in part
    assert CRY in part
    assert "First." not in html
    assert f"Destroyed on {timezone.localtime():%-d %B %Y}: its author asked for it." in part


def test_only_the_last_few_are_shown_and_long_ones_are_cut(client, moderator):
    comment = make_comment(status="pending", body="Text 0.")
    for number in range(1, 9):
        change(comment, f"Text {number}. " + "word " * 800)
    html = page(client, comment)
    shown = [number for number in range(8) if f"Text {number}." in html]
    assert shown == [3, 4, 5, 6, 7]
    assert html.count("[…]") >= 5


def test_sent_again_says_so_with_the_clause_and_what_has_changed(client, moderator):
    comment = make_comment(status="pending", body="My mother Ada takes it. It helps.")
    clause = Clause.in_force().get(number=3)
    comment.decide("return", by=moderator, version=1, clause=clause, message="Without the name, please.")
    change(comment, "My mother takes it. It helps.")
    html = page(client, comment)
    assert "<b>Sent again after it was returned under clause 3</b>" in html
    part = html[html.index("What has changed since it was returned under clause 3") :]
    assert "<del>Ada " in part[: part.index("</section>")] or "Ada</del>" in part[: part.index("</section>")]
    change(comment, "My mother takes it. It helps a lot.")
    html = page(client, comment)
    assert "<b>Sent again after it was returned under clause 3</b>" in html
    assert "What has changed since it was returned" in html
    comment.refresh_from_db()
    comment.decide("publish", by=moderator, version=comment.version)
    html = page(client, comment)
    assert "Sent again" not in html[: html.index("Decisions</h2>")]
    assert "What has changed since" not in html


def test_an_edit_that_waits_is_compared_with_the_public_text_once(client, moderator):
    comment = make_comment(status="pending", body="My mother takes it. It helps.")
    comment.decide("publish", by=moderator, version=1)
    change(comment, "My mother takes it. It helps a lot.")
    html = page(client, comment)
    assert "What the change does to the public text" in html
    assert "What has changed since" not in html


def test_what_was_taken_out_is_no_change_of_its_author(client, moderator):
    comment = make_comment(status="pending", body="Write to ada@example.org, please.")
    comment.decide("publish_redacted", by=moderator, version=1, redactions=((9, 24),))
    assert "What has changed since" not in page(client, comment)


def test_one_query_more_where_there_are_earlier_texts_and_none_where_there_are_none(client, moderator):
    once, often = make_comment(status="pending"), make_comment(status="pending")
    asked = []
    for edits in (0, 1, 6):
        for number in range(edits):
            change(often, f"Text {edits} {number}.")
        with CaptureQueriesContext(connection) as queries:
            page(client, often if edits else once)
        asked.append(sum("comments_commenttext" in each["sql"] and "IN (" in each["sql"] for each in queries))
    assert asked == [0, 1, 1]
    decisions = list(once.decisions.all())
    with CaptureQueriesContext(connection) as queries:
        assert earlier.before(once, decisions, once.text, ["crisis"]) == earlier.Before()
    assert not queries


# What was found


def record(code, start=0, end=0, **more) -> dict:
    return {"code": code, "start": start, "end": end, "outcome": "hold", "confidence": 0.7} | more


def test_what_a_model_judged_is_quoted_as_a_sentence_and_said_to_be_judged_as_a_whole():
    text = "Coffee is fine. Tomorrow she is going and one day it is over at 9.30! Nobody knows."
    whole = record("emergency", model="1", words=[(16, 24), (25, 28), (32, 37)])
    [said] = findings.said([whole], text)
    assert said.quote == "Tomorrow she is going and one day it is over at 9.30!"
    assert said.how == JUDGED_WHOLE
    assert (
        'title="Somebody may be in danger now: weighed most" data-number="1">Tomorrow</mark>'
        in findings.marked([whole], text)
    )


def test_marks_and_list_share_their_numbers_and_what_has_no_mark_has_none():
    text = "Write to ada@example.org. Can I double it?"
    found = [
        record("newcomer"),
        record("personal_advice", 26, 31, model="1", words=[(32, 38)]),
        record("email", 9, 24),
        record("email", 9, 24),
    ]
    numbers = {each.code: each.number for each in findings.said(found, text)}
    assert numbers == {"newcomer": 0, "personal_advice": 1, "email": 2}
    html = findings.marked(found, text)
    assert 'data-number="2">ada@example.org</mark>' in html
    assert 'data-number="1">Can I</mark>' in html
    quotes = {each.code: each.quote for each in findings.said(found, text)}
    assert quotes == {"newcomer": "", "personal_advice": "Can I double it?", "email": "ada@example.org"}
    assert not any(each.how for each in findings.said(found, text))


def test_a_mark_within_another_lends_it_its_number():
    html = findings.marked(
        [record("emergency", 0, 9), record("abuse", 2, 5), record("spam", 4, 12)], "abcdefghijklm"
    )
    assert 'data-number="1 2">abcdefghi</mark>' in html
    assert 'data-number="3">jkl</mark>' in html


def test_a_sentence_that_is_too_long_is_no_quote():
    text = "word " * 200
    [said] = findings.said([record("emergency", model="1", words=[(0, 4)])], text)
    assert said.quote == ""


def test_a_text_made_to_be_slow_to_compare_is_shown_as_replaced(client, moderator):
    comment = make_comment(status="pending", body="a c " * 490)
    clause = Clause.in_force().get(number=3)
    comment.decide("return", by=moderator, version=1, clause=clause, message="Please.")
    change(comment, "a d " * 490)
    html = page(client, comment)
    part = html[html.index("What has changed since") : html.index("Earlier texts")]
    assert part.count("<del>") == part.count("<ins>") == 1
