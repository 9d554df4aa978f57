"""The door: what is asked for, who may sanction whom, and two at the same moment."""

import threading

import pytest
from django.db import connections

from comments.facts import MayNotWrite
from comments.forms import CommentForm
from comments.models import NotYours, Sanction, Undecidable
from tests.comments.sanctions.conftest import all_at_once
from tests.factories import make_article, make_comment, make_user

pytestmark = pytest.mark.django_db


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


# --- Two at once ---


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
