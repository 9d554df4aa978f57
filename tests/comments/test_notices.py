"""What people are told in the site: by which door, to whom, never of what is not public; the inbox and the choices."""

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from articles.models import Article
from comments import jobs, states
from comments.models import Clause, Comment, Notice, Preference, Report
from comments.models.deciding import Act, carry_out
from comments.models.notice import MOST_COUNTED
from comments.models.preference import DEFAULTS, FIXED, OF_ADMINISTRATORS, How, Kind
from comments.models.undoing import undo
from tests.factories import make_article, make_comment, make_user, verdict

pytestmark = pytest.mark.django_db
INBOX = "/comments/notices/"


@pytest.fixture
def moderator():
    return make_user("moderator", display_name="Mo")


@pytest.fixture
def clause():
    return Clause.objects.order_by("-policy__number", "number").first()


@pytest.fixture
def mine():
    """Somebody's published comment."""
    return make_comment(author=make_user(display_name="Ada"))


def kinds(user) -> list[str]:
    return [each.kind for each in Notice.objects.filter(user=user).order_by("pk")]


def queued(task: str) -> list[dict]:
    return list(ProcrastinateJob.objects.filter(task_name=task).values_list("args", flat=True))


def mail_all() -> list:
    """Do the jobs that are queued now; the mails that came of it."""
    mail.outbox.clear()
    for job in ProcrastinateJob.objects.filter(queue_name="mail").order_by("id"):
        {"comments.mail_decision": jobs.mail_decision, "comments.mail_notice": jobs.mail_notice}[
            job.task_name
        ](**job.args)
    return mail.outbox


def page(client, user, address=INBOX) -> str:
    client.force_login(user)
    answer = client.get(address)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    return answer.content.decode()


# Who is told


def test_an_answer_that_screening_publishes_is_told_to_whom_it_answers(mine):
    answer = make_comment(parent=mine)
    [notice] = Notice.objects.filter(user=mine.author)
    assert (notice.kind, notice.comment, notice.decision) == (Kind.ANSWERED, answer, None)
    assert kinds(answer.author) == []


def test_nobody_is_told_of_their_own_answer(mine):
    make_comment(parent=mine, author=mine.author)
    assert kinds(mine.author) == []


def test_only_whom_it_answers_is_told_not_the_whole_thread(mine):
    first = make_comment(parent=mine)
    make_comment(parent=first)
    assert kinds(mine.author) == kinds(first.author) == [Kind.ANSWERED]


def test_an_answer_that_waits_is_told_when_it_is_published_and_not_before(mine, moderator):
    answer = make_comment(parent=mine, status="pending")
    assert kinds(mine.author) == []
    answer.decide("publish", by=moderator, version=1)
    assert kinds(mine.author) == [Kind.ANSWERED]
    assert kinds(answer.author) == [Kind.PUBLISHED]


def test_an_answer_that_is_refused_is_never_told(mine, moderator, clause):
    answer = make_comment(parent=mine, status="pending")
    answer.decide("reject", by=moderator, version=1, clause=clause)
    assert kinds(mine.author) == []
    make_comment(parent=mine, status="rejected")
    assert kinds(mine.author) == []


def test_an_answer_to_what_is_no_longer_published_is_not_told(mine, moderator, clause):
    answer = make_comment(parent=mine, status="pending")
    mine.decide("remove", by=moderator, version=1, clause=clause)
    answer.decide("publish", by=moderator, version=1)
    assert kinds(mine.author) == [Kind.DECIDED]


def test_the_answer_of_the_staff_is_a_kind_of_its_own(mine, moderator):
    waits = make_comment(status="pending")
    waits.decide("publish", by=moderator, version=1, reply="Please see a doctor.")
    assert kinds(waits.author) == [Kind.PUBLISHED, Kind.STAFF_ANSWER]
    make_comment(parent=mine, author=moderator)
    assert kinds(mine.author) == [Kind.STAFF_ANSWER]


