"""Who reported a comment may appeal against every decision that leaves it there: it is offered where it is possible, and
nowhere else."""

import pytest

from comments.models import Appeal, Comment, Report
from comments.models.undoing import undo
from tests.comments.appeals.conftest import decided, mails_to
from tests.comments.conftest import work
from tests.factories import make_comment, make_user, verdict

pytestmark = pytest.mark.django_db

OFFERS = "how to appeal"


@pytest.fixture
def report():
    return Report.file(make_comment(author=make_user()), reason="abuse", by=make_user())[0]


def held_and_published(report, moderator, clause):
    decided(report.comment, "hold", moderator)
    decided(report.comment, "publish", moderator)


def kept(report, moderator, clause):
    decided(report.comment, "keep", moderator)


def its_change_published(report, moderator, clause):
    comment = Comment.objects.get(pk=report.comment_id)
    comment.edit("I know better.", by=comment.author, verdict=verdict("hold"), version=comment.version)
    decided(comment, "publish", moderator)


def its_change_refused(report, moderator, clause):
    comment = Comment.objects.get(pk=report.comment_id)
    comment.edit("I know better.", by=comment.author, verdict=verdict("hold"), version=comment.version)
    decided(comment, "reject", moderator, clause=clause)


def restored_with_the_report_open(report, moderator, clause):
    undo(decided(report.comment, "remove", moderator, clause=clause), by=moderator)
    decided(report.comment, "remove", moderator, clause=clause)
    restore = decided(report.comment, "restore", moderator)
    Report.file(report.comment, reason="spam", by=report.reporter)
    undo(restore, by=moderator)
    decided(report.comment, "restore", moderator)


def removed_and_restored(report, moderator, clause):
    decided(report.comment, "remove", moderator, clause=clause)
    decided(report.comment, "restore", moderator)


def parts_taken_out(report, moderator, clause):
    decided(report.comment, "publish_redacted", moderator, redactions=((0, 1),))


def removed(report, moderator, clause):
    decided(report.comment, "remove", moderator, clause=clause)


def restored_on_appeal(report, moderator, clause):
    removal = decided(report.comment, "remove", moderator, clause=clause)
    Appeal.lodge(removal, by=report.comment.author, text="I named nobody.")
    decided(report.comment, "restore", make_user("moderator"))


AGAINST = [
    held_and_published,
    kept,
    its_change_published,
    its_change_refused,
    restored_with_the_report_open,
    removed_and_restored,
]
IN_FAVOUR = [parts_taken_out, removed, restored_on_appeal]


@pytest.mark.parametrize(
    ("answered", "may"), [(way, True) for way in AGAINST] + [(way, False) for way in IN_FAVOUR]
)
def test_the_offer_is_the_right(client, report, moderator, clause, answered, may):
    answered(report, moderator, clause)
    work()
    comment = report.comment
    client.force_login(report.reporter)
    address = f"/comments/{comment.pk}/appeal/"
    assert (address in client.get(f"/comments/{comment.pk}/decision/").content.decode()) is may
    again = client.post(f"/comments/{comment.pk}/report/", {"reason": "abuse"}).content.decode()
    assert (OFFERS in again) is may
    # The mail says it of the decision that it tells of, the first time of the removal.
    if answered not in {removed_and_restored}:
        assert (address in mails_to(report.reporter)[-1].body) is may
    assert client.post(address, {"text": "It names my sister."}).status_code == (303 if may else 403)
    assert Appeal.objects.filter(by=report.reporter).exists() is may


def test_what_was_answered_before_offers_it_at_once(client, report, moderator, clause):
    held_and_published(report, moderator, clause)
    second = make_user()
    client.force_login(second)
    page = client.post(f"/comments/{report.comment_id}/report/", {"reason": "abuse"}).content.decode()
    assert "a moderator has looked at it" in page
    assert OFFERS in page
    address = f"/comments/{report.comment_id}/appeal/"
    assert client.post(address, {"text": "Look again."}).status_code == 303
    # That can be done once, and is offered no second time.
    page = client.post(f"/comments/{report.comment_id}/report/", {"reason": "abuse"}).content.decode()
    assert "What was decided" in page
    assert OFFERS not in page


def test_the_rule_by_which_a_change_was_refused_is_its_authors_to_read(client, report, moderator, clause):
    its_change_refused(report, moderator, clause)
    work()
    client.force_login(report.reporter)
    address = f"/comments/{report.comment_id}/decision/"
    page = client.get(address).content.decode()
    assert "the comment stays as it is" in page
    assert clause.title not in page + mails_to(report.reporter)[-1].body
    Appeal.lodge(Appeal.target(report.comment, report.reporter), by=report.reporter, text="Look again.")
    other = make_user("moderator")
    its_change_refused(report, other, clause)
    work()
    told = mails_to(report.reporter)[-1].body
    assert "the comment stays" in told
    assert clause.title not in told


def test_who_reads_that_it_is_gone_reads_when_it_is_back(client, report, moderator, clause):
    removed_and_restored(report, moderator, clause)
    client.force_login(report.reporter)
    page = client.get(f"/comments/{report.comment_id}/decision/").content.decode()
    assert "no longer public" not in page
    assert "published again since" in page


@pytest.mark.parametrize("answered", [held_and_published, removed_and_restored])
def test_whoever_answers_it_reads_the_report_and_did_not_decide(client, report, moderator, clause, answered):
    other = make_user("moderator")
    answered(report, moderator, clause)
    Appeal.lodge(Appeal.target(report.comment, report.reporter), by=report.reporter, text="Look again.")
    client.force_login(other)
    card = client.get(f"/moderation/comments/{report.comment_id}/").content.decode()
    assert "The report that it is about" in card
    assert "Answer the appeal" in card
    client.force_login(moderator)
    card = client.get(f"/moderation/comments/{report.comment_id}/").content.decode()
    assert "against your own decision" in card
