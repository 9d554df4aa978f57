"""What an answer to an appeal gives back, whom it tells, and what taking it back says."""

import pytest
from django.core import mail

from comments.counts import recount
from comments.models import Appeal, Comment, Decision, Report, Undecidable
from comments.models.undoing import undo
from tests.comments.appeals.conftest import decided, lodge, mails_to
from tests.comments.conftest import work
from tests.factories import make_comment, make_user, verdict

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("action", "granted"), [("overturn", True), ("uphold", False)])
def test_the_answer_goes_to_the_author_and_what_was_taken_is_back(client, removed, other, action, granted):
    client.force_login(removed.author)
    lodge(client, removed)
    mail.outbox.clear()
    decided(removed, action, other)
    work()
    told = [each for each in mails_to(removed.author) if "appeal" in each.subject]
    assert len(told) == 1
    assert ("you were right" in told[0].body) is granted
    assert ("stays as it was" in told[0].body) is not granted
    assert Appeal.objects.get().was_granted is granted
    page = client.get(removed.article.get_absolute_url()).content.decode()
    assert ("It helped my twitching." in page) is granted
    assert not any(recount(dry_run=True).values())
    assert lodge(client, removed, "Once more.").status_code == 403


def test_who_had_reported_it_is_told_that_it_is_back(client, moderator, other, clause):
    comment, reporter = make_comment(author=make_user()), make_user()
    Report.file(comment, reason="abuse", by=reporter)
    decided(comment, "remove", moderator, clause=clause)
    work()
    Appeal.lodge(Decision.in_force(comment), by=comment.author, text="No.")
    decided(comment, "overturn", other)
    work()
    first, second = mails_to(reporter)
    assert "taken it down" in first.body
    assert "decided anew" in second.subject
    assert "it can be read again" in second.body


def test_a_reversal_corrects_what_is_known_of_who_had_reported_both_ways(moderator, other, clause):
    """Kept, removed on the reporters' appeal, restored on the author's; and each of these taken back."""
    comment, reporter, stranger = make_comment(author=make_user()), make_user(), make_comment()
    reported = [Report.file(comment, reason=each, by=reporter)[0].pk for each in ("abuse", "spam")]
    apart, _ = Report.file(stranger, reason="abuse", by=reporter)
    decided(stranger, "keep", moderator)

    def right() -> list:
        assert not Report.objects.get(pk=apart.pk).was_right, "nobody looked at that one again"
        return [Report.objects.get(pk=each).was_right for each in reported]

    kept = decided(comment, "keep", moderator)
    assert right() == [False, False]
    Appeal.lodge(kept, by=reporter, text="It names my sister.")
    removed = decided(comment, "remove", other, clause=clause)
    assert right() == [True, True]
    undo(removed, by=other)
    assert right() == [False, False]
    removed = decided(comment, "remove", other, clause=clause)
    Appeal.lodge(removed, by=comment.author, text="She asked me to.")
    restored = decided(comment, "overturn", moderator)
    assert right() == [False, False]
    undo(restored, by=moderator)
    assert right() == [True, True]
    decided(comment, "uphold", moderator)
    assert right() == [True, True]


def test_who_was_right_in_the_end_weighs_more(moderator, other, clause):
    reporter, kept = make_user(), []
    for _ in range(5):
        comment = make_comment()
        Report.file(comment, reason="abuse", by=reporter)
        kept.append(decided(comment, "keep", moderator))
    assert Report.weight_of(reporter) == 0.1
    for decision in kept:
        Appeal.lodge(decision, by=reporter, text="Look again.")
        decided(decision.comment, "remove", other, clause=clause)
    assert Report.weight_of(reporter) == 1.43


def test_what_its_author_took_back_says_nothing_about_who_had_reported_it(moderator):
    comment, reporter = make_comment(author=make_user()), make_user()
    report, _ = Report.file(comment, reason="abuse", by=reporter)
    Appeal.lodge(decided(comment, "keep", moderator), by=reporter, text="Look again.")
    comment.refresh_from_db()
    comment.withdraw(by=comment.author, version=comment.version)
    report.refresh_from_db()
    assert report.was_right is False


