"""Changing and withdrawing one's own comments, and looking before sending."""

import re
import threading
import time
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import connection, transaction
from django.utils import timezone

from articles.models import Article
from comments import counts, jobs, waiting
from comments.models import Case, Clause, Comment, MovedMeanwhile, Pick, Thread, Undecidable
from tests.comments.conftest import work
from tests.factories import make_article, make_comment, make_regular, make_user, verdict

pytestmark = pytest.mark.django_db


@pytest.fixture
def author(client):
    """Somebody logged in, whose first comments lie behind them."""
    user = make_regular(display_name="Ada")
    client.force_login(user)
    return user


def edit(client, comment, body, version=None):
    """Sent by somebody who knows what they would be asked about first (test_nudges.py)."""
    version = version or Comment.objects.get(pk=comment.pk).version
    sent = {"body": body, "version": version, "confirm": "1"}
    return client.post(f"/comments/{comment.pk}/edit/", sent)


def shown(client, comment):
    return client.get(f"/articles/{comment.article.slug}/comments/").content.decode()


def test_a_waiting_comment_can_be_changed_keeps_its_place_and_every_text(client, author, moderator):
    comment = make_comment(author=author, status="pending", body="First text.")
    since = Case.objects.get(pk=comment.pk).since
    answer = edit(client, comment, "Second text, mail me@example.org.")
    assert (answer.status_code, answer.url) == (
        303,
        f"/articles/{comment.article.slug}/comments/mine/#comment-{comment.pk}",
    )
    comment.refresh_from_db()
    assert (comment.status, comment.text.body, comment.version) == (
        "pending",
        "Second text, mail me@example.org.",
        2,
    )
    assert sorted(comment.texts.values_list("body", flat=True)) == [
        "First text.",
        "Second text, mail me@example.org.",
    ]
    assert Case.objects.get(pk=comment.pk).since == since
    assert "email" in [finding["code"] for finding in comment.decisions.first().findings]


def test_a_comment_edited_between_load_and_decision_is_not_published_unseen(client, author, moderator):
    comment = make_comment(author=author, status="pending", body="Harmless.")
    opened = comment.version
    edit(client, comment, "Not so harmless.")
    with pytest.raises(MovedMeanwhile, match="Ada"):
        comment.decide("publish", by=moderator, version=opened)
    client.force_login(moderator)
    answer = client.post(
        f"/moderation/comments/{comment.pk}/decisions/", {"action": "publish", "version": opened}
    )
    assert answer.status_code == 409
    assert Comment.objects.get(pk=comment.pk).status == "pending"


def test_a_published_text_changes_at_once_when_nothing_is_found(client, author):
    comment = make_comment(author=author, body="With a tpyo.")
    edit(client, comment, "With a typo.")
    html = shown(client, comment)
    assert "With a typo." in html
    assert "tpyo" not in html
    assert not Case.objects.filter(pk=comment.pk, closed_at=None).exists()


def test_a_published_text_stays_while_its_edit_waits(client, author, moderator):
    comment = make_comment(author=author, body="The first words.")
    edit(client, comment, "Now see https://example.org instead.")
    assert "The first words." in shown(client, comment)
    assert "example.org" not in shown(client, comment)
    case = Case.objects.get(pk=comment.pk, closed_at=None)
    assert case.kinds == ["edit"]
    mine = client.get(f"/articles/{comment.article.slug}/comments/mine/").content.decode()
    assert "Your change waits" in mine
    assert "example.org" in mine
    client.force_login(moderator)
    card = client.get(f"/moderation/comments/{comment.pk}/").content.decode()
    assert "<del>The</del>" in card  # word by word
    assert "https://example.org" in card
    assert "Contains a link" in card
    client.post(f"/moderation/comments/{comment.pk}/decisions/", {"action": "publish", "version": 2})
    assert "example.org" in shown(client, comment)
    assert Thread.of(comment.article).published_count == 1
    assert not Case.objects.filter(pk=comment.pk, closed_at=None).exists()


@pytest.mark.parametrize(("action", "clause"), [("reject", 4), ("keep", "")])
def test_an_edit_that_is_refused_leaves_the_public_text(
    client, author, moderator, action, clause, mailoutbox
):
    comment = make_comment(author=author, body="The first words.")
    edit(client, comment, "Now see https://example.org instead.")
    client.force_login(moderator)
    data = {"action": action, "version": 2, "clause": clause}
    assert client.post(f"/moderation/comments/{comment.pk}/decisions/", data).status_code == 303
    comment.refresh_from_db()
    assert (comment.status, comment.waiting_text) == ("published", None)
    assert "The first words." in shown(client, comment)
    jobs.mail_decision(decision_id=comment.decisions.first().pk)
    assert "The comment stays as it was" in mailoutbox[0].body
    assert set(counts.recount(dry_run=True).values()) == {0}


