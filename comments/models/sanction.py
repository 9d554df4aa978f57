"""Dated sanctions, with one door each to impose, lift and acknowledge one. None is secret."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import User
from comments import jobs
from comments.models.decision import Undecidable
from comments.models.people import NotYours, moment
from comments.models.policy import Clause
from comments.models.text import Remark


class SanctionQuerySet(models.QuerySet):
    """Questions about sanctions."""

    def in_force(self, user=None, at: datetime | None = None):
        """What holds at that moment (now), for one person or for all. No job ends a sanction: its time does."""
        at = at or timezone.now()
        open_ended = Q(ends_at__isnull=True) | Q(ends_at__gt=at)
        read = Q(kind=Sanction.Kind.WARN, acknowledged_at__isnull=False)
        found = self.filter(open_ended, lifted_at__isnull=True, starts_at__lte=at).exclude(read)
        return found if user is None else found.filter(user=user)


class Sanction(models.Model):
    """A measure against a person: append-only but for how it ended. Each is mailed, and shown to the person."""

    class Kind(models.TextChoices):
        WARN = "warn", "Warning"
        READ_FIRST = "read_first", "Read first"
        SUSPEND = "suspend", "Suspension"
        BAN = "ban", "Ban"

    STOPS = (Kind.SUSPEND, Kind.BAN)

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="sanctions")
    kind = models.CharField(max_length=10, choices=Kind)
    reason = models.ForeignKey(Remark, models.PROTECT, related_name="+")
    clause = models.ForeignKey(Clause, models.PROTECT, null=True, related_name="+")
    comment = models.ForeignKey("comments.Comment", models.PROTECT, null=True, related_name="+")
    starts_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(null=True)  # null: until it is lifted, a warning until it is acknowledged
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    # With a ban: what they wrote in so many days before it is taken down.
    take_down_days = models.PositiveSmallIntegerField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    lift_reason = models.ForeignKey(Remark, models.PROTECT, null=True, related_name="+")

    objects = SanctionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")), name="sanction_ends_later"
            ),
            models.CheckConstraint(
                condition=~Q(kind="suspend") | Q(ends_at__isnull=False), name="suspension_has_an_end"
            ),
            models.CheckConstraint(
                condition=~Q(kind="warn") | Q(ends_at__isnull=True), name="warning_has_no_end"
            ),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="sanction_lifted_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(take_down_days__isnull=True) | Q(kind="ban", clause__isnull=False),
                name="taken_down_by_a_ban_and_a_clause",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="sanction_of_person"),
            models.Index(
                fields=["starts_at", "id"], condition=Q(lifted_at__isnull=True), name="sanction_not_lifted"
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} of {self.starts_at:%Y-%m-%d}"

    # Questions

    @property
    def holds(self) -> bool:
        """Whether it is in force now."""
        over = self.ends_at is not None and self.ends_at <= timezone.now()
        return not (over or self.lifted_at or self.kind == self.Kind.WARN and self.acknowledged_at)

    @property
    def words(self) -> str:
        """What it means, to the person."""
        until = f"until {moment(self.ends_at)}" if self.ends_at else "until a moderator lifts this"
        return {
            self.Kind.WARN: "A moderator has warned you.",
            self.Kind.READ_FIRST: f"Your comments are read by a moderator before they appear, {until}.",
            self.Kind.SUSPEND: f"You cannot write, change or report comments {until}.",
            self.Kind.BAN: f"You cannot write, change or report comments here {until}.",
        }[self.kind]

    @property
    def state(self) -> str:
        """Whether it holds, and how it ended."""
        if self.lifted_at:
            return f"lifted on {moment(self.lifted_at)}"
        if self.kind == self.Kind.WARN:
            return f"read on {moment(self.acknowledged_at)}" if self.acknowledged_at else "not read yet"
        if self.ends_at is None:
            return "in force until a moderator lifts it"
        return f"{'in force until' if self.holds else 'ended on'} {moment(self.ends_at)}"

    @classmethod
    def why_not(cls, kind: str, user, *, by) -> str:
        """Why `by` may not put this on the user or take it away, in words; empty when they may."""
        is_administrator = by.has_perm("comments.administer")
        if not by.is_moderator:
            return "Only moderators may do this."
        if by.pk == user.pk:
            return "Nobody decides about themselves: a colleague has to do this."
        if user.is_newsroom and not is_administrator:
            return f"{user} works here: an administrator has to do this."
        if kind == cls.Kind.BAN and not is_administrator:
            return "Only administrators may ban, or lift a ban."
        return ""

    @classmethod
    def vet(cls, kind: str, user, *, by, reason, clause, comment, days, take_down_days) -> None:
        """Raise NotYours, or Undecidable with what is missing or too much, if it could not be imposed like this."""
        if why := cls.why_not(kind, user, by=by):
            raise NotYours(why)
        if why := _lacks(cls.Kind(kind), user, reason, clause, comment, days, take_down_days):
            raise Undecidable(why)

    # Doors

    @classmethod
    def impose(
        cls,
        kind: str,
        user,
        *,
        by,
        reason: str,
        clause=None,
        comment=None,
        days: int | None = None,
        take_down_days: int | None = None,
        at: datetime | None = None,
    ) -> "Sanction":
        """Put a sanction on the user, from now (`at`) for so many days, or until it is lifted.

        One transaction with the job that mails them, and, for a ban with `take_down_days`, the job that takes down
        what they wrote. Raises NotYours, or Undecidable (what is missing, in words). Holds the person's row, as
        posting does: what is posted afterwards has seen it. `at` is for the demo newsroom alone; what was imposed in
        its past is mailed to nobody.
        """
        cls.vet(
            kind,
            user,
            by=by,
            reason=reason,
            clause=clause,
            comment=comment,
            days=days,
            take_down_days=take_down_days,
        )
        with transaction.atomic():
            User.objects.select_for_update(no_key=True).get(pk=user.pk)
            starts_at = at or timezone.now()
            same = cls.objects.in_force(user, starts_at).filter(kind=kind).select_related("by").first()
            if same:
                raise Undecidable(
                    f"{same.by} has already put a {same.get_kind_display().lower()} on {user}: {same.state}. "
                    "Lift that one first if this one is to hold instead."
                )
            sanction = cls.objects.create(
                user=user,
                kind=kind,
                reason=Remark.objects.create(text=reason),
                clause=clause,
                comment=comment,
                starts_at=starts_at,
                ends_at=starts_at + timedelta(days=days) if days else None,
                by=by,
                take_down_days=take_down_days,
            )
            if at is None:
                jobs.tell_person(sanction, "imposed")
            if take_down_days:
                jobs.take_down_after(sanction)
        return sanction

    def lift(self, *, by, reason: str) -> None:
        """End it before its time; the person is told why. What a ban took down stays down. Raises as `impose()`.

        An appeal that waits is granted by it.
        """
        if why := self.why_not(self.kind, self.user, by=by):
            raise NotYours(why)
        if not reason:
            raise Undecidable("Say why it is lifted: the person is told.")
        with transaction.atomic():
            remark = Remark.objects.create(text=reason)
            lifted = {"lifted_at": timezone.now(), "lifted_by": by, "lift_reason": remark}
            if not Sanction.objects.in_force().filter(pk=self.pk).update(**lifted):
                self.refresh_from_db()
                raise Undecidable(f"This is over already: {self.state}.")
            self.answer_appeals(by=by, granted=True, answer=remark)
            jobs.tell_person(self, "lifted")
        self.refresh_from_db()

    def answer_appeals(self, *, by, granted: bool, answer) -> None:
        """Write down what became of an appeal that waits. For `lift()` and `SanctionAppeal.reply()` alone."""
        said = {"answered_at": timezone.now(), "answered_by": by, "was_granted": granted, "answer": answer}
        self.appeals.filter(answered_at=None).update(**said)

    def acknowledge(self, *, by) -> bool:
        """The warned person says that they have read it; False when there is nothing to be read any more."""
        theirs = Sanction.objects.in_force(by).filter(pk=self.pk, kind=self.Kind.WARN)
        return bool(theirs.update(acknowledged_at=timezone.now()))


def _lacks(kind, user, reason, clause, comment, days, take_down_days) -> str:
    """What this sanction lacks, or has too much, in words."""
    if not reason:
        return "Say why: the person is told."
    if kind == Sanction.Kind.SUSPEND and not days:
        return "Say for how many days: a suspension has an end."
    if kind == Sanction.Kind.WARN and days:
        return "A warning has no days: it holds until it is read."
    if take_down_days and kind != Sanction.Kind.BAN:
        return "Only a ban takes down what somebody wrote."
    if take_down_days and clause is None:
        return "Choose the clause that their comments are taken down by."
    if comment is not None and comment.author_id != user.pk:
        return "That comment is not by this person."
    return ""
