"""Staff picks: picked and taken back at the card, marked for readers, listed on a page of their own."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from comments.models import Case, Clause, Comment, MovedMeanwhile, NotYours, Pick, Thread, Undecidable
from tests.factories import make_article, make_comment, make_user, verdict

pytestmark = pytest.mark.django_db
LABEL = '<span class="comment__pick">Staff pick</span>'


@pytest.fixture
def moderator(client):
    user = make_user("moderator", display_name="Mo Derator")
    client.force_login(user)
    return user


def pick(client, comment, to="1", **changes):
    comment.refresh_from_db()
    sent = {"pick": to, "version": comment.version} | changes
    return client.post(f"/moderation/comments/{comment.pk}/pick/", sent)


def read(article, asked="") -> str:
    """The thread, as somebody without a login gets it."""
    return Client().get(f"/articles/{article.slug}/comments/{asked}").content.decode()


def is_picked(comment) -> bool:
    return Comment.objects.get(pk=comment.pk).is_picked


def test_a_moderator_picks_from_the_card_and_every_reader_sees_it(client, moderator):
    comment = make_comment(body="It helped me.")
    other = make_comment(comment.article)
    card = client.get(f"/moderation/comments/{comment.pk}/").content.decode()
    assert f'action="/moderation/comments/{comment.pk}/pick/"' in card
    assert LABEL not in read(comment.article)
    version = Thread.of(comment.article).version
    answer = pick(client, comment)
    assert (answer.status_code, answer.url) == (303, f"/moderation/comments/{comment.pk}/")
    assert Thread.of(comment.article).version == version + 1
    assert (is_picked(comment), is_picked(other)) == (True, False)
    html = read(comment.article)
    assert html.count(LABEL) == 1
    assert html.index(f'id="comment-{comment.pk}"') < html.index(LABEL)
    assert LABEL in Client().get(comment.article.get_absolute_url()).content.decode()
    card = client.get(f"/moderation/comments/{comment.pk}/").content.decode()
    assert "Picked by Mo Derator" in card
    # What was picked can be taken back, and both are on record.
    assert pick(client, comment, "0").status_code == 303
    assert LABEL not in read(comment.article)
    assert list(Pick.objects.order_by("pk").values_list("comment", "by", "is_set")) == [
        (comment.pk, moderator.pk, True),
        (comment.pk, moderator.pk, False),
    ]


def test_the_picks_of_a_thread_are_counted_and_lead_to_a_page_of_their_own(client, moderator):
    article = make_article()
    assert "staff pick" not in read(article)
    root = make_comment(article, body="The first of them.")
    comments = [root, make_comment(parent=root, body="An answer."), make_comment(article, body="Unpicked.")]
    assert "staff pick" not in read(article)
    for comment in comments[:2]:
        pick(client, comment)
    link = re.search(r'href="([^"]*)"[^>]*>2 staff picks</a>', read(article))[1]
    assert link == f"/articles/{article.slug}/comments/?picks=1#comments"
    html = read(article, "?picks=1")
    assert "The first of them." in html and "An answer." in html
    assert "Unpicked." not in html
    # What nobody may read any more is neither there nor counted, and comes back with what it was.
    root.refresh_from_db()
    root.decide("remove", by=moderator, version=root.version, clause=Clause.in_force().first())
    assert ">1 staff pick</a>" in read(article)
    assert "The first of them." not in read(article, "?picks=1")
    root.refresh_from_db()
    root.decide("restore", by=moderator, version=root.version)
    assert ">2 staff picks</a>" in read(article)


def test_a_page_of_picks_goes_on_by_cursor(client, moderator, monkeypatch):
    monkeypatch.setattr("comments.threads.ROOTS", 2)
    article = make_article()
    for n in range(3):
        pick(client, make_comment(article, body=f"Number {n}."))
    html = read(article, "?picks=1")
    assert "Number 2." in html and "Number 0." not in html
    after = re.search(r'href="[^"?]*(\?picks=1&amp;after=[^"#]*)', html)[1].replace("&amp;", "&")
    html = read(article, after)
    assert "Number 0." in html and "Number 1." not in html
    assert client.get(f"/articles/{article.slug}/comments/?picks=1&after=nonsense").status_code == 200
    assert client.get(f"/articles/{make_article().slug}/comments/?picks=1").status_code == 200


@pytest.mark.parametrize("case", ["waits", "own", "newsroom", "emergency"])
def test_what_cannot_be_picked_has_no_button_and_is_refused_in_words(client, moderator, case):
    comment = {
        "waits": lambda: make_comment(status="pending"),
        "own": lambda: make_comment(author=moderator),
        "newsroom": lambda: make_comment(author=make_user("editor")),
        "emergency": make_comment,
    }[case]()
    if case == "emergency":
        Case.open_for(comment, "crisis", priority=0)
    assert "/pick/" not in client.get(f"/moderation/comments/{comment.pk}/").content.decode()
    answer = pick(client, comment)
    assert answer.status_code == 422
    words = {"waits": "public", "own": "your own", "newsroom": "newsroom", "emergency": "emergency was dealt"}
    assert words[case] in answer.content.decode()
    assert not is_picked(comment)
    assert not Pick.objects.exists()


def test_nobody_picks_what_they_have_not_read(client, moderator):
    comment = make_comment(body="Kind words.")
    comment.edit("Buy my tea.", by=comment.author, verdict=verdict("publish"), version=1)
    with pytest.raises(MovedMeanwhile):
        Pick.switch(comment, True, by=moderator, version=1)
    answer = pick(client, comment, version=1)
    assert answer.status_code == 409
    assert "changed the text" in answer.content.decode()
    assert not is_picked(comment)
    for version, status in (("", 409), ("x", 422), ("9" * 30, 422)):
        assert pick(client, comment, version=version).status_code == status


def test_the_text_of_a_pick_stays_as_it_was_read(client, moderator):
    comment = make_comment(body="Kind words.")
    pick(client, comment)
    with pytest.raises(Undecidable, match="picked"):
        comment.edit("Buy my tea.", by=comment.author, verdict=verdict("publish"), version=comment.version)
    client.force_login(comment.author)
    assert f"/comments/{comment.pk}/edit/" not in client.get("/comments/mine/").content.decode()


def test_twice_is_once(client, moderator):
    comment = make_comment()
    assert [pick(client, comment).status_code for _ in range(2)] == [303, 303]
    assert Pick.objects.count() == 1
    assert [pick(client, comment, "0").status_code for _ in range(2)] == [303, 303]
    assert Pick.objects.count() == 2
    assert pick(client, comment, "nonsense").status_code == 422


def test_picking_is_for_moderators(client):
    comment = make_comment()
    assert pick(client, comment).status_code == 302
    client.force_login(make_user())
    assert pick(client, comment).status_code == 404
    with pytest.raises(NotYours):
        Pick.switch(comment, True, by=make_user(), version=1)
    client.force_login(make_user("moderator"))
    assert client.post("/moderation/comments/999999999/pick/", {"pick": "1"}).status_code == 404


def test_picks_cost_a_thread_and_a_card_no_query(client, moderator):
    article, asked = make_article(), []
    comments = [make_comment(article) for _ in range(6)]
    for some in ([], comments):
        for comment in some:
            pick(client, comment)
        Thread.changed(article.pk)
        with CaptureQueriesContext(connection) as queries:
            read(article)
        asked.append(len(queries))
    assert asked[0] == asked[1]
    assert not Case.objects.open().exists()