def test_the_time_for_changing_a_published_comment_ends(client, author):
    comment = make_comment(author=author, body="Old words.")
    Comment.objects.filter(pk=comment.pk).update(posted_at=timezone.now() - timedelta(minutes=16))
    answer = edit(client, comment, "New words.")
    assert answer.status_code == 403
    assert b"15 minutes" in answer.content
    assert b"New words." in answer.content
    assert "Old words." in shown(client, comment)


def test_an_answer_ends_it_too(client, author):
    comment = make_comment(author=author, body="Old words.")
    make_comment(parent=comment)
    answer = edit(client, comment, "New words.")
    assert answer.status_code == 403
    assert b"Somebody has answered" in answer.content


def test_an_edit_from_a_stale_page_is_409_with_the_text(client, author):
    comment = make_comment(author=author, status="pending")
    edit(client, comment, "Second.")
    answer = edit(client, comment, "From the other tab.", version=1)
    assert answer.status_code == 409
    html = answer.content.decode()
    assert "From the other tab." in html
    assert Comment.objects.get(pk=comment.pk).text.body == "Second."
    # Having seen how it stands now, one can send it all the same.
    assert "<p>Second.</p>" in html.partition("As it stands now")[2]
    version = re.search(r'name="version" value="(\d+)"', html)[1]
    assert edit(client, comment, "From the other tab.", version=version).status_code == 303


def test_changes_have_a_pace_so_that_a_decision_finds_its_comment(client, author, moderator, time_machine):
    comment = make_comment(author=author, status="pending", body="Text 0.")
    time_machine.move_to("2026-03-02T10:00Z", tick=False)
    answers = [edit(client, comment, f"Text {n}.") for n in range(1, 9)]
    assert [each.status_code for each in answers] == [303] * 6 + [429] * 2
    assert int(answers[-1]["Retry-After"]) == 60
    assert b"Text 8." in answers[-1].content  # what they typed is kept
    assert Comment.objects.get(pk=comment.pk).text.body == "Text 6."
    time_machine.shift(60)
    assert edit(client, comment, "Text 9.").status_code == 303


def test_what_was_given_back_can_be_sent_again_as_it_is(client, author, moderator):
    comment = make_comment(author=author, status="pending", body="I stand by this.")
    clause = Clause.objects.first()
    comment.decide("return", by=moderator, version=1, clause=clause, message="Shorter, please.")
    assert edit(client, comment, "I stand by this.").status_code == 303
    assert Comment.objects.get(pk=comment.pk).status == "pending"
    assert Case.objects.open().filter(pk=comment.pk).exists()


def test_what_was_sent_again_says_why_it_waits_and_is_not_asked_for_by_mail(client, author, moderator):
    comment = make_comment(author=author, status="pending", body="Ask Dr Jones.")
    comment.decide("return", by=moderator, version=1, clause=Clause.objects.first(), message="Shorter.")
    assert edit(client, comment, "Ask a doctor.").status_code == 303
    assert (
        "It was returned to you; what you have changed is read"
        in client.get("/comments/mine/").content.decode()
    )
    work()
    assert mail.outbox == []
    comment.refresh_from_db()
    comment.decide(
        "return", by=moderator, version=comment.version, clause=Clause.objects.first(), message="No."
    )
    work()
    (message,) = mail.outbox
    assert "once you have changed it" in message.body


def test_the_page_for_changing_says_why_it_came_back(client, author, moderator):
    comment = make_comment(author=author, status="pending", body="Ask Dr Jones.")
    clause = Clause.objects.get(number=3)
    comment.decide("return", by=moderator, version=1, clause=clause, message="Leave the name out, please.")
    html = client.get(f"/comments/{comment.pk}/edit/").content.decode()
    assert "Leave the name out, please." in html
    assert f'rule 3 of the <a href="{clause.get_absolute_url()}">' in html
    assert clause.title in html


