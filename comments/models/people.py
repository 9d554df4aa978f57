"""What the desk knows about people: notes among staff; and what is somebody else's to do."""

from datetime import datetime

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from articles.dates import written
from comments.models.decision import Undecidable
from comments.models.text import Remark


class NotYours(Undecidable):
    """Somebody else has to do this. The message says who."""


class PersonNoteQuerySet(models.QuerySet):
    """Questions about notes."""

    def readable_by(self, viewer):
        """All but those about themselves: whoever notes something about a colleague must be free to."""
        return self.exclude(user=viewer)


class PersonNote(models.Model):
    """What one moderator tells the others about a person. The person never sees it, a moderator or not."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.ForeignKey(Remark, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = PersonNoteQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["user", "-id"], name="note_of_person"),
            models.Index(fields=["at", "id"], name="note_at"),
        ]

    def __str__(self):
        return f"Note {self.pk}"

    @classmethod
    def write(cls, user, text: str, *, by) -> "PersonNote":
        """Keep a note about the user. Raises NotYours when that is oneself."""
        if by.pk == user.pk:
            raise NotYours("Nobody keeps notes about themselves.")
        with transaction.atomic():
            return cls.objects.create(user=user, by=by, text=Remark.objects.create(text=text))


def moment(at: datetime) -> str:
    """A time, as people read it."""
    here = timezone.localtime(at)
    return f"{written(here)}, {here:%H:%M} {here.tzname()}"
