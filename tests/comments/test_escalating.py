"""What a moderator passes on: the administrators are told, and it does not come back."""

import pytest
from django.core import mail

from comments import jobs, onward, telling
from comments.filters import Filters
from comments.models import Case, Notice, Preference
from comments.models.undoing import undo
from tests.factories import make_comment, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def moderator(client):
    user = make_user("moderator", display_name="Mo Derator")
    client.force_login(user)
    return user


def passed_on(by, note="I know the author."):
    comment = make_comment(status="pending")
    return comment, comment.decide("escalate", by=by, version=1, note=note)


def test_it_comes_to_administrators_and_no_longer_to_moderators(moderator):
    administrator = make_user("administrator")
    comment, _ = passed_on(moderator)
    for by in (moderator, make_user("moderator")):
        assert onward.next_case(by) is None
        assert onward.next_case(by, asked=Filters(article=comment.article.slug)) is None
        assert onward.next_case(by, asked=Filters(lane="escalated")) == comment.pk
    assert onward.next_case(administrator) == comment.pk
    other = make_comment(status="pending")
    assert onward.next_case(moderator, after=Case.objects.get(pk=other.pk)) is None


def test_administrators_find_it_in_their_notices_and_are_mailed_as_they_want(client, moderator):
    mailed, silent = make_user("administrator"), make_user("administrator")
    Preference.choose(silent, {"escalated": "never"})
    comment, decision = passed_on(moderator)
    told = Notice.objects.filter(kind="escalated")
    assert {each.user for each in told} == {mailed, silent}
    assert not Notice.objects.filter(user=comment.author).exists()
    for notice in told:
        jobs.mail_notice(notice_id=notice.pk)
    [sent] = mail.outbox
    assert sent.to == [mailed.email]
    assert f"/moderation/comments/{comment.pk}/" in sent.body
    assert "I know the author" not in sent.body and comment.text.plain not in sent.body
    assert "because you are an administrator" in sent.body
    client.force_login(mailed)
    html = client.get("/comments/notices/").content.decode()
    words = f"Mo Derator passed a comment on “{comment.article.title}” to the administrators."
    assert words in html
    assert (
        client.get(f"/comments/notices/{told.get(user=mailed).pk}/").url
        == f"/moderation/comments/{comment.pk}/"
    )
    assert (
        "I know the author."
        in client.get(f"/moderation/comments/{comment.pk}/")
        .content.decode()
        .partition('class="card__grid"')[0]
    )
    undo(decision, by=moderator)
    assert (
        telling.told(Notice.objects.for_telling().get(user=mailed)).line == words
    )  # it was mailed: it stays
    assert not Notice.objects.filter(user=silent).exists()


def test_only_administrators_are_asked_how_they_want_it(client, moderator):
    assert "passes a comment" not in client.get("/comments/notices/preferences/").content.decode()
    client.force_login(make_user("administrator"))
    assert "passes a comment" in client.get("/comments/notices/preferences/").content.decode()


def test_who_passes_on_is_not_told_and_an_administrators_own_comment_is_no_decision_about_it(moderator):
    administrator, colleague = make_user("administrator"), make_user("administrator")
    comment = make_comment(status="pending", author=colleague)
    comment.decide("escalate", by=administrator, version=1)
    [notice] = Notice.objects.filter(kind="escalated")
    assert (notice.user, notice.is_of_decision) == (colleague, False)
