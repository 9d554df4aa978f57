"""What is deleted of what people were told, when, and what never is."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from comments import jobs, pruning
from comments.models import Appeal, Clause, Comment, Decision, Digest, Notice, Sanction
from tests.factories import make_comment, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def author():
    return make_user()


def told(author, *, days: int, read=False) -> Notice:
    """A notice of a published comment, given so many days ago, as is the decision that it tells of."""
    comment = make_comment(author=author, status="pending")
    decision = comment.decide("publish", by=make_user("moderator"), version=1)
    return aged(Notice.objects.get(decision=decision), days, read)


def aged(notice, days, read=False) -> Notice:
    at = timezone.now() - timedelta(days=days)
    Decision.objects.filter(pk=notice.decision_id).update(at=at)
    Notice.objects.filter(pk=notice.pk).update(at=at, read_at=at if read else None)
    notice.refresh_from_db()
    return notice


@pytest.mark.parametrize(
    ("days", "read", "stays"),
    [(364, True, True), (366, True, False), (366, False, True), (729, False, True), (731, False, False)],
)
def test_what_was_read_goes_after_a_year_and_the_rest_after_two(author, days, read, stays):
    notice = told(author, days=days, read=read)
    recent = told(author, days=3, read=True)
    jobs.prune_notices(timestamp=0)
    assert Notice.objects.filter(pk=notice.pk).exists() is stays
    assert Notice.objects.filter(pk=recent.pk).exists()
    assert Comment.objects.count() == 2
    assert Decision.objects.filter(action="publish").count() == 2


def test_what_can_still_be_appealed_against_or_is_stays(author):
    comment = make_comment(author=author, status="pending")
    clause = Clause.objects.order_by("-policy__number", "number").first()
    refused = comment.decide("reject", by=make_user("moderator"), version=1, clause=clause)
    notice = aged(Notice.objects.get(decision=refused), 900, read=True)
    Decision.objects.filter(pk=refused.pk).update(at=timezone.now() - timedelta(days=180))
    jobs.prune_notices(timestamp=0)
    assert Notice.objects.filter(pk=notice.pk).exists(), "its author may still appeal"
    refused.refresh_from_db()
    appeal = Appeal.lodge(refused, by=author, text="Look again.")
    aged(notice, 900, read=True)
    jobs.prune_notices(timestamp=0)
    assert Notice.objects.filter(pk=notice.pk).exists(), "an appeal is open"
    Appeal.objects.filter(pk=appeal.pk).update(answered_by=refused, was_granted=False)
    jobs.prune_notices(timestamp=0)
    assert not Notice.objects.filter(pk=notice.pk).exists()
    assert Decision.objects.filter(pk=refused.pk).exists()


def test_a_warning_waits_until_it_is_read_however_long(client, author):
    warning = Sanction.impose("warn", author, by=make_user("moderator"), reason="Be kind.")
    Sanction.objects.filter(pk=warning.pk).update(starts_at=timezone.now() - timedelta(days=1_500))
    jobs.prune_notices(timestamp=0)
    client.force_login(author)
    assert b"Be kind." in client.get("/comments/standing/").content


def test_a_mail_of_the_day_goes_with_its_last_notice_and_is_never_made_again(author):
    old = timezone.localdate() - timedelta(days=740)
    gone, held, recent = (
        Digest.objects.create(user=author, day=old + timedelta(days=n)) for n in (0, 1, 700)
    )
    notice = told(author, days=3)
    Notice.objects.filter(pk=notice.pk).update(digest=held, how="daily")
    jobs.prune_notices(timestamp=0)
    assert set(Digest.objects.all()) == {held, recent}
    notice.refresh_from_db()
    assert notice.digest == held, "without it the notice would be mailed again"
    aged(notice, 740)
    jobs.prune_notices(timestamp=0)
    jobs.prune_notices(timestamp=0)
    assert set(Digest.objects.all()) == {recent}
    assert gone not in Digest.objects.all()


def test_it_goes_on_in_batches_of_the_same_few_statements(author, monkeypatch):
    monkeypatch.setattr(pruning, "BATCH", 3)
    [told(author, days=800) for _ in range(7)]
    asked, waiting = [], ProcrastinateJob.objects.filter(task_name="comments.prune_notices")
    for left, more in ((4, 1), (1, 1), (0, 0)):
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name = 'comments.prune_notices'")
        with CaptureQueriesContext(connection) as statements:
            jobs.prune_notices(timestamp=0)
        assert Notice.objects.count() == left
        assert waiting.count() == more
        asked.append(sum("comments_" in each["sql"] for each in statements))
    assert asked == [5, 5, 5]


def test_it_is_queued_each_night():
    periodic = {each.task.name: each.cron for each in jobs.app.periodic_registry.periodic_tasks.values()}
    assert periodic["comments.prune_notices"] == "41 3 * * *"


def test_the_old_are_found_by_their_age(author):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
    with CaptureQueriesContext(connection) as statements:
        pruning.prune()
    plans = []
    for each in [each["sql"] for each in statements if each["sql"].startswith("SELECT")]:
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN " + each)
            plans.append("\n".join(line for (line,) in cursor.fetchall()))
    for plan, index in zip(
        plans, ("notice_read_by_age", "notice_unread_by_age", "digest_by_age", "alert_by_age"), strict=True
    ):
        assert index in plan