def test_when_the_time_is_over_there_is_no_form_to_lose_a_text_in(client, author):
    comment = make_comment(author=author)
    Comment.objects.filter(pk=comment.pk).update(posted_at=timezone.now() - timedelta(hours=1))
    html = client.get(f"/comments/{comment.pk}/edit/").content.decode()
    assert "<textarea" not in html
    assert "Back to your comments" in html
    # What was typed before it ended is not lost.
    answer = edit(client, comment, "Typed in time, sent late.")
    assert answer.status_code == 403
    assert "Typed in time, sent late." in answer.content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_change_that_waited_for_a_pick_or_an_answer_comes_too_late():
    """Neither moves the comment's version: whoever changes the text waits for the thread before they look at it."""
    comment, moderator = make_comment(), make_user("moderator")
    told = {}

    def change():
        mine = Comment.objects.get(pk=comment.pk)
        try:
            mine.edit("Buy my pills.", by=mine.author, verdict=verdict(), version=mine.version)
        except Undecidable as refusal:
            told["why"] = str(refusal)
        finally:
            connection.close()

    waiting_one = threading.Thread(target=change)
    with transaction.atomic():
        Pick.switch(Comment.objects.get(pk=comment.pk), True, by=moderator, version=1)
        waiting_one.start()
        # It is about to wait for us, or does.
        with connection.cursor() as cursor:
            for _ in range(200):
                cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
                if cursor.fetchone()[0]:
                    break
                time.sleep(0.02)
            else:
                pytest.fail("The change did not wait.")
    waiting_one.join()
    assert "picked" in told["why"]
    assert Comment.objects.get(pk=comment.pk).text.body != "Buy my pills."


@pytest.mark.parametrize("body", ["", "  ", "x" * 5_001])
def test_an_edit_that_cannot_be_sent_says_why(client, author, body):
    comment = make_comment(author=author, status="pending", body="Kept.")
    assert edit(client, comment, body).status_code == 422
    assert Comment.objects.get(pk=comment.pk).text.body == "Kept."


def test_only_the_author_can_change_or_withdraw(client, moderator):
    comment = make_comment(status="pending")
    for url in (f"/comments/{comment.pk}/edit/", f"/comments/{comment.pk}/withdraw/"):
        assert client.get(url).url.startswith("/accounts/login/")
        for user in (make_user(), moderator):
            client.force_login(user)
            assert client.get(url).status_code == 404
            assert client.post(url, {"body": "Mine now.", "version": 1}).status_code == 404
        client.logout()
    assert Comment.objects.get(pk=comment.pk).version == 1


@pytest.mark.parametrize("status", ["pending", "published"])
def test_withdrawing_asks_first_and_takes_it_away(client, author, status):
    comment = make_comment(author=author, status=status, body="Regretted words.")
    page = client.get(f"/comments/{comment.pk}/withdraw/")
    assert b"Withdraw this comment?" in page.content
    answer = client.post(f"/comments/{comment.pk}/withdraw/", {"version": 1})
    assert answer.status_code == 303
    comment.refresh_from_db()
    assert (comment.status, comment.decisions.first().by) == ("withdrawn", author)
    assert "Regretted words." not in shown(client, comment)
    assert not Case.objects.filter(closed_at=None).exists()
    assert set(counts.recount(dry_run=True).values()) == {0}
    assert client.post(f"/comments/{comment.pk}/withdraw/", {"version": 2}).status_code == 409


def test_whoever_sends_no_version_changes_and_withdraws_what_is_there_now(client, author):
    comment = make_comment(author=author, status="pending")
    assert client.post(f"/comments/{comment.pk}/edit/", {"body": "By a program."}).status_code == 303
    comment.refresh_from_db()
    assert (comment.text.body, comment.status) == ("By a program.", "pending")
    assert client.post(f"/comments/{comment.pk}/withdraw/").status_code == 303
    comment.refresh_from_db()
    assert comment.status == "withdrawn"


def test_a_withdrawn_comment_with_answers_keeps_its_place(client, author):
    comment = make_comment(author=author, body="Regretted words.")
    make_comment(parent=comment, body="An answer.")
    version = Comment.objects.get(pk=comment.pk).version
    client.post(f"/comments/{comment.pk}/withdraw/", {"version": version})
    html = shown(client, comment)
    assert "withdrawn by its author" in html
    assert "An answer." in html


def test_under_a_retired_article_what_was_done_is_found_among_all_ones_own(client, author):
    taken, changed = (make_comment(author=author, status="pending") for _ in range(2))
    Article.objects.update(retire_at=timezone.now() - timedelta(days=1))
    assert 'href="/comments/mine/#comment-' in client.get(f"/comments/{taken.pk}/withdraw/").content.decode()
    for comment, sent in (
        (taken, client.post(f"/comments/{taken.pk}/withdraw/", {"version": 1}, follow=True)),
        (changed, edit(client, changed, "Other words.")),
    ):
        end = sent if sent.status_code == 200 else client.get(sent.url)
        assert end.status_code == 200
        assert f'id="comment-{comment.pk}"' in end.content.decode()


