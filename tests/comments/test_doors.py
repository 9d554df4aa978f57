"""Submitting and deciding: what a door writes, and that it is all or nothing."""

import threading

import pytest
from django.db import connection, connections

from comments import counts, states
from comments.forms import CommentForm
from comments.models import Case, Clause, Comment, Decision, MovedMeanwhile, Thread, Undecidable
from tests.factories import make_article, make_comment, make_user, verdict

pytestmark = pytest.mark.django_db


@pytest.fixture
def clause():
    return Clause.objects.get(number=1)


def count(article):
    """The stored count, and the one that is counted."""
    return Thread.of(article).published_count, Comment.objects.filter(article=article).published().count()


def test_every_status_has_a_decision_that_explains_it(moderator, clause):
    comment = make_comment(status="pending")
    comment.decide("publish", by=moderator, version=comment.version)
    comment.decide(
        "remove", by=moderator, version=comment.version, clause=clause, message="Why.", note="Second time."
    )
    log = list(comment.decisions.order_by("pk").values_list("action", "from_status", "to_status", "by"))
    assert log == [
        ("submit", "", "pending", None),
        ("publish", "pending", "published", moderator.pk),
        ("remove", "published", "removed", moderator.pk),
    ]
    last = comment.decisions.first()
    assert (last.clause, last.policy, last.message.text, last.note.text) == (
        clause,
        clause.policy,
        "Why.",
        "Second time.",
    )


def test_publishing_closes_the_case_and_counts(moderator):
    comment = make_comment(status="pending")
    assert count(comment.article) == (0, 0)
    comment.decide("publish", by=moderator, version=1)
    assert count(comment.article) == (1, 1)
    assert Case.objects.get(pk=comment.pk).closed_at is not None
    assert comment.published_at is not None


def test_publish_and_answer_is_one_step(moderator):
    comment = make_comment(status="pending")
    comment.decide("publish", by=moderator, version=1, reply="We can't give personal advice.")
    answer = comment.answers.get()
    assert (answer.status, answer.author, answer.mark, answer.parent_id) == (
        "published",
        moderator,
        "staff",
        comment.pk,
    )
    assert answer.decisions.get().by == moderator
    assert count(comment.article) == (2, 2)
    assert Comment.objects.get(pk=comment.pk).published_answers == 1