@pytest.mark.parametrize(
    ("status", "action", "kind"),
    [
        ("pending", "publish", Kind.PUBLISHED),
        ("pending", "reject", Kind.DECIDED),
        ("pending", "return", Kind.DECIDED),
        ("pending", "publish_redacted", Kind.DECIDED),
        ("published", "remove", Kind.DECIDED),
        ("published", "hold", Kind.DECIDED),
        ("rejected", "restore", Kind.DECIDED),
        ("pending", "escalate", None),
    ],
)
def test_authors_are_told_what_is_decided(moderator, clause, status, action, kind):
    comment = make_comment(status=status)
    Notice.objects.all().delete()
    given = {"clause": clause} if action in states.NEEDS_CLAUSE else {}
    given |= {"redactions": ((0, 1),)} if action == "publish_redacted" else {}
    decision = comment.decide(action, by=moderator, version=1, message="Because.", **given)
    assert [(each.kind, each.decision) for each in Notice.objects.all()] == (
        [(kind, decision)] if kind else []
    )


def test_nobody_is_told_what_they_decide_or_withdraw_themselves(mine):
    mine.withdraw(by=mine.author, version=1)
    assert Notice.objects.count() == 0
    only = make_user("moderator")
    make_comment(author=only, status="pending").decide("publish", by=only, version=1)
    assert kinds(only) == []


def test_a_door_that_fails_tells_nobody(mine):
    with pytest.raises(RuntimeError), transaction.atomic():
        make_comment(parent=mine)
        assert kinds(mine.author) == [Kind.ANSWERED]
        raise RuntimeError
    assert kinds(mine.author) == []
    assert queued("comments.mail_notice") == []


def test_whoever_was_shut_out_is_told_nothing(mine):
    mine.author.is_active = False
    mine.author.save()
    make_comment(parent=mine)
    assert kinds(mine.author) == []


def test_the_same_is_given_once(mine, moderator):
    decision = mine.decide("hold", by=moderator, version=1)
    reporter = make_user()
    for _ in range(2):
        Notice.give([Notice(user=reporter, kind=Kind.REPORT_ANSWERED, comment=mine, decision=decision)])
        Notice.give(Notice.to_authors([decision]))
    assert kinds(reporter) == [Kind.REPORT_ANSWERED]
    assert kinds(mine.author) == [Kind.DECIDED]


def test_the_past_of_the_demo_is_in_the_inbox_and_not_mailed(mine, moderator):
    long_ago = timezone.now() - timezone.timedelta(days=9)
    answer = Comment.submit(
        article=mine.article, by=moderator, body="Yes.", parent=mine, verdict=verdict(), at=long_ago
    )
    answer.decide("hold", by=make_user("moderator"), version=1, at=long_ago)
    assert [(each.how, each.at) for each in Notice.objects.filter(user=moderator)] == [("never", long_ago)]
    assert queued("comments.mail_notice") == queued("comments.mail_decision") == []


# What is taken back


def test_a_removed_answer_is_no_longer_told_and_a_restored_one_is_again(client, mine, moderator, clause):
    answer = make_comment(parent=mine, author=make_user(display_name="Bob"))
    answer.decide("remove", by=moderator, version=1, clause=clause)
    assert Notice.unread_count(mine.author) == 0
    assert "Bob answered" not in page(client, mine.author)
    answer.decide("restore", by=moderator, version=2)
    assert Notice.unread_count(mine.author) == 1
    assert "Bob answered" in page(client, mine.author)


def test_what_was_mailed_is_hidden_while_it_is_not_public_and_told_no_second_time(
    client, mine, moderator, clause
):
    answer = make_comment(parent=mine, author=moderator)
    assert len(mail_all()) == 1
    ProcrastinateJob.objects.all().delete()
    other = make_user("moderator")
    answer.decide("remove", by=other, version=1, clause=clause)
    assert Notice.objects.filter(comment=answer, user=mine.author).exists()
    assert Notice.unread_count(mine.author) == 0
    answer.decide("restore", by=other, version=2)
    assert kinds(mine.author) == [Kind.STAFF_ANSWER]
    assert [each.to for each in mail_all()] == [[moderator.email]] * 2