@pytest.mark.parametrize("version", ["", "x", "9" * 40, "0", "²"])
def test_a_forged_version_withdraws_nothing(client, author, version):
    comment = make_comment(author=author)
    assert client.post(f"/comments/{comment.pk}/withdraw/", {"version": version}).status_code == 409
    assert Comment.objects.get(pk=comment.pk).status == "published"


def test_a_preview_shows_the_text_and_what_to_know_and_stores_nothing(client, author):
    body = "My *mother* twitches. What should I do? Write to ada@example.org"
    part = client.post("/comments/preview/", {"body": body}, headers={"HX-Request": "true"}).content.decode()
    assert "<em>mother</em>" in part
    assert 'data-nudge="personal_advice"' in part
    assert "<q>ada@example.org</q>" in part
    assert "<html" not in part
    assert not Comment.objects.filter(text__body=body).exists()


def test_a_preview_without_script_is_the_composer_with_the_text(client, author):
    article = make_article()
    answer = client.post("/comments/preview/", {"body": "Some *words*.", "discussion": article.slug})
    html = answer.content.decode()
    assert "<em>words</em>" in html
    assert "Some *words*.</textarea>" in html
    assert f'action="/articles/{article.slug}/comments/"' in html


@pytest.mark.parametrize(
    "data", [{}, {"body": "\x00"}, {"body": "x" * 70_000}, {"body": "a", "discussion": "\x00"}]
)
def test_any_preview_is_answered(client, author, data):
    assert client.post("/comments/preview/", data).status_code == 200
    assert client.get("/comments/preview/").status_code == 405


def test_previews_are_limited_and_the_anonymous_log_in(client, author, time_machine):
    time_machine.move_to(
        timezone.now().replace(second=1), tick=False
    )  # the limit is that of a minute of the clock
    for _ in range(120):
        assert (
            client.post("/comments/preview/", {"body": "a"}, headers={"HX-Request": "true"}).status_code
            == 200
        )
    answer = client.post("/comments/preview/", {"body": "a"}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["Retry-After"]) == (429, "60")
    client.logout()
    assert client.post("/comments/preview/", {"body": "a"}).status_code == 302


def test_a_removal_while_an_edit_waits_closes_everything(client, author, moderator):
    comment = make_comment(author=author, body="The first words.")
    edit(client, comment, "Now see https://example.org instead.")
    comment.decide("remove", by=moderator, version=2, clause=Clause.objects.get(number=1))
    comment.refresh_from_db()
    assert (comment.status, comment.waiting_text) == ("removed", None)
    assert not Case.objects.filter(closed_at=None).exists()


def test_how_long_a_review_takes_is_told_to_whom_it_concerns(client, author, moderator):
    own = make_comment(author=author, status="pending")
    for _ in range(5):
        other = make_comment(status="pending")
        other.decide("publish", by=moderator, version=other.version)
    mine = f"/articles/{own.article.slug}/comments/mine/"
    assert "In the last week half of the comments were read within" in client.get(mine).content.decode()
    own.refresh_from_db()
    own.decide("publish", by=moderator, version=own.version)
    page = client.get(mine).content.decode()
    assert "Published." in page and "half of the comments" not in page


def test_how_long_a_review_takes_counts_only_the_first_decision_by_a_moderator(author, moderator):
    """Not an old comment that is read again, and not what its author does with one that waits."""
    old = timezone.now() - timedelta(days=40)
    article, waited = make_article(), []
    for n in range(6):
        with time_machine.travel(old, tick=False):
            comment = make_comment(article)
        comment.decide("hold", by=moderator, version=1)
        comment.decide("publish", by=moderator, version=comment.version)
        taken = make_comment(article, author, status="pending")
        taken.edit(f"Changed, {n}.", by=author, verdict=verdict("hold"), version=1)
        taken.withdraw(by=author, version=taken.version)
        waited.append(make_comment(article, status="pending"))
    assert waiting.usual_wait() == ""
    for comment in waited[:5]:
        comment.decide("publish", by=moderator, version=1)
    assert waiting.usual_wait() == "In the last week half of the comments were read within 2 minutes."
