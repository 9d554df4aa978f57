"""The link that ends mail: in every mail that can be ended, with one click, for nobody else, and telling nothing."""

import re

import pytest
from django.core import signing
from django.test import Client

from comments import jobs, unsubscribing
from comments.models import Notice, Preference
from comments.models.preference import How, Kind
from tests.factories import make_comment, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def strict():
    """A mail program: no cookies, no token, and asked for one like everybody."""
    return Client(enforce_csrf_checks=True)


@pytest.fixture
def ada():
    return make_user(display_name="Ada")


def path_of(user, kind=Kind.STAFF_ANSWER) -> str:
    return unsubscribing.link(user, kind).removeprefix("http://127.0.0.1:8000")


def answered(user, mailoutbox):
    """The mail about an answer of the staff."""
    make_comment(parent=make_comment(author=user), author=make_user("moderator"))
    jobs.mail_notice(Notice.objects.get(user=user).pk)
    [message] = mailoutbox
    return message


def test_a_mail_carries_the_link_as_rfc_8058_wants_it_and_in_its_words(ada, mailoutbox, strict):
    sent = answered(ada, mailoutbox).message()
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    [address] = re.fullmatch(
        r"<(http://127\.0\.0\.1:8000/comments/notices/unsubscribe/[^<>]+)>", sent["List-Unsubscribe"]
    ).groups()
    assert address in sent.get_payload(decode=True).decode()
    # As a mail program does it: at once, no redirect, nothing asked.
    answer = strict.post(
        address.removeprefix("http://127.0.0.1:8000"),
        "List-Unsubscribe=One-Click",
        content_type="application/x-www-form-urlencoded",
    )
    assert answer.status_code == 200
    assert not answer.cookies
    assert Preference.of(ada)[Kind.STAFF_ANSWER] == How.NEVER


def test_to_look_at_the_page_changes_nothing_and_its_button_does(ada, strict):
    page = strict.get(path_of(ada))
    assert page.status_code == 200
    assert '<form method="post">' in page.content.decode()
    assert page["Referrer-Policy"] == "no-referrer"
    assert "no-store" in page["Cache-Control"]
    assert strict.head(path_of(ada)).status_code == 200
    assert Preference.objects.count() == 0
    assert "Done" in strict.post(path_of(ada)).content.decode()
    assert strict.post(path_of(ada)).status_code == 200, "twice is once"
    assert Preference.objects.get().how == How.NEVER


def test_it_ends_one_kind_for_one_person(ada, strict):
    other = make_user()
    strict.post(path_of(ada, Kind.ANSWERED))
    assert Preference.of(ada)[Kind.ANSWERED] == How.NEVER
    assert Preference.of(ada)[Kind.STAFF_ANSWER] == How.NOW
    assert Preference.of(other)[Kind.ANSWERED] == How.DAILY


def test_that_of_the_daily_mail_ends_whatever_comes_daily(ada, strict):
    Preference.choose(ada, {Kind.PUBLISHED: How.DAILY})
    strict.post(path_of(ada, unsubscribing.DAILY))
    ways = Preference.of(ada)
    assert (ways[Kind.PUBLISHED], ways[Kind.ANSWERED]) == (How.NEVER, How.NEVER)
    assert ways[Kind.STAFF_ANSWER] == How.NOW


def test_afterwards_no_mail_goes_out(ada, mailoutbox, strict):
    strict.post(path_of(ada))
    make_comment(parent=make_comment(author=ada), author=make_user("moderator"))
    jobs.mail_notice(Notice.objects.get(user=ada).pk)
    assert mailoutbox == []


def hostile_tokens(user) -> list[str]:
    good = path_of(user).split("/")[-2]
    other = signing.dumps([user.pk, Kind.ANSWERED], salt="another")
    return [
        "x",
        good[:-1],
        good[1:],
        good + "A",
        good.replace(":", ";"),
        other,
        "..",
        "%2e%2e",
        "%F0%9F%92%A5",
        "%FF",
        "%22%3E%3Cscript%3E",
        "A" * 5_000,
        ":" * 50,
        signing.dumps([user.pk, Kind.DECIDED], salt="comments.unsubscribe"),
        signing.dumps([user.pk, "nothing"], salt="comments.unsubscribe"),
        signing.dumps({"a": 1}, salt="comments.unsubscribe"),
        signing.dumps(7, salt="comments.unsubscribe"),
        signing.dumps([user.pk, []], salt="comments.unsubscribe"),
    ]


def test_what_is_no_link_of_ours_is_told_so_in_words_and_changes_nothing(ada, strict):
    for token in hostile_tokens(ada):
        for ask in (strict.get, strict.post):
            answer = ask(f"/comments/notices/unsubscribe/{token}/")
            assert answer.status_code == 404, token
            assert "<script>" not in answer.content.decode()
    assert Preference.objects.count() == 0


def test_it_says_nothing_about_who_is_here(ada, strict):
    gone, nobody = make_user(), make_user()
    gone.is_active = False
    gone.save()
    missing = path_of(nobody)
    nobody.emailaddress_set.all().delete()
    nobody.delete()
    for ask in (strict.get, strict.post):
        pages = {ask(each).content for each in (path_of(ada), path_of(gone), missing)}
        assert len(pages) == 1
    assert [each.user for each in Preference.objects.all()] == [ada]


def test_a_decision_that_is_owed_carries_no_such_link(ada, mailoutbox):
    comment = make_comment(author=ada)
    decision = comment.decide("hold", by=make_user("moderator"), version=1)
    jobs.mail_decision(decision.pk)
    [message] = mailoutbox
    assert "List-Unsubscribe" not in message.message()
    assert "/unsubscribe/" not in message.body
    assert "/comments/notices/preferences/" in message.body


def test_a_publication_carries_one(ada, mailoutbox):
    comment = make_comment(author=ada, status="pending")
    jobs.mail_decision(comment.decide("publish", by=make_user("moderator"), version=1).pk)
    [message] = mailoutbox
    assert unsubscribing.link(ada, Kind.PUBLISHED) in message.extra_headers["List-Unsubscribe"]
