"""What numbers are made of: what happened on each day, counted, and the blind second readings."""

from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from comments import states
from comments.models.case import Case, Lane
from comments.models.decision import Decision, Undecidable, is_drawn
from comments.models.policy import Clause

WEEK = timedelta(days=7)  # what was decided earlier is no longer read again


class DayTally(models.Model):
    """How often something happened on a day that is over: `tally.py` says what there is, and writes it.

    Only counts, so that weeks and quarters are sums; a span of time is counted in the span's step of `histogram.py`.
    A day that was counted has a row of the kind `tallied`, whatever else it has.
    """

    day = models.DateField()
    kind = models.CharField(max_length=16)
    key = models.CharField(max_length=20, blank=True)
    clause = models.ForeignKey(Clause, models.PROTECT, null=True, related_name="+")
    # Who decided; null where nobody did, or it does not matter who.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "kind", "key", "clause", "by"], nulls_distinct=False, name="tally_once_a_day"
            )
        ]
        indexes = [
            models.Index(fields=["day"], condition=models.Q(kind="tallied"), name="tally_of_whole_days")
        ]

    def __str__(self):
        return f"{self.day} {self.kind} {self.key}: {self.count}"


class SecondReading(models.Model):
    """What another moderator would have decided, who knew neither who decided nor what. Once for each decision."""

    decision = models.OneToOneField(Decision, models.PROTECT, related_name="second_reading")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    action = models.CharField(max_length=20, choices=states.SECOND_READING)
    clause = models.ForeignKey(Clause, models.PROTECT, null=True, related_name="+")
    agrees = models.BooleanField()

    class Meta:
        indexes = [models.Index(fields=["at"], name="second_reading_at")]

    def __str__(self):
        return f"Second reading of decision {self.decision_id}"

    @classmethod
    def waiting_for(cls, user):
        """The drawn decisions of the last week that this person may read, oldest first: over a partial index."""
        undone = Decision.objects.filter(reverses=OuterRef("pk"))
        read = cls.objects.filter(decision=OuterRef("pk"))
        emergency = Case.objects.filter(comment=OuterRef("comment"), closed_at=None, lane=Lane.CRISIS)
        return (
            Decision.objects.filter(is_drawn(), by__isnull=False, action__in=states.READ_AGAIN)
            .filter(at__gte=timezone.now() - WEEK, text__destroyed_at__isnull=True)
            .filter(~Exists(undone), ~Exists(read), ~Exists(emergency))
            .exclude(by=user)
            .exclude(comment__author=user)
            .order_by("at", "pk")
        )

    @classmethod
    def record(cls, decision, *, by, action: str, clause=None) -> "SecondReading":
        """Store what `by` would have decided. Raises Undecidable: a clause is missing, or somebody was first."""
        needs_clause = action in states.NEEDS_CLAUSE
        if needs_clause and clause is None:
            raise Undecidable("Choose the clause of the policy that you would decide it by.")
        clause = clause if needs_clause else None
        agrees = states.READ_AGAIN[decision.action] == action
        if agrees and needs_clause:
            agrees = decision.clause is not None and decision.clause.line == clause.line
        try:
            with transaction.atomic():
                return cls.objects.create(
                    decision=decision, by=by, action=action, clause=clause, agrees=agrees
                )
        except IntegrityError:
            raise Undecidable(
                "Somebody else has read this one meanwhile; your answer was not needed."
            ) from None
