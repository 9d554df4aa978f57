"""Somebody asks that a sanction against them be looked at again. No case, because it is about no comment."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts import roles
from comments import jobs
from comments.models.decision import Undecidable
from comments.models.duty import holders
from comments.models.people import NotYours
from comments.models.report import APPEAL_TIME
from comments.models.sanction import Sanction
from comments.models.text import Remark


class SanctionAppealQuerySet(models.QuerySet):
    """Questions about appeals against sanctions."""

    def open(self):
        """Those that wait for an answer, oldest first: over a partial index."""
        return self.filter(answered_at__isnull=True).order_by("at", "pk")


class SanctionAppeal(models.Model):
    """Once for each sanction, within APPEAL_TIME; another moderator answers it, if there is one who may."""

    sanction = models.ForeignKey(Sanction, models.PROTECT, related_name="appeals")
    text = models.ForeignKey(Remark, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    was_granted = models.BooleanField(null=True)
    answer = models.ForeignKey(Remark, models.PROTECT, null=True, related_name="+")

    objects = SanctionAppealQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sanction"], name="sanction_appeal_once"),
            models.CheckConstraint(
                condition=Q(answered_at=None, answered_by=None, was_granted=None)
                | Q(answered_at__isnull=False, answered_by__isnull=False, was_granted__isnull=False),
                name="sanction_appeal_answered_whole",
            ),
        ]
        indexes = [
            models.Index(
                fields=["at", "id"], condition=Q(answered_at__isnull=True), name="sanction_appeal_open"
            ),
            models.Index(fields=["answered_at", "id"], name="sanction_appeal_answered"),
        ]

    def __str__(self):
        return f"Appeal against sanction {self.sanction_id}"

    @property
    def state(self) -> str:
        """What became of it."""
        return {None: "not answered yet", True: "granted", False: "refused"}[self.was_granted]

    # Lodging

    @classmethod
    def why_not(cls, sanction, by) -> str:
        """Why this person cannot appeal against it, in words; empty when they can. Looks at `sanction.appeals`."""
        if sanction.user_id != by.pk:
            return "Only the person whom it is about can appeal."
        if sanction.lifted_at:
            return "This was lifted: there is nothing to appeal against."
        if timezone.now() > sanction.starts_at + APPEAL_TIME:
            return "An appeal is possible for six months; that time is over."
        if sanction.appeals.all():
            return "You have appealed against this already."
        return ""

    @classmethod
    def lodge(cls, sanction, *, by, text: str) -> "SanctionAppeal":
        """Store it; it stands at /moderation/people/ until somebody answers. Raises Undecidable with the reason."""
        with transaction.atomic():
            # One after the other, and none against what is being lifted.
            held = Sanction.objects.select_for_update(no_key=True).get(pk=sanction.pk)
            if why := cls.why_not(held, by):
                raise Undecidable(why)
            return cls.objects.create(sanction=held, text=Remark.objects.create(text=text))

    # Answering

    def why_not_answer(self, by) -> str:
        """Why `by` may not answer it, in words; empty when they may."""
        sanction = self.sanction
        if why := Sanction.why_not(sanction.kind, sanction.user, by=by):
            return why
        if sanction.by_id == by.pk and self._others(by).exists():
            return "You imposed it yourself: somebody else answers this appeal. You can still lift it."
        return ""

    def _others(self, by):
        """Who else may decide about this sanction."""
        needs_administrator = self.sanction.kind == Sanction.Kind.BAN or self.sanction.user.is_newsroom
        names = (roles.ADMINISTRATOR,) if needs_administrator else (roles.MODERATOR, roles.ADMINISTRATOR)
        return holders(*names).exclude(pk__in=[by.pk, self.sanction.user_id])

    def reply(self, *, by, grant: bool, reason: str) -> None:
        """Grant it, which lifts what still holds, or keep the sanction; the person is mailed the reason either way.

        Raises NotYours, or Undecidable with what is missing or that somebody was first.
        """
        if why := self.why_not_answer(by):
            raise NotYours(why)
        if not reason:
            raise Undecidable("Say why: the person is told.")
        with transaction.atomic():
            sanction = Sanction.objects.select_for_update(no_key=True).get(pk=self.sanction_id)
            if not SanctionAppeal.objects.open().filter(pk=self.pk).exists():
                self.refresh_from_db()
                raise Undecidable(f"{self.answered_by} has answered this already: it is {self.state}.")
            if grant and sanction.holds:
                sanction.lift(by=by, reason=reason)  # which answers it
            else:
                remark = Remark.objects.create(text=reason)
                sanction.answer_appeals(by=by, granted=grant, answer=remark)
                jobs.tell_appellant(self)
        self.refresh_from_db()
