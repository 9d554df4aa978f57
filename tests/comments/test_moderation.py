"""The desk, as a browser without script uses it."""

import re

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from comments import desk, jobs
from comments.models import CannedReply, Case, Comment, Decision, Report
from comments.urls import moderation as addresses
from tests.factories import make_article, make_comment, make_user, verdict

pytestmark = pytest.mark.django_db


@pytest.fixture
def moderator(client):
    user = make_user("moderator", display_name="Mo Derator")
    client.force_login(user)
    return user


def decide(client, comment, **data):
    data.setdefault("version", comment.version)
    return client.post(f"/moderation/comments/{comment.pk}/decisions/", data)


def all_addresses():
    for pattern in addresses:
        yield reverse(f"moderation:{pattern.name}", args=[1] if "<int" in str(pattern.pattern) else [])


def test_every_address_of_the_desk_refuses_strangers(client):
    make_comment(status="pending")
    for url in all_addresses():
        for method in (client.get, client.post):
            client.logout()
            answer = method(url)
            assert answer.status_code in {302, 403, 405}
            if answer.status_code == 403:
                assert method == client.post and "You are no longer logged in" in answer.content.decode()
            if answer.status_code == 302:
                assert answer.url.startswith("/accounts/login/")
            for role in ("", "author", "editor", "medical reviewer"):
                client.force_login(make_user(role))
                assert method(url).status_code in {404, 405}, (url, role)
    assert Comment.objects.get().status == "pending"


def test_the_queue_shows_what_waits_and_why_oldest_first(client, moderator):
    assert b"Nothing waits here." in client.get("/moderation/").content
    first = make_comment(status="pending", body="First in line.")
    make_comment(status="pending", body="Second in line.")
    make_comment(body="Not in line.")
    html = client.get("/moderation/").content.decode()
    assert html.index("First in line.") < html.index("Second in line.")
    assert "Not in line." not in html
    assert f'value="{first.pk}:1"' in html


def test_the_queue_is_paged_by_cursor_and_its_queries_do_not_grow(client, moderator):
    article, author = make_article(), make_user()
    counts = []
    for size in (5, 45):
        for n in range(size):
            make_comment(article=article, author=author, status="pending", body=f"Waiting {size} {n}.")
        with CaptureQueriesContext(connection) as queries:
            html = client.get("/moderation/").content.decode()
        counts.append(len(queries))
        assert any(f"LIMIT {desk.ROWS + 1}" in query["sql"] for query in queries)
    assert counts[0] == counts[1]
    seen = re.findall(r'name="comments" value="(\d+):', html)
    after = re.search(r'href="\?(after=[^"]+)"', html).group(1)
    seen += re.findall(r'name="comments" value="(\d+):', client.get(f"/moderation/?{after}").content.decode())
    assert len(set(seen)) == 50


def test_the_card_has_what_a_decision_needs(client, moderator):
    author = make_user(display_name="Ada")
    make_comment(author=author, body="What Ada wrote before.")
    parent = make_comment(author=make_user(display_name="Bo"), body="The parent's words.")
    found = verdict("hold")
    comment = Comment.submit(
        article=parent.article, by=author, body="Mail me: ada@example.org <b>", parent=parent, verdict=found
    )
    Decision.objects.filter(comment=comment).update(
        findings=[{"code": "email", "start": 9, "end": 24, "confidence": 0.95, "outcome": "hold"}]
    )
    html = client.get(f"/moderation/comments/{comment.pk}/").content.decode()
    for words in (
        "The parent&#x27;s words.",
        "E-mail address",
        "Ada",
        "Bo",
        parent.article.title,
        "&lt;b&gt;",
        "1</span> <b>E-mail address</b>: <q>ada@example.org</q></li>",
        "What Ada wrote before.",
        "<dt>Published</dt><dd>1</dd>",
    ):
        assert words in html
    assert '<mark title="E-mail address" data-number="1">ada@example.org</mark>' in html
    assert "personalised advice" in html or "personal advice" in html


