"""An appeal at the desk: who answers it, how often, and what it restores."""

from datetime import timedelta

import pytest
from django.utils import timezone

from comments.models import Appeal, Decision, MovedMeanwhile, Undecidable
from tests.comments.outcomes.conftest import counts_are_right, report
from tests.factories import make_comment, make_user

pytestmark = pytest.mark.django_db


def test_an_appeal_waits_for_another_moderator_and_restores_place_and_counts(client, moderator, removed):
    other = make_user("moderator")
    decision = removed.decisions.first()
    appeal = Appeal.lodge(decision, by=removed.author, text="I named nobody.")
    removed.refresh_from_db()
    with pytest.raises(Undecidable, match="against your own decision"):
        removed.decide("overturn", by=moderator, version=removed.version)
    answer = removed.decide("overturn", by=other, version=removed.version)
    appeal.refresh_from_db()
    assert (appeal.answered_by, appeal.was_granted) == (answer, True)
    assert answer.source == "appeal"
    assert not answer.by_the_same
    assert removed.status == "published"
    assert removed.anchor in client.get(removed.article.get_absolute_url()).content.decode()
    assert counts_are_right()


def test_a_single_moderator_answers_and_the_record_says_so(moderator, removed):
    Appeal.lodge(removed.decisions.first(), by=removed.author, text="Please look again.")
    removed.refresh_from_db()
    answer = removed.decide("uphold", by=moderator, version=removed.version)
    assert answer.by_the_same
    assert removed.status == "removed"


def test_one_appeal_for_a_decision_within_six_months_by_who_it_concerns(removed):
    decision = removed.decisions.first()
    with pytest.raises(Undecidable, match="Only the author"):
        Appeal.lodge(decision, by=make_user(), text="I mind too.")
    Appeal.lodge(decision, by=removed.author, text="Look again.")
    with pytest.raises(Undecidable, match="already"):
        Appeal.lodge(decision, by=removed.author, text="And again.")
    Decision.objects.filter(pk=decision.pk).update(at=timezone.now() - timedelta(days=186))
    decision.refresh_from_db()
    assert "six months" in Appeal.why_not(decision, removed.author)


def test_who_reported_may_appeal_when_the_comment_was_kept(moderator, clause):
    reporter, other = make_user(), make_user("moderator")
    comment = make_comment()
    report(comment, reporter)
    kept = comment.decide("keep", by=moderator, version=1)
    appeal = Appeal.lodge(kept, by=reporter, text="It names my sister.")
    comment.refresh_from_db()
    comment.decide("remove", by=other, version=comment.version, clause=clause)
    appeal.refresh_from_db()
    assert appeal.was_granted


def test_a_card_that_was_open_when_an_appeal_came_in_decides_nothing(moderator, removed):
    version = removed.version
    Appeal.lodge(removed.decisions.first(), by=removed.author, text="Look again.")
    with pytest.raises(MovedMeanwhile):
        removed.decide("restore", by=moderator, version=version)
