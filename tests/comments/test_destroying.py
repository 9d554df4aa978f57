"""What personal data was taken out of is kept for an appeal, and destroyed when nobody can appeal any more."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments import destroying, jobs
from comments.models import Appeal, Comment, CommentText, Decision, Notice
from comments.models.report import APPEAL_OVER
from comments.models.undoing import undo
from tests.factories import make_article, make_comment, make_user, verdict

pytestmark = pytest.mark.django_db
OLD = APPEAL_OVER + timedelta(days=1)
PHONE = "020 7946 0018"


def age(comment, by=OLD) -> None:
    """All that was decided about it, so much earlier."""
    for decision in comment.decisions.all():
        Decision.objects.filter(pk=decision.pk).update(at=decision.at - by)


def redacted(moderator, body=f"Call {PHONE} now.", **fields) -> Decision:
    comment = make_comment(status="pending", body=body, **fields)
    at = body.index(PHONE)
    return comment.decide("publish_redacted", by=moderator, version=1, redactions=((at, at + len(PHONE)),))


def texts(decision) -> list[str]:
    found = CommentText.objects.filter(comment=decision.comment_id).order_by("pk")
    return list(found.values_list("body", flat=True))


def anywhere(words: str) -> bool:
    return CommentText.objects.filter(body__contains=words).exists()


def test_the_original_is_destroyed_after_the_time_to_appeal_and_not_before(moderator):
    young, old = redacted(moderator), redacted(moderator)
    age(young.comment, APPEAL_OVER - timedelta(hours=1))
    age(old.comment)
    jobs.destroy_originals(timestamp=0)
    assert texts(young)[0] == f"Call {PHONE} now."
    assert texts(old) == ["", "Call [removed: personal data] now."]
    text = CommentText.objects.get(pk=old.text_id)
    assert (text.body_html, text.destroyed_at is None) == ("", False)
    assert "time to appeal is over" in text.destroyed_because
    assert Decision.objects.get(pk=old.pk).redactions == [[5, 18]]


def test_of_whom_a_mail_reached_late_the_original_stays_as_much_longer(moderator):
    decision = redacted(moderator)
    age(decision.comment)
    Notice.objects.filter(decision=decision).update(
        mailed_at=timezone.now() - APPEAL_OVER + timedelta(hours=1)
    )
    destroying.destroy_originals()
    assert texts(decision)[0] == f"Call {PHONE} now."
    Notice.objects.filter(decision=decision).update(
        mailed_at=timezone.now() - APPEAL_OVER - timedelta(hours=1)
    )
    destroying.destroy_originals()
    assert texts(decision)[0] == ""


def test_earlier_texts_go_where_they_hold_it_and_later_ones_stay(moderator):
    author = make_user()
    comment = make_comment(author=author, status="pending", body="I called them.")
    for version, body in enumerate((f"Oh, {PHONE}!", "Nothing here.", f"Call {PHONE} now."), 1):
        comment.edit(body, by=author, verdict=verdict("hold"), version=version)
    decision = comment.decide("publish_redacted", by=moderator, version=4, redactions=((5, 18),))
    age(comment)
    destroying.destroy_originals()
    assert texts(decision) == [
        "I called them.",
        "",
        "Nothing here.",
        "",
        "Call [removed: personal data] now.",
    ]


def answered(decision, action, by) -> None:
    comment = Comment.objects.get(pk=decision.comment_id)
    comment.decide(action, by=by, version=comment.version)


def test_what_an_appeal_is_about_stays_and_so_does_what_is_public(moderator):
    other = make_user("moderator")
    waiting, refused, granted, undone = made = [redacted(moderator, author=make_user()) for _ in range(4)]
    for each in (waiting, refused, granted):
        Appeal.lodge(each, by=each.comment.author, text="It is a helpline.")
    edited = Comment.objects.get(pk=waiting.comment_id)  # so that another text than the one in question waits
    edited.edit("Call them.", by=edited.author, verdict=verdict("hold"), version=edited.version)
    answered(granted, "publish", other)
    undo(undone, by=moderator)
    for each in made:
        age(each.comment)
    answered(refused, "keep", other)  # what was judged a moment ago is kept as long again
    destroying.destroy_originals()
    assert [texts(each)[0] for each in made] == [f"Call {PHONE} now."] * 4
    answered(waiting, "keep", other)
    age(refused.comment)
    destroying.destroy_originals()
    assert [texts(each)[0] for each in made] == ["", "", *[f"Call {PHONE} now."] * 2]


def test_statement_card_and_search_bear_that_it_is_gone(client, moderator):
    author = make_user()
    decision = redacted(moderator, author=author)
    age(decision.comment)
    destroying.destroy_originals()
    client.force_login(author)
    url = f"/comments/{decision.comment_id}/decision/"
    html = client.get(url).content.decode()
    assert "Destroyed on" in html
    assert "What was taken out" not in html
    data = client.get(url, {"format": "json"}).json()
    assert data["facts"]["text"] is None
    assert data["facts"]["removed"] == [{"start": 5, "end": 18, "text": None}]
    client.force_login(moderator)
    for address in (
        f"/moderation/comments/{decision.comment_id}/",
        f"/moderation/decisions/{decision.pk}.json",
        f"/moderation/people/{author.pk}/",
        "/moderation/?q=7946",
        "/moderation/log/",
    ):
        answer = client.get(address)
        assert answer.status_code == 200
        assert b"7946 0018" not in answer.content
    assert not anywhere("7946")


def test_it_goes_on_in_batches_of_few_statements(moderator, monkeypatch):
    asked = {}
    for count in (3, 12):
        monkeypatch.setattr(destroying, "BATCH", count)
        article, author = make_article(), make_user()
        made = [redacted(moderator, article=article, author=author) for _ in range(count + 1)]
        for each in made:
            age(each.comment)
        with CaptureQueriesContext(connection) as statements:
            assert destroying.destroy_originals() == made[-2].pk
        asked[count] = len(statements)
        assert anywhere(PHONE)
        assert destroying.destroy_originals(after=made[-2].pk) == 0
        assert not anywhere(PHONE)
    assert asked[3] == asked[12]
    monkeypatch.setattr(destroying, "BATCH", 1)
    again = [redacted(moderator) for _ in range(2)]
    for each in again:
        age(each.comment)
    jobs.destroy_originals(timestamp=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (args ->> 'after')::bigint FROM procrastinate_jobs WHERE task_name = 'comments.destroy_originals'"
        )
        assert cursor.fetchall() == [(again[0].pk,)]