def test_publishing_leads_to_the_next_card(client, moderator):
    comment, following = make_comment(status="pending"), make_comment(status="pending")
    answer = decide(client, comment, action="publish")
    assert (answer.status_code, answer.url) == (303, f"/moderation/comments/{following.pk}/")
    answer = decide(client, following, action="publish")
    assert answer.url == "/moderation/"
    assert Comment.objects.filter(status="published").count() == 2


def test_one_canned_answer_publishes_and_answers(client, moderator):
    canned = CannedReply.objects.get(key="no-personal-advice")
    comment = make_comment(status="pending", author=make_user(display_name="Ada"))
    answer = decide(client, comment, action="publish", canned_reply=canned.key)
    assert answer.status_code == 303
    reply = Comment.objects.get(parent=comment)
    assert reply.status == "published"
    assert "{" not in reply.text.body
    assert "Ada" in reply.text.body or comment.article.title in reply.text.body
    canned.refresh_from_db()
    assert canned.use_count == 1


def test_ones_own_words_win_over_the_canned_ones(client, moderator):
    comment = make_comment(status="pending")
    decide(client, comment, action="publish", canned_reply="no-personal-advice", reply="In my own words.")
    assert Comment.objects.get(parent=comment).text.body == "In my own words."


def test_a_refusal_without_a_clause_is_sent_back_with_what_was_typed(client, moderator):
    comment = make_comment(status="pending")
    answer = decide(client, comment, action="reject", message="Half a page of explanation.")
    assert answer.status_code == 422
    assert b"Choose the clause" in answer.content
    assert b"Half a page of explanation." in answer.content
    assert Comment.objects.get(pk=comment.pk).status == "pending"


def test_a_stale_card_gets_409_and_the_name_and_keeps_what_was_typed(client, moderator):
    comment = make_comment(status="pending")
    comment.decide("publish", by=make_user("moderator", display_name="Quick Colleague"), version=1)
    answer = decide(client, comment, action="publish", version=1, reply="My long answer.")
    assert answer.status_code == 409
    assert b"Quick Colleague" in answer.content
    assert b"My long answer." in answer.content
    assert not Comment.objects.filter(parent=comment).exists()
    answer = decide(client, comment, action="reject", version=1, clause=1, message="My long message.")
    assert answer.status_code == 409
    assert b"My long message." in answer.content


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"action": "explode"},
        {"action": "reject", "clause": "99"},
        {"action": "reject", "clause": "x"},
        {"action": "publish", "version": "9" * 30},
        {"action": "publish", "version": ""},
        {"action": "publish", "canned_reply": "nothing-like-it"},
        {"action": "publish", "reply": "x" * 5_001},
        {"action": "publish", "answer": "1"},
        {"action": "withdraw"},
        {"action": "restore"},
    ],
)
def test_wrong_input_is_422_in_words_and_changes_nothing(client, moderator, data):
    comment = make_comment(status="pending")
    answer = decide(client, comment, **{"version": 1} | data)
    assert answer.status_code == 422
    assert b'role="alert"' in answer.content
    assert Comment.objects.get(pk=comment.pk).version == 1


def test_bulk_decides_what_is_still_as_it_was_seen_and_names_the_rest(client, moderator):
    good, moved = (
        make_comment(status="pending"),
        make_comment(status="pending", author=make_user(display_name="Ada")),
    )
    moved.decide("publish", by=make_user("moderator", display_name="Quick Colleague"), version=1)
    chosen = [f"{good.pk}:1", f"{moved.pk}:1", "x", "99999999999999999999:1", f"{good.pk}"]
    answer = client.post("/moderation/decisions/", {"comments": chosen, "action": "reject", "clause": "4"})
    html = answer.content.decode()
    assert answer.status_code == 200
    assert "1 refused" in html
    assert "Quick Colleague" in html
    assert Comment.objects.get(pk=good.pk).status == "rejected"
    assert Comment.objects.get(pk=moved.pk).status == "published"


def test_bulk_without_a_clause_refuses_nothing(client, moderator):
    comment = make_comment(status="pending")
    answer = client.post("/moderation/decisions/", {"comments": f"{comment.pk}:1", "action": "reject"})
    assert answer.status_code == 422
    assert b"Choose the clause" in answer.content
    assert Comment.objects.get(pk=comment.pk).status == "pending"


