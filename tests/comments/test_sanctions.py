"""What a sanction does: to posting, changing and reading; what the person is told; how it ends."""

import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments import counts, jobs, taking_down
from comments.facts import MayNotWrite
from comments.forms import CommentForm
from comments.models import (
    Appeal,
    Clause,
    Comment,
    Decision,
    Notice,
    NotYours,
    PolicyVersion,
    Report,
    Sanction,
    SanctionAppeal,
    Standing,
    Thread,
    Undecidable,
)
from tests.comments.test_reports import work
from tests.factories import make_article, make_comment, make_user

pytestmark = pytest.mark.django_db


def clause(number=1):
    return Clause.objects.get(policy=PolicyVersion.current(), number=number)


@pytest.fixture
def moderator():
    return make_user("moderator", display_name="Mo Derator")


@pytest.fixture
def administrator():
    return make_user("administrator", display_name="Ad Min")


@pytest.fixture
def reader(client):
    """Somebody logged in, whose comments appear at once."""
    user = make_user(display_name="Ada")
    for n in range(3):
        make_comment(author=user, body=f"Earlier {n}.")
    Comment.objects.filter(author=user).update(posted_at="2020-01-01T00:00Z")
    client.force_login(user)
    return user


def post(client, article, body="Something kind about sleep.", **data):
    return client.post(f"/articles/{article.slug}/comments/", {"body": body} | data)


def mailed():
    """What the jobs that wait would mail, mailed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE task_name = 'comments.mail_sanction' "
            "RETURNING (args ->> 'sanction_id')::bigint, args ->> 'what'"
        )
        waiting = cursor.fetchall()
    for pk, what in waiting:
        jobs.mail_sanction(sanction_id=pk, what=what)
    return mail.outbox


def appeal_mail():
    """The same for answers to appeals."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE task_name = 'comments.mail_sanction_appeal' "
            "RETURNING (args ->> 'appeal_id')::bigint"
        )
        waiting = cursor.fetchall()
    for (pk,) in waiting:
        jobs.mail_sanction_appeal(appeal_id=pk)
    return mail.outbox


def take_down_all(sanction):
    after = taking_down.take_down_batch(sanction.pk)
    while after:
        after = taking_down.take_down_batch(sanction.pk, after=after)


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


# --- The door ---


@pytest.mark.parametrize(
    ("kind", "data", "words"),
    [
        ("suspend", {}, "a suspension has an end"),
        ("warn", {"days": 3}, "A warning has no days"),
        ("suspend", {"days": 3, "take_down_days": 3}, "Only a ban takes down"),
        ("ban", {"take_down_days": 3}, "Choose the clause"),
        ("warn", {"reason": ""}, "Say why"),
    ],
)
def test_what_is_missing_or_too_much_is_said(reader, administrator, kind, data, words):
    with pytest.raises(Undecidable, match=words):
        Sanction.impose(kind, reader, by=administrator, **{"reason": "Because."} | data)
    assert not Sanction.objects.exists()


def test_a_comment_by_somebody_else_led_to_nothing(reader, moderator):
    with pytest.raises(Undecidable, match="not by this person"):
        Sanction.impose("warn", reader, by=moderator, reason="Because.", comment=make_comment())


@pytest.mark.parametrize(
    ("by", "to", "kind", "may"),
    [
        ("moderator", "", "warn", True),
        ("moderator", "", "read_first", True),
        ("moderator", "", "suspend", True),
        ("moderator", "", "ban", False),
        ("moderator", "author", "warn", False),
        ("moderator", "moderator", "warn", False),
        ("moderator", "administrator", "warn", False),
        ("administrator", "", "ban", True),
        ("administrator", "moderator", "suspend", True),
        ("administrator", "administrator", "ban", True),
        ("editor", "", "warn", False),
        ("", "", "warn", False),
    ],
)
def test_who_may_sanction_whom(by, to, kind, may):
    actor, user = make_user(by), make_user(to)
    days = 3 if kind == "suspend" else None
    if may:
        held = Sanction.impose(kind, user, by=actor, reason="Because.", days=days)
        held.lift(by=actor, reason="No longer.")
        return
    with pytest.raises(NotYours):
        Sanction.impose(kind, user, by=actor, reason="Because.", days=days)
    held = Sanction.objects.create(
        user=user, kind="ban" if kind == "ban" else "read_first", by=make_user("administrator"),
        reason_id=make_remark().pk,
    )  # fmt: skip
    with pytest.raises(NotYours):
        held.lift(by=actor, reason="No longer.")


