"""Open, held or closed: one thread, or the whole site. Each change is a record."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from comments.models.decision import Undecidable
from comments.models.people import NotYours
from comments.models.text import Remark
from healthnews.site_state import SiteState


class Mode(models.TextChoices):
    """What may be written; the site's and the thread's both hold."""

    OPEN = "open", "Open"
    HELD = "held", "Every comment is read first"
    CLOSED = "closed", "Closed to new comments"


class Overtaken(Undecidable):
    """Somebody switched first."""


class SiteMode(models.Model):
    """One row: what holds for every thread besides its own mode."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    mode = models.CharField(max_length=6, choices=Mode, default=Mode.OPEN)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="site_mode_is_one_row")]

    def __str__(self):
        return self.get_mode_display()

    @classmethod
    def now(cls) -> str:
        """The mode of the whole site."""
        return cls.objects.filter(pk=1).values_list("mode", flat=True).first() or Mode.OPEN

    @classmethod
    def why_not(cls, from_mode: str, to: str, *, by) -> str:
        """Why `by` may not switch the site like this; empty when they may. Moderators hold and let go."""
        if not by.is_moderator:
            return "Only moderators may do this."
        if Mode.CLOSED in {from_mode, to} and not by.has_perm("comments.administer"):
            return "Only administrators close the whole site, or open it again when it is closed."
        return ""

    @classmethod
    def switch(cls, to: str, *, by, note: str = "", seen: str = "") -> "Switch":
        """Open, hold or close every thread at once. Raises Overtaken when it no longer is as `seen`."""
        with transaction.atomic():
            site, _ = cls.objects.select_for_update().get_or_create(pk=1)
            if why := cls.why_not(site.mode, to, by=by):
                raise NotYours(why)
            record = Switch.record(None, site.mode, to, by=by, note=note, seen=seen)
            cls.objects.filter(pk=1).update(mode=to)
            SiteState.bump()  # every kept page says it
        return record


class SwitchQuerySet(models.QuerySet):
    """Questions about switches."""

    def newest_of(self, thread):
        """The last switch of a thread, or (None) of the whole site."""
        return self.of(thread).order_by("-pk").first()

    def of(self, thread):
        """Those of one thread, or (None) of the whole site."""
        return self.filter(thread__isnull=True) if thread is None else self.filter(thread=thread)


class Switch(models.Model):
    """The record of a change. Append-only; what is undone is switched back, and that is a record too."""

    # Null: the whole site.
    thread = models.ForeignKey("comments.Thread", models.PROTECT, null=True, related_name="+")
    from_mode = models.CharField(max_length=6, choices=Mode)
    to_mode = models.CharField(max_length=6, choices=Mode)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    note = models.ForeignKey(Remark, models.PROTECT, null=True, related_name="+")
    undoes = models.OneToOneField("self", models.PROTECT, null=True, related_name="undone_by")

    objects = SwitchQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(from_mode=F("to_mode")), name="switch_changes"),
        ]
        indexes = [
            models.Index(fields=["thread", "-id"], name="switch_of_thread"),
            models.Index(fields=["at", "id"], name="switch_by_time"),
        ]

    def __str__(self):
        return f"{self.from_mode} to {self.to_mode}"

    @classmethod
    def record(cls, thread, from_mode: str, to: str, *, by, note: str, seen: str) -> "Switch":
        """Write it down, if it still changes something. Call with the row of the mode locked."""
        if from_mode == to or seen and seen != from_mode:
            last = cls.objects.select_related("by").newest_of(thread)
            who = f" {last.by} did that at {timezone.localtime(last.at):%H:%M on %d %B %Y}." if last else ""
            raise Overtaken(f"Nothing was switched: it is at “{Mode(from_mode).label}” now.{who}")
        remark = Remark.objects.create(text=note) if note else None
        return cls.objects.create(thread=thread, from_mode=from_mode, to_mode=to, by=by, note=remark)

    def undo(self, *, by) -> "Switch":
        """Switch back, while nothing was switched there since. Raises as the switch itself does."""
        with transaction.atomic():
            place = SiteMode if self.thread_id is None else self.thread
            back = place.switch(self.from_mode, by=by, seen=self.to_mode)
            if Switch.objects.filter(pk__lt=back.pk).newest_of(self.thread_id) != self:
                raise Overtaken("It was switched again since: undo the last one.")
            Switch.objects.filter(pk=back.pk).update(undoes=self)
        return back