def test_an_undone_decision_takes_its_notices_back(mine, moderator):
    answer = make_comment(parent=mine, status="pending")
    decision = answer.decide("publish", by=moderator, version=1, reply="See a doctor.")
    assert kinds(mine.author) == [Kind.ANSWERED]
    assert kinds(answer.author) == [Kind.PUBLISHED, Kind.STAFF_ANSWER]
    undo(decision, by=moderator)
    assert Notice.objects.count() == 0
    assert mail_all() == []


def test_after_the_silent_minute_an_undo_is_told_too(mine, moderator, settings):
    decision = mine.decide("hold", by=moderator, version=1)
    assert len(mail_all()) == 1
    settings.HN_UNDO_SECONDS = 0
    record = undo(decision, by=moderator)
    assert [each.decision for each in Notice.objects.order_by("pk")] == [decision, record]


# Many at once


def test_a_hundred_decisions_tell_in_as_many_statements_as_five(moderator):
    asked = {}
    for count in (5, 50):
        article, parents = make_article(), []
        parents = [make_comment(article) for _ in range(count)]
        waiting = [make_comment(parent=parent, status="pending") for parent in parents]
        # As the bulk screen reads them.
        rows = list(
            Comment.objects.filter(pk__in=[each.pk for each in waiting]).select_related(
                "article", "text", "waiting_text"
            )
        )
        with CaptureQueriesContext(connection) as statements:
            done = carry_out(Act(states.PUBLISH, by=moderator), rows, {each.pk: 1 for each in rows})
        assert len(done.decisions) == count
        assert Notice.objects.filter(comment__in=rows).count() == 2 * count
        asked[count] = len(statements)
    assert asked[5] == asked[50]


def test_an_inbox_of_fifty_costs_what_one_of_five_costs(client, mine, moderator, clause):
    asked = {}
    for count in (5, 50):
        for _ in range(count):
            make_comment(parent=mine)
        make_comment(author=mine.author, status="pending").decide(
            "reject", by=moderator, version=1, clause=clause
        )
        client.force_login(mine.author)
        with CaptureQueriesContext(connection) as statements:
            text = client.get(INBOX).content.decode()
        assert text.count('class="told ') == min(25, count + 1)
        asked[count] = len(statements)
    assert asked[5] == asked[50]


# Mail at once


def test_the_answer_of_the_staff_is_mailed_at_once_and_whole(mine, moderator, settings):
    make_comment(
        parent=mine,
        author=moderator,
        body="Please see a doctor.\n\n" + "long " * 200 + "\n\nIf it gets worse, do not wait: call 112.",
    )
    [job] = ProcrastinateJob.objects.filter(task_name="comments.mail_notice")
    assert 50 < (job.scheduled_at - timezone.now()).total_seconds() <= settings.HN_UNDO_SECONDS
    [message] = mail_all()
    assert message.to == [mine.author.email]
    assert message.subject == f"Mo (Staff) answered your comment on “{mine.article.title}”."
    assert "> Please see a doctor.\n>\n> long" in message.body
    # The last sentence is the one that matters.
    assert message.body.count("long") == 200
    assert "> If it gets worse, do not wait: call 112." in message.body
    assert "because somebody has answered a comment of yours" in message.body
    assert f"/comments/{Comment.objects.last().pk}/" in message.body
    assert Notice.objects.get(user=mine.author).mailed_at is not None
    assert mail_all() == [], "the job runs again"


def test_the_answer_of_a_reader_is_mailed_with_its_beginning(mine):
    Preference.objects.create(user=mine.author, kind=Kind.ANSWERED, how=How.NOW)
    make_comment(parent=mine, body="I know that, too.\n\n" + "long " * 200)
    [message] = mail_all()
    assert "> I know that, too.\n>\n> long" in message.body
    assert 50 < message.body.count("long") < 90