def test_bulk_of_too_many_is_refused_whole(client, moderator):
    comment = make_comment(status="pending")
    chosen = [f"{comment.pk}:1"] * 101
    answer = client.post("/moderation/decisions/", {"comments": chosen, "action": "publish"})
    assert answer.status_code == 422
    assert b"tick at most 100" in answer.content
    assert Comment.objects.get(pk=comment.pk).status == "pending"


def test_bulk_of_which_all_were_decided_by_others_is_409(client, moderator):
    comment = make_comment(status="pending")
    comment.decide("publish", by=make_user("moderator", display_name="Quick Colleague"), version=1)
    answer = client.post("/moderation/decisions/", {"comments": f"{comment.pk}:1", "action": "publish"})
    assert answer.status_code == 409
    assert b"Quick Colleague" in answer.content


def test_with_htmx_the_next_card_comes_as_a_part(client, moderator):
    comment, following = make_comment(status="pending"), make_comment(status="pending", body="The next one.")
    data = {"action": "publish", "version": 1}
    answer = client.post(
        f"/moderation/comments/{comment.pk}/decisions/", data, headers={"HX-Request": "true"}
    )
    assert answer["HX-Push-Url"] == f"/moderation/comments/{following.pk}/"
    assert b"The next one." in answer.content
    assert b"<html" not in answer.content


def test_nobody_decides_about_an_own_comment_while_others_can(client, moderator):
    comment = make_comment(status="pending", author=moderator)
    assert decide(client, comment, action="publish").status_code == 303  # alone on the desk
    other = make_comment(status="pending", author=moderator)
    make_user("moderator")
    answer = decide(client, other, action="publish")
    assert answer.status_code == 422
    assert b"another moderator has to decide" in answer.content


def test_what_the_newsroom_writes_is_reported_and_removed_like_anything_else(client, moderator):
    comment = make_comment(author=make_user("moderator"), body="By one of us.")
    client.force_login(make_user())
    assert client.post(f"/comments/{comment.pk}/report/", {"reason": "abuse"}).status_code == 200
    client.force_login(moderator)
    assert b"By one of us." in client.get("/moderation/").content
    comment.refresh_from_db()
    assert decide(client, comment, action="remove", clause=1).status_code == 303
    comment.refresh_from_db()
    assert comment.status == "removed"


def test_the_cards_queries_do_not_grow_with_canned_replies_and_the_authors_comments(client, moderator):
    author = make_user()
    comment = make_comment(status="pending", author=author)
    counts = []
    for size in (5, 50):
        for n in range(size):
            CannedReply.objects.create(key=f"k{size}-{n}", title="More", body="{clause}", clause_number=2)
            make_comment(article=comment.article, author=author, status="pending")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/moderation/comments/{comment.pk}/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_deep_in_the_queue_no_more_rows_are_read(client, moderator):
    article, author = make_article(), make_user()
    for n in range(60):
        make_comment(article=article, author=author, status="pending", body=f"Waiting {n}.")
    cases = list(Case.objects.open())
    with connection.cursor() as cursor:
        # So few rows could as well be sorted: what is asked is whether the index can give the order and the place.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        plan = desk.behind(Case.objects.open(), desk.place_of(cases[50]))[:5].explain(analyze=True)
    assert "Rows Removed by Filter" not in plan
    assert "case_queue" in plan


def test_an_open_card_says_to_others_who_is_looking(client, moderator):
    comment = make_comment(status="pending")
    client.get(f"/moderation/comments/{comment.pk}/")
    client.force_login(make_user("moderator"))
    assert b"Mo Derator is looking" in client.get("/moderation/").content
    answer = client.post(f"/moderation/comments/{comment.pk}/claim/")
    assert (answer.status_code, answer.content) == (409, b"Mo Derator is looking at this.\n")
    client.force_login(moderator)
    assert client.post(f"/moderation/comments/{comment.pk}/claim/", {"release": "1"}).status_code == 204
    assert Case.objects.get(pk=comment.pk).claimed_by is None