def make_remark():
    from comments.models import Remark

    return Remark.objects.create(text="Because.")


@pytest.mark.parametrize("role", ["moderator", "administrator"])
def test_nobody_decides_about_themselves(role):
    user = make_user(role)
    with pytest.raises(NotYours, match="about themselves|works here"):
        Sanction.impose("warn", user, by=user, reason="Because.")


def test_the_same_is_not_put_on_twice(reader, moderator):
    Sanction.impose("suspend", reader, by=moderator, reason="Enough.", days=3)
    with pytest.raises(Undecidable, match="Mo Derator has already"):
        Sanction.impose("suspend", reader, by=moderator, reason="Enough.", days=9)
    assert Sanction.objects.count() == 1


# --- What the person is told ---


def test_the_person_is_mailed_reason_clause_quote_end_and_the_way_to_answer(reader, moderator):
    comment = make_comment(author=reader, body="You are all <idiots>.")
    held = Sanction.impose(
        "suspend", reader, by=moderator, reason="No insults & no shouting.", clause=clause(2), comment=comment, days=3
    )  # fmt: skip
    assert mail.outbox == []
    [message] = mailed()
    assert message.to == [reader.email]
    assert message.subject == "You are suspended from commenting on Healthnews"
    for words in (
        "Hello Ada,",
        held.words,
        "No insults & no shouting.",
        f"2. {clause(2).title}",
        "> You are all <idiots>.",
        "Answer this mail",
        "Appeal within six months",
        "/comments/standing/",
    ):
        assert words in message.body
    assert "Mo Derator" not in message.body
    assert message.extra_headers["Message-ID"].startswith(f"<sanction-{held.pk}-imposed.{reader.pk}.")
    mail.outbox.clear()
    held.lift(by=moderator, reason="We were wrong.")
    [message] = mailed()
    assert message.subject == "Your suspension on Healthnews was lifted"
    assert "We were wrong." in message.body
    assert message.extra_headers["Message-ID"].startswith(f"<sanction-{held.pk}-lifted.{reader.pk}.")


@pytest.mark.parametrize("kind", ["warn", "read_first", "ban"])
def test_every_kind_is_mailed_and_shown(client, reader, administrator, kind):
    held = Sanction.impose(kind, reader, by=administrator, reason="For a reason.")
    [message] = mailed()
    assert held.words in message.body
    html = client.get("/comments/standing/").content.decode()
    assert held.words in html
    assert "For a reason." in html
    assert "Ad Min" not in html
    assert b"/comments/standing/" in client.get("/accounts/profile/").content


@pytest.mark.parametrize("kind", ["warn", "read_first", "suspend", "ban"])
def test_whoever_is_sanctioned_is_told_what_the_law_lets_them_do(client, reader, administrator, kind):
    rule = clause(2)
    Clause.objects.filter(pk=rule.pk).update(legal_ground="Section 185 of the Criminal Code")
    days = 3 if kind == "suspend" else None
    Sanction.impose(kind, reader, by=administrator, reason="For a reason.", clause=rule, days=days)
    [message] = mailed()
    page = client.get("/comments/standing/").content.decode()
    for said in (message.body, page):
        for words in ("Answer th", "it costs nothing", "out-of-court dispute settlement body, or to a court"):
            assert words in said
    assert f"comments policy (version {rule.policy.number})" in message.body
    assert "Legal ground: Section 185 of the Criminal Code." in message.body


def test_ones_own_page_keeps_what_is_over_and_shows_nobody_elses(client, reader, moderator):
    held = Sanction.impose("suspend", reader, by=moderator, reason="The old reason.", days=3)
    held.lift(by=moderator, reason="The kind words.")
    Sanction.impose("warn", make_user(), by=moderator, reason="Somebody else’s.")
    html = client.get("/comments/standing/").content.decode()
    assert "The old reason." in html
    assert "The kind words." in html
    assert "Nothing keeps you from commenting." in html
    assert "Somebody else" not in html
    client.logout()
    assert client.get("/comments/standing/").status_code == 302


