"""Open, held or closed: one thread, or the whole site. Each change is a record.

What is held or closed may have an end, and a sentence for readers. No job opens it again: what is read after its end is
open (`Held.now`), and a kept page names in its key what holds at the moment.
"""

from datetime import datetime
from typing import NamedTuple
from zlib import crc32

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from comments.models.decision import Undecidable
from comments.models.people import NotYours, moment
from comments.models.text import Remark
from healthnews.site_state import SiteState

MOST_WORDS = 300


class Mode(models.TextChoices):
    """What may be written; the site's and the thread's both hold."""

    OPEN = "open", "Open"
    HELD = "held", "Every comment is read first"
    CLOSED = "closed", "Closed to new comments"


class Overtaken(Undecidable):
    """Somebody switched first."""


class Held(NamedTuple):
    """How one thread, or the site, is switched at a moment."""

    mode: str = Mode.OPEN
    words: str = ""  # by the desk, to readers
    until: datetime | None = None

    @classmethod
    def now(cls, mode: str, words: str, until: datetime | None) -> "Held":
        """What of it holds at this moment: after its end, it is open."""
        return cls() if until and until <= timezone.now() else cls(mode, words, until)

    @classmethod
    def asked(cls, mode: str, words: str, until: datetime | None) -> "Held":
        """What somebody switches to: what is open needs no words and no end."""
        return cls() if mode == Mode.OPEN else cls(mode, words, until)

    @property
    def key(self) -> str:
        """What a form sends back, to say what was seen: with other words or another end it is another."""
        return f"{self.mode}.{crc32(f'{self.words}|{self.until}'.encode()):08x}"

    def __str__(self):
        until = f" until {moment(self.until)}" if self.until else ""
        return f"{Mode(self.mode).label}{until}"


class Switched(models.Model):
    """What the last switch said; read through `Held.now`, because its end may be over."""

    mode = models.CharField(max_length=6, choices=Mode, default=Mode.OPEN)
    words = models.CharField(max_length=MOST_WORDS, blank=True, default="")
    until = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db, field_names, values):
        """As it is now, so that nobody has to think of the end."""
        place = super().from_db(db, field_names, values)
        if not place.get_deferred_fields() & set(Held._fields):
            place.mode, place.words, place.until = Held.now(place.mode, place.words, place.until)
        return place

    @property
    def held(self) -> Held:
        """How it is switched."""
        return Held(self.mode, self.words, self.until)


class SiteMode(Switched):
    """One row: what holds for every thread besides its own mode."""

    id = models.SmallIntegerField(primary_key=True, default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="site_mode_is_one_row")]

    def __str__(self):
        return self.get_mode_display()

    @classmethod
    def holds(cls) -> Held:
        """How the whole site is switched now."""
        site = cls.objects.filter(pk=1).first()
        return site.held if site else Held()

    @classmethod
    def now(cls) -> str:
        """The mode of the whole site."""
        return cls.holds().mode

    @classmethod
    def why_not(cls, from_mode: str, to: str, *, by) -> str:
        """Why `by` may not switch the site like this; empty when they may. Moderators hold and let go."""
        if not by.is_moderator:
            return "Only moderators may do this."
        if Mode.CLOSED in {from_mode, to} and not by.has_perm("comments.administer"):
            return "Only administrators close the whole site, or open it again when it is closed."
        return ""

    @classmethod
    def switch(
        cls, to: str, *, by, note: str = "", seen: str = "", words: str = "", until: datetime | None = None
    ) -> "Switch":
        """Open, hold or close every thread at once, until that moment. Raises Overtaken when it is no more as `seen`."""
        with transaction.atomic():
            site, _ = cls.objects.select_for_update().get_or_create(pk=1)
            if why := cls.why_not(site.mode, to, by=by):
                raise NotYours(why)
            held = Held.asked(to, words, until)
            record = Switch.record(None, site.held, held, by=by, note=note, seen=seen)
            cls.objects.filter(pk=1).update(mode=held.mode, words=held.words, until=held.until)
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
    to_mode = models.CharField(max_length=6, choices=Mode)  # the same where only words or end were changed
    until = models.DateTimeField(null=True)
    words = models.ForeignKey(Remark, models.PROTECT, null=True, related_name="+")  # to readers
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    note = models.ForeignKey(Remark, models.PROTECT, null=True, related_name="+")
    undoes = models.OneToOneField("self", models.PROTECT, null=True, related_name="undone_by")

    objects = SwitchQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["thread", "-id"], name="switch_of_thread"),
            models.Index(fields=["at", "id"], name="switch_by_time"),
        ]

    def __str__(self):
        return f"{self.from_mode} to {self.to_mode}"

    @property
    def in_words(self) -> str:
        """What was switched, and until when."""
        before = Mode(self.from_mode).label
        return f"{before} → {Held(self.to_mode, '', self.until)}"

    @property
    def held(self) -> Held:
        """What of it would still hold."""
        return Held.now(self.to_mode, self.words.text if self.words else "", self.until)

    @classmethod
    def record(cls, thread, before: Held, to: Held, *, by, note: str, seen: str) -> "Switch":
        """Write it down, if it still changes something. Call with the row of the mode locked.

        `seen` is what the page had: a mode, or the key of all that held.
        """
        if before == to or seen and seen not in {before.mode, before.key}:
            last = cls.objects.select_related("by").newest_of(thread)
            who = f" {last.by} did that at {timezone.localtime(last.at):%H:%M on %d %B %Y}." if last else ""
            raise Overtaken(f"Nothing was switched. Now: {before}.{who}")
        remark, words = (Remark.objects.create(text=text) if text else None for text in (note, to.words))
        return cls.objects.create(
            thread=thread,
            from_mode=before.mode,
            to_mode=to.mode,
            until=to.until,
            words=words,
            by=by,
            note=remark,
        )

    @property
    def before(self) -> Held:
        """What held before it, words and end included, as far as it would hold now."""
        if self.from_mode == Mode.OPEN:
            return Held()
        earlier = Switch.objects.select_related("words").filter(pk__lt=self.pk).newest_of(self.thread_id)
        return earlier.held if earlier and earlier.to_mode == self.from_mode else Held(self.from_mode)

    def undo(self, *, by) -> "Switch":
        """Switch back, while nothing was switched there since. Raises as the switch itself does."""
        with transaction.atomic():
            place = SiteMode if self.thread_id is None else self.thread
            mode, words, until = self.before
            back = place.switch(mode, by=by, seen=self.to_mode, words=words, until=until)
            if Switch.objects.filter(pk__lt=back.pk).newest_of(self.thread_id) != self:
                raise Overtaken("It was switched again since: undo the last one.")
            Switch.objects.filter(pk=back.pk).update(undoes=self)
        return back
