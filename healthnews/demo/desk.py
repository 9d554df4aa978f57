"""What the desk of the demo newsroom has arranged: who is verified, the duty roster, what it knows of one reader."""

from datetime import time, timedelta

from django.utils import timezone

from comments.models import Action, Credential, Decision, Duty, PersonNote, Sanction

_ROSTER = (  # from, to, time zone
    ("moderator@example.org", time(7), time(14), "Europe/London"),
    ("moderator2@example.org", time(14), time(22), "Europe/Amsterdam"),
)
_WORKDAYS = range(5)


def verify(readers: list[dict], users: dict, now) -> None:
    """Record the health professionals among the readers; before they write, because marks are frozen with comments."""
    administrator = next(user for user in users.values() if user.email == "admin@example.org")
    for reader in readers:
        if proof := dict(reader.get("credential", {})):
            on = timezone.localdate(now - timedelta(days=proof.pop("days_ago")))
            expires_on = on + timedelta(days=proof.pop("days"))
            Credential.verify(users[reader["key"]], by=administrator, on=on, expires_on=expires_on, **proof)


def arrange(users: dict) -> None:
    """Write it; `users` by key, after the discussions are held."""
    by_email = {user.email: user for user in users.values()}
    Duty.objects.bulk_create(
        Duty(user=by_email[email], weekday=day, starts=starts, ends=ends, time_zone=zone)
        for email, starts, ends, zone in _ROSTER
        for day in _WORKDAYS
    )
    _suspended_once(users["magnesium"], by_email["moderator2@example.org"])


def _suspended_once(user, colleague) -> None:
    """The reader who told others to sit out a pneumonia; that is over, and he writes again."""
    decision = Decision.objects.filter(comment__author=user, action=Action.REJECT).order_by("at").first()
    Sanction.impose(
        "suspend",
        user,
        by=decision.by,
        reason="Nobody should sit out a pneumonia because of what they read here. Please come back without advice of "
        "this kind: somebody may follow it.",
        clause=decision.clause,
        comment=decision.comment,
        days=14,
        at=decision.at,
    )
    PersonNote.write(user, "Means well, and looks at the papers that one sends him.", by=colleague)