def test_a_job_carries_no_text_and_one_about_nothing_does_nothing(reader, moderator):
    Sanction.impose("warn", reader, by=moderator, reason="Very private words.")
    with connection.cursor() as cursor:
        cursor.execute("SELECT procrastinate_jobs::text FROM procrastinate_jobs")
        assert "private" not in str(cursor.fetchall())
    jobs.mail_sanction(sanction_id=10**9, what="imposed")
    assert taking_down.take_down_batch(10**9) == 0


def test_when_the_texts_are_emptied_the_record_stays(client, reader, moderator):
    held = Sanction.impose("suspend", reader, by=moderator, reason="Gone soon.", days=3)
    type(held.reason).objects.update(text="", destroyed_at=timezone.now(), destroyed_because="retention")
    assert post(client, make_article()).status_code == 403
    html = client.get("/comments/standing/").content.decode()
    assert "Suspension" in html
    assert "Gone soon." not in html


# --- What a ban takes down ---


def test_a_ban_takes_down_what_was_written_lately_each_by_a_decision(client, reader, administrator):
    article = make_article()
    old = make_comment(article=article, author=reader, body="Old.")
    Comment.objects.filter(pk=old.pk).update(posted_at=timezone.now() - timedelta(days=8))
    published = make_comment(article=article, author=reader, body="New.")
    waiting = make_comment(article=article, author=reader, body="Waits.", status="pending")
    edited = make_comment(article=article, author=reader, body="Was this.")
    client.post(f"/comments/{edited.pk}/edit/", {"body": "Is https://example.org now.", "version": 1})
    answer = make_comment(parent=published, body="By somebody else.")
    ban = Sanction.impose("ban", reader, by=administrator, reason="Spam.", clause=clause(4), take_down_days=7)
    take_down_all(ban)
    statuses = {each.pk: each.status for each in Comment.objects.filter(article=article)}
    assert statuses == {
        old.pk: "published",
        published.pk: "removed",
        waiting.pk: "rejected",
        edited.pk: "removed",
        answer.pk: "published",
    }
    decided = Decision.objects.filter(by=administrator)
    assert {(each.comment_id, each.clause.number) for each in decided} == {
        (published.pk, 4),
        (waiting.pk, 4),
        (edited.pk, 4),
    }
    assert Thread.of(article).published_count == 2
    assert not any(counts.recount(dry_run=True).values())
    # One mail about all of it.
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'comments.mail_decision'")
        assert cursor.fetchone() == (0,)
    [message] = mailed()
    assert "what you wrote here in the 7 days before is taken down" in message.body


def test_it_goes_on_in_batches_and_leaves_what_was_restored_since(monkeypatch, reader, administrator):
    monkeypatch.setattr(taking_down, "BATCH", 2)
    article = make_article()
    comments = [make_comment(article=article, author=reader, body=f"Number {n}.") for n in range(5)]
    ban = Sanction.impose("ban", reader, by=administrator, reason="Spam.", clause=clause(4), take_down_days=1)
    jobs.take_down(sanction_id=ban.pk)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (args ->> 'after')::bigint FROM procrastinate_jobs WHERE task_name = 'comments.take_down' ORDER BY id"
        )
        assert cursor.fetchall() == [(None,), (comments[1].pk,)]
    comments[0].refresh_from_db()
    comments[0].decide("restore", by=administrator, version=2)
    after = taking_down.take_down_batch(ban.pk, after=comments[1].pk)
    assert after == comments[3].pk
    assert taking_down.take_down_batch(ban.pk, after=after) == 0
    found = [each.status for each in Comment.objects.filter(article=article).order_by("pk")]
    assert found == ["published", "removed", "removed", "removed", "removed"]


def test_it_stops_when_the_ban_is_lifted(reader, administrator):
    comment = make_comment(author=reader)
    ban = Sanction.impose("ban", reader, by=administrator, reason="Spam.", clause=clause(4), take_down_days=1)
    ban.lift(by=administrator, reason="Wrong person.")
    take_down_all(ban)
    assert Comment.objects.get(pk=comment.pk).status == "published"


