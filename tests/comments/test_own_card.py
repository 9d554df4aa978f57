"""One's own comment at the desk: to look at it keeps nobody from deciding about it."""

import pytest

from comments import onward
from comments.models import Case
from tests.factories import make_comment, make_user

pytestmark = pytest.mark.django_db


def test_to_look_at_ones_own_comment_does_not_keep_it_from_colleagues(client):
    author, colleague = make_user("moderator"), make_user("moderator")
    comment = make_comment(author=author, status="pending")
    client.force_login(author)
    client.get(f"/moderation/comments/{comment.pk}/")
    assert client.post(f"/moderation/comments/{comment.pk}/claim/").status_code == 204
    assert not Case.objects.get(pk=comment.pk).is_claimed
    assert onward.next_case(colleague) == comment.pk
