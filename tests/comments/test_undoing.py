"""Taking many decisions back at once: what can be, in bounded statements, and what cannot, by name."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments import notify, states
from comments.counts import recount
from comments.models import (
    CannedReply,
    Case,
    Comment,
    Decision,
    MovedMeanwhile,
    Notice,
    Report,
    Thread,
    Undecidable,
)
from comments.models.deciding import Act, carry_out
from comments.models.undoing import undo, undo_many
from tests.comments.conftest import work
from tests.factories import make_article, make_comment, make_user, verdict

pytestmark = pytest.mark.django_db


@pytest.fixture
def moderator(client):
    user = make_user("moderator")
    client.force_login(user)
    return user


def waiting(count: int, **changes) -> list[Comment]:
    article, author = make_article(), make_user()
    return [
        make_comment(article, author, **{"status": "pending", "body": f"Said {n}."} | changes)
        for n in range(count)
    ]


def decided(comments, action, by, **given) -> list[Decision]:
    comments = list(Comment.objects.filter(pk__in=[each.pk for each in comments]))
    done = carry_out(Act(action, by=by, **given), comments, {each.pk: each.version for each in comments})
    assert not done.refused
    return list(done.decisions.values())


def of_every_sort(count: int, moderator, clause) -> list[Decision]:
    """`count` decisions of each sort that can be taken back, and of two that cannot."""
    canned = CannedReply.objects.first()
    decisions = decided(waiting(count), states.REJECT, moderator, clause=clause, canned_reply=canned)
    decisions += decided(waiting(count), states.ESCALATE, moderator)
    decisions += decided(waiting(count, status="published"), states.HOLD, moderator)
    decisions += [
        each.decide("publish", by=moderator, version=1, reply="Please see a doctor.")
        for each in waiting(count)
    ]
    edited = waiting(count, status="published")
    for each in edited:
        each.edit("As it shall be.", by=each.author, verdict=verdict("hold"), version=1)
    decisions += decided(edited, states.PUBLISH, moderator)
    reported = waiting(count, status="published")
    for each in reported:
        Report.file(each, reason="abuse", by=make_user())
    decisions += decided(reported, states.KEEP, moderator)
    overtaken = waiting(count)
    decisions += decided(overtaken, states.PUBLISH, moderator)
    decided(overtaken, states.HOLD, moderator)
    decisions += [each.decisions.get() for each in waiting(count)]  # by screening
    return list(Decision.objects.filter(pk__in=[each.pk for each in decisions]).select_related("answer"))


def test_fifty_are_taken_back_in_the_statements_of_five(moderator, clause, settings):
    settings.HN_UNDO_SECONDS = (
        600  # on a busy machine it takes more than the silent minute to decide them all
    )
    asked = {}
    for count in (5, 50):
        decisions = of_every_sort(count, moderator, clause)
        with CaptureQueriesContext(connection) as statements:
            done = undo_many(decisions, by=moderator)
        assert len(done.decisions) == 6 * count
        assert Counter(map(type, done.refused.values())) == {MovedMeanwhile: count, Undecidable: count}
        asked[count] = len(statements)
    assert asked[5] == asked[50]


def test_each_is_as_it_was_before(moderator, clause):
    decisions = of_every_sort(2, moderator, clause)
    used = CannedReply.objects.first().use_count
    done = undo_many(decisions, by=moderator)
    for decision in decisions:
        comment = Comment.objects.get(pk=decision.comment_id)
        if comment.pk in done.refused:
            continue
        case = Case.objects.filter(pk=comment.pk, closed_at=None).first()
        assert comment.status == decision.from_status
        assert (comment.text_id, comment.waiting_text_id) == (
            decision.text_before_id,
            decision.waiting_before_id,
        )
        assert (case is not None) is (decision.action != "hold")
        assert case is None or "escalated" not in case.kinds
        assert done.decisions[comment.pk].reverses == decision
        assert decision.answer is None or Comment.objects.get(pk=decision.answer_id).status == "withdrawn"
    assert not Report.objects.filter(answered_by__isnull=False).exists()
    assert CannedReply.objects.first().use_count == used - 2
    assert not any(recount(dry_run=True).values())
    mail.outbox.clear()
    work()
    told = {each.to[0] for each in mail.outbox}
    undone = {each.comment.author.email for each in decisions if each.comment_id in done.decisions}
    assert not told & undone


def test_after_the_silent_minute_each_author_hears_of_it(moderator, clause):
    decisions = decided(waiting(2), states.REJECT, moderator, clause=clause)
    Decision.objects.filter(pk=decisions[0].pk).update(at=timezone.now() - timedelta(seconds=61))
    Notice.objects.filter(decision=decisions[0]).update(mailed_at=timezone.now())
    decisions = list(Decision.objects.filter(pk__in=[each.pk for each in decisions]))
    undo_many(decisions, by=moderator)
    assert Notice.objects.filter(decision__action="undo").count() == 1


def late(decision) -> Decision:
    """Two minutes ago: the silent minute is over."""
    Decision.objects.filter(pk=decision.pk).update(at=timezone.now() - timedelta(minutes=2))
    return Decision.objects.get(pk=decision.pk)


@pytest.mark.parametrize("action", ["escalate", "keep", "reject"])
def test_whoever_was_told_nothing_hears_nothing_of_the_undo(moderator, clause, action):
    """Passed on, reports that came to nothing, and a mail that was never sent."""
    [comment] = waiting(1, status="published" if action == "keep" else "pending")
    if action == "keep":
        Report.file(comment, reason="abuse", by=make_user())
    [decision] = decided([comment], action, moderator, **({"clause": clause} if action == "reject" else {}))
    if action != "reject":
        work()
    mail.outbox.clear()
    undo(late(decision), by=moderator)
    work()
    assert not [each for each in mail.outbox if each.to == [comment.author.email]]
    assert not Notice.objects.filter(user=comment.author).exists()


def test_whoever_has_read_it_in_the_inbox_hears_of_the_undo(moderator, clause):
    [comment] = waiting(1)
    [decision] = decided([comment], "reject", moderator, clause=clause)
    Notice.objects.get(decision=decision).read()
    undo(late(decision), by=moderator)
    work()
    [told] = [each for each in mail.outbox if each.to == [comment.author.email]]
    assert "we have taken it back" in told.body


@pytest.mark.django_db(transaction=True)
def test_whose_mail_is_on_its_way_hears_of_the_undo():
    moderator, [comment] = make_user("moderator"), waiting(1)
    [decision] = decided([comment], "publish", moderator)
    handed_over, undone = threading.Event(), threading.Event()

    def mail_it():
        try:
            with transaction.atomic(), notify._alone(f"decision-{decision.pk}") as free:
                assert free
                handed_over.set()
                assert undone.wait(30)
        finally:
            connections["default"].close()

    thread = threading.Thread(target=mail_it)
    thread.start()
    assert handed_over.wait(30)
    record = undo(late(decision), by=moderator)
    undone.set()
    thread.join(30)
    assert Notice.objects.filter(decision=record, user=comment.author).exists()


def test_nobody_takes_back_what_was_decided_about_their_own_comment(client, moderator, clause):
    own = make_comment(author=make_user("administrator"))
    removed = own.decide("remove", by=moderator, version=1, clause=clause)
    client.force_login(own.author)
    assert "Undo" not in client.get(f"/moderation/comments/{own.pk}/").content.decode()
    answer = client.post(f"/moderation/decisions/{removed.pk}/undo/")
    assert answer.status_code == 422
    assert "your own comment" in answer.content.decode()
    together = take_back(client, [removed.pk])
    assert "your own comment" in together.content.decode()
    assert Comment.objects.get(pk=own.pk).status == "removed"
    moderator.groups.clear()  # but where nobody else moderates, somebody has to
    undo(removed, by=own.author)
    assert Comment.objects.get(pk=own.pk).status == "published"


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_is_reported_in_the_same_moment_is_withdrawn_all_the_same():
    moderator = make_user("moderator")
    comment = make_comment(status="pending")
    decision = comment.decide("publish", by=moderator, version=1, reply="Please see a doctor.")
    raised = []

    def take_back():
        try:
            undo(decision, by=moderator)
        except Exception as error:
            raised.append(error)
        finally:
            connections["default"].close()

    with transaction.atomic():
        Report.file(decision.answer, reason="abuse", by=make_user())
        thread = threading.Thread(target=take_back)
        thread.start()
        thread.join(1)
        assert thread.is_alive()  # it waits for the row of the answer
    thread.join(30)
    assert not raised
    assert Comment.objects.get(pk=decision.answer_id).status == "withdrawn"
    assert Comment.objects.get(pk=comment.pk).status == "pending"
    assert not any(recount(dry_run=True).values())


# The desk


def in_bulk(client, comments, **given):
    chosen = [f"{each.pk}:{each.version}" for each in comments]
    return client.post("/moderation/decisions/", {"comments": chosen, "action": "publish"} | given)


def offered(html: str) -> list[str]:
    """The decisions that the page's form would take back."""
    form = html.partition('action="/moderation/decisions/undo/"')[2].partition("</form>")[0]
    return [each.partition('"')[0] for each in form.split('name="decisions" value="')[1:]]


