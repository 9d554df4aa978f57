"""What is decided because of others takes no appeal away; and the appeals of who had reported it."""

import pytest

from comments.models import Appeal, Decision, Report, Undecidable
from comments.models.undoing import undo
from tests.comments.appeals.conftest import decided, lodge
from tests.factories import make_comment, make_user

pytestmark = pytest.mark.django_db


# What is decided because of others takes no appeal away


def test_reports_that_came_to_nothing_leave_its_author_the_appeal(client, redacted, moderator, other):
    Report.file(redacted, reason="abuse", by=make_user())
    decided(redacted, "keep", other)
    client.force_login(redacted.author)
    page = client.get(f"/comments/{redacted.pk}/decision/").content.decode()
    assert "Your comment is published without parts of it." in page
    assert f"/comments/{redacted.pk}/appeal/" in page
    assert f"/comments/{redacted.pk}/appeal/" in client.get("/comments/mine/").content.decode()
    assert lodge(client, redacted).status_code == 303
    assert not Appeal.objects.get().decision.reports.exists()
    decided(redacted, "publish", other)
    assert Appeal.objects.get().was_granted


@pytest.mark.parametrize("action", ["keep", "escalate"])
def test_taking_back_what_came_between_leaves_the_text_that_the_appeal_is_about(
    redacted, moderator, other, action
):
    Report.file(redacted, reason="abuse", by=make_user())
    between = decided(redacted, action, other)
    Appeal.lodge(Decision.in_force(redacted), by=redacted.author, text="No.")
    undo(between, by=other)
    decided(redacted, "publish", other)
    assert Appeal.objects.get().was_granted
    redacted.refresh_from_db()
    assert redacted.text.body == "Ask at 020 7946 0018, the helpline."


def test_the_answer_to_others_leaves_who_reported_it_the_appeal(client, kept, moderator, other):
    Report.file(kept.comment, reason="spam", by=make_user())
    decided(kept.comment, "keep", moderator)
    client.force_login(kept.reporter)
    assert "/appeal/" in client.get(f"/comments/{kept.comment_id}/decision/").content.decode()
    assert lodge(client, kept.comment).status_code == 303
    assert Appeal.objects.get().decision == Report.objects.get(pk=kept.pk).answered_by


def test_what_is_no_longer_public_gives_who_reported_it_nothing_to_appeal_against(
    client, kept, other, clause
):
    decided(kept.comment, "remove", other, clause=clause)
    client.force_login(kept.reporter)
    assert "/appeal/" not in client.get(f"/comments/{kept.comment_id}/decision/").content.decode()
    got = lodge(client, kept.comment)
    assert got.status_code == 403
    assert b"while it stays" in got.content
    assert not Appeal.objects.exists()


def test_of_several_appeals_each_keeps_away_whom_it_is_against(kept, moderator, other):
    second, _ = Report.file(kept.comment, reason="spam", by=make_user())
    decided(kept.comment, "keep", other)
    for each in (kept, second):
        each.refresh_from_db()
        Appeal.lodge(each.answered_by, by=each.reporter, text="Look again.")
    third = make_user("moderator")
    for by in (moderator, other):
        with pytest.raises(Undecidable, match="your own decision"):
            decided(kept.comment, "keep", by)
    third.groups.clear()  # now there is nobody else, and one of them has to
    assert decided(kept.comment, "keep", moderator).by_the_same
    assert not Appeal.objects.filter(answered_by=None).exists()


# A reporter's appeal, for who judges it and for who sent it


def test_the_card_of_an_appeal_shows_the_reports_that_it_is_about(client, kept, other):
    comment, by_others = kept.comment, make_comment()
    Report.file(by_others, reason="spam", by=make_user(), note="About another comment.")
    client.force_login(kept.reporter)
    lodge(client, comment, "Please think again.")
    client.force_login(other)
    card = client.get(f"/moderation/comments/{comment.pk}/").content.decode()
    for words in (
        "Please think again.",
        "It gives dangerous advice",
        "Somebody may really do it.",
        "Rita Reader",
    ):
        assert words in card, words
    assert "About another comment." not in card
    comment.author.groups.add(*other.groups.all())
    client.force_login(comment.author)
    card = client.get(f"/moderation/comments/{comment.pk}/").content.decode()
    assert "Somebody may really do it." in card
    assert "Rita" not in card


def test_a_reporter_who_appeals_reads_that_it_came_in_and_what_came_of_it(client, kept, other, clause):
    address = f"/comments/{kept.comment_id}/decision/"
    client.force_login(kept.reporter)
    lodge(client, kept.comment)
    assert "Another moderator will decide, and we will write to you." in client.get(address).content.decode()
    decided(kept.comment, "remove", other, clause=clause)
    assert "The appeal was granted." in client.get(address).content.decode()
    # Who reported it too, and did not appeal, reads nothing of it.
    silent = make_user()
    Report.objects.create(comment=kept.comment, text=kept.text, reporter=silent, reason="abuse")
    client.force_login(silent)
    assert "ppeal was" not in client.get(address).content.decode()
