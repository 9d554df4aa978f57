"""What people are told in the site: by which door, to whom, never of what is not public."""

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from comments import states
from comments.models import Comment, Notice
from comments.models.deciding import Act, carry_out
from comments.models.preference import Kind
from comments.models.undoing import undo
from tests.comments.notices.conftest import INBOX, kinds, mail_all, page, queued
from tests.factories import make_article, make_comment, make_user, verdict

pytestmark = pytest.mark.django_db


# Who is told


def test_an_answer_that_screening_publishes_is_told_to_whom_it_answers(mine):
    answer = make_comment(parent=mine)
    [notice] = Notice.objects.filter(user=mine.author)
    assert (notice.kind, notice.comment, notice.decision) == (Kind.ANSWERED, answer, None)
    assert kinds(answer.author) == []


def test_nobody_is_told_of_their_own_answer(mine):
    make_comment(parent=mine, author=mine.author)
    assert kinds(mine.author) == []


def test_only_whom_it_answers_is_told_not_the_whole_thread(mine):
    first = make_comment(parent=mine)
    make_comment(parent=first)
    assert kinds(mine.author) == kinds(first.author) == [Kind.ANSWERED]


def test_an_answer_that_waits_is_told_when_it_is_published_and_not_before(mine, moderator):
    answer = make_comment(parent=mine, status="pending")
    assert kinds(mine.author) == []
    answer.decide("publish", by=moderator, version=1)
    assert kinds(mine.author) == [Kind.ANSWERED]
    assert kinds(answer.author) == [Kind.PUBLISHED]


def test_an_answer_that_is_refused_is_never_told(mine, moderator, clause):
    answer = make_comment(parent=mine, status="pending")
    answer.decide("reject", by=moderator, version=1, clause=clause)
    assert kinds(mine.author) == []
    make_comment(parent=mine, status="rejected")
    assert kinds(mine.author) == []


def test_an_answer_to_what_is_no_longer_published_is_not_told(mine, moderator, clause):
    answer = make_comment(parent=mine, status="pending")
    mine.decide("remove", by=moderator, version=1, clause=clause)
    answer.decide("publish", by=moderator, version=1)
    assert kinds(mine.author) == [Kind.DECIDED]


def test_the_answer_of_the_staff_is_a_kind_of_its_own(mine, moderator):
    waits = make_comment(status="pending")
    waits.decide("publish", by=moderator, version=1, reply="Please see a doctor.")
    assert kinds(waits.author) == [Kind.PUBLISHED, Kind.STAFF_ANSWER]
    make_comment(parent=mine, author=moderator)
    assert kinds(mine.author) == [Kind.STAFF_ANSWER]


@pytest.mark.parametrize(
    ("status", "action", "kind"),
    [
        ("pending", "publish", Kind.PUBLISHED),
        ("pending", "reject", Kind.DECIDED),
        ("pending", "return", Kind.DECIDED),
        ("pending", "publish_redacted", Kind.DECIDED),
        ("published", "remove", Kind.DECIDED),
        ("published", "hold", Kind.DECIDED),
        ("rejected", "restore", Kind.DECIDED),
        ("pending", "escalate", None),
    ],
)
def test_authors_are_told_what_is_decided(moderator, clause, status, action, kind):
    comment = make_comment(status=status)
    Notice.objects.all().delete()
    given = {"clause": clause} if action in states.NEEDS_CLAUSE else {}
    given |= {"redactions": ((0, 1),)} if action == "publish_redacted" else {}
    decision = comment.decide(action, by=moderator, version=1, message="Because.", **given)
    assert [(each.kind, each.decision) for each in Notice.objects.all()] == (
        [(kind, decision)] if kind else []
    )


def test_nobody_is_told_what_they_decide_or_withdraw_themselves(mine):
    mine.withdraw(by=mine.author, version=1)
    assert Notice.objects.count() == 0
    only = make_user("moderator")
    make_comment(author=only, status="pending").decide("publish", by=only, version=1)
    assert kinds(only) == []


def test_a_door_that_fails_tells_nobody(mine):
    with pytest.raises(RuntimeError), transaction.atomic():
        make_comment(parent=mine)
        assert kinds(mine.author) == [Kind.ANSWERED]
        raise RuntimeError
    assert kinds(mine.author) == []
    assert queued("comments.mail_notice") == []


def test_whoever_was_shut_out_is_told_nothing(mine):
    mine.author.is_active = False
    mine.author.save()
    make_comment(parent=mine)
    assert kinds(mine.author) == []