def test_who_reported_appeals_when_it_was_kept_and_both_are_told(client, moderator, other, clause):
    comment, reporter = make_comment(author=make_user()), make_user()
    Report.file(comment, reason="abuse", by=reporter)
    decided(comment, "keep", moderator)
    work()
    assert f"/comments/{comment.pk}/appeal/" in mails_to(reporter)[0].body
    client.force_login(reporter)
    page = client.get(f"/comments/{comment.pk}/decision/").content.decode()
    assert "stays as it is" in page
    assert f"/comments/{comment.pk}/appeal/" in page
    assert lodge(client, comment, "It names my sister.").status_code == 303
    decided(comment, "remove", other, clause=clause)
    work()
    assert Appeal.objects.get().was_granted
    assert "no longer public" in mails_to(reporter)[-1].body
    assert "taken down" in mails_to(comment.author)[0].body
    # And the author may appeal against that in turn.
    assert Appeal.why_not(Decision.in_force(comment), comment.author) == ""


def test_keeping_it_once_more_refuses_the_reporters_appeal_and_leaves_the_author_alone(moderator, other):
    comment, reporter = make_comment(author=make_user()), make_user()
    Report.file(comment, reason="abuse", by=reporter)
    Appeal.lodge(decided(comment, "keep", moderator), by=reporter, text="Look again.")
    decided(comment, "keep", other)
    work()
    assert not Appeal.objects.get().was_granted
    assert "not granted" in mails_to(reporter)[-1].subject
    assert mails_to(comment.author) == []


@pytest.mark.parametrize(("action", "granted"), [("publish", True), ("keep", False), ("reject", False)])
def test_what_was_taken_out_comes_back_when_its_author_was_right(
    client, moderator, other, clause, action, granted
):
    comment = make_comment(author=make_user(), body="Ask at 020 7946 0018, the helpline.")
    decided(comment, "publish_redacted", moderator, redactions=((7, 20),))
    client.force_login(comment.author)
    lodge(client, comment, "That is a public helpline.")
    public = comment.article.get_absolute_url()
    assert "7946" not in client.get(public).content.decode()
    mine = client.get("/comments/mine/").content.decode()
    assert "Published without parts of it." in mine and "As you wrote it, for your appeal:" in mine
    assert "Your change" not in mine
    mail.outbox.clear()
    decided(comment, action, other, **({"clause": clause} if action == "reject" else {}))
    assert Appeal.objects.get().was_granted is granted
    assert ("020 7946 0018" in client.get(public).content.decode()) is granted
    comment.refresh_from_db()
    assert (comment.status, comment.waiting_text) == ("published", None)
    work()
    [told] = [each for each in mails_to(comment.author) if "appeal" in each.subject]
    assert ("you were right" in told.body) is granted
    assert lodge(client, comment, "Once more.").status_code == 403


@pytest.mark.parametrize(("given", "granted"), [({}, True), ({"redactions": ((7, 20),)}, False)])
def test_taking_a_redacted_one_back_to_the_queue_grants_its_author_nothing(
    redacted, moderator, other, given, granted
):
    appeal = Appeal.lodge(Decision.in_force(redacted), by=redacted.author, text="It is a helpline.")
    decided(redacted, "hold", other)
    decided(redacted, "publish_redacted" if given else "publish", other, **given)
    appeal.refresh_from_db()
    assert appeal.was_granted is granted
    with pytest.raises(Undecidable, match="already"):  # the answer is the last word
        Appeal.lodge(Decision.in_force(redacted), by=redacted.author, text="And now?")


