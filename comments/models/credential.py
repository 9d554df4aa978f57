"""Health professionals among the readers: what somebody of the house has seen proof of, and who asks to be looked at.

No document is ever stored: a credential says that proof was seen, by whom and on which day.
"""

from datetime import date, timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from comments import jobs
from comments.models.decision import Undecidable
from comments.models.text import Destroyable, Remark

LONGEST = timedelta(days=5 * 366)  # then somebody has to look again
SOON = timedelta(days=60)
ASKED = 3  # requests that one person may make in ASKED_WITHIN
ASKED_WITHIN = timedelta(days=30)


class Profession(models.TextChoices):
    """What is verified; how it is printed is the credential's label."""

    PHYSICIAN = "physician", "Physician"
    NURSE = "nurse", "Nurse"
    PHARMACIST = "pharmacist", "Pharmacist"
    PSYCHOLOGIST = "psychologist", "Psychologist"
    PHYSIOTHERAPIST = "physiotherapist", "Physiotherapist"
    DIETITIAN = "dietitian", "Dietitian"
    MIDWIFE = "midwife", "Midwife"
    DENTIST = "dentist", "Dentist"
    OTHER = "other", "Another health profession"


class CredentialQuerySet(models.QuerySet):
    """Questions about credentials."""

    def in_force(self, user, on: date):
        """Those of this person that give a mark on that day, the newest first; the last day counts."""
        theirs = self.filter(user=user, revoked_at__isnull=True, expires_on__gte=on)
        return theirs.filter(verified_on__lte=on).order_by("-verified_on", "-pk")

    def ended_last(self, user, on: date):
        """This person's newest, when it gives no mark any more; None while it does, or without any. One query."""
        newest = self.filter(user=user).select_related("revoked_because").order_by("-pk").first()
        over = newest is not None and (newest.revoked_at is not None or newest.expires_on < on)
        return newest if over else None

    def running_out(self, on: date):
        """Those that end within SOON, the next one first."""
        return self.filter(revoked_at__isnull=True, expires_on__range=(on, on + SOON)).order_by(
            "expires_on", "pk"
        )


class Credential(models.Model):
    """A profession that was verified. Append-only as a record; its notes are rows that can be emptied."""

    LABEL = 100  # characters: with "Verified: " it fits a comment's mark

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="credentials")
    kind = models.CharField(max_length=16, choices=Profession)
    label = models.CharField(max_length=LABEL)  # as printed: "Registered nurse, UK"
    issuer = models.CharField(max_length=200)
    jurisdiction = models.CharField(max_length=100)
    seen = models.ForeignKey(Remark, models.PROTECT, null=True, related_name="+")  # what was looked at
    verified_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    verified_on = models.DateField()
    expires_on = models.DateField()  # the last day
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    revoked_because = models.ForeignKey(Remark, models.PROTECT, null=True, related_name="+")

    objects = CredentialQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["user", "expires_on"], condition=Q(revoked_at__isnull=True), name="credential_of_user"
            ),
            models.Index(
                fields=["expires_on", "id"], condition=Q(revoked_at__isnull=True), name="credential_expiry"
            ),
        ]

    def __str__(self):
        return self.label

    @property
    def mark_label(self) -> str:
        """What stands beside the name."""
        return f"Verified: {self.label}"

    # Doors

    @classmethod
    def verify(
        cls, user, *, kind, label, issuer, jurisdiction, expires_on: date, by, seen="", on: date | None = None
    ) -> "Credential":
        """Record that `by` has seen proof today (`on`: in the demo's past). Raises Undecidable with what is missing."""
        today, label = on or timezone.localdate(), label.strip()
        if user.pk == by.pk:
            raise Undecidable("Somebody else has to verify you.")
        if not label or len(label) > cls.LABEL:
            raise Undecidable(f"Say how it is to be printed, in at most {cls.LABEL} characters.")
        if not today < expires_on <= today + LONGEST:
            raise Undecidable("It has to end on a day to come, within five years.")
        return cls.objects.create(
            user=user,
            kind=kind,
            label=label,
            issuer=issuer,
            jurisdiction=jurisdiction,
            seen=Remark.objects.create(text=seen) if seen else None,
            verified_by=by,
            verified_on=today,
            expires_on=expires_on,
        )

    def revoke(self, *, by, reason: str) -> None:
        """No mark from now on; what was posted keeps the one it had. The person is told why. Raises Undecidable."""
        if not reason.strip():
            raise Undecidable("Say why: the person is told.")
        with transaction.atomic():
            now = Credential.objects.select_for_update().get(pk=self.pk)
            if now.revoked_at:
                raise Undecidable("Somebody has taken this back already.")
            self.revoked_at, self.revoked_by = timezone.now(), by
            self.revoked_because = Remark.objects.create(text=reason.strip())
            self.save(update_fields=["revoked_at", "revoked_by", "revoked_because"])
            jobs.mail_revocation.defer(credential_id=self.pk)