def test_the_same_is_given_once(mine, moderator):
    decision = mine.decide("hold", by=moderator, version=1)
    reporter = make_user()
    for _ in range(2):
        Notice.give([Notice(user=reporter, kind=Kind.REPORT_ANSWERED, comment=mine, decision=decision)])
        Notice.give(Notice.to_authors([decision]))
    assert kinds(reporter) == [Kind.REPORT_ANSWERED]
    assert kinds(mine.author) == [Kind.DECIDED]


def test_the_past_of_the_demo_is_in_the_inbox_and_not_mailed(mine, moderator):
    long_ago = timezone.now() - timezone.timedelta(days=9)
    answer = Comment.submit(
        article=mine.article, by=moderator, body="Yes.", parent=mine, verdict=verdict(), at=long_ago
    )
    answer.decide("hold", by=make_user("moderator"), version=1, at=long_ago)
    assert [(each.how, each.at) for each in Notice.objects.filter(user=moderator)] == [("never", long_ago)]
    assert queued("comments.mail_notice") == queued("comments.mail_decision") == []


# What is taken back


def test_a_removed_answer_is_no_longer_told_and_a_restored_one_is_again(client, mine, moderator, clause):
    answer = make_comment(parent=mine, author=make_user(display_name="Bob"))
    answer.decide("remove", by=moderator, version=1, clause=clause)
    assert Notice.unread_count(mine.author) == 0
    assert "Bob answered" not in page(client, mine.author)
    answer.decide("restore", by=moderator, version=2)
    assert Notice.unread_count(mine.author) == 1
    assert "Bob answered" in page(client, mine.author)


def test_what_was_mailed_is_hidden_while_it_is_not_public_and_told_no_second_time(
    client, mine, moderator, clause
):
    answer = make_comment(parent=mine, author=moderator)
    assert len(mail_all()) == 1
    ProcrastinateJob.objects.all().delete()
    other = make_user("moderator")
    answer.decide("remove", by=other, version=1, clause=clause)
    assert Notice.objects.filter(comment=answer, user=mine.author).exists()
    assert Notice.unread_count(mine.author) == 0
    answer.decide("restore", by=other, version=2)
    assert kinds(mine.author) == [Kind.STAFF_ANSWER]
    assert [each.to for each in mail_all()] == [[moderator.email]] * 2


def test_an_undone_decision_takes_its_notices_back(mine, moderator):
    answer = make_comment(parent=mine, status="pending")
    decision = answer.decide("publish", by=moderator, version=1, reply="See a doctor.")
    assert kinds(mine.author) == [Kind.ANSWERED]
    assert kinds(answer.author) == [Kind.PUBLISHED, Kind.STAFF_ANSWER]
    undo(decision, by=moderator)
    assert Notice.objects.count() == 0
    assert mail_all() == []


def test_after_the_silent_minute_an_undo_is_told_too(mine, moderator, settings):
    decision = mine.decide("hold", by=moderator, version=1)
    assert len(mail_all()) == 1
    settings.HN_UNDO_SECONDS = 0
    record = undo(decision, by=moderator)
    assert [each.decision for each in Notice.objects.order_by("pk")] == [decision, record]


# Many at once


def test_a_hundred_decisions_tell_in_as_many_statements_as_five(moderator):
    asked = {}
    for count in (5, 50):
        article, parents = make_article(), []
        parents = [make_comment(article) for _ in range(count)]
        waiting = [make_comment(parent=parent, status="pending") for parent in parents]
        # As the bulk screen reads them.
        rows = list(
            Comment.objects.filter(pk__in=[each.pk for each in waiting]).select_related(
                "article", "text", "waiting_text"
            )
        )
        with CaptureQueriesContext(connection) as statements:
            done = carry_out(Act(states.PUBLISH, by=moderator), rows, {each.pk: 1 for each in rows})
        assert len(done.decisions) == count
        assert Notice.objects.filter(comment__in=rows).count() == 2 * count
        asked[count] = len(statements)
    assert asked[5] == asked[50]


def test_an_inbox_of_fifty_costs_what_one_of_five_costs(client, mine, moderator, clause):
    asked = {}
    for count in (5, 50):
        for _ in range(count):
            make_comment(parent=mine)
        make_comment(author=mine.author, status="pending").decide(
            "reject", by=moderator, version=1, clause=clause
        )
        client.force_login(mine.author)
        with CaptureQueriesContext(connection) as statements:
            text = client.get(INBOX).content.decode()
        assert text.count('class="told ') == min(25, count + 1)
        asked[count] = len(statements)
    assert asked[5] == asked[50]