def test_the_author_is_mailed_by_a_job_with_clause_and_message(client, moderator):
    author = make_user(display_name="Ada", email="ada@example.org")
    comment = make_comment(status="pending", author=author, body="Buy my <b>tea</b> & honey.")
    decide(client, comment, action="reject", clause=4, message="No selling here, please.")
    assert mail.outbox == []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT task_name, (args ->> 'decision_id')::bigint, scheduled_at > now() + interval '50 s' FROM procrastinate_jobs"
        )
        [(task, args, waits)] = cursor.fetchall()
    decision = Decision.objects.get(action="reject")
    assert (task, args, waits) == ("comments.mail_decision", decision.pk, True)
    jobs.mail_decision(decision_id=decision.pk)
    [message] = mail.outbox
    assert message.to == ["ada@example.org"]
    assert "not published" in message.subject
    for words in (
        "Hello Ada",
        "No selling here, please.",
        "> Buy my <b>tea</b> & honey.",
        f"4. {decision.clause.title}",
    ):
        assert words in message.body
    assert message.extra_headers["Message-ID"].startswith(f"<decision-{decision.pk}.")
    assert message.extra_headers["Message-ID"].endswith("@127.0.0.1>")


def test_an_imported_author_who_never_claimed_the_account_is_not_written_to(moderator):
    author = make_user(password=None)
    comment = make_comment(status="pending", author=author)
    jobs.mail_decision(decision_id=comment.decide("publish", by=moderator, version=1).pk)
    assert mail.outbox == []


def test_a_job_carries_no_text(moderator):
    comment = make_comment(status="pending", body="Very private words.")
    comment.decide("publish", by=moderator, version=1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT procrastinate_jobs::text FROM procrastinate_jobs")
        assert "private" not in str(cursor.fetchall())


def test_the_log_lists_every_decision(client, moderator):
    comment = make_comment(status="pending", author=make_user(display_name="Ada"))
    comment.decide("publish", by=moderator, version=1)
    html = client.get("/moderation/log/").content.decode()
    assert "Mo Derator" in html
    assert "screening" in html


def test_remove_and_restore_from_the_card(client, moderator):
    comment = make_comment()
    decide(client, comment, action="remove", clause=1)
    comment.refresh_from_db()
    assert comment.status == "removed"
    decide(client, comment, action="restore")
    comment.refresh_from_db()
    assert comment.status == "published"


# Who was first, when nobody was


def test_a_card_that_a_report_overtook_says_so_and_names_no_decision(client, moderator):
    comment = make_comment()
    Report.file(comment, reason="abuse", by=make_user())
    version = Comment.objects.get(pk=comment.pk).version
    Report.file(comment, reason="spam", by=make_user())
    answer = decide(client, comment, action="keep", version=version)
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "A report or an appeal came in at" in html
    assert "already decided" not in html


def test_who_was_overtaken_in_bulk_is_told_in_as_many_queries_for_fifty_as_for_five(client, moderator):
    other, counted = make_user("moderator", display_name="Other"), []
    for many in (5, 50):
        comments = [make_comment(status="pending") for _ in range(many)]
        for comment in comments:
            comment.decide("publish", by=other, version=1)
        sent = {"comments": [f"{each.pk}:1" for each in comments], "action": "publish"}
        with CaptureQueriesContext(connection) as queries:
            answer = client.post("/moderation/decisions/", sent)
        assert answer.status_code == 409
        assert answer.content.decode().count("Other already decided this comment: published at") == many
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_the_card_does_not_say_fewer_reports_than_there_are(client, moderator):
    comment = make_comment()
    for _ in range(20):
        Report.file(comment, reason="abuse", by=make_user())
    html = client.get(f"/moderation/comments/{comment.pk}/").content.decode()
    assert "20 reports</h2>" in html
    Report.file(comment, reason="abuse", by=make_user())
    html = client.get(f"/moderation/comments/{comment.pk}/").content.decode()
    assert "20 reports, and more" in html
