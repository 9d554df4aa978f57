"""What readers say about a comment: reports, and appeals against what was decided."""

from datetime import timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

from comments import states
from comments.models.decision import Case, Decision, Undecidable
from comments.models.text import CommentText, Remark

APPEAL_TIME = timedelta(days=183)  # six months (DSA art. 20, 1)
APPEAL_LENGTH = 2_000  # characters


class Report(models.Model):
    """A reader's report about a comment: one for each person and reason. It waits until a decision answers it."""

    class Reason(models.TextChoices):
        ABUSE = "abuse", "It insults or threatens somebody"
        SPAM = "spam", "It is advertising or spam"
        DANGEROUS = "dangerous", "It gives dangerous advice"
        PERSONAL_DATA = "personal_data", "It gives away personal data"
        DANGER = "danger", "Somebody may be in danger"
        OFF_TOPIC = "off_topic", "It has nothing to do with the article"
        MISTAKE = "mistake", "It says that something in the article is wrong"
        ILLEGAL = "illegal", "It is illegal"

    comment = models.ForeignKey("comments.Comment", models.PROTECT, related_name="reports")
    text = models.ForeignKey(CommentText, models.PROTECT, related_name="+")
    # Null: a notice of illegal content by somebody without a login.
    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=14, choices=Reason)
    note = models.ForeignKey(Remark, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    # How much the reporter's earlier reports turned out to be worth: 1 for who has none.
    weight = models.FloatField(default=1)
    answered_by = models.ForeignKey(Decision, models.PROTECT, null=True, related_name="reports")
    was_right = models.BooleanField(null=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["comment", "reporter", "reason"], name="report_once_for_each_reason"
            )
        ]
        indexes = [
            models.Index(
                fields=["comment"], condition=models.Q(answered_by__isnull=True), name="report_open"
            ),
            models.Index(fields=["reporter", "-id"], name="report_of_person"),
            models.Index(fields=["at"], name="report_at"),
        ]

    def __str__(self):
        return f"Report {self.pk} of comment {self.comment_id}"


class Appeal(models.Model):
    """Somebody asks that a decision be looked at again, by another moderator: once, within APPEAL_TIME."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="appeals")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    text = models.ForeignKey(Remark, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    answered_by = models.ForeignKey(Decision, models.PROTECT, null=True, related_name="appeals_answered")
    was_granted = models.BooleanField(null=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["decision", "by"], name="appeal_once")]
        indexes = [
            models.Index(
                fields=["decision"], condition=models.Q(answered_by__isnull=True), name="appeal_open"
            ),
            models.Index(fields=["at"], name="appeal_at"),
        ]

    def __str__(self):
        return f"Appeal {self.pk} against decision {self.decision_id}"

    @classmethod
    def why_not(cls, decision, by) -> str:
        """Why this person cannot appeal against this decision, in words; empty when they can."""
        if timezone.now() > decision.at + APPEAL_TIME:
            return "An appeal is possible for six months; that time is over."
        if Decision.objects.filter(comment=decision.comment_id, pk__gt=decision.pk).exists():
            return "Something else has been decided about this comment since."
        if cls.objects.filter(decision=decision, by=by).exists():
            return "You have appealed against this decision already."
        if decision.comment.author_id == by.pk:
            appealable = decision.action in states.APPEALABLE or decision.to_status == states.REJECTED
            return "" if appealable else "There is nothing in this decision to appeal against."
        if decision.action == states.KEEP and decision.reports.filter(reporter=by).exists():
            return ""
        return "Only the author of the comment, or who reported it, can appeal."

    @classmethod
    def lodge(cls, decision, *, by, text: str) -> "Appeal":
        """Store the appeal and let the comment wait in the lane of appeals. Raises Undecidable with the reason."""
        with transaction.atomic():
            comment = decision.comment
            # One after the other for each comment; whoever has a card open is told that something came in.
            type(comment).objects.filter(pk=comment.pk).update(version=F("version") + 1)
            if why := cls.why_not(decision, by):
                raise Undecidable(why)
            appeal = cls.objects.create(decision=decision, by=by, text=Remark.objects.create(text=text))
            Case.open_for(comment, "appeal")
        return appeal
