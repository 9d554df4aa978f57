"""Posting, as a browser without script does it."""

import re

import pytest
from django.core import mail

from comments.models import Comment, ListedWord, Thread
from healthnews import markup
from tests.factories import make_article, make_comment, make_regular, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader(client):
    """Somebody logged in, whose first comments lie behind them."""
    user = make_regular(display_name="Rita")
    client.force_login(user)
    return user


def post(client, article, **data):
    return client.post(f"/articles/{article.slug}/comments/", data)


def test_a_plain_comment_of_a_known_reader_is_there_at_once(client, article, reader):
    answer = post(client, article, body="Coffee *never* mattered.\n\nNot for me.")
    comment = Comment.objects.get(article=article)
    assert (answer.status_code, answer.url) == (303, f"/articles/{article.slug}/#comment-{comment.pk}")
    html = client.get(article.get_absolute_url()).content.decode()
    assert "<p>Coffee <em>never</em> mattered.</p><p>Not for me.</p>" in html
    assert 'data-depth="0"' in html


def test_a_first_comment_waits_and_its_author_is_told_why(client, article):
    client.force_login(make_user())
    answer = post(client, article, body="Hello, https://example.org is good.")
    comment = Comment.objects.get()
    assert (answer.status_code, answer.url) == (
        303,
        f"/articles/{article.slug}/comments/mine/#comment-{comment.pk}",
    )
    html = client.get(answer.url.partition("#")[0]).content.decode()
    assert f'id="comment-{comment.pk}"' in html
    assert 'data-status="pending"' in html
    assert "First comments are read by a moderator." in html
    assert "It contains a link" in html


def test_a_comment_refused_by_a_listed_word_says_why(client, article, reader):
    ListedWord.objects.create(word="snake oil", outcome="reject")
    answer = post(client, article, body="Buy my snake oil.")
    html = client.get(answer.url.partition("#")[0]).content.decode()
    assert 'data-status="rejected"' in html
    assert "word or phrase that this site does not publish" in html


def test_with_htmx_the_answer_is_ones_own_comment_as_a_part(client, article, reader):
    url = f"/articles/{article.slug}/comments/"
    answer = client.post(url, {"body": "A part, please."}, headers={"HX-Request": "true"})
    assert answer.status_code == 200
    assert b"A part, please." in answer.content
    assert b"<html" not in answer.content


def test_head_is_answered_where_get_is(client, article, reader):
    comment = make_comment(article=article)
    base = f"/articles/{article.slug}/comments/"
    for url in (base, f"{base}new/", f"{base}mine/", f"/comments/{comment.pk}/", "/comments-policy/"):
        answer = client.head(url)
        assert answer.status_code in {200, 302}, url
        assert answer.content == b""


def test_nobody_else_sees_what_waits(client, article):
    author = make_user()
    make_comment(article=article, author=author, status="pending", body="Private for now.")
    url = f"/articles/{article.slug}/comments/mine/"
    assert client.get(url).status_code == 302
    client.force_login(make_user())
    assert b"Private for now." not in client.get(url).content
    client.force_login(author)
    assert b"Private for now." in client.get(url).content


def test_the_same_text_sent_twice_is_one_comment(client, article, reader):
    first = post(client, article, body="Once is enough.")
    second = post(client, article, body="Once is enough.")
    assert first.url == second.url
    assert Comment.objects.filter(article=article).count() == 1


def test_an_answer_names_its_parent(client, article, reader):
    root = make_comment(article=article, author=make_user(display_name="Bo"))
    answer = post(client, article, body="Same here.", parent=root.pk)
    assert answer.status_code == 303
    assert Comment.objects.get(text__body="Same here.").parent == root


def test_forged_parents_are_refused_in_words_and_the_text_stays(client, article, reader):
    elsewhere = make_comment()
    hidden = make_comment(article=article, status="pending")
    for parent in (elsewhere.pk, hidden.pk, 10**12, 2**63 - 1, 2**70, -1, "x", "1e3", "٣"):
        answer = post(client, article, body="My careful words.", parent=parent)
        assert answer.status_code == 422, parent
        assert b"My careful words." in answer.content
    assert not Comment.objects.filter(text__body="My careful words.").exists()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("", "Write something first."),
        ("  \n ", "Write something first."),
        ("x" * 5_003, "3 characters too long"),
    ],
)
def test_what_cannot_be_sent_is_said_beside_the_text(client, article, reader, body, words):
    answer = post(client, article, body=body)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Comment.objects.filter(article=article).exists()