def test_what_somebody_else_decided_meanwhile_is_not_in_its_way(reader, administrator, moderator):
    comment, gone = make_comment(author=reader, status="pending"), make_comment(author=reader)
    stale = [Comment.objects.get(pk=comment.pk), Comment.objects.get(pk=gone.pk)]
    comment.decide("publish", by=moderator, version=1)
    gone.withdraw(by=reader, version=1)
    ban = Sanction.impose("ban", reader, by=administrator, reason="Spam.", clause=clause(4), take_down_days=1)
    for each in stale:
        taking_down._take_down(each, ban)
    assert Comment.objects.get(pk=comment.pk).status == "removed"
    assert Comment.objects.get(pk=gone.pk).status == "withdrawn"


def test_an_emergency_stays_and_the_rest_goes(client, reader, administrator):
    article = make_article()
    first, calls, last = (make_comment(article=article, author=reader, body=f"Number {n}.") for n in range(3))
    Report.file(calls, reason="danger", by=make_user())
    assert taking_down.how_many_would_go(reader, 1, timezone.now()) == 2
    ban = Sanction.impose("ban", reader, by=administrator, reason="Spam.", clause=clause(4), take_down_days=1)
    take_down_all(ban)
    found = {each.pk: each.status for each in Comment.objects.filter(article=article)}
    assert found == {first.pk: "removed", calls.pk: "published", last.pk: "removed"}
    client.force_login(administrator)
    html = client.get(f"/moderation/people/{reader.pk}/").content.decode()
    still = html.partition("Still there")[2].partition("</p>")[0]
    assert f'href="/moderation/comments/{calls.pk}/"' in still
    assert f"/comments/{first.pk}/" not in still


def test_what_may_not_be_decided_by_who_banned_is_not_in_its_way(reader, administrator, moderator):
    comments = [make_comment(author=reader, body=f"Call {n} 020 7946 0018.") for n in range(2)]
    cut = comments[0].decide("publish_redacted", by=administrator, version=1, redactions=((0, 4),))
    Appeal.lodge(cut, by=reader, text="It is nobody's number.")
    ban = Sanction.impose("ban", reader, by=administrator, reason="Spam.", clause=clause(4), take_down_days=1)
    jobs.take_down(sanction_id=ban.pk)
    assert [Comment.objects.get(pk=each.pk).status for each in comments] == ["published", "removed"]


def test_whoever_reported_or_appealed_hears_what_the_ban_decided(reader, administrator, moderator):
    reporter, comment = make_user(), make_comment(author=reader)
    Report.file(comment, reason="abuse", by=reporter)
    kept = Comment.objects.get(pk=comment.pk).decide("keep", by=moderator, version=2)
    Appeal.lodge(kept, by=reporter, text="It names my sister.")
    other, cut = make_user(), make_comment(author=reader, body="Call 020 7946 0018.")
    cut = cut.decide("publish_redacted", by=moderator, version=1, redactions=((0, 4),))
    Appeal.lodge(cut, by=reader, text="It is nobody's number.")
    spam = make_comment(author=reader)
    Report.file(spam, reason="spam", by=other)
    work()
    mail.outbox.clear()
    ban = Sanction.impose("ban", reader, by=administrator, reason="Spam.", clause=clause(4), take_down_days=1)
    take_down_all(ban)
    work()
    told = sorted((each.to[0], each.subject) for each in mail.outbox)
    assert [each for each, _ in told] == sorted([reporter.email, other.email, reader.email, reader.email])
    # Their author: the mail about the ban, and the answer to the appeal. In the inbox stands each decision.
    assert Notice.objects.filter(user=reader, decision__by=administrator).count() == 3


# --- Two at once ---


def all_at_once(*doings):
    """Run them at the same moment; what each gave or raised."""
    together, results = threading.Barrier(len(doings)), {}

    def run(number, doing):
        together.wait()
        try:
            results[number] = doing()
        except (Undecidable, MayNotWrite) as refusal:
            results[number] = refusal
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(doings)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    return [results[number] for number in range(len(doings))]


@pytest.mark.django_db(transaction=True)
def test_of_two_moderators_who_suspend_at_once_one_is_told():
    reader, moderators = make_user(), [make_user("moderator"), make_user("moderator")]
    doings = [
        lambda by=by: Sanction.impose("suspend", reader, by=by, reason="Enough.", days=3) for by in moderators
    ]
    results = all_at_once(*doings)
    assert sorted(isinstance(each, Sanction) for each in results) == [False, True]
    assert Sanction.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_who_lift_at_once_one_is_told():
    reader, moderators = make_user(), [make_user("moderator"), make_user("moderator")]
    held = Sanction.impose("suspend", reader, by=moderators[0], reason="Enough.", days=3)
    doings = [
        lambda by=by: Sanction.objects.get(pk=held.pk).lift(by=by, reason="Sorry.") for by in moderators
    ]
    results = all_at_once(*doings)
    assert sorted(each is None for each in results) == [False, True]


