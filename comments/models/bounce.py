"""Mail that came back. Until the address is mended, nothing more about comments is mailed there."""

import hashlib
from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from accounts.models import User
from comments.models.text import Remark
from healthnews import markup

DOUBTED = timedelta(days=30)  # a report that proves nothing is of no use for longer


class Bounce(models.Model):
    """A mail that could not be delivered to an address that somebody had then. No address is stored, only its mark."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="bounces")
    at = models.DateTimeField(default=timezone.now)
    address_mark = models.CharField(max_length=32)
    # Which mail it was, so that the same report read twice is one: a hash of its Message-ID, or of the report.
    source = models.CharField(max_length=64, unique=True)
    status = models.CharField(max_length=12)  # as RFC 3463: 5.1.1
    # Whether nothing more is mailed there: it failed for good, and was provably a mail of ours.
    is_hard = models.BooleanField()
    # What the other server said; a text of strangers, which can be destroyed.
    diagnostic = models.OneToOneField(Remark, models.PROTECT, null=True, related_name="+")
    mended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["user"], condition=Q(is_hard=True, mended_at__isnull=True), name="bounce_stops"
            )
        ]

    def __str__(self):
        return f"Bounce {self.pk}"

    @classmethod
    def record(cls, user, *, source: str, status: str, words: str, proven: bool = True) -> bool:
        """A mail to the person's present address came back; False when that is known. `words` are the server's.

        Whoever writes a report without the mail that it is about proves nothing: not `proven`, it warns the desk.
        """
        is_hard = proven and status.startswith("5")
        key = hashlib.sha256(source.encode(errors="replace")).hexdigest()
        with transaction.atomic():
            # One after the other for each person, so that a flood of reports leaves one row.
            User.objects.select_for_update(no_key=True).get(pk=user.pk)
            held = cls._unmended(user) if not is_hard else cls._unmended(user).filter(is_hard=True)
            if held.exists() or cls.objects.filter(source=key).exists():
                return False
            said = " ".join(markup.tidy(words).split())[:500]
            cls.objects.create(
                user=user,
                address_mark=_mark(user.email),
                source=key,
                status=status,
                is_hard=is_hard,
                diagnostic=Remark.objects.create(text=said) if said else None,
            )
        return True

    @classmethod
    def stopping(cls, user) -> "Bounce | None":
        """Why nothing is mailed to the person's present address; None when mail goes there."""
        return cls._unmended(user).filter(is_hard=True).select_related("diagnostic").first()

    @property
    def stops(self) -> bool:
        """Whether it is why nothing is mailed to its person now, or one of the reasons."""
        return self.is_hard and self.mended_at is None and self.address_mark == _mark(self.user.email)

    @classmethod
    def of_late(cls, user) -> "Bounce | None":
        """For the desk: what stops the person's mail, or what was lately said to have failed for good."""
        said = Q(is_hard=True) | Q(status__startswith="5", at__gte=timezone.now() - DOUBTED)
        found = cls._unmended(user).filter(said).select_related("diagnostic")
        return found.order_by("-is_hard", "-pk").first()

    @classmethod
    def _unmended(cls, user):
        """Those of the person's present address that nobody has said anything against."""
        return cls.objects.filter(user=user, mended_at__isnull=True, address_mark=_mark(user.email))

    @classmethod
    def try_again(cls, user) -> None:
        """The person says that the address works."""
        cls.objects.filter(user=user, mended_at__isnull=True).update(mended_at=timezone.now())


def _mark(address: str) -> str:
    return salted_hmac("comments.bounce", address).hexdigest()[:32]
