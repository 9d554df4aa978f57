"""The card: its buttons, what it shows, redaction by plain form, the guard of the version, undo."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments.models import Appeal, Case, Clause, Comment, Decision, Remark, Report
from tests.comments.desk.conftest import decide, held, page
from tests.factories import make_comment, make_user, verdict

pytestmark = pytest.mark.django_db


# The card


def test_every_allowed_action_has_its_button_and_key(client, moderator):
    author, clause = make_user(), Clause.in_force().first()
    waits = held("Waits.", by=author)
    reported = make_comment(author=author)
    Report.objects.create(comment=reported, text=reported.text, reporter=make_user(), reason="abuse")
    Case.open_for(reported, "report")
    removed = make_comment(author=author)
    other = make_user("moderator")
    removed.decide("remove", by=other, version=1, clause=clause)
    Appeal.lodge(removed.decisions.first(), by=author, text="I named nobody.")
    edited = make_comment(author=author)
    edited.edit("Changed.", by=author, verdict=verdict("hold"), version=1)
    keys = {
        "publish": "p",
        "publish_redacted": "x",
        "return": "b",
        "reject": "r",
        "escalate": "e",
        "keep": "l",
    }
    keys |= {"hold": "h", "restore": "s", "uphold": "d", "overturn": "g"}
    for comment in (waits, reported, removed, edited):
        answer = client.get(f"/moderation/comments/{comment.pk}/")
        html = answer.content.decode()
        assert answer.context["allowed"]
        for action in answer.context["allowed"]:
            assert f'value="{action}"' in html
            key = keys.get(action) or ("v" if comment is edited else "r")  # remove
            assert f'data-key="{key}"' in html
            assert f"<kbd>{key}</kbd></button>" in html


def test_every_key_of_a_card_stands_in_the_list_of_keys(client, moderator):
    edited = make_comment(author=(author := make_user()))
    edited.edit("Changed.", by=author, verdict=verdict("hold"), version=1)
    Case.open_for(edited, "report")
    for comment in (held("Waits."), edited):
        cards, _, listed = page(client, f"/moderation/comments/{comment.pk}/").partition('id="desk-help"')
        keys = {*re.findall(r'data-key="(.)"', cards)}
        assert keys >= {"p", "r", "c"}
        assert [key for key in sorted(keys) if f"<kbd>{key}</kbd>" not in listed] == []


def test_the_card_shows_reports_and_hides_who_reported_from_the_author(client, moderator):
    make_user("moderator")
    reporter = make_user(display_name="Rae Porter")
    for author in (make_user(), moderator):
        comment = make_comment(author=author)
        note = Remark.objects.create(text="He names my sister.")
        Report.objects.create(
            comment=comment,
            text=comment.text,
            reporter=reporter,
            reason="personal_data",
            note=note,
            weight=1.5,
        )
        Case.open_for(comment, "report")
        html = page(client, f"/moderation/comments/{comment.pk}/")
        assert "It gives away personal data" in html
        assert "He names my sister." in html
        assert "weight 1.5" in html
        assert ("Rae Porter" in html) == (author is not moderator)


def test_the_card_shows_appeal_change_of_article_and_neighbours(client, moderator):
    author, root = make_user(display_name="Ada"), make_comment()
    make_comment(parent=root, body="What was said before it.")
    comment = make_comment(author=author, parent=root)
    make_comment(parent=root, body="What was said after it.")
    comment.decide("remove", by=make_user("moderator"), version=1, clause=Clause.in_force().first())
    Appeal.lodge(comment.decisions.first(), by=author, text="I named nobody.")
    draft = comment.article.draft
    draft.body = "<p>Twitching is very common.</p>"
    draft.save()
    draft.save_version(by=None).publish(by=None, kind="correction", note="A word was missing.")
    html = page(client, f"/moderation/comments/{comment.pk}/")
    assert "I named nobody." in html
    assert "What was said before it." in html
    assert "What was said after it." in html
    assert "it was written under edition 1, now there is edition 2" in html


def test_the_cards_queries_do_not_grow(client, moderator):
    parent, author = make_comment(), make_user()
    comment = held("Waits.", parent=parent, article=parent.article, by=author)
    Case.open_for(comment, "report")
    asked = []
    for size in (5, 45):
        for _ in range(size):
            make_comment(parent=parent, author=author)
            Report.objects.create(comment=comment, text=comment.text, reporter=make_user(), reason="spam")
            comment.decide("escalate", by=moderator, version=comment.version, note="Look.")
        with CaptureQueriesContext(connection) as queries:
            page(client, f"/moderation/comments/{comment.pk}/")
        asked.append(len(queries))
    assert asked[0] == asked[1]


# Redaction by plain form


def test_ticked_stretches_and_typed_words_are_taken_out(client, moderator):
    comment = held("Dr Ölçer 😀: ring 020 7946 0018, ask for Dr Ölçer.", ("phone", "020 7946 0018"))
    html = page(client, f"/moderation/comments/{comment.pk}/")
    assert 'name="span" id="span-17-30" value="17-30" checked' in html
    answer = decide(client, comment, action="publish_redacted", span=["17-30"], take_out="Dr Ölçer")
    assert answer.status_code == 303
    comment.refresh_from_db()
    gone = "[removed: personal data]"
    assert comment.text.body == f"{gone} 😀: ring {gone}, ask for {gone}."
    assert comment.decisions.first().redactions == [[17, 30], [0, 8], [40, 48]]


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"take_out": "Dr Nobody"}, "“Dr Nobody” does not stand in the comment"),
        ({"span": "x"}, "mark it again"),
        ({"span": "5-9999"}, "does not lie in this text"),
        ({}, "Mark what is to be taken out"),
    ],
)
def test_what_cannot_be_taken_out_is_said_and_what_was_typed_is_kept(client, moderator, sent, words):
    comment = held("Ask Dr Smith.")
    answer = decide(client, comment, action="publish_redacted", message="Dear Ada,", **sent)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert words in html
    assert "Dear Ada,</textarea>" in html
    assert sent.get("take_out", "") in html
    comment.refresh_from_db()
    assert comment.status == "pending"


# Nothing decided blind


def test_a_text_changed_after_the_card_was_opened_is_shown_and_not_published(client, moderator):
    author = make_user(display_name="Ada")
    comment = held("A harmless text.", by=author)
    comment.edit("Buy my tea at example.com.", by=author, verdict=verdict("hold"), version=1)
    for action in ("publish", "publish_redacted"):
        data = {"action": action, "version": 1, "message": "My long message.", "take_out": "harmless"}
        html = decide(client, comment, **data)
        assert html.status_code == 409
        assert "Ada changed the text" in html.content.decode()
        assert "Buy my tea" in html.content.decode()
        assert "My long message." in html.content.decode()
    assert Comment.objects.get(pk=comment.pk).status == "pending"
    assert decide(client, comment, action="publish", version="").status_code == 422


def test_a_decision_keeps_how_it_was_made_and_how_long_it_took(client, moderator):
    comment = held("Waits.")
    opened = int(timezone.now().timestamp()) - 7
    decide(client, comment, action="publish", way="key", opened=opened)
    decision = comment.decisions.first()
    assert decision.way == "key"
    assert 7 <= decision.seconds <= 9


# Undo


def test_after_deciding_a_bar_on_the_next_card_undoes_it(client, moderator):
    first, second = held("First."), held("Second.")
    following = decide(client, first, action="publish", way="key")
    assert following.url == f"/moderation/comments/{second.pk}/"
    html = page(client, following.url)
    decision = first.decisions.first()
    undo = f"/moderation/decisions/{decision.pk}/undo/"
    assert f'action="{undo}"' in html
    assert "published <kbd>u</kbd>" in html
    assert client.post(undo).url == f"/moderation/comments/{first.pk}/"
    first.refresh_from_db()
    assert first.status == "pending"


def test_the_card_offers_undo_while_it_is_possible(client, moderator):
    comment = held("Waits.")
    comment.decide("publish", by=moderator, version=1)
    path = f"/moderation/comments/{comment.pk}/"
    assert "Undo this" in page(client, path)
    Decision.objects.filter(by=moderator).update(at=timezone.now() - timedelta(minutes=11))
    assert "Undo this" not in page(client, path)