@pytest.mark.django_db(transaction=True)
def test_what_is_posted_while_one_is_suspended_waits_for_the_suspension_to_be_seen():
    reader, moderator, article = make_user(), make_user("moderator"), make_article()
    from django.db import transaction

    posted = {}

    def send():
        form = CommentForm({"body": "Just in time?"}, article=article, author=reader)
        assert form.is_valid()
        try:
            posted["comment"] = form.save()
        except MayNotWrite as refusal:
            posted["refusal"] = str(refusal)
        finally:
            connections["default"].close()

    with transaction.atomic():
        Sanction.impose("suspend", reader, by=moderator, reason="Enough.", days=3)
        thread = threading.Thread(target=send)
        thread.start()
        thread.join(1)
        assert thread.is_alive()  # it waits for the row of the person
    thread.join(30)
    assert "comment" not in posted
    assert "You cannot write" in posted["refusal"]


# --- Appeals ---


def suspended(reader, by, kind="suspend", **changes):
    days = {"suspend": 7}.get(kind)
    return Sanction.impose(kind, reader, by=by, **{"reason": "Enough.", "days": days} | changes)


def answer(client, appeal, by, grant="0", reason="We looked <again>."):
    client.force_login(by)
    return client.post(f"/moderation/sanctions/appeals/{appeal.pk}/", {"grant": grant, "reason": reason})


@pytest.mark.parametrize("kind", ["read_first", "ban"])
def test_what_has_no_end_says_so(client, reader, administrator, kind):
    held = suspended(reader, administrator, kind)
    assert "until a moderator lifts this" in " ".join(mailed()[0].body.split())
    html = client.get("/comments/standing/").content.decode()
    assert "until a moderator lifts this" in html
    assert "in force until a moderator lifts it" in html
    assert "any more" not in held.words


def test_the_person_appeals_once_and_keeps_what_was_typed(client, reader, moderator):
    held = suspended(reader, moderator)
    url = f"/comments/standing/{held.pk}/appeal/"
    assert url in client.get("/comments/standing/").content.decode()
    for text, words in (("", "Say why"), ("<b>" + "x" * 2_000, "3 characters too long")):
        refused = client.post(url, {"text": text})
        assert refused.status_code == 422
        assert words in refused.content.decode()
        assert text.replace("<b>", "&lt;b&gt;") in refused.content.decode()
    assert client.post(url, {"text": "I was <provoked>."}).status_code == 303
    again = client.post(url, {"text": "Once more."})
    assert again.status_code == 403
    assert "appealed against this already" in again.content.decode()
    assert "Once more." in again.content.decode()
    html = client.get("/comments/standing/").content.decode()
    assert "I was &lt;provoked&gt;." in html
    assert "not answered yet" in html
    assert url not in html
    assert SanctionAppeal.objects.get().sanction == held
    assert Standing.of(reader).stop == held  # it holds meanwhile


def test_nobody_appeals_for_others_too_late_or_against_what_was_lifted(client, reader, moderator):
    theirs = suspended(make_user(), moderator)
    assert client.post(f"/comments/standing/{theirs.pk}/appeal/", {"text": "Please."}).status_code == 404
    with pytest.raises(Undecidable):
        SanctionAppeal.lodge(theirs, by=reader, text="Please.")
    old = suspended(reader, moderator, at=timezone.now() - timedelta(days=184))
    lifted = suspended(reader, moderator)
    lifted.lift(by=moderator, reason="A mistake.")
    for held in (old, lifted):
        assert client.post(f"/comments/standing/{held.pk}/appeal/", {"text": "Please."}).status_code == 403
    client.logout()
    assert client.post(f"/comments/standing/{old.pk}/appeal/").status_code == 302
    assert not SanctionAppeal.objects.exists()


