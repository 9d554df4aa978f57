"""Who is next: claims, emergencies, and what is somebody else's to decide."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments import desk, onward
from comments.models import Appeal, Case, Clause, Comment
from comments.screening import Finding, Outcome
from healthnews import paging
from tests.comments.desk.conftest import decide, held, page
from tests.factories import make_comment, make_user, verdict

pytestmark = pytest.mark.django_db


# Who is next, and who looks


def test_the_next_card_skips_what_others_look_at(client, moderator):
    first, second, third = held("First."), held("Second."), held("Third.")
    other = make_user("moderator")
    Case.objects.get(pk=second.pk).claim(by=other)
    assert decide(client, first, action="publish").url == f"/moderation/comments/{third.pk}/"
    assert client.get(f"/moderation/comments/{first.pk}/next/").url == f"/moderation/comments/{third.pk}/"
    assert client.get(f"/moderation/comments/{third.pk}/before/").url == f"/moderation/comments/{second.pk}/"
    Case.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))  # that browser has died
    assert client.get(f"/moderation/comments/{first.pk}/next/").url == f"/moderation/comments/{second.pk}/"


def test_what_waited_already_and_becomes_an_emergency_is_next_and_its_clock_begins_then(client, moderator):
    hours = timezone.now() - timedelta(hours=5)
    skipped, read, waits = held("An emergency that was skipped."), held("Read now."), held("I give up.")
    Case.open_for(skipped, "crisis", priority=0)
    Case.objects.update(since=hours)
    danger = verdict("hold", Finding("self_harm", Outcome.HOLD, 0, 4))
    opened = int(timezone.now().timestamp()) - 60
    began = timezone.now()
    waits.edit("I want to end it all.", by=waits.author, version=1, verdict=danger)
    case = Case.objects.get(pk=waits.pk)
    assert (case.kinds, case.since >= began) == (["new", "crisis"], True)
    assert onward.next_case(moderator, after=Case.objects.get(pk=read.pk), opened=opened) == waits.pk
    assert desk.arrived(paging.encode(began - timedelta(seconds=1))) == "1"
    since = case.since
    waits.edit("I do.", by=waits.author, version=2, verdict=danger)
    assert Case.objects.get(pk=waits.pk).since == since


def test_an_emergency_that_came_in_meanwhile_is_next(client, moderator):
    old = held("An emergency that was skipped.")
    Case.open_for(old, "crisis", priority=0)
    Case.objects.filter(pk=old.pk).update(since=timezone.now() - timedelta(hours=1))
    first, second = held("First."), held("Second.")
    opened = int(timezone.now().timestamp()) - 5
    assert decide(client, first, action="publish", opened=opened).url.endswith(f"/{second.pk}/")
    third, new = held("Third."), held("I cannot go on.")
    Case.open_for(new, "crisis", priority=0)
    assert decide(client, second, action="publish", opened=opened).url.endswith(f"/{new.pk}/")
    assert third.pk


def test_a_claim_that_is_renewed_hears_what_was_decided_elsewhere(client, moderator):
    comment = held("Waits.")
    page(client, f"/moderation/comments/{comment.pk}/")
    comment.decide("publish", by=make_user("moderator", display_name="Quick Colleague"), version=1)
    answer = client.post(f"/moderation/comments/{comment.pk}/claim/")
    assert answer.status_code == 409
    assert "Quick Colleague already decided this comment: published" in answer.content.decode()


def appealed(by) -> Comment:
    """A comment that `by` has removed, and whose author appeals."""
    comment = make_comment(author=make_user())
    comment.decide("remove", by=by, version=1, clause=Clause.in_force().first())
    Appeal.lodge(comment.decisions.first(), by=comment.author, text="I named nobody.")
    comment.refresh_from_db()
    return comment


# What is somebody else's to decide


def test_what_a_moderator_may_not_decide_has_a_sentence_in_place_of_forms(client, moderator):
    own = held("My own.", by=moderator)
    appeal = appealed(by=moderator)
    for comment in (own, appeal):  # there is nobody else
        assert 'name="action"' in page(client, f"/moderation/comments/{comment.pk}/")
    make_user("moderator")
    html = page(client, f"/moderation/comments/{own.pk}/")
    assert "This is your own comment: another moderator has to decide about it." in html
    assert 'name="action"' not in html
    answer = client.get(f"/moderation/comments/{appeal.pk}/")
    html = answer.content.decode()
    assert "The appeal is against your own decision: another moderator has to answer it." in html
    assert answer.context["allowed"] == ["escalate"]
    assert 'value="overturn"' not in html
    client.force_login(make_user("moderator"))
    for comment in (own, appeal):
        html = page(client, f"/moderation/comments/{comment.pk}/")
        assert "another moderator has to" not in html
        assert 'name="action"' in html


def test_nobody_is_led_to_what_they_may_not_decide(moderator):
    appeal, own = appealed(by=moderator), held("My own.", by=moderator)
    last = held("Somebody else's.")
    # There is nobody else: it is theirs.
    assert [onward.next_case(moderator), onward.next_case(moderator, after=appeal.case)] == [
        appeal.pk,
        own.pk,
    ]
    other = make_user("moderator")
    assert [onward.next_case(moderator), onward.next_case(moderator, after=last.case)] == [last.pk, None]
    Case.open_for(own, "crisis", priority=0)
    assert onward.next_case(moderator, after=last.case, opened=0) is None
    assert [onward.next_case(other), onward.next_case(other, after=Case.objects.get(pk=own.pk))] == [
        own.pk,
        appeal.pk,
    ]
    # Passed on to the administrators it is still an appeal against their own decision.
    appeal.decide("escalate", by=other, version=appeal.version)
    assert onward.next_case(moderator) == last.pk
    last.decide("publish", by=other, version=last.version)
    assert onward.next_case(moderator) is None


def test_who_is_next_is_one_query_but_for_what_is_ones_own(moderator):
    make_user("moderator")
    held("Somebody else's.")
    assert moderator.is_moderator  # asked before any page of the desk is shown, and kept
    with CaptureQueriesContext(connection) as queries:
        assert onward.next_case(moderator)
    assert len(queries) == 1
