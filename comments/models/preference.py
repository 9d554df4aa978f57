"""The kinds of notices, and how each person has each of them mailed."""

from django.conf import settings
from django.db import models


class Kind(models.TextChoices):
    """What a notice is about."""

    PUBLISHED = "published", "A moderator publishes a comment of mine"
    DECIDED = "decided", "A comment of mine is refused, returned, changed, removed or restored"
    APPEAL = "appeal", "An appeal is decided"
    STAFF_ANSWER = "staff_answer", "The staff or the author of the article answers me"
    ANSWERED = "answered", "Another reader answers me"
    REPORT_ANSWERED = "report_answered", "A report of mine is decided"
    NOTICE_ANSWERED = "notice_answered", "A notice of illegal content of mine is decided"
    ESCALATED = "escalated", "A moderator passes a comment to the administrators"


class How(models.TextChoices):
    """When a notice is mailed."""

    NOW = "now", "At once"
    DAILY = "daily", "Once a day, together"
    NEVER = "never", "Not by mail"


# Somebody waits for these, and they are few: at once. A lively thread must not fill a mailbox: its answers together.
DEFAULTS = dict.fromkeys(Kind, How.NOW) | {Kind.ANSWERED: How.DAILY}
# Whoever takes a text away has to say why when they do it, and what came of a notice or an appeal (DSA art. 17, 16 and
# 20): nobody can miss that.
FIXED = frozenset({Kind.DECIDED, Kind.APPEAL, Kind.NOTICE_ANSWERED})
# What nobody else is told of, and so is not asked about.
OF_ADMINISTRATORS = frozenset({Kind.ESCALATED})


class Preference(models.Model):
    """How one person has one kind mailed, where that is not the default."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=16, choices=Kind)
    how = models.CharField(max_length=5, choices=How)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="preference_once")]

    def __str__(self):
        return f"{self.kind}: {self.how}"

    @classmethod
    def of(cls, user) -> dict[str, str]:
        """How this person has every kind mailed."""
        stored = dict(cls.objects.filter(user=user).exclude(kind__in=FIXED).values_list("kind", "how"))
        return {kind: stored.get(kind, DEFAULTS[kind]) for kind in Kind}

    @classmethod
    def choose(cls, user, ways: dict[str, str]) -> None:
        """Mail these kinds like that from now on; those that nobody can miss stay as they are."""
        cls.objects.bulk_create(
            [cls(user=user, kind=kind, how=how) for kind, how in ways.items() if kind not in FIXED],
            update_conflicts=True,
            unique_fields=["user", "kind"],
            update_fields=["how"],
        )