def test_no_name_becomes_a_link_in_a_mail(mine, moderator):
    mine.author.display_name = "www.ada.example"
    mine.author.save()
    moderator.display_name = "https://evil.example/verify"
    moderator.save()
    make_comment(parent=mine, author=moderator)
    [message] = mail_all()
    assert "Hello www. ada. example," in message.body
    assert message.subject.startswith("https:// evil. example/ verify (Staff) answered")
    assert "https://evil" not in message.body


@pytest.mark.parametrize("what", ["removed", "retired", "unsubscribed", "inactive", "unclaimed"])
def test_what_is_not_public_or_not_wanted_when_the_mail_is_made_is_not_mailed(mine, moderator, clause, what):
    answer = make_comment(parent=mine, author=moderator, body="Secret words.")
    if what == "removed":
        answer.decide("remove", by=make_user("moderator"), version=1, clause=clause)
    elif what == "retired":
        Article.objects.filter(pk=mine.article_id).update(retire_at=timezone.now())
    elif what == "unsubscribed":
        Preference.choose(mine.author, {Kind.STAFF_ANSWER: How.NEVER})
    elif what == "inactive":
        mine.author.is_active = False
        mine.author.save()
    else:
        mine.author.set_unusable_password()
        mine.author.save()
    assert [each for each in mail_all() if each.to == [mine.author.email]] == []


def test_what_is_wanted_once_a_day_meanwhile_waits_for_the_mail_of_the_day(mine, moderator):
    make_comment(parent=mine, author=moderator)
    Preference.choose(mine.author, {Kind.STAFF_ANSWER: How.DAILY})
    assert mail_all() == []
    assert Notice.objects.get(user=mine.author).how == How.DAILY


@pytest.mark.parametrize("answer_first", [False, True])
def test_a_comment_published_with_an_answer_is_one_mail_that_says_both(moderator, answer_first):
    comment = make_comment(status="pending", body="What should I do?")
    decision = comment.decide("publish", by=moderator, version=1, reply="Please see a doctor.")
    if answer_first:  # two workers: its job is done before that of the decision
        jobs.mail_notice(Notice.objects.get(kind=Kind.STAFF_ANSWER).pk)
        assert mail.outbox == []
    [message] = mail_all()
    assert message.extra_headers["Message-ID"].startswith(f"<decision-{decision.pk}.")
    assert "can now be read by everybody" in message.body
    assert "Mo (Staff) answered your comment" in message.body
    assert "> Please see a doctor." in message.body
    assert Notice.objects.filter(mailed_at__isnull=True).count() == 0


def test_without_mail_about_publications_the_answer_has_its_own(moderator):
    comment = make_comment(status="pending")
    Preference.choose(comment.author, {Kind.PUBLISHED: How.NEVER})
    comment.decide("publish", by=moderator, version=1, reply="Please see a doctor.")
    [message] = mail_all()
    assert message.extra_headers["Message-ID"].startswith("<notice-")
    assert "> Please see a doctor." in message.body


def test_without_mail_about_answers_the_decision_tells_of_none(moderator):
    comment = make_comment(status="pending")
    Preference.choose(comment.author, {Kind.STAFF_ANSWER: How.NEVER})
    comment.decide("publish", by=moderator, version=1, reply="Please see a doctor.")
    [message] = mail_all()
    assert "see a doctor" not in message.body
    assert message.extra_headers["Message-ID"].startswith("<decision-")


def test_who_does_not_want_to_hear_of_publication_is_not_mailed_and_finds_it_in_the_inbox(client, moderator):
    comment = make_comment(status="pending")
    Preference.choose(comment.author, {Kind.PUBLISHED: How.NEVER})
    comment.decide("publish", by=moderator, version=1)
    assert queued("comments.mail_decision") == []
    assert "was published." in page(client, comment.author)


