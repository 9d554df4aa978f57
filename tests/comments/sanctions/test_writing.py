"""What a sanction does to posting, changing and reading, and how it ends."""

from datetime import timedelta

import pytest
from django.utils import timezone

from comments.models import Comment, Sanction, Standing, Undecidable
from tests.comments.sanctions.conftest import clause, post
from tests.factories import make_article, make_comment, make_user

pytestmark = pytest.mark.django_db


# --- Warning ---


def test_a_warning_has_to_be_read_before_one_writes_again_and_the_text_is_kept(client, reader, moderator):
    article = make_article()
    warning = Sanction.impose(
        "warn", reader, by=moderator, reason="Please <b>stay</b> civil.", clause=clause(2)
    )
    composer = client.get(f"/articles/{article.slug}/comments/new/").content.decode()
    assert "Please &lt;b&gt;stay&lt;/b&gt; civil." in composer
    answer = post(client, article, "My text that must not be lost.")
    html = answer.content.decode()
    assert answer.status_code == 403
    assert "My text that must not be lost." in html
    assert "Please &lt;b&gt;stay&lt;/b&gt; civil." in html
    assert f"Rule 2 of the" in html  # noqa: F541
    assert not Comment.objects.filter(article=article).exists()
    assert post(client, article, acknowledge=warning.pk + 1).status_code == 403
    assert post(client, article, acknowledge="x").status_code == 422
    assert post(client, article, acknowledge=warning.pk).status_code == 303
    warning.refresh_from_db()
    assert warning.acknowledged_at
    assert Comment.objects.get(article=article).status == "published"
    assert post(client, article, "And another one, later.").status_code == 303


def test_a_text_that_cannot_be_sent_acknowledges_nothing_but_keeps_the_tick(client, reader, moderator):
    warning = Sanction.impose("warn", reader, by=moderator, reason="Please.")
    answer = post(client, make_article(), "x" * 5_001, acknowledge=warning.pk)
    assert answer.status_code == 422
    assert f'value="{warning.pk}" checked' in answer.content.decode()
    assert Sanction.objects.in_force(reader).exists()


def test_a_warning_is_acknowledged_on_ones_own_page_too_and_only_by_oneself(client, reader, moderator):
    warning = Sanction.impose("warn", reader, by=moderator, reason="Please.")
    assert not warning.acknowledge(by=moderator)
    client.force_login(make_user())
    client.post("/comments/standing/", {"acknowledge": warning.pk})
    assert Sanction.objects.in_force(reader).exists()
    client.force_login(reader)
    for wrong in ("", "x", str(warning.pk + 1), "9" * 40):
        client.post("/comments/standing/", {"acknowledge": wrong})
    assert Sanction.objects.in_force(reader).exists()
    assert b"I have read this" in client.get("/comments/standing/").content
    client.post("/comments/standing/", {"acknowledge": warning.pk})
    assert not Sanction.objects.in_force(reader).exists()
    assert b"Nothing keeps you from commenting." in client.get("/comments/standing/").content


def test_changing_a_comment_asks_for_the_warning_as_well(client, reader, moderator):
    comment = make_comment(author=reader, body="As it was.")
    warning = Sanction.impose("warn", reader, by=moderator, reason="Please.")
    url = f"/comments/{comment.pk}/edit/"
    answer = client.post(url, {"body": "It says more now.", "version": 1})
    assert answer.status_code == 403
    assert b"It says more now." in answer.content
    assert b'name="acknowledge"' in answer.content
    answer = client.post(url, {"body": "It says more now.", "version": 1, "acknowledge": warning.pk})
    assert answer.status_code == 303


# --- Read first ---


def test_who_is_read_first_waits_with_the_reason_and_the_desk_sees_why(client, reader, moderator):
    article = make_article()
    held = Sanction.impose("read_first", reader, by=moderator, reason="For a while.", days=7)
    answer = post(client, article)
    comment = Comment.objects.get(article=article)
    assert comment.status == "pending"
    assert (
        "Your comments are read by a moderator before they appear." in client.get(answer.url).content.decode()
    )
    assert [each["code"] for each in comment.decisions.get().findings] == ["read_first"]
    client.force_login(moderator)
    assert b"The author is read first" in client.get(f"/moderation/comments/{comment.pk}/").content
    client.force_login(reader)
    Sanction.objects.filter(pk=held.pk).update(
        starts_at=timezone.now() - timedelta(days=8), ends_at=timezone.now() - timedelta(days=1)
    )
    post(client, article, "It has ended by itself, without a job.")
    assert Comment.objects.filter(article=article, status="published").exists()


def test_staff_who_are_read_first_wait_too(client, administrator):
    author = make_user("author")
    Sanction.impose("read_first", author, by=administrator, reason="For a while.")
    client.force_login(author)
    article = make_article()
    post(client, article)
    assert Comment.objects.get(article=article).status == "pending"


# --- Suspension and ban ---


@pytest.mark.parametrize("kind", ["suspend", "ban"])
def test_who_is_stopped_can_read_and_withdraw_and_nothing_else(client, reader, administrator, kind):
    article = make_article()
    comment = make_comment(author=reader, body="What I wrote before.")
    Sanction.impose(kind, reader, by=administrator, reason="Enough <script>.", days=3)
    answer = post(client, article, "My text that must not be lost.")
    html = answer.content.decode()
    assert answer.status_code == 403
    for words in (
        "My text that must not be lost.",
        "Enough &lt;script&gt;.",
        "until ",
        "/comments/standing/",
    ):
        assert words in html
    assert not Comment.objects.filter(article=article).exists()
    edited = client.post(f"/comments/{comment.pk}/edit/", {"body": "Something else.", "version": 1})
    assert edited.status_code == 403
    assert b"Something else." in edited.content
    assert Comment.objects.get(pk=comment.pk).text.body == "What I wrote before."
    page = client.get(f"/articles/{article.slug}/comments/new/").content.decode()
    assert "Enough &lt;script&gt;." in page
    assert 'name="body"' not in page
    assert client.get(article.get_absolute_url()).status_code == 200
    assert client.post(f"/comments/{comment.pk}/withdraw/", {"version": 1}).status_code == 303
    assert Comment.objects.get(pk=comment.pk).status == "withdrawn"


def test_a_suspension_ends_by_itself_and_by_being_lifted(client, reader, moderator):
    first = Sanction.impose("suspend", reader, by=moderator, reason="Enough.", days=1)
    in_a_day = first.starts_at + timedelta(days=1)
    assert list(Sanction.objects.in_force(reader, in_a_day - timedelta(seconds=1))) == [first]
    assert not Sanction.objects.in_force(reader, in_a_day).exists()
    assert not Sanction.objects.in_force(reader, first.starts_at - timedelta(seconds=1)).exists()
    assert post(client, make_article()).status_code == 403
    first.lift(by=moderator, reason="It was a misunderstanding.")
    assert post(client, make_article()).status_code == 303
    with pytest.raises(Undecidable, match="over already: lifted on"):
        first.lift(by=moderator, reason="Again.")


def test_of_several_stops_the_longest_is_named(reader, moderator, administrator):
    Sanction.impose("suspend", reader, by=moderator, reason="Enough.", days=1)
    ban = Sanction.impose("ban", reader, by=administrator, reason="Really enough.")
    assert Standing.of(reader).stop == ban
    assert "until a moderator lifts this" in Standing.of(reader).refusal
