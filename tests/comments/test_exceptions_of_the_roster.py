"""What the page of the roster says of single shifts and absences."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine

from comments.models import Away, Duty
from tests.factories import make_user

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 3, 2)


@pytest.fixture
def roster(client):
    moderator = make_user("moderator", display_name="Mo Derator")
    client.force_login(moderator)

    def read():
        with time_machine.travel(datetime(2026, 3, 3, 1, tzinfo=UTC), tick=False):
            return client.get("/moderation/duty/").content.decode()

    read.moderator = moderator
    return read


def once(user, on, starts="22:00"):
    hour = time.fromisoformat(starts)
    return Duty(user=user, weekday=on.weekday(), on=on, starts=hour, ends=time(4), time_zone="UTC")


def test_who_was_away_yesterday_does_not_keep_the_shift_that_began_then(roster):
    once(roster.moderator, MONDAY).save()
    Away.objects.create(user=roster.moderator, first=MONDAY, last=MONDAY)
    assert "away that day: not counted" in roster()


def test_of_many_single_shifts_those_that_come_first_are_shown(roster):
    later = [once(roster.moderator, MONDAY + timedelta(weeks=week)) for week in range(1, 102)]
    Duty.objects.bulk_create(later)
    once(roster.moderator, MONDAY + timedelta(days=6)).save()
    assert "Sunday, 8 March 2026" in roster()
