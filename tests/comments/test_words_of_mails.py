"""What the desk's own mails say, word for word: of an emergency, of what is passed on, of sanctions."""

from datetime import UTC, datetime

import pytest
from django.conf import settings
from django.core import mail
from django.db import transaction

from comments import jobs
from comments.models import Case, Clause, CrisisAlert, Notice, Sanction
from comments.models.people import moment
from tests.factories import make_article, make_comment, make_user

pytestmark = pytest.mark.django_db
SINCE = datetime(2026, 3, 2, 12, 5, tzinfo=UTC)
END = f"{settings.SITE_NAME}\n{settings.SITE_URL}"
STANDING = f"{settings.SITE_URL}/comments/standing/"


def sent() -> tuple[str, str]:
    """Subject and body of the one mail, without empty lines."""
    [message] = mail.outbox
    return message.subject, "\n".join(line.rstrip() for line in message.body.splitlines() if line.strip())


def alert(step, to, title) -> CrisisAlert:
    with transaction.atomic():
        comment = make_comment(make_article(title=title), status="pending")
        Case.open_for(comment, "crisis", priority=0)
    Case.objects.filter(pk=comment.pk).update(since=SINCE)
    return CrisisAlert.objects.create(case_id=comment.pk, since=SINCE, step=step, to=to)


def waits(alert) -> str:
    return (
        f"Under “{alert.case.comment.article.title}”, waiting since 2 March 2026, 12:05 UTC:\n"
        f"{settings.SITE_URL}/moderation/comments/{alert.case_id}/\n"
    )


@pytest.mark.parametrize(
    ("role", "step", "words"),
    [
        (
            "moderator",
            "duty",
            "you are on duty, and this has waited too long. Somebody may need help.",
        ),
        (
            "administrator",
            "nobody",
            "nobody is on duty now, and somebody may need help. You get this because you are an administrator.",
        ),
    ],
)
def test_of_an_emergency(role, step, words):
    told = alert(step, make_user(role, display_name="Mo"), "Panic <attacks>")
    jobs.mail_crisis(alert_ids=[told.pk])
    roster = f"The roster: {settings.SITE_URL}/moderation/duty/"
    assert sent() == (
        f"A comment waits in the crisis lane of {settings.SITE_NAME}",
        f"Hello Mo,\n{words}\n{waits(told)}{roster}\n{END}",
    )


def test_of_several_emergencies():
    on_duty = make_user("moderator", display_name="Mo")
    both = [alert("duty", on_duty, title) for title in ("Vertigo", "Hay fever")]
    jobs.mail_crisis(alert_ids=[each.pk for each in both])
    subject, body = sent()
    assert subject == f"2 comments wait in the crisis lane of {settings.SITE_NAME}"
    assert waits(both[0]) + waits(both[1]) in body


def test_of_what_is_passed_to_the_administrators():
    administrator = make_user("administrator", display_name="Ad Min")
    comment = make_comment(make_article(title="Vertigo & you"), status="pending", body="What I wrote.")
    comment.decide("escalate", by=make_user("moderator", display_name="Mo"), version=1, note="A doubt.")
    jobs.mail_notice(notice_id=Notice.objects.get(user=administrator).pk)
    line = "Mo passed a comment on “Vertigo & you” to the administrators."
    subject, body = sent()
    assert subject == line
    card = f"Read it here: {settings.SITE_URL}/moderation/comments/{comment.pk}/"
    why = f"--\nYou get this because you are an administrator of {settings.SITE_NAME}."
    assert body.startswith(f"Hello Ad Min,\n{line}\n{card}\n{END}\n{why}\nNo more mail of this kind: ")