def take_back(client, decisions):
    return client.post("/moderation/decisions/undo/", {"decisions": decisions})


def test_what_was_decided_together_is_taken_back_together(client, moderator):
    comments = waiting(3)
    html = in_bulk(client, comments).content.decode()
    assert "Undo all 3" in html
    assert Thread.objects.get(pk=comments[0].article_id).published_count == 3
    answer = take_back(client, offered(html))
    assert answer.status_code == 200
    assert "3 undone" in answer.content.decode()
    assert Comment.objects.filter(status="pending").count() == 3
    assert Case.objects.open().count() == 3
    assert Thread.objects.get(pk=comments[0].article_id).published_count == 0


def test_one_that_was_decided_alone_in_a_bulk_is_offered_too(client, moderator):
    html = in_bulk(client, waiting(1)).content.decode()
    assert "Undo it" in html
    assert len(offered(html)) == 1


def test_nothing_is_offered_where_nothing_was_decided(client, moderator):
    assert offered(in_bulk(client, waiting(2), action="reject").content.decode()) == []


def test_what_can_no_longer_be_taken_back_is_named(client, moderator):
    first, late, overtaken = waiting(3)
    ids = offered(in_bulk(client, [first, late, overtaken]).content.decode())
    Decision.objects.filter(comment=late, action="publish").update(at=timezone.now() - timedelta(minutes=11))
    quick = make_user("moderator", display_name="Quick Colleague")
    overtaken.refresh_from_db()
    overtaken.decide("hold", by=quick, version=overtaken.version)
    answer = take_back(client, ids)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "1 undone" in html and "2 not undone" in html
    assert "that time is over" in html and "Quick Colleague already decided this comment" in html
    for comment, status in ((first, "pending"), (late, "published"), (overtaken, "pending")):
        assert Comment.objects.get(pk=comment.pk).status == status
        assert f'href="/moderation/comments/{comment.pk}/"' in html
    again = take_back(client, ids)
    assert again.status_code == 409
    assert "Nothing was undone" in again.content.decode()


