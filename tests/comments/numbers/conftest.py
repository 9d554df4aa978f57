"""What the tests of the desk's numbers share."""

from datetime import UTC, datetime

import pytest
import time_machine

from comments import sums
from comments.models import Case, Clause, Report
from tests.factories import make_comment, make_user

MONDAY = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def clauses():
    return list(Clause.objects.order_by("-policy__number", "number")[:3])


def at(when: datetime):
    return time_machine.travel(when, tick=False)


TODAY = MONDAY.date()


def counts(first=TODAY, last=TODAY, **asked) -> sums.Counts:
    return sums.read(first, last, **asked).counts


def held(when, **changes):
    with at(when):
        return make_comment(status="pending", **changes)


def report(comment, reason="abuse"):
    row = Report.objects.create(comment=comment, text=comment.text, reporter=make_user(), reason=reason)
    Case.open_for(comment, "report")
    return row


def page(client, query="", status=200) -> str:
    answer = client.get(f"/moderation/numbers/{query}")
    assert answer.status_code == status
    assert answer["Cache-Control"] == "private, no-store"
    return answer.content.decode()