class CredentialRequest(Destroyable):
    """A reader asks to be verified. The details are emptied when it is decided; who, what and when stay."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=Profession)
    # As the register has it: what it shows to anybody proves nothing about who asks here.
    registered_name = models.CharField(max_length=200, blank=True)
    issuer = models.CharField(max_length=200, blank=True)
    reference = models.CharField(max_length=300, blank=True)
    jurisdiction = models.CharField(max_length=100, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    # Null after a decision: declined.
    credential = models.OneToOneField(Credential, models.PROTECT, null=True, related_name="+")
    answer = models.ForeignKey(Remark, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(decided_at__isnull=True), name="credential_request_one_open"
            )
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(decided_at__isnull=True), name="credential_request_open"),
            models.Index(fields=["user", "-id"], name="credential_request_of_user"),
        ]

    def __str__(self):
        return f"Request {self.pk} to be verified"

    # Doors

    @classmethod
    def ask(cls, user, *, kind, registered_name, issuer, reference, jurisdiction) -> "CredentialRequest":
        """Store the request. Raises Undecidable while another waits, or after too many."""
        with transaction.atomic():
            # One after the other for each person, so that a double click is seen.
            User.objects.select_for_update(no_key=True).get(pk=user.pk)
            since = timezone.now() - ASKED_WITHIN
            asked = list(cls.objects.filter(user=user).order_by("-pk")[:ASKED])
            if asked and asked[0].decided_at is None:
                raise Undecidable("Your request waits already: we will write to you.")
            if len(asked) == ASKED and asked[-1].created_at > since:
                raise Undecidable(
                    "You have asked several times in the last weeks. Please write to us instead."
                )
            return cls.objects.create(
                user=user,
                kind=kind,
                registered_name=registered_name,
                issuer=issuer,
                reference=reference,
                jurisdiction=jurisdiction,
            )

    def accept(
        self, *, by, label: str, issuer: str, jurisdiction: str, expires_on: date, seen=""
    ) -> Credential:
        """Verify the person, as the administrator has found it. Raises Undecidable."""
        with transaction.atomic():
            self._still_open()
            credential = Credential.verify(
                self.user,
                kind=self.kind,
                label=label,
                issuer=issuer,
                jurisdiction=jurisdiction,
                expires_on=expires_on,
                seen=seen,
                by=by,
            )
            self._close(by, credential=credential)
        return credential

    def decline(self, *, by, answer: str) -> None:
        """Say no, with a word that the person is mailed. Raises Undecidable."""
        if not answer.strip():
            raise Undecidable("Say why, in a sentence: it is mailed to the person.")
        with transaction.atomic():
            self._still_open()
            self._close(by, answer=Remark.objects.create(text=answer.strip()))

    def _still_open(self) -> None:
        now = (
            CredentialRequest.objects.select_for_update(of=["self"])
            .select_related("decided_by")
            .get(pk=self.pk)
        )
        if now.decided_at:
            raise Undecidable(f"{now.decided_by} has decided this already.")

    def _close(self, by, *, credential=None, answer=None) -> None:
        self.decided_at = self.destroyed_at = timezone.now()
        self.decided_by, self.credential, self.answer = by, credential, answer
        self.registered_name = self.issuer = self.reference = self.jurisdiction = ""
        self.destroyed_because = "decided"
        self.save()
        jobs.mail_credential_answer.defer(request_id=self.pk)
