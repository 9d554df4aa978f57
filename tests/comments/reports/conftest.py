"""What the tests of reports by readers share."""

import pytest

from comments import limits
from comments.models import Case, Decision, Report
from tests.factories import make_user

NOTICE = {
    "reason": "illegal",
    "note": "It sells prescription medicines.",
    "provision": "Medicines Act",
    "name": "Nora Notice",
    "email": "nora@example.org",
    "good_faith": "on",
}


@pytest.fixture(autouse=True)
def one_moment(monkeypatch):
    """Limits count in minutes of the clock; no test may straddle two."""
    monkeypatch.setattr(limits.time, "time", lambda: 1_800_000_005)


def send(client, comment, **data):
    return client.post(f"/comments/{comment.pk}/report/", data)


def file(comment, reason="abuse", by=None):
    return Report.file(comment, reason=reason, by=by or make_user())[0]


def case_of(comment) -> Case:
    return Case.objects.get(pk=comment.pk, closed_at=None)


def answer(comment, moderator, action="keep", **given) -> Decision:
    comment.refresh_from_db()
    return comment.decide(action, by=moderator, version=comment.version, **given)
