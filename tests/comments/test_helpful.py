"""The helpful mark: one for each person, counted, and cheap for kept pages."""

import pytest

from comments import counts, limits
from comments.models import Comment, Helpful, Thread, Undecidable
from comments.models.helpful import STEPS, step_of
from tests.factories import make_comment, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def one_moment(monkeypatch):
    monkeypatch.setattr(limits.time, "time", lambda: 1_800_000_005)


def mark(client, comment, **headers):
    return client.post(f"/comments/{comment.pk}/helpful/", headers=headers or None)


def version(comment) -> int:
    return Thread.objects.get(pk=comment.article_id).version


def test_a_mark_is_set_and_taken_back_without_script(client):
    comment = make_comment()
    client.force_login(make_user())
    assert b"It helped me" in client.get(f"/comments/{comment.pk}/helpful/").content
    got = mark(client, comment)
    assert (got.status_code, got.url) == (303, f"/comments/{comment.pk}/helpful/")
    assert b"Take it back" in client.get(got.url).content
    page = client.get(comment.article.get_absolute_url()).content.decode()
    assert "Helpful (1)" in page
    mark(client, comment)
    assert "Helpful (1)" not in client.get(comment.article.get_absolute_url()).content.decode()
    assert Helpful.objects.count() == Comment.objects.get(pk=comment.pk).helpful_count == 0


def test_ones_own_and_what_is_not_public_cannot_be_marked(client):
    comment, waiting = make_comment(), make_comment(status="pending")
    client.force_login(comment.author)
    assert mark(client, comment).status_code == 403
    assert mark(client, waiting).status_code == 404
    with pytest.raises(Undecidable, match="no longer public"):
        Helpful.toggle(waiting, by=make_user())
    client.logout()
    assert mark(client, comment).url.startswith("/accounts/login/")
    assert not Helpful.objects.exists()


def test_a_flood_of_marks_makes_the_page_anew_only_when_it_prints_another_number():
    comment = make_comment()
    before, changes, shown = version(comment), 0, 0
    for number in range(1, 31):
        Helpful.toggle(comment, by=make_user())
        changes += step_of(number) != shown
        shown = step_of(number)
        assert version(comment) == before + changes
    assert changes == 7  # 1, 2, 3, 4, 5, 10, 25
    assert Comment.objects.get(pk=comment.pk).helpful_count == 30


@pytest.mark.parametrize(("count", "step"), [(0, 0), (4, 4), (9, 5), (10, 10), (24, 10), (99_999, STEPS[-1])])
def test_steps(count, step):
    assert step_of(count) == step


def test_many_are_printed_in_steps(client):
    comment = make_comment()
    Comment.objects.filter(pk=comment.pk).update(helpful_count=1_234)
    assert "Helpful (1,000+)" in client.get(comment.article.get_absolute_url()).content.decode()


def test_twenty_marks_a_minute_are_enough(client):
    comment = make_comment()
    client.force_login(make_user())
    codes = [mark(client, comment).status_code for _ in range(21)]
    assert codes == [303] * 20 + [429]


def test_recount_counts_the_marks_and_moves_the_thread():
    comment = make_comment()
    Helpful.toggle(comment, by=make_user())
    assert counts.recount(dry_run=True)["helpful marks of comments"] == 0
    before = version(comment)
    Comment.objects.filter(pk=comment.pk).update(helpful_count=7)
    assert counts.recount()["helpful marks of comments"] == 1
    assert Comment.objects.get(pk=comment.pk).helpful_count == 1
    assert version(comment) == before + 1


def test_the_viewers_part_knows_the_marks(client):
    comment, reader = make_comment(), make_user()
    own = make_comment(comment.article, reader)
    Helpful.toggle(comment, by=reader)
    client.force_login(reader)
    part = client.get(
        f"/articles/{comment.article.slug}/comments/new/", headers={"HX-Request": "true"}
    ).content.decode()
    assert f'data-helpful="{comment.pk}"' in part
    assert f'data-own="{own.pk}"' in part
    client.logout()
    part = client.get(f"/articles/{comment.article.slug}/comments/new/", headers={"HX-Request": "true"})
    assert b"data-own=" not in part.content
