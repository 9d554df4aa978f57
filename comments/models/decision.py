"""What was decided, by a person or by screening."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import LessThan
from django.utils import timezone

from comments import states
from comments.models.policy import CannedReply, Clause, PolicyVersion
from comments.models.text import CommentText, Remark


class Action(models.TextChoices):
    """Acts of moderation, as contract.md names them."""

    SUBMIT = states.SUBMIT, "Submitted"
    EDIT = states.EDIT, "Edited"
    RESUBMIT = states.RESUBMIT, "Sent again"
    WITHDRAW = states.WITHDRAW, "Withdrawn"
    PUBLISH = states.PUBLISH, "Published"
    PUBLISH_REDACTED = states.PUBLISH_REDACTED, "Published without parts of it"
    RETURN = states.RETURN, "Returned"
    REJECT = states.REJECT, "Refused"
    REMOVE = states.REMOVE, "Removed"
    RESTORE = states.RESTORE, "Restored"
    KEEP = states.KEEP, "Kept as it is"
    HOLD = states.HOLD, "Taken back to the queue"
    ESCALATE = states.ESCALATE, "Escalated"
    UPHOLD = states.UPHOLD, "Appeal denied"
    OVERTURN = states.OVERTURN, "Appeal granted"
    UNDO = states.UNDO, "Undone"


def is_drawn() -> Q:
    """Whether a decision is one of the 5 % that somebody else reads again, blind. By its id alone, and scattered: in the
    sequence of ids decisions take turns with what is submitted.
    """
    return Q(LessThan(F("id") * 919 % 1000, 50))


class Undecidable(Exception):
    """A decision lacks something it needs. The message is for the moderator."""


class Decision(models.Model):
    """An act of moderation. Append-only: ids, codes, offsets and times; its texts are rows of their own.

    Whatever a statement of reasons has to say (DSA art. 17, 3) is here: what, why, by which clause of which policy,
    and whether a machine found it or decided it.
    """

    # Whether it answers an appeal of the comment's author: known where it is made (models/deciding.py).
    answers_author = False

    class Source(models.TextChoices):
        OWN = "own", "Own initiative"
        REPORT = "report", "A report"
        NOTICE = "notice", "A notice of illegal content"
        APPEAL = "appeal", "An appeal"

    class Way(models.TextChoices):
        NONE = "", "Not known"
        KEY = "key", "Key"
        CLICK = "click", "Button"
        BULK = "bulk", "In bulk"

    # The keys without an index of their own have one below: most of them are null in nearly every row.
    comment = models.ForeignKey("comments.Comment", models.PROTECT, related_name="decisions", db_index=False)
    action = models.CharField(max_length=20, choices=Action)
    from_status = models.CharField(max_length=10, blank=True)
    to_status = models.CharField(max_length=10)
    at = models.DateTimeField(default=timezone.now)
    # Null: by screening, or by another system before an import.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    is_import = models.BooleanField(default=False)
    # The text that was judged; and what stood there before, for undo.
    text = models.ForeignKey(CommentText, models.PROTECT, null=True, related_name="+")
    text_before = models.ForeignKey(CommentText, models.PROTECT, null=True, related_name="+", db_index=False)
    waiting_before = models.ForeignKey(
        CommentText, models.PROTECT, null=True, related_name="+", db_index=False
    )
    # No index: nobody asks for all that was decided by a version, and none is ever deleted.
    policy = models.ForeignKey(PolicyVersion, models.PROTECT, null=True, related_name="+", db_index=False)
    clause = models.ForeignKey(Clause, models.PROTECT, null=True, related_name="+", db_index=False)
    canned_reply = models.ForeignKey(CannedReply, models.PROTECT, null=True, related_name="+", db_index=False)
    message = models.ForeignKey(Remark, models.PROTECT, null=True, related_name="+", db_index=False)
    note = models.ForeignKey(Remark, models.PROTECT, null=True, related_name="+", db_index=False)
    # [{"code", "start", "end", "confidence", "outcome"[, "model", "words"]}]: offsets into `text`, never its words.
    findings = models.JSONField(default=list)
    # [[start, end], …]: what was taken out of `text`, in code points.
    redactions = models.JSONField(default=list)
    # The staff's answer that was published with it.
    answer = models.OneToOneField("comments.Comment", models.PROTECT, null=True, related_name="+")
    reverses = models.OneToOneField("self", models.PROTECT, null=True, related_name="reversed_by")
    closed_case = models.BooleanField(default=False)
    # Why it waited, as `Case.as_before()` has it; null where it did not.
    case_before = models.JSONField(null=True)
    source = models.CharField(max_length=6, choices=Source, default=Source.OWN)
    is_detected = models.BooleanField(default=False)
    # How an emergency ended; only for a crisis.
    outcome = models.CharField(max_length=12, blank=True, choices=states.CRISIS_OUTCOMES)
    # Nobody else could have decided this appeal: there is one moderator.
    by_the_same = models.BooleanField(default=False)
    way = models.CharField(max_length=5, choices=Way, blank=True, default=Way.NONE)
    seconds = models.PositiveIntegerField(null=True)  # from opening the card to deciding

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["comment", "-id"], name="decision_of_comment"),
            # For how long a review usually takes: the newest decisions by people about what waited.
            models.Index(
                fields=["-id"],
                condition=Q(by__isnull=False, from_status="pending"),
                name="decision_of_waiting",
            ),
            # Whose originals are to be destroyed.
            models.Index(
                fields=["id"], condition=Q(action=states.PUBLISH_REDACTED), name="decision_redacted"
            ),
            # A day's decisions, for the numbers; and those of people that are read again.
            models.Index(fields=["at"], name="decision_at"),
            models.Index(fields=["at"], condition=Q(is_drawn(), by__isnull=False), name="decision_drawn"),
            # The log: what people did, newest first; what one of them did, or one kind of act.
            models.Index(fields=["at", "id"], condition=Q(by__isnull=False), name="decision_by_people"),
            models.Index(fields=["by", "at", "id"], condition=Q(by__isnull=False), name="decision_by"),
            models.Index(
                fields=["action", "at", "id"], condition=Q(by__isnull=False), name="decision_action"
            ),
            # What the rows that these lead to are asked for before they go.
            *(
                models.Index(fields=[key], condition=Q((f"{key}__isnull", False)), name=f"decision_{key}")
                for key in ("text_before", "waiting_before", "clause", "canned_reply", "message", "note")
            ),
        ]

    def __str__(self):
        return f"{self.get_action_display()} {self.at:%Y-%m-%d %H:%M}"

    @classmethod
    def in_force(cls, comment) -> "Decision | None":
        """What holds for the comment's author: decided last, not taken back, and not `leaves_as_is`. One query."""
        decided = cls.objects.filter(comment=comment, reversed_by__isnull=True)
        decided = decided.exclude(action__in=[Action.UNDO, Action.ESCALATE])
        decided = decided.exclude(action=Action.KEEP, waiting_before=None)
        return decided.select_related("clause__policy", "message", "text", "policy").order_by("-pk").first()

    @property
    def actor(self) -> str:
        """Who decided, in a word."""
        return str(self.by) if self.by else "another system" if self.is_import else "screening"

    @property
    def is_automatic(self) -> bool:
        """Whether no person decided it."""
        return self.by_id is None and not self.is_import

    @property
    def leaves_as_is(self) -> bool:
        """Whether it decides nothing for the author: it was passed on, or kept as it is, which only who asked for it hears.

        Not so where it closed an emergency with a word for them.
        """
        kept = self.action == Action.KEEP and self.waiting_before_id is None
        return self.action == Action.ESCALATE or kept and not (self.outcome and self.message_id)

    @property
    def said_to_who_asked(self) -> str:
        """What a moderator wrote when the comment was kept: to who had reported it, or had appealed because it was kept before.

        Of an emergency, its author is written to.
        """
        kept = self.action == Action.KEEP and not self.outcome
        return self.message.text if kept and self.message else ""

    @property
    def said_to_who_appealed(self) -> str:
        """The same to who had reported it and appealed: also where it was published after it had waited again, which its
        author reads, too.
        """
        published = self.action == Action.PUBLISH and self.from_status == states.PENDING and not self.outcome
        return self.message.text if published and self.message else self.said_to_who_asked

    @property
    def is_of_crisis(self) -> bool:
        """Whether it closed an emergency that was one: whoever wrote it is spoken to first as a person."""
        return bool(self.outcome) and not self.is_false_alarm

    @property
    def is_false_alarm(self) -> bool:
        """Whether it closed what only looked like an emergency."""
        return self.outcome == states.FALSE_ALARM

    @property
    def agrees_with_reports(self) -> bool:
        """Whether it takes away what was reported: not where only a change was refused, and the public text stays."""
        stays = self.action == Action.REJECT and self.to_status == states.PUBLISHED
        return self.action in states.REPORT_WAS_RIGHT and not stays

    @property
    def puts_back(self) -> bool:
        """Whether it publishes what was refused or removed, where its author has not appealed."""
        return self.action in states.PUTS_BACK and self.from_status in states.MOVES[states.RESTORE]

    @property
    def is_appealable(self) -> bool:
        """Whether it keeps something from readers that its author may want there: a comment, parts of it, a change."""
        refused_by_program = self.is_automatic and self.to_status == states.REJECTED
        dropped_change = self.action == Action.KEEP and self.waiting_before_id is not None
        return self.action in states.APPEALABLE or dropped_change or refused_by_program

    @property
    def is_undone(self) -> bool:
        """Whether it was taken back. One query."""
        return Decision.objects.filter(reverses=self).exists()