def test_a_colleagues_decisions_are_an_administrators_to_take_back(client, moderator):
    ids = offered(in_bulk(client, waiting(2)).content.decode())
    client.force_login(make_user("moderator"))
    refused = take_back(client, ids)
    assert refused.status_code == 422
    assert "Only who decided" in refused.content.decode()
    client.force_login(make_user("administrator"))
    assert take_back(client, ids).status_code == 200
    assert not Comment.objects.published().exists()


@pytest.mark.parametrize("sent", [[], ["x"], ["9" * 30], ["-1"], ["12345678"], ["١"], ["\x00"]])
def test_what_cannot_be_read_or_is_not_there_is_said(client, moderator, sent):
    answer = take_back(client, sent)
    assert answer.status_code == 422
    assert b'role="alert"' in answer.content


def test_too_many_are_refused_whole(client, moderator):
    [decision] = decided(waiting(1), states.PUBLISH, moderator)
    answer = take_back(client, [decision.pk] * 101)
    assert answer.status_code == 422
    assert b"at most 100" in answer.content
    assert Comment.objects.published().count() == 1


def test_the_page_costs_the_same_for_five_and_for_fifty(client, moderator):
    asked = {}
    for count in (5, 50):
        ids = offered(in_bulk(client, waiting(count)).content.decode())
        with CaptureQueriesContext(connection) as statements:
            assert take_back(client, ids).status_code == 200
        asked[count] = len(statements)
    assert asked[5] == asked[50]


def test_strangers_take_nothing_back(client, moderator):
    [decision] = decided(waiting(1), states.PUBLISH, moderator)
    client.force_login(make_user())
    assert take_back(client, [decision.pk]).status_code == 404
    client.logout()
    assert take_back(client, [decision.pk]).url.startswith("/accounts/login/")
    assert Comment.objects.published().count() == 1
