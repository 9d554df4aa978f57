"""What the tests of the further outcomes of the desk share."""

import pytest

from comments.counts import recount
from comments.models import Case, Report
from tests.factories import make_comment, make_user


def report(comment, reporter=None, reason="abuse") -> Report:
    row = Report.objects.create(
        comment=comment, text=comment.text, reporter=reporter or make_user(), reason=reason
    )
    Case.open_for(comment, "report")
    return row


def counts_are_right() -> bool:
    return not any(recount(dry_run=True).values())


@pytest.fixture
def removed(moderator, clause):
    comment = make_comment(author=make_user())
    comment.decide("remove", by=moderator, version=1, clause=clause)
    return comment
