"""A pick, and its end, are taken back as easily as a decision: one key on any page of the desk, for ten minutes."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from comments.models import Comment, MovedMeanwhile, Pick, Undecidable
from tests.factories import make_comment, make_user, verdict

pytestmark = pytest.mark.django_db


@pytest.fixture
def moderator(client):
    user = make_user("moderator", display_name="Mo Derator")
    client.force_login(user)
    return user


@pytest.fixture
def comment():
    return make_comment(author=make_user(display_name="Fatima"), body="It helped me.")


def page(client, where="") -> str:
    return client.get(f"/moderation/{where}").content.decode()


def bar(html) -> tuple[str, str]:
    """What the key u takes back, in words, and where it is sent."""
    form = re.search(r'<form class="desk__undo".*?</form>', html, re.S)
    if form is None:
        return "", ""
    words = re.search(r'data-key="u">([^<]*)<kbd>', form[0])[1].strip()
    return unescape(words), unescape(re.search(r'action="([^"]*)"', form[0])[1])


def pick(client, comment, to="1"):
    comment.refresh_from_db()
    data = {"pick": to, "version": comment.version}
    assert client.post(f"/moderation/comments/{comment.pk}/pick/", data).status_code == 303


def is_picked(comment) -> bool:
    return Comment.objects.get(pk=comment.pk).is_picked


def test_a_pick_is_taken_back_from_any_page(client, moderator, comment):
    pick(client, comment)
    for where in ("", "log/", f"comments/{comment.pk}/", "?q=tea"):
        assert bar(page(client, where))[0] == "Undo: Fatima picked", where
    answer = client.post(bar(page(client, "people/"))[1])
    assert (answer.status_code, answer.url) == (303, f"/moderation/comments/{comment.pk}/")
    assert not is_picked(comment)
    assert "Undone: it is no longer picked." in page(client)
    assert bar(page(client)) == ("", "")  # the way back is not itself an act to take back
    assert "Pick taken back (undo)" in page(client, "log/")
    act, back = Pick.objects.order_by("pk")
    assert (back.undoes, back.by, back.is_set) == (act, moderator, False)


def test_so_is_the_end_of_a_pick_and_who_picked_it_stays(client, moderator, comment):
    Pick.switch(comment, True, by=make_user("moderator", display_name="Colleague"), version=comment.version)
    assert bar(page(client)) == ("", "")  # what somebody else did
    pick(client, comment, "0")
    words, where = bar(page(client))
    assert words == "Undo: Fatima no longer picked"
    assert client.post(where).status_code == 303
    assert is_picked(comment)
    assert "Picked by Colleague" in page(client, f"comments/{comment.pk}/")


def test_the_later_of_a_pick_and_a_decision_is_offered_and_then_the_other(client, moderator, comment):
    pick(client, comment)
    waits = make_comment(status="pending", author=make_user(display_name="Otto"))
    data = {"version": 1, "action": "publish", "way": "key"}
    client.post(f"/moderation/comments/{waits.pk}/decisions/", data)
    words, where = bar(page(client))
    assert words == "Undo: Otto published"
    form = re.search(r"/decisions/(\d+)/undo/", where)
    client.post(f"/moderation/decisions/{form[1]}/undo/")
    assert bar(page(client))[0] == "Undo: Fatima picked"
    pick(client, other := make_comment(author=make_user(display_name="Ada")))
    assert bar(page(client))[0] == "Undo: Ada picked"
    client.post(bar(page(client))[1])
    assert (is_picked(comment), is_picked(other)) == (True, False)


def test_it_leads_back_on_the_same_way_through_the_queue(client, moderator, comment):
    pick(client, comment)
    path = f"comments/{comment.pk}/?article={comment.article.slug}"
    assert client.post(bar(page(client, path))[1]).url == f"/moderation/{path}"


def test_after_ten_minutes_it_is_not_offered_and_refused_in_words(client, moderator, comment):
    pick(client, comment)
    act = Pick.objects.get()
    Pick.objects.update(at=timezone.now() - timedelta(minutes=11))
    assert bar(page(client)) == ("", "")
    answer = client.post(f"/moderation/picks/{act.pk}/undo/")
    assert answer.status_code == 422 and "ten minutes" in answer.content.decode()
    assert is_picked(comment)


def test_what_was_done_since_is_not_undone(client, moderator, comment):
    pick(client, comment)
    first = Pick.objects.get()
    pick(client, comment, "0")
    pick(client, comment)
    for act in (first, first):
        answer = client.post(f"/moderation/picks/{act.pk}/undo/")
        assert answer.status_code == 422 and "since" in answer.content.decode()
    assert (is_picked(comment), Pick.objects.count()) == (True, 3)
    last = Pick.objects.latest("pk")
    back = last.undo(by=moderator)
    for act in (last, back):  # twice is once, and there is no undo of an undo
        with pytest.raises(Undecidable, match="since"):
            act.undo(by=moderator)
    assert not is_picked(comment)


def test_only_who_did_it_or_an_administrator_undoes_it(client, moderator, comment):
    pick(client, comment)
    act = Pick.objects.get()
    client.force_login(make_user("moderator"))
    assert client.post(f"/moderation/picks/{act.pk}/undo/").status_code == 422
    assert is_picked(comment)
    client.force_login(make_user("administrator"))
    assert client.post(f"/moderation/picks/{act.pk}/undo/").status_code == 303
    assert not is_picked(comment)
    assert client.post("/moderation/picks/999999999/undo/").status_code == 404
    client.force_login(make_user())
    assert client.post(f"/moderation/picks/{act.pk}/undo/").status_code == 404


def test_undo_picks_no_text_that_nobody_has_read(client, moderator, comment):
    pick(client, comment)
    pick(client, comment, "0")
    comment.refresh_from_db()
    comment.edit("Buy my tea.", by=comment.author, verdict=verdict("publish"), version=comment.version)
    act = Pick.objects.latest("pk")
    with pytest.raises(MovedMeanwhile):
        act.undo(by=moderator)
    assert client.post(f"/moderation/picks/{act.pk}/undo/").status_code == 409
    assert not is_picked(comment)
