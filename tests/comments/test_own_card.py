"""A moderator's own comment at the desk: what colleagues say about it among themselves is not theirs to read."""

import pytest

from comments.models import Report
from tests.comments.appeals.conftest import decided
from tests.factories import make_comment, make_user

pytestmark = pytest.mark.django_db

NOTE, PASSED_ON, TO_READER = "She knows better.", "Ask her superior.", "We have spoken with her."


@pytest.fixture
def own():
    """A moderator's, reported, kept with a word to who reported it, reported again and passed on."""
    moderator, other = make_user("moderator"), make_user("moderator")
    comment = make_comment(author=moderator)
    Report.file(comment, reason="abuse", by=make_user())
    decided(comment, "keep", other, note=NOTE, message=TO_READER)
    Report.file(comment, reason="danger", by=make_user())
    decided(comment, "escalate", other, note=PASSED_ON)
    return comment


def card(client, comment, by) -> str:
    client.force_login(by)
    return client.get(f"/moderation/comments/{comment.pk}/").content.decode()


def test_its_author_reads_what_was_decided_and_no_note(client, own):
    page = card(client, own, own.author)
    assert "Kept as it is" in page and "passed this to the administrators" in page
    for words in (NOTE, PASSED_ON, TO_READER, "without a note"):
        assert words not in page, words


def test_all_others_of_the_desk_read_them(client, own):
    page = card(client, own, make_user("moderator"))
    for words in (NOTE, PASSED_ON, TO_READER):
        assert words in page, words


def test_what_was_written_to_its_author_is_there_for_them(client, own):
    other, comment = make_user("moderator"), make_comment(author=own.author, status="pending")
    decided(comment, "publish", other, message="Thank you for this.", note=NOTE)
    page = card(client, comment, own.author)
    assert "Thank you for this." in page
    assert NOTE not in page