def test_a_refusal_is_mailed_whatever_was_chosen(moderator, clause):
    comment = make_comment(status="pending", body="My own words.")
    Preference.objects.create(user=comment.author, kind=Kind.DECIDED, how=How.NEVER)
    comment.decide("reject", by=moderator, version=1, clause=clause)
    [message] = mail_all()
    assert "> My own words." in message.body
    assert "List-Unsubscribe" not in message.extra_headers
    assert "always sent" in message.body


def test_what_a_listed_word_refuses_is_told_with_the_reason_to_its_author_alone(client):
    comment = make_comment(status="rejected", body="My own words.")
    assert kinds(comment.author) == [Kind.DECIDED]
    [message] = mail_all()
    assert message.to == [comment.author.email]
    assert "is not published" in message.body
    assert "> My own words." in message.body
    assert "was not published" in page(client, comment.author)


def test_a_report_that_is_answered_tells_nothing_of_what_the_moderator_wrote(client, mine, moderator, clause):
    reporter = make_user()
    Report.file(mine, reason="abuse", by=reporter)
    mine.decide("remove", by=moderator, version=2, clause=clause, message="For Ada alone.")
    text = page(client, reporter)
    assert "we agreed, and acted" in text
    assert "For Ada alone" not in text
    [message] = [each for each in mail_all() if each.to == [reporter.email]]
    assert "For Ada alone" not in message.body
    assert mine.text.body not in message.body
    text = page(client, mine.author)
    assert "For Ada alone." in text
    assert clause.title in text


# The inbox


def test_the_inbox_is_read_page_by_page_newest_first(client, mine):
    for number in range(30):
        make_comment(parent=mine, author=make_user(display_name=f"Reader no {number}"))
    text = page(client, mine.author)
    assert text.index("Reader no 29") < text.index("Reader no 5 ")
    assert "Reader no 4 " not in text
    older = page(client, mine.author, INBOX + "?after=" + text.split("?after=")[1].split('"')[0])
    assert "Reader no 4 " in older
    assert "Reader no 0 " in older
    assert "Reader no 5 " not in older


@pytest.mark.parametrize("cursor", ["x", "%00", "9" * 500, "MTIz", "-1", "🙂"])
def test_a_cursor_that_cannot_be_read_is_the_first_page(client, mine, cursor):
    make_comment(parent=mine)
    client.force_login(mine.author)
    answer = client.get(INBOX, {"after": cursor} if cursor != "%00" else {"after": "a b"})
    assert answer.status_code == 200
    assert "answered your comment" in answer.content.decode()


def test_opening_a_notice_reads_it_and_leads_to_the_answer(client, mine):
    answer = make_comment(parent=mine)
    notice = Notice.objects.get()
    assert "told--unread" in page(client, mine.author)
    assert client.head(f"{INBOX}{notice.pk}/").status_code == 302
    assert Notice.unread_count(mine.author) == 1, "a look ahead is no reading"
    assert client.get(f"{INBOX}{notice.pk}/").url == f"/comments/{answer.pk}/"
    assert "told--unread" not in page(client, mine.author)


def test_a_refused_comment_is_found_among_ones_own_and_a_removed_answer_nowhere(
    client, mine, moderator, clause
):
    refused = make_comment(author=mine.author, status="pending")
    refused.decide("reject", by=moderator, version=1, clause=clause)
    client.force_login(mine.author)
    notice = Notice.objects.get(comment=refused)
    assert client.get(f"{INBOX}{notice.pk}/").url.endswith(f"/comments/mine/#comment-{refused.pk}")
    Article.objects.filter(pk=refused.article_id).update(retire_at=timezone.now())
    assert client.get(f"{INBOX}{notice.pk}/").url == f"/comments/mine/#comment-{refused.pk}"
    answer = make_comment(parent=mine)
    notice = Notice.objects.get(comment=answer)
    Notice.objects.filter(pk=notice.pk).update(mailed_at=timezone.now())
    answer.decide("remove", by=moderator, version=1, clause=clause)
    assert client.get(f"{INBOX}{notice.pk}/").url == INBOX