@pytest.mark.parametrize(
    ("action", "granted"), [("publish", False), ("publish_redacted", True), ("reject", True)]
)
def test_taking_it_back_to_the_queue_grants_who_reported_it_nothing(kept, other, clause, action, granted):
    appeal = Appeal.lodge(Report.objects.get(pk=kept.pk).answered_by, by=kept.reporter, text="Look again.")
    decided(kept.comment, "hold", other)
    given = {"publish": {}, "publish_redacted": {"redactions": ((0, 5),)}, "reject": {"clause": clause}}
    decided(kept.comment, action, other, **given[action])
    appeal.refresh_from_db()
    assert appeal.was_granted is granted
    work()
    assert ("not granted" not in mails_to(kept.reporter)[-1].subject) is granted


def test_taking_out_less_on_appeal_says_what_is_out_now(moderator, other):
    comment = make_comment(author=make_user(), body="Ring 555 1234 or mail x@y.example, please.")
    decided(comment, "publish_redacted", moderator, redactions=((5, 13), (22, 33)))
    Appeal.lodge(Decision.in_force(comment), by=comment.author, text="That is the helpline.")
    work()
    mail.outbox.clear()
    decided(comment, "publish_redacted", other, redactions=((22, 33),))
    assert not Appeal.objects.get().was_granted
    work()
    [told] = mails_to(comment.author)
    assert told.subject.endswith(": your appeal was answered")
    assert "Everybody can read it, without these parts:\n\n- x@y.example" in told.body
    assert "- 555 1234" not in told.body
    assert "stays as it was" not in told.body


def test_a_change_that_is_published_during_an_appeal_is_no_answer_to_it(redacted, moderator, other):
    Appeal.lodge(Decision.in_force(redacted), by=redacted.author, text="That is the helpline.")
    redacted.refresh_from_db()
    redacted.edit("Ask.", by=redacted.author, verdict=verdict("hold"), version=redacted.version)
    work()
    mail.outbox.clear()
    decided(redacted, "publish", other)
    assert not Appeal.objects.get().was_granted
    work()
    [told] = mails_to(redacted.author)
    assert told.subject.startswith("The change to your comment") and told.subject.endswith("was published")
    assert "you were right" not in told.body


@pytest.mark.parametrize("action", ["publish", "keep"])
def test_what_a_reporter_appealed_against_is_not_laid_to_the_author(kept, other, action):
    Appeal.lodge(Report.objects.get(pk=kept.pk).answered_by, by=kept.reporter, text="Look again.")
    comment = Comment.objects.get(pk=kept.comment_id)
    comment.edit("Take your tablets.", by=comment.author, verdict=verdict("hold"), version=comment.version)
    decided(comment, action, other)
    work()
    [told] = mails_to(comment.author)
    assert "ppeal" not in told.subject and "you appealed" not in told.body


def test_taking_back_a_granted_appeal_says_that_it_is_down_by_which_rule_and_that_the_appeal_waits(
    removed, other, clause
):
    Appeal.lodge(Decision.in_force(removed), by=removed.author, text="No.")
    granted = decided(removed, "overturn", other)
    work()
    mail.outbox.clear()
    undo(granted, by=other)
    work()
    [told] = mails_to(removed.author)
    for words in (
        "we have taken it back: the comment is as it was before. Your comment was taken down.",
        "Your appeal waits for an answer again",
        f"{clause.number}. {clause.title}",
        "Without an end",
        f"The whole statement of reasons: http://127.0.0.1:8000/comments/{removed.pk}/decision/",
    ):
        assert words in told.body, words
    assert "\n\n\n" not in told.body


def test_taking_back_what_gave_parts_back_says_that_they_are_out_again(redacted, other):
    Appeal.lodge(Decision.in_force(redacted), by=redacted.author, text="That is the helpline.")
    granted = decided(redacted, "publish", other)
    work()
    mail.outbox.clear()
    undo(granted, by=other)
    work()
    [told] = mails_to(redacted.author)
    assert "Your comment is published without parts of it. Your appeal waits" in told.body
    assert "What is taken out:\n\n- 020 7946 0018\n" in told.body
    assert "\n\n\n" not in told.body