def test_another_moderator_keeps_it_with_a_reason_that_is_mailed(client, reader, moderator):
    held, other = suspended(reader, moderator), make_user("moderator", display_name="Other Mo")
    appeal = SanctionAppeal.lodge(held, by=reader, text="I was <provoked>.")
    mailed()
    mail.outbox.clear()
    client.force_login(moderator)
    html = client.get(f"/moderation/people/{reader.pk}/").content.decode()
    assert "I was &lt;provoked&gt;." in html
    assert "somebody else answers this appeal" in html
    assert answer(client, appeal, moderator).status_code == 403
    assert answer(client, appeal, other, reason="").status_code == 422
    missing = answer(client, appeal, other, grant="")
    assert missing.status_code == 422
    assert "We looked &lt;again&gt;." in missing.content.decode()
    assert "Appeals against sanctions: 1" in client.get("/moderation/people/").content.decode()
    assert answer(client, appeal, other).status_code == 303
    assert "Appeals against sanctions" not in client.get("/moderation/people/").content.decode()
    [message] = appeal_mail()
    assert message.to == [reader.email]
    assert "We looked <again>." in message.body
    assert "keeps it: in force until" in message.body
    late = answer(client, appeal, make_user("moderator"), grant="1")
    assert late.status_code == 409
    assert "Other Mo has answered this already: it is refused." in late.content.decode()
    assert Standing.of(reader).stop == held
    assert (
        "Appeal against a sanction (suspension) refused"
        in client.get("/moderation/log/?what=people").content.decode()
    )
    client.force_login(reader)
    assert "We looked &lt;again&gt;." in client.get("/comments/standing/").content.decode()


def test_a_granted_appeal_lifts_what_holds(client, reader, moderator):
    held = suspended(reader, moderator)
    appeal = SanctionAppeal.lodge(held, by=reader, text="I was provoked.")
    mailed()
    mail.outbox.clear()
    other = make_user("moderator")
    assert answer(client, appeal, other, grant="1").status_code == 303
    assert Standing.of(reader).stop is None
    held.refresh_from_db()
    assert held.lifted_by == other
    assert [each.to for each in mailed()] == [[reader.email]]
    assert "We looked <again>." in mail.outbox[0].body
    assert len(appeal_mail()) == 1  # no second one
    appeal.refresh_from_db()
    assert (appeal.was_granted, appeal.answered_by) == (True, other)


def test_lifting_it_answers_the_appeal_and_what_is_over_is_granted_in_words(client, reader, moderator):
    first = suspended(reader, moderator)
    appeal = SanctionAppeal.lodge(first, by=reader, text="Please.")
    first.lift(by=moderator, reason="A mistake.")
    appeal.refresh_from_db()
    assert appeal.was_granted
    over = suspended(reader, moderator, at=timezone.now() - timedelta(days=30))
    appeal = SanctionAppeal.lodge(over, by=reader, text="It still says so.")
    assert answer(client, appeal, make_user("moderator"), grant="1").status_code == 303
    over.refresh_from_db()
    assert over.lifted_at is None
    assert "It is over already" in appeal_mail()[-1].body


def test_who_is_alone_answers_their_own_and_bans_are_for_administrators(
    client, reader, administrator, moderator
):
    ban = suspended(reader, administrator, "ban")
    appeal = SanctionAppeal.lodge(ban, by=reader, text="Please.")
    assert answer(client, appeal, moderator).status_code == 403
    assert answer(client, appeal, reader).status_code == 404
    second = make_user("administrator")
    assert answer(client, appeal, administrator).status_code == 403
    second.is_active = False
    second.save(update_fields=["is_active"])
    assert answer(client, appeal, administrator).status_code == 303


def test_the_list_of_appeals_does_not_grow_in_queries(client, moderator):
    client.force_login(moderator)
    counted = []
    for size in (3, 9):
        for _ in range(size):
            person = make_user()
            SanctionAppeal.lodge(suspended(person, moderator), by=person, text="Please.")
        with CaptureQueriesContext(connection) as queries:
            client.get("/moderation/people/")
        counted.append(len(queries))
    assert counted[0] == counted[1]


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_once_one_is_told():
    reader, imposer = make_user(), make_user("moderator")
    appeal = SanctionAppeal.lodge(suspended(reader, imposer), by=reader, text="Please.")
    doings = [
        lambda by=by: SanctionAppeal.objects.get(pk=appeal.pk).reply(by=by, grant=False, reason="No.")
        for by in (make_user("moderator"), make_user("moderator"))
    ]
    results = all_at_once(*doings)
    assert sorted(each is None for each in results) == [False, True]