def test_an_answer_that_cannot_be_stored_publishes_nothing(moderator, monkeypatch):
    comment = make_comment(status="pending")

    def broken(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(Comment, "_answer", broken)
    with pytest.raises(RuntimeError):
        comment.decide("publish", by=moderator, version=1, reply="Hello.")
    fresh = Comment.objects.get(pk=comment.pk)
    assert (fresh.status, fresh.version) == ("pending", 1)
    assert count(comment.article) == (0, 0)


def test_refusing_needs_a_clause(moderator):
    comment = make_comment(status="pending")
    with pytest.raises(Undecidable, match="clause"):
        comment.decide("reject", by=moderator, version=1)
    assert Comment.objects.get(pk=comment.pk).status == "pending"


def test_an_action_that_leads_nowhere_is_refused(moderator):
    comment = make_comment(status="pending")
    with pytest.raises(states.NotAllowed):
        comment.decide("restore", by=moderator, version=1)


def test_who_comes_second_learns_who_was_first(moderator, clause):
    comment = make_comment(status="pending")
    same = Comment.objects.get(pk=comment.pk)
    comment.decide("publish", by=moderator, version=1)
    with pytest.raises(MovedMeanwhile, match=moderator.display_name):
        same.decide("reject", by=make_user("moderator"), version=1, clause=clause)
    assert count(comment.article) == (1, 1)


def test_a_removed_comment_with_answers_keeps_its_place_and_one_without_vanishes(moderator, clause):
    root = make_comment()
    answer = make_comment(parent=root)
    for comment in (root, answer):
        comment.refresh_from_db()
    root.decide("remove", by=moderator, version=1, clause=clause)
    assert Comment.objects.get(pk=root.pk).shown
    answer.decide("remove", by=moderator, version=1, clause=clause)
    assert not Comment.objects.get(pk=root.pk).shown
    assert not Comment.objects.get(pk=answer.pk).shown
    answer.decide("restore", by=moderator, version=2)
    assert Comment.objects.get(pk=root.pk).shown
    assert count(root.article) == (1, 1)


def test_the_mark_is_frozen_at_posting():
    reader = make_user()
    before = make_comment(author=reader)
    staff = make_user("moderator")
    after = make_comment(article=before.article, author=staff)
    staff.groups.clear()
    assert (before.mark, Comment.objects.get(pk=after.pk).mark) == ("", "staff")


def test_a_listed_word_refuses_at_once_and_nothing_waits():
    comment = make_comment(status="rejected")
    assert comment.status == "rejected"
    assert not Case.objects.exists()


def in_threads(jobs):
    """Run all the functions at once, each on its own connection; returns what they gave or raised."""
    results, gate = [None] * len(jobs), threading.Barrier(len(jobs))

    def run(index, job):
        gate.wait()
        try:
            results[index] = job()
        except Exception as error:
            results[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_of_two_moderators_at_once_one_wins_and_the_other_learns_the_name():
    comment = make_comment(status="pending")
    clause = Clause.objects.get(number=1)
    first, second = make_user("moderator"), make_user("moderator")
    one, two = Comment.objects.get(pk=comment.pk), Comment.objects.get(pk=comment.pk)
    results = in_threads(
        [
            lambda: one.decide("publish", by=first, version=1),
            lambda: two.decide("reject", by=second, version=1, clause=clause),
        ]
    )
    [won] = [result for result in results if isinstance(result, Decision)]
    [lost] = [result for result in results if isinstance(result, MovedMeanwhile)]
    assert won.by.display_name in str(lost)
    assert Comment.objects.get(pk=comment.pk).version == 2
    assert comment.decisions.count() == 2


@pytest.mark.django_db(transaction=True)
def test_two_hundred_people_post_at_once_from_twenty_threads():
    """All stored once, the order intact, the counts equal a recount."""
    article = make_article()
    roots = [make_comment(article=article) for _ in range(3)]
    people = [make_user() for _ in range(200)]

    def post(share):
        for number, person in share:
            parent = roots[number % 3] if number % 4 else None
            Comment.submit(
                article=article, by=person, body=f"Number {number}.", parent=parent, verdict=verdict()
            )

    numbered = list(enumerate(people))
    results = in_threads([lambda share=numbered[start::20]: post(share) for start in range(20)])
    assert results == [None] * 20
    comments = list(Comment.objects.filter(article=article).select_related("text").order_by("path"))
    assert sorted(
        comment.text.body for comment in comments if comment.text.body.startswith("Number")
    ) == sorted(f"Number {number}." for number in range(200))
    assert len({comment.path for comment in comments}) == 203
    for root in roots:
        below = [comment for comment in comments if comment.root_id == root.pk]
        # Reading order is by the millisecond, then by id.
        times = [(int(comment.posted_at.timestamp() * 1000), comment.pk) for comment in below]
        assert times == sorted(times)
        assert Comment.objects.get(pk=root.pk).published_answers == len(below)
    assert Thread.of(article).published_count == 203
    assert set(counts.recount().values()) == {0}
    assert connection.vendor == "postgresql"


@pytest.mark.django_db(transaction=True)
def test_decisions_in_one_branch_never_lock_each_other_out():
    moderator, clause = make_user("moderator"), Clause.objects.get(number=1)
    root = make_comment()
    line = [root]
    for _ in range(3):
        line.append(make_comment(parent=line[-1]))
    fresh = [Comment.objects.get(pk=comment.pk) for comment in line]
    results = in_threads(
        [lambda each=each: each.decide("remove", by=moderator, version=1, clause=clause) for each in fresh]
    )
    assert all(isinstance(result, Decision) for result in results), results
    assert set(Comment.objects.values_list("published_answers", flat=True)) == {0}
    assert Thread.of(root.article).published_count == 0


@pytest.mark.django_db(transaction=True)
def test_a_double_click_on_two_connections_is_one_comment():
    article, author = make_article(), make_user()

    def send():
        form = CommentForm({"body": "Sent twice."}, article=article, author=author)
        assert form.is_valid()
        return form.save().pk

    results = in_threads([send] * 6)
    assert len(set(results)) == 1, results
    assert Comment.objects.filter(article=article).count() == 1


def test_counts_stay_true_through_every_move_and_recount_mends_them(moderator, clause):
    line = [make_comment()]
    for _ in range(7):
        line.append(make_comment(parent=line[-1]))
    for index in (0, 5, 7, 3, 6):
        comment = Comment.objects.get(pk=line[index].pk)
        comment.decide("remove", by=moderator, version=comment.version, clause=clause)
        assert set(counts.recount(dry_run=True).values()) == {0}
    for index, action in ((5, "restore"), (2, "hold"), (7, "restore"), (2, "publish"), (0, "restore")):
        comment = Comment.objects.get(pk=line[index].pk)
        comment.decide(action, by=moderator, version=comment.version)
        assert set(counts.recount(dry_run=True).values()) == {0}
    right = dict(Comment.objects.values_list("pk", "published_answers"))
    Comment.objects.filter(pk=line[1].pk).update(published_answers=99)
    Thread.objects.update(published_count=0)
    wrong = {"answers of comments": 1, "comments of threads": 1, "helpful marks of comments": 0}
    assert counts.recount(dry_run=True) == wrong
    assert Comment.objects.get(pk=line[1].pk).published_answers == 99
    counts.recount()
    assert dict(Comment.objects.values_list("pk", "published_answers")) == right