UNTIL = "until a moderator lifts this"
SUBJECTS = {
    "warn": ("A warning from the moderators of {}", "Your warning on {} was taken back"),
    "read_first": (
        "Your comments on {} are read before they appear",
        "Your comments on {} need not be read first any more",
    ),
    "suspend": ("You are suspended from commenting on {}", "Your suspension on {} was lifted"),
    "ban": ("You are banned from commenting on {}", "Your ban on {} was lifted"),
}
MEANS = {
    "warn": (
        "A moderator has warned you.\nBefore you can write again, please say that you have read this, under the box to "
        f"write in or here:\n{STANDING}"
    ),
    "read_first": f"Your comments are read by a moderator before they appear, {UNTIL}.",
    "suspend": (
        "You cannot write, change or report comments until {}.\n"
        "You can still read everything, withdraw what you wrote, and report that somebody may be in danger or that a comment is illegal."
    ),
    "ban": (
        f"You cannot write, change or report comments here {UNTIL}.\n"
        "You can still read everything, withdraw what you wrote, and report that somebody may be in danger or that a comment is illegal."
    ),
}
BY_A_PERSON = (
    "A moderator decided this; no part of it was decided by a machine.\nIf you think that this was a mistake:\n"
    "- Appeal within six months: another moderator looks at it, if there is one. The form is on the page named below.\n"
    "- Answer this mail: people of this site read what comes back, and it costs nothing.\n"
    "- Where your law provides for it, turn to an out-of-court dispute settlement body, or to a court."
)
ABOUT = f"a moderator of {settings.SITE_NAME} has decided something about your account."
ALL_OF_IT = f"All that holds for you, and what held before, stands here:\n{STANDING}"


def imposed(kind) -> Sanction:
    by = make_user("administrator", display_name="Ad Min")
    days = 7 if kind == "suspend" else None
    return Sanction.impose(kind, make_user(display_name="Fatima"), by=by, reason="Be <kind>.", days=days)


@pytest.mark.parametrize("kind", ["warn", "read_first", "suspend", "ban"])
def test_of_a_sanction_and_of_its_end(kind):
    sanction = imposed(kind)
    jobs.mail_sanction(sanction_id=sanction.pk, what="imposed")
    means = MEANS[kind].format(moment(sanction.ends_at)) if sanction.ends_at else MEANS[kind]
    reason = "The reason:\nBe <kind>."
    assert sent() == (
        SUBJECTS[kind][0].format(settings.SITE_NAME),
        f"Hello Fatima,\n{ABOUT}\n{means}\n{reason}\n{BY_A_PERSON}\n{ALL_OF_IT}\n{END}",
    )
    mail.outbox.clear()
    sanction.lift(by=make_user("administrator"), reason="We <erred>.")
    jobs.mail_sanction(sanction_id=sanction.pk, what="lifted")
    day = f"{sanction.starts_at.day} {sanction.starts_at:%B %Y}"
    what = (
        f"a moderator has decided that your comments need not be read first any more, as they were since {day}."
        if kind == "read_first"
        else f"a moderator has lifted the {sanction.get_kind_display().lower()} of {day}."
    )
    now = f"What holds for you now, and what held before, stands here:\n{STANDING}"
    assert sent() == (
        SUBJECTS[kind][1].format(settings.SITE_NAME),
        f"Hello Fatima,\n{what}\nThey wrote:\nWe <erred>.\n{now}\n{END}",
    )


def test_of_a_sanction_with_an_end_its_rule_what_it_is_about_and_what_goes():
    author, clause = make_user(display_name="Fatima"), Clause.in_force().get(number=1)
    comment = make_comment(make_article(title="Vertigo"), author, body="You <fool>.")
    sanction = Sanction.impose(
        "ban",
        author,
        by=make_user("administrator"),
        reason="Be kind.",
        days=30,
        clause=clause,
        comment=comment,
        take_down_days=7,
    )
    jobs.mail_sanction(sanction_id=sanction.pk, what="imposed")
    body = sent()[1]
    assert f"You cannot write, change or report comments here until {moment(sanction.ends_at)}.\n" in body
    wording = "\n".join(line.rstrip() for line in clause.wording.splitlines() if line.strip())
    assert (
        f"The rule of our comments policy (version {clause.policy.number}) that applies:\n"
        f"{clause.number}. {clause.title}\n{wording}\n"
    ) in body
    assert f"{settings.SITE_URL}{clause.get_absolute_url()}\n" in body
    assert "It is about what you wrote under “Vertigo”:\n> You <fool>.\n" in body
    assert "By the same rule, what you wrote here in the 7 days before is taken down.\n" in body
