"""The tallies that keep each day's counts once it is over."""

from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from comments import jobs
from comments.models import DayTally, Decision
from tests.comments.numbers.conftest import MONDAY, TODAY, at, counts, held, page

pytestmark = pytest.mark.django_db


def test_a_day_that_is_over_is_tallied_once_and_read_from_there(moderator):
    held(MONDAY).decide("publish", by=moderator, version=1, at=MONDAY + timedelta(hours=1))
    with at(MONDAY + timedelta(days=1)):
        live = counts()
        jobs.tally_days(0)
        rows = list(DayTally.objects.order_by("pk").values_list("pk", flat=True))
        jobs.tally_days(0)
        assert list(DayTally.objects.order_by("pk").values_list("pk", flat=True)) == rows
    with at(MONDAY + timedelta(days=30)):
        stored = counts()
    for kind in ("received", "decided", "waited", "way"):
        assert stored.of(kind) == live.of(kind) == 1, kind
    Decision.objects.all().update(at=MONDAY - timedelta(days=400))
    assert counts().of("decided") == 1  # nobody looks at the decisions again


def test_days_without_a_worker_are_made_up_for(moderator):
    for day in (0, 3, 40):
        held(MONDAY + timedelta(days=day))
    with at(MONDAY + timedelta(days=1)):
        jobs.tally_days(0)
    with at(MONDAY + timedelta(days=50)):
        jobs.tally_days(0)
        assert DayTally.objects.filter(kind="tallied").count() == 50
        assert counts(TODAY, date(2026, 4, 20)).of("received") == 3


def test_what_is_neither_tallied_nor_young_is_said_to_be_missing(client, moderator):
    held(MONDAY)
    client.force_login(moderator)
    with at(MONDAY + timedelta(days=5)):
        held(MONDAY + timedelta(days=5))
        assert "What happened since 2 March 2026 is not counted yet" in page(client)
        assert counts(TODAY, date(2026, 3, 7)).of("received") == 1
        jobs.tally_days(0)
        assert "is not counted yet" not in page(client)


def test_a_day_is_one_of_the_newsrooms_own(moderator, settings):
    held(datetime(2026, 7, 1, 23, 30, tzinfo=UTC))
    with timezone.override("Europe/Berlin"), at(datetime(2026, 7, 2, 12, tzinfo=UTC)):
        assert counts(date(2026, 7, 2), date(2026, 7, 2)).of("received") == 1
        assert counts(date(2026, 7, 1), date(2026, 7, 1)).of("received") == 0


def test_the_command_mends_what_is_wrong_and_says_so(moderator):
    held(MONDAY).decide("publish", by=moderator, version=1, at=MONDAY + timedelta(hours=1))
    out = StringIO()
    with at(MONDAY + timedelta(days=2)):
        call_command("tally", stdout=out)
        assert "Counted 2 days; 2 of them mended." in out.getvalue()
        DayTally.objects.filter(kind="decided").update(count=7)
        call_command("tally", "--from", "2026-03-01", "--dry-run", stdout=out)
        assert "Counted 3 days; 2 of them are wrong." in out.getvalue()
        assert DayTally.objects.get(kind="decided").count == 7
        call_command("tally", "--from", "2026-03-01", stdout=out)
        assert DayTally.objects.get(kind="decided").count == 1
        call_command("tally", "--from", "2026-03-01", stdout=out)
        assert out.getvalue().endswith("Counted 3 days; 0 of them mended.\n")
        with pytest.raises(CommandError, match="is not a day that is over"):
            call_command("tally", "--from", "2030-01-01")
        with pytest.raises(CommandError, match="invalid"):
            call_command("tally", "--from", "yesterday")


def test_on_an_empty_site_there_is_nothing_to_tally():
    out = StringIO()
    call_command("tally", stdout=out)
    assert "Counted 0 days; 0 of them mended." in out.getvalue()


def test_weeks_are_sums_of_their_days(moderator):
    for day in (0, 6, 7):
        held(MONDAY + timedelta(days=day)).decide(
            "publish", by=moderator, version=1, at=MONDAY + timedelta(days=day, hours=1)
        )
    with at(MONDAY + timedelta(days=8)):
        jobs.tally_days(0)
        found = counts(TODAY, date(2026, 3, 10), by="week")
    assert found.of("decided", period=date(2026, 3, 2)) == 2
    assert found.of("decided", period=date(2026, 3, 9)) == 1
    assert found.spans("waited", period=date(2026, 3, 2)).total() == 2
