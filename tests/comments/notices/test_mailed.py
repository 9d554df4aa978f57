"""What is mailed at once, whole or by its beginning, and what is not."""

import pytest
from django.core import mail
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from articles.models import Article
from comments import jobs
from comments.models import Comment, Notice, Preference, Report
from comments.models.preference import How, Kind
from tests.comments.notices.conftest import kinds, mail_all, page, queued
from tests.factories import make_comment, make_user

pytestmark = pytest.mark.django_db


def test_the_answer_of_the_staff_is_mailed_at_once_and_whole(mine, moderator, settings):
    make_comment(
        parent=mine,
        author=moderator,
        body="Please see a doctor.\n\n" + "long " * 200 + "\n\nIf it gets worse, do not wait: call 112.",
    )
    [job] = ProcrastinateJob.objects.filter(task_name="comments.mail_notice")
    assert 50 < (job.scheduled_at - timezone.now()).total_seconds() <= settings.HN_UNDO_SECONDS
    [message] = mail_all()
    assert message.to == [mine.author.email]
    assert message.subject == f"Mo Derator (Staff) answered your comment on “{mine.article.title}”."
    assert "> Please see a doctor.\n>\n> long" in message.body
    # The last sentence is the one that matters.
    assert message.body.count("long") == 200
    assert "> If it gets worse, do not wait: call 112." in message.body
    assert "because somebody has answered a comment of yours" in message.body
    assert f"/comments/{Comment.objects.last().pk}/" in message.body
    assert Notice.objects.get(user=mine.author).mailed_at is not None
    assert mail_all() == [], "the job runs again"


def test_the_answer_of_a_reader_is_mailed_with_its_beginning(mine):
    Preference.objects.create(user=mine.author, kind=Kind.ANSWERED, how=How.NOW)
    make_comment(parent=mine, body="I know that, too.\n\n" + "long " * 200)
    [message] = mail_all()
    assert "> I know that, too.\n>\n> long" in message.body
    assert 50 < message.body.count("long") < 90


def test_no_name_becomes_a_link_in_a_mail(mine, moderator):
    mine.author.display_name = "www.ada.example"
    mine.author.save()
    moderator.display_name = "https://evil.example/verify"
    moderator.save()
    make_comment(parent=mine, author=moderator)
    [message] = mail_all()
    assert "Hello www. ada. example," in message.body
    assert message.subject.startswith("https:// evil. example/ verify (Staff) answered")
    assert "https://evil" not in message.body


@pytest.mark.parametrize("what", ["removed", "retired", "unsubscribed", "inactive", "unclaimed"])
def test_what_is_not_public_or_not_wanted_when_the_mail_is_made_is_not_mailed(mine, moderator, clause, what):
    answer = make_comment(parent=mine, author=moderator, body="Secret words.")
    if what == "removed":
        answer.decide("remove", by=make_user("moderator"), version=1, clause=clause)
    elif what == "retired":
        Article.objects.filter(pk=mine.article_id).update(retire_at=timezone.now())
    elif what == "unsubscribed":
        Preference.choose(mine.author, {Kind.STAFF_ANSWER: How.NEVER})
    elif what == "inactive":
        mine.author.is_active = False
        mine.author.save()
    else:
        mine.author.set_unusable_password()
        mine.author.save()
    assert [each for each in mail_all() if each.to == [mine.author.email]] == []


def test_what_is_wanted_once_a_day_meanwhile_waits_for_the_mail_of_the_day(mine, moderator):
    make_comment(parent=mine, author=moderator)
    Preference.choose(mine.author, {Kind.STAFF_ANSWER: How.DAILY})
    assert mail_all() == []
    assert Notice.objects.get(user=mine.author).how == How.DAILY


@pytest.mark.parametrize("answer_first", [False, True])
def test_a_comment_published_with_an_answer_is_one_mail_that_says_both(moderator, answer_first):
    comment = make_comment(status="pending", body="What should I do?")
    decision = comment.decide("publish", by=moderator, version=1, reply="Please see a doctor.")
    if answer_first:  # two workers: its job is done before that of the decision
        jobs.mail_notice(Notice.objects.get(kind=Kind.STAFF_ANSWER).pk)
        assert mail.outbox == []
    [message] = mail_all()
    assert message.extra_headers["Message-ID"].startswith(f"<decision-{decision.pk}.")
    assert "can now be read by everybody" in message.body
    assert "Mo Derator (Staff) answered your comment" in message.body
    assert "> Please see a doctor." in message.body
    assert Notice.objects.filter(mailed_at__isnull=True).count() == 0


def test_without_mail_about_publications_the_answer_has_its_own(moderator):
    comment = make_comment(status="pending")
    Preference.choose(comment.author, {Kind.PUBLISHED: How.NEVER})
    comment.decide("publish", by=moderator, version=1, reply="Please see a doctor.")
    [message] = mail_all()
    assert message.extra_headers["Message-ID"].startswith("<notice-")
    assert "> Please see a doctor." in message.body


def test_without_mail_about_answers_the_decision_tells_of_none(moderator):
    comment = make_comment(status="pending")
    Preference.choose(comment.author, {Kind.STAFF_ANSWER: How.NEVER})
    comment.decide("publish", by=moderator, version=1, reply="Please see a doctor.")
    [message] = mail_all()
    assert "see a doctor" not in message.body
    assert message.extra_headers["Message-ID"].startswith("<decision-")


def test_who_does_not_want_to_hear_of_publication_is_not_mailed_and_finds_it_in_the_inbox(client, moderator):
    comment = make_comment(status="pending")
    Preference.choose(comment.author, {Kind.PUBLISHED: How.NEVER})
    comment.decide("publish", by=moderator, version=1)
    assert queued("comments.mail_decision") == []
    assert "was published." in page(client, comment.author)


def test_a_refusal_is_mailed_whatever_was_chosen(moderator, clause):
    comment = make_comment(status="pending", body="My own words.")
    Preference.objects.create(user=comment.author, kind=Kind.DECIDED, how=How.NEVER)
    comment.decide("reject", by=moderator, version=1, clause=clause)
    [message] = mail_all()
    assert "> My own words." in message.body
    assert "List-Unsubscribe" not in message.extra_headers
    assert "always sent" in message.body


def test_what_a_listed_word_refuses_is_told_with_the_reason_to_its_author_alone(client):
    comment = make_comment(status="rejected", body="My own words.")
    assert kinds(comment.author) == [Kind.DECIDED]
    [message] = mail_all()
    assert message.to == [comment.author.email]
    assert "is not published" in message.body
    assert "> My own words." in message.body
    assert "was not published" in page(client, comment.author)


def test_a_report_that_is_answered_tells_nothing_of_what_the_moderator_wrote(client, mine, moderator, clause):
    reporter = make_user()
    Report.file(mine, reason="abuse", by=reporter)
    mine.decide("remove", by=moderator, version=2, clause=clause, message="For Ada alone.")
    text = page(client, reporter)
    assert "we agreed, and acted" in text
    assert "For Ada alone" not in text
    [message] = [each for each in mail_all() if each.to == [reporter.email]]
    assert "For Ada alone" not in message.body
    assert mine.text.body not in message.body
    text = page(client, mine.author)
    assert "For Ada alone." in text
    assert clause.title in text
