"""What a ban takes down, in batches, and what it leaves."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from comments import counts, jobs, taking_down
from comments.models import Appeal, Comment, Decision, Notice, Report, Sanction, Thread
from tests.comments.conftest import work
from tests.comments.sanctions.conftest import clause, mailed
from tests.factories import make_article, make_comment, make_user

pytestmark = pytest.mark.django_db


def take_down_all(sanction):
    after = taking_down.take_down_batch(sanction.pk)
    while after:
        after = taking_down.take_down_batch(sanction.pk, after=after)


def test_a_ban_takes_down_what_was_written_lately_each_by_a_decision(client, reader, administrator):
    article = make_article()
    old = make_comment(article=article, author=reader, body="Old.")
    Comment.objects.filter(pk=old.pk).update(posted_at=timezone.now() - timedelta(days=8))
    published = make_comment(article=article, author=reader, body="New.")
    waiting = make_comment(article=article, author=reader, body="Waits.", status="pending")
    edited = make_comment(article=article, author=reader, body="Was this.")
    client.post(f"/comments/{edited.pk}/edit/", {"body": "Is https://example.org now.", "version": 1})
    answer = make_comment(parent=published, body="By somebody else.")
    ban = Sanction.impose("ban", reader, by=administrator, reason="Spam.", clause=clause(4), take_down_days=7)
    take_down_all(ban)
    statuses = {each.pk: each.status for each in Comment.objects.filter(article=article)}
    assert statuses == {
        old.pk: "published",
        published.pk: "removed",
        waiting.pk: "rejected",
        edited.pk: "removed",
        answer.pk: "published",
    }
    decided = Decision.objects.filter(by=administrator)
    assert {(each.comment_id, each.clause.number) for each in decided} == {
        (published.pk, 4),
        (waiting.pk, 4),
        (edited.pk, 4),
    }
    assert Thread.of(article).published_count == 2
    assert not any(counts.recount(dry_run=True).values())
    # One mail about all of it.
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'comments.mail_decision'")
        assert cursor.fetchone() == (0,)
    [message] = mailed()
    assert "what you wrote here in the 7 days before is taken down" in message.body


def test_it_goes_on_in_batches_and_leaves_what_was_restored_since(monkeypatch, reader, administrator):
    monkeypatch.setattr(taking_down, "BATCH", 2)
    article = make_article()
    comments = [make_comment(article=article, author=reader, body=f"Number {n}.") for n in range(5)]
    ban = Sanction.impose("ban", reader, by=administrator, reason="Spam.", clause=clause(4), take_down_days=1)
    jobs.take_down(sanction_id=ban.pk)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (args ->> 'after')::bigint FROM procrastinate_jobs WHERE task_name = 'comments.take_down' ORDER BY id"
        )
        assert cursor.fetchall() == [(None,), (comments[1].pk,)]
    comments[0].refresh_from_db()
    comments[0].decide("restore", by=administrator, version=2)
    after = taking_down.take_down_batch(ban.pk, after=comments[1].pk)
    assert after == comments[3].pk
    assert taking_down.take_down_batch(ban.pk, after=after) == 0
    found = [each.status for each in Comment.objects.filter(article=article).order_by("pk")]
    assert found == ["published", "removed", "removed", "removed", "removed"]


def test_it_stops_when_the_ban_is_lifted(reader, administrator):
    comment = make_comment(author=reader)
    ban = Sanction.impose("ban", reader, by=administrator, reason="Spam.", clause=clause(4), take_down_days=1)
    ban.lift(by=administrator, reason="Wrong person.")
    take_down_all(ban)
    assert Comment.objects.get(pk=comment.pk).status == "published"


def test_what_somebody_else_decided_meanwhile_is_not_in_its_way(reader, administrator, moderator):
    comment, gone = make_comment(author=reader, status="pending"), make_comment(author=reader)
    stale = [Comment.objects.get(pk=comment.pk), Comment.objects.get(pk=gone.pk)]
    comment.decide("publish", by=moderator, version=1)
    gone.withdraw(by=reader, version=1)
    ban = Sanction.impose("ban", reader, by=administrator, reason="Spam.", clause=clause(4), take_down_days=1)
    for each in stale:
        taking_down._take_down(each, ban)
    assert Comment.objects.get(pk=comment.pk).status == "removed"
    assert Comment.objects.get(pk=gone.pk).status == "withdrawn"


def test_an_emergency_stays_and_the_rest_goes(client, reader, administrator):
    article = make_article()
    first, calls, last = (make_comment(article=article, author=reader, body=f"Number {n}.") for n in range(3))
    Report.file(calls, reason="danger", by=make_user())
    assert taking_down.how_many_would_go(reader, 1, timezone.now()) == 2
    ban = Sanction.impose("ban", reader, by=administrator, reason="Spam.", clause=clause(4), take_down_days=1)
    take_down_all(ban)
    found = {each.pk: each.status for each in Comment.objects.filter(article=article)}
    assert found == {first.pk: "removed", calls.pk: "published", last.pk: "removed"}
    client.force_login(administrator)
    html = client.get(f"/moderation/people/{reader.pk}/").content.decode()
    still = html.partition("Still there")[2].partition("</p>")[0]
    assert f'href="/moderation/comments/{calls.pk}/"' in still
    assert f"/comments/{first.pk}/" not in still


def test_what_may_not_be_decided_by_who_banned_is_not_in_its_way(reader, administrator, moderator):
    comments = [make_comment(author=reader, body=f"Call {n} 020 7946 0018.") for n in range(2)]
    cut = comments[0].decide("publish_redacted", by=administrator, version=1, redactions=((0, 4),))
    Appeal.lodge(cut, by=reader, text="It is nobody's number.")
    ban = Sanction.impose("ban", reader, by=administrator, reason="Spam.", clause=clause(4), take_down_days=1)
    jobs.take_down(sanction_id=ban.pk)
    assert [Comment.objects.get(pk=each.pk).status for each in comments] == ["published", "removed"]


def test_whoever_reported_or_appealed_hears_what_the_ban_decided(reader, administrator, moderator):
    reporter, comment = make_user(), make_comment(author=reader)
    Report.file(comment, reason="abuse", by=reporter)
    kept = Comment.objects.get(pk=comment.pk).decide("keep", by=moderator, version=2)
    Appeal.lodge(kept, by=reporter, text="It names my sister.")
    other, cut = make_user(), make_comment(author=reader, body="Call 020 7946 0018.")
    cut = cut.decide("publish_redacted", by=moderator, version=1, redactions=((0, 4),))
    Appeal.lodge(cut, by=reader, text="It is nobody's number.")
    spam = make_comment(author=reader)
    Report.file(spam, reason="spam", by=other)
    work()
    mail.outbox.clear()
    ban = Sanction.impose("ban", reader, by=administrator, reason="Spam.", clause=clause(4), take_down_days=1)
    take_down_all(ban)
    work()
    told = sorted((each.to[0], each.subject) for each in mail.outbox)
    assert [each for each, _ in told] == sorted([reporter.email, other.email, reader.email, reader.email])
    # Their author: the mail about the ban, and the answer to the appeal. In the inbox stands each decision.
    assert Notice.objects.filter(user=reader, decision__by=administrator).count() == 3