@pytest.mark.parametrize(
    "body",
    [
        "a\x00b",
        "\ud800 lone",
        "‮gnp.exe",
        "Z" + "̴" * 300,
        "x" * 65_536,
        "<script>alert(1)</script>",
        "\r\n\t\x1b[2J hi",
    ],
)
def test_any_bytes_are_refused_in_words_or_shown_harmlessly(client, article, reader, body):
    data = ("body=" + "".join(f"%{byte:02x}" for byte in body.encode("utf-8", "surrogatepass"))).encode()
    url = f"/articles/{article.slug}/comments/"
    answer = client.post(url, data, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in {303, 422}
    html = client.get(url).content.decode()
    thread = html[html.index('id="thread"') :]
    assert "<script>alert" not in thread
    assert not set("\x00\x1b‮") & set(thread)
    assert "̴" * 5 not in thread


def test_broken_utf8_is_no_error(client, article, reader):
    url = f"/articles/{article.slug}/comments/"
    answer = client.post(url, b"body=%ff%fe%80ok", content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 303


def test_the_anonymous_log_in_and_find_their_text_again(client, article):
    parent = make_comment(article=article)
    user = make_user()
    answer = post(client, article, body="Typed before the login.", parent=parent.pk)
    assert answer.status_code == 303
    assert answer.url.startswith("/accounts/login/?next=")
    page = client.get(answer.url)
    back = re.search(r'name="next" value="([^"]+)"', page.content.decode()).group(1).replace("&amp;", "&")
    wrong = client.post("/accounts/login/", {"login": user.email, "password": "wrong", "next": back})
    assert wrong.status_code == 200
    done = client.post(
        "/accounts/login/", {"login": user.email, "password": "a long enough passphrase", "next": back}
    )
    assert (done.status_code, done.url) == (302, f"/articles/{article.slug}/comments/new/?parent={parent.pk}")
    box = client.get(done.url).content.decode()
    assert "Typed before the login." in box
    assert f'name="parent" value="{parent.pk}"' in box
    sent = post(client, article, body="Typed before the login.", parent=parent.pk)
    assert sent.status_code == 303
    assert (
        "Typed before the login."
        not in client.get(f"/articles/{article.slug}/comments/new/").content.decode()
    )


def test_the_part_for_the_anonymous_logs_in_and_keeps_the_text(client, article):
    user = make_user()
    part = client.get(
        f"/articles/{article.slug}/comments/new/", headers={"HX-Request": "true"}
    ).content.decode()
    assert "<html" not in part
    back = re.search(r'name="next" value="([^"]+)"', part).group(1)
    assert back == f"/articles/{article.slug}/#comment-form"
    data = {"login": user.email, "password": "a long enough passphrase", "next": back}
    data |= {"body": "Typed in the box.", "discussion": article.slug}
    answer = client.post("/accounts/login/", data)
    assert (answer.status_code, answer.url) == (302, back)
    part = client.get(
        f"/articles/{article.slug}/comments/new/", headers={"HX-Request": "true"}
    ).content.decode()
    assert "Typed in the box." in part


def test_a_closed_thread_says_so_and_keeps_the_text(client, article, reader):
    Thread.objects.create(article=article, mode="closed")
    answer = post(client, article, body="Too late.")
    assert answer.status_code == 403
    assert b"This discussion is closed" in answer.content
    assert b"Too late." in answer.content


def test_a_held_thread_says_so_where_one_writes(client, article, reader):
    Thread.objects.create(article=article, mode="held")
    assert (
        b"every comment here is read before it appears"
        in client.get(f"/articles/{article.slug}/comments/new/").content
    )


def test_too_many_comments_are_refused_with_the_time_to_wait_and_the_text(client, article, reader):
    for n in range(6):
        assert post(client, article, body=f"Thought number {n} of many.").status_code == 303
    answer = post(client, article, body="One too many.")
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 60
    assert b"One too many." in answer.content
    assert not Comment.objects.filter(text__body="One too many.").exists()


def test_moderators_are_not_slowed_down(client, article):
    client.force_login(make_user("moderator"))
    for n in range(8):
        assert post(client, article, body=f"Answer number {n}.").status_code == 303


def test_a_comment_on_a_page_leads_back_to_the_page(client, reader):
    page = make_article(kind="page")
    answer = post(client, page, body="A comment on a page.")
    assert answer.url.startswith(f"/pages/{page.slug}/#comment-")


def test_nothing_can_be_posted_under_what_is_not_public(client, reader):
    draft = make_article(publish=False)
    assert post(client, draft, body="Hello.").status_code == 404


def test_wrong_methods_are_405(client, article):
    assert client.put(f"/articles/{article.slug}/comments/").status_code == 405
    assert client.post(f"/articles/{article.slug}/comments/new/").status_code == 405
    assert client.get("/comments/99999999999999999999999/").status_code == 404


def test_no_post_mails_anybody(client, article):
    client.force_login(make_user())
    post(client, article, body="Hello.")
    assert mail.outbox == []


def test_stored_html_went_through_both_gates(article, reader):
    comment = make_comment(
        article=article, author=reader, body='<img src=x onerror="alert(1)"> [a](javascript:alert(1))'
    )
    assert "<img" not in comment.text.body_html
    assert markup.comment(comment.text.body) == comment.text.body_html