def test_nobody_opens_or_reads_what_is_somebody_elses(client, mine):
    make_comment(parent=mine)
    notice = Notice.objects.get()
    client.force_login(make_user())
    assert client.get(f"{INBOX}{notice.pk}/").status_code == 404
    assert client.get(f"{INBOX}{10**30}/").status_code == 404
    client.post(INBOX, {"upto": notice.pk})
    assert "answered your comment" not in client.get(INBOX).content.decode()
    assert Notice.unread_count(mine.author) == 1


@pytest.mark.parametrize("address", [INBOX, INBOX + "1/", INBOX + "preferences/"])
def test_the_anonymous_go_to_log_in(client, address):
    assert client.get(address).url.startswith("/accounts/login/")


def test_all_that_was_shown_is_read_and_what_came_meanwhile_is_not(client, mine):
    make_comment(parent=mine)
    seen = Notice.objects.get()
    make_comment(parent=mine)
    client.force_login(mine.author)
    assert client.post(INBOX, {"upto": seen.pk}).status_code == 303
    assert Notice.unread_count(mine.author) == 1
    for nonsense in ("", "x", "-1", "9" * 40, "²"):
        assert client.post(INBOX, {"upto": nonsense}).status_code == 303


def test_names_and_titles_are_shown_as_typed(client, mine):
    make_comment(parent=mine, author=make_user(display_name="<b>Eve</b> {own}"))
    assert "&lt;b&gt;Eve&lt;/b&gt; {own} answered" in page(client, mine.author)


def test_the_corner_counts_what_is_unread_to_a_limit(client, mine):
    client.force_login(mine.author)
    assert "unread" not in client.get("/accounts/corner/").content.decode()
    answer = make_comment(parent=mine)
    assert 'count">1<' in client.get("/accounts/corner/").content.decode()
    decision = answer.decisions.first()
    row = {"user": mine.author, "kind": Kind.DECIDED, "comment": mine}
    decisions = [
        type(decision)(comment=mine, action="hold", to_status="pending") for _ in range(MOST_COUNTED)
    ]
    type(decision).objects.bulk_create(decisions)
    Notice.objects.bulk_create([Notice(**row, decision=each) for each in decisions])
    assert "1,000+" in client.get("/accounts/corner/").content.decode()


def test_no_notice_stands_on_a_page_that_all_share(client, mine):
    before = client.get(mine.article.get_absolute_url()).content
    make_comment(parent=make_comment(author=mine.author))
    client.force_login(mine.author)
    assert client.get(mine.article.get_absolute_url()).content == before


# The choices


def test_every_kind_has_a_default_and_what_is_owed_is_at_once():
    assert set(DEFAULTS) == set(Kind)
    assert {DEFAULTS[kind] for kind in FIXED} == {How.NOW}


def test_one_chooses_for_each_kind(client, mine):
    text = page(client, mine.author, INBOX + "preferences/")
    assert "cannot be switched off" in text
    unasked = FIXED | OF_ADMINISTRATORS
    asked = {kind: how for kind, how in Preference.of(mine.author).items() if kind not in unasked}
    for how in (How.NEVER, How.DAILY, How.NOW):
        sent = dict.fromkeys(asked, how) | {"decided": "never", "appeal": "never"}
        assert client.post(INBOX + "preferences/", sent).status_code == 303
        assert Preference.of(mine.author) == dict.fromkeys(asked, how) | dict.fromkeys(unasked, How.NOW)
    assert Preference.objects.filter(user=mine.author).count() == len(asked)


@pytest.mark.parametrize("sent", [{}, {"answered": "hourly"}, {"answered": "now"}])
def test_choices_that_do_not_exist_are_refused_in_words(client, mine, sent):
    client.force_login(mine.author)
    answer = client.post(INBOX + "preferences/", sent)
    assert answer.status_code == 422
    assert "Choose" in answer.content.decode()
    assert Preference.objects.count() == 0
