"""Mails that came back, and mails about emergencies: what of their records goes with time, and what never does."""

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from comments import crisis, jobs, pruning
from comments.models import Bounce, Case, CrisisAlert, Remark
from tests.factories import make_comment, make_user

pytestmark = pytest.mark.django_db


def came_back(*, days, status="5.1.1", user=None) -> Bounce:
    user = user or make_user()
    Bounce.record(user, source=f"<{user.pk}@example.org>", status=status, words="No such person here.")
    bounce = Bounce.objects.latest("pk")
    Bounce.objects.filter(pk=bounce.pk).update(at=timezone.now() - timedelta(days=days))
    return bounce


def mended(*, days) -> Bounce:
    bounce = came_back(days=days)
    Bounce.try_again(bounce.user)
    return bounce


def of_an_address_that_was_left(*, days) -> Bounce:
    bounce = came_back(days=days)
    bounce.user.email = f"another-{bounce.user.email}"
    bounce.user.save()
    return bounce


def soft(*, days) -> Bounce:
    return came_back(days=days, status="4.2.2")


@pytest.mark.parametrize("made", [mended, of_an_address_that_was_left, soft])
def test_what_stops_nothing_goes_after_a_year_with_what_the_server_said(made):
    old, recent = made(days=366), made(days=364)
    jobs.prune_bounces(timestamp=0)
    assert list(Bounce.objects.all()) == [recent]
    assert list(Remark.objects.all()) == [recent.diagnostic]
    assert not Bounce.objects.filter(pk=old.pk).exists()


def test_what_stops_mail_stays_however_old():
    bounce = came_back(days=3_000)
    jobs.prune_bounces(timestamp=0)
    assert Bounce.stopping(bounce.user) == bounce
    assert bounce.diagnostic.text == "No such person here."


def test_bounces_are_gone_through_in_batches_of_the_same_few_statements(monkeypatch):
    monkeypatch.setattr(pruning, "BATCH", 3)
    stays = [came_back(days=400) for _ in range(4)]
    for _ in range(5):
        mended(days=400)
    reached, asked = 0, []
    while True:
        with CaptureQueriesContext(connection) as statements:
            reached = pruning.prune_bounces(after=reached)
        asked.append(len(statements))
        if not reached:
            break
    assert list(Bounce.objects.order_by("pk")) == stays
    assert len(asked) == 4 and asked[1] == asked[2], "two go, then three"


def test_a_batch_queues_the_next_and_the_last_none(monkeypatch):
    monkeypatch.setattr(pruning, "BATCH", 2)
    waiting = ProcrastinateJob.objects.filter(task_name="comments.prune_bounces")
    bounces = [came_back(days=400) for _ in range(3)]
    jobs.prune_bounces(timestamp=0)
    assert waiting.get().args == {"timestamp": 0, "after": bounces[1].pk}
    jobs.prune_bounces(timestamp=0, after=bounces[1].pk)
    assert waiting.count() == 1


def alerted(*, days, closed=True) -> CrisisAlert:
    """Somebody was mailed of an emergency so many days ago."""
    with transaction.atomic():
        Case.open_for(make_comment(status="pending"), "crisis", priority=0)
    at = timezone.now() - timedelta(days=days)
    case = Case.objects.latest("pk")
    Case.objects.filter(pk=case.pk).update(since=at, closed_at=at if closed else None)
    return CrisisAlert.objects.create(
        case=case, since=at, step="nobody", to=make_user("administrator"), at=at
    )


def test_that_somebody_was_mailed_of_an_emergency_goes_after_two_years():
    old, recent = alerted(days=731), alerted(days=729)
    jobs.prune_notices(timestamp=0)
    assert list(CrisisAlert.objects.all()) == [recent]
    assert Case.objects.filter(pk=old.case_id).exists()


def test_while_it_waits_it_stays_so_that_nobody_is_told_again():
    alert = alerted(days=800, closed=False)
    jobs.prune_notices(timestamp=0)
    assert list(CrisisAlert.objects.all()) == [alert]
    assert crisis.watch() == 0


def test_what_was_told_before_a_case_was_opened_anew_goes():
    alert = alerted(days=800, closed=False)
    Case.objects.filter(pk=alert.case_id).update(since=timezone.now())
    jobs.prune_notices(timestamp=0)
    assert not CrisisAlert.objects.exists()


def test_bounces_are_pruned_each_night():
    periodic = {each.task.name: each.cron for each in jobs.app.periodic_registry.periodic_tasks.values()}
    assert periodic["comments.prune_bounces"] == "42 3 * * *"
