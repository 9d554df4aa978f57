"""What waits and why (Case), and what was decided, by a person or by screening (Decision)."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import connection, models
from django.db.models import F, Q
from django.db.models.lookups import LessThan
from django.utils import timezone

from comments import states
from comments.models.policy import CannedReply, Clause, PolicyVersion
from comments.models.text import CommentText, Remark

CLAIM_LIFETIME = timedelta(minutes=2)


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
    UPHOLD = states.UPHOLD, "Appeal refused"
    OVERTURN = states.OVERTURN, "Appeal granted"
    UNDO = states.UNDO, "Undone"


class Lane(models.IntegerChoices):
    """Where a case is queued: the most urgent of its kinds. The number is the order."""

    CRISIS = 0, "Crisis"
    ESCALATED = 1, "Escalated"
    APPEAL = 2, "Appeals"
    REPORT = 3, "Reports"
    EDIT = 4, "Edits"
    NEW = 5, "New"


# After these it waits for one reason more.
BRINGS = {Action.HOLD: "new", Action.ESCALATE: "escalated"}


def is_drawn() -> Q:
    """Whether a decision is one of the 5 % that somebody else reads again, blind. By its id alone, and scattered: in the
    sequence of ids decisions take turns with what is submitted.
    """
    return Q(LessThan(F("id") * 919 % 1000, 50))


class Undecidable(Exception):
    """A decision lacks something it needs. The message is for the moderator."""


class CaseQuerySet(models.QuerySet):
    """Questions about what waits."""

    def open(self):
        """The queue: lane by lane, urgent first, then who has waited longest."""
        return self.filter(closed_at__isnull=True).order_by("lane", "priority", "since", "comment_id")


_CLOSE = """
    UPDATE comments_case SET closed_at = %(at)s, claimed_by_id = NULL, claimed_until = NULL
    WHERE comment_id = ANY (%(comments)s) AND closed_at IS NULL
"""


class Case(models.Model):
    """Why a comment waits: one for each comment, open or closed."""

    comment = models.OneToOneField("comments.Comment", models.CASCADE, primary_key=True, related_name="case")
    # The comment's own: what waits under one article is found by an index.
    article = models.ForeignKey("articles.Article", models.PROTECT, related_name="+", db_index=False)
    kinds = ArrayField(models.CharField(max_length=10), default=list)
    lane = models.PositiveSmallIntegerField(choices=Lane, default=Lane.NEW)
    # Within a lane the lower number comes first: 0 dangerous, 5 ordinary, 9 can wait.
    priority = models.PositiveSmallIntegerField(default=5)
    since = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    # Whether it ever waited as an emergency: its text stays veiled when it waits for something else later.
    was_crisis = models.BooleanField(default=False, db_default=False)
    # What screening noticed in the text that waits, by the codes of `screening/wording.py`.
    codes = ArrayField(models.CharField(max_length=40), default=list)
    # Whether a check found something, or people alone brought it here (DSA art. 17, 3c).
    is_detected = models.BooleanField(default=False)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    claimed_until = models.DateTimeField(null=True, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["lane", "priority", "since", "comment"],
                condition=Q(closed_at__isnull=True),
                name="case_queue",
            ),
            models.Index(
                fields=["article", "lane", "priority", "since", "comment"],
                condition=Q(closed_at__isnull=True),
                name="case_queue_of_article",
            ),
            models.Index(fields=["since"], condition=Q(closed_at__isnull=True), name="case_new"),
            GinIndex(fields=["codes"], condition=Q(closed_at__isnull=True), name="case_codes"),
        ]

    def __str__(self):
        return f"Case of comment {self.pk}"

    @classmethod
    def open_for(
        cls, comment, kind: str, *, priority: int = 5, since=None, detected: bool = False, codes=()
    ) -> None:
        """Let the comment wait for this reason: a new case, or one more kind of the open one.

        `codes` are those of what was found.
        """
        codes = [*dict.fromkeys(codes)]
        lane = Lane[kind.upper()]
        case = cls.objects.select_for_update().filter(pk=comment.pk).first()
        if case is None or case.closed_at is not None:
            cls.objects.update_or_create(
                comment=comment,
                defaults={
                    "article_id": comment.article_id,
                    "kinds": [kind],
                    "codes": codes,
                    "lane": lane,
                    "priority": priority,
                    "since": since or timezone.now(),
                    "closed_at": None,
                    "is_detected": detected,
                    "claimed_by": None,
                    "claimed_until": None,
                    "was_crisis": kind == "crisis" or case is not None and case.was_crisis,
                },
            )
        else:
            case.was_crisis = case.was_crisis or kind == "crisis"
            if kind == "crisis" and kind not in case.kinds:
                # Its clock begins now, however long the comment has waited.
                case.since = since or timezone.now()
            case.kinds = [*dict.fromkeys([*case.kinds, kind])]
            case.lane, case.priority = min(case.lane, lane), min(case.priority, priority)
            case.is_detected = case.is_detected or detected
            case.codes = [*dict.fromkeys([*case.codes, *codes])]
            case.save(
                update_fields=["kinds", "lane", "priority", "since", "is_detected", "codes", "was_crisis"]
            )

    @classmethod
    def found(cls, pk: int, codes) -> None:
        """What waits has a new text: this is what was noticed in it."""
        codes = [*dict.fromkeys(codes)]
        cls.objects.filter(pk=pk).update(codes=codes, is_detected=bool(codes))

    @classmethod
    def reopen(cls, pk: int) -> None:
        """Let it wait again in the place it had: not for what was answered when it was closed, but for what is still open."""
        case = cls.objects.select_for_update().get(pk=pk)
        if case.closed_at is None:  # an appeal against a decision that was undone
            case._wait_for([*dict.fromkeys([*case.kinds, "new"])])
        else:
            case._wait_for([each for each in case.kinds if each not in {"report", "appeal"}] or ["new"])
        case.save(update_fields=["kinds", "lane", "closed_at", "claimed_by", "claimed_until"])

    @classmethod
    def no_longer(cls, comment, kind: str) -> None:
        """One reason less for the comment to wait; it goes on for the others, or waits no more."""
        case = cls.objects.select_for_update().filter(pk=comment.pk, closed_at=None).first()
        if case is not None:
            case._wait_for([each for each in case.kinds if each != kind])
            case.save(update_fields=["kinds", "lane", "closed_at", "claimed_by", "claimed_until"])

    @classmethod
    def put_back(cls, decisions) -> None:
        """As these decisions, each the latest about its comment, had found them; what has come in since waits besides."""
        decided = {each.comment_id: each for each in decisions}
        cases = list(cls.objects.select_for_update().filter(pk__in=decided).order_by("pk"))
        for case in cases:
            case._put_back(decided[case.pk].case_before, brought=BRINGS.get(decided[case.pk].action))
        columns = [
            "kinds", "lane", "priority", "since", "codes", "is_detected",
            "closed_at", "claimed_by", "claimed_until",
        ]  # fmt: skip
        cls.objects.bulk_update(cases, columns)

    def _put_back(self, before: dict | None, *, brought: str | None) -> None:
        before = before or {}
        kinds = before.get("kinds", [])
        open_now = self.closed_at is None
        came = [each for each in self.kinds if each not in {*kinds, brought}] if open_now else []
        if before:
            self.priority = min(before["priority"], self.priority) if came else before["priority"]
            self.codes = [*dict.fromkeys([*before["codes"], *(self.codes if open_now else ())])]
            self.is_detected = before["is_detected"] or open_now and self.is_detected
            if "crisis" not in came:  # which has a clock of its own
                self.since = datetime.fromisoformat(before["since"])
        self._wait_for([*kinds, *came])

    def _wait_for(self, kinds: list[str]) -> None:
        """For these reasons, and for none: no longer."""
        if not kinds:
            self.closed_at = self.closed_at or timezone.now()
            self.claimed_by = self.claimed_until = None
            return
        if self.closed_at is not None:
            self.closed_at = self.claimed_by = self.claimed_until = None
        self.kinds, self.lane = kinds, min(Lane[each.upper()] for each in kinds)

    def as_before(self) -> dict:
        """What a decision keeps of it, to be put back if it is undone: codes, numbers and a time."""
        kept = {name: getattr(self, name) for name in ("kinds", "priority", "codes", "is_detected")}
        return kept | {"since": self.since.isoformat()}

    @classmethod
    def close_all(cls, comments, *, at=None) -> None:
        """Nothing about these comments, by their ids, waits any more."""
        if comments:
            with connection.cursor() as cursor:
                cursor.execute(_CLOSE, {"comments": [*comments], "at": at or timezone.now()})

    def claim(self, *, by) -> bool:
        """Say that `by` is looking, for CLAIM_LIFETIME; False when somebody else is."""
        now = timezone.now()
        free = Q(claimed_until__isnull=True) | Q(claimed_until__lt=now) | Q(claimed_by=by)
        until = now + CLAIM_LIFETIME
        mine = Case.objects.filter(free, pk=self.pk, closed_at__isnull=True).update(
            claimed_by=by, claimed_until=until
        )
        if mine:
            self.claimed_by, self.claimed_until = by, until
        return bool(mine)

    def release(self, *, by) -> None:
        """Stop looking."""
        Case.objects.filter(pk=self.pk, claimed_by=by).update(claimed_by=None, claimed_until=None)

    def is_looked_at_by_others(self, user) -> bool:
        """Whether somebody else is looking at it now."""
        return self.is_claimed and self.claimed_by_id != user.pk

    @property
    def is_claimed(self) -> bool:
        """Whether somebody is looking at it now."""
        return self.claimed_by_id is not None and self.claimed_until > timezone.now()


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

    comment = models.ForeignKey("comments.Comment", models.PROTECT, related_name="decisions")
    action = models.CharField(max_length=20, choices=Action)
    from_status = models.CharField(max_length=10, blank=True)
    to_status = models.CharField(max_length=10)
    at = models.DateTimeField(default=timezone.now)
    # Null: by screening, or by another system before an import.
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )  # index: decision_by
    is_import = models.BooleanField(default=False)
    # The text that was judged; and what stood there before, for undo.
    text = models.ForeignKey(CommentText, models.PROTECT, null=True, related_name="+")
    text_before = models.ForeignKey(CommentText, models.PROTECT, null=True, related_name="+")
    waiting_before = models.ForeignKey(CommentText, models.PROTECT, null=True, related_name="+")
    policy = models.ForeignKey(PolicyVersion, models.PROTECT, null=True, related_name="+")
    clause = models.ForeignKey(Clause, models.PROTECT, null=True, related_name="+")
    canned_reply = models.ForeignKey(CannedReply, models.PROTECT, null=True, related_name="+")
    message = models.ForeignKey(Remark, models.PROTECT, null=True, related_name="+")
    note = models.ForeignKey(Remark, models.PROTECT, null=True, related_name="+")
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
    def is_appealable(self) -> bool:
        """Whether it keeps something from readers that its author may want there: a comment, parts of it, a change."""
        refused_by_program = self.is_automatic and self.to_status == states.REJECTED
        dropped_change = self.action == Action.KEEP and self.waiting_before_id is not None
        return self.action in states.APPEALABLE or dropped_change or refused_by_program

    @property
    def is_undone(self) -> bool:
        """Whether it was taken back. One query."""
        return Decision.objects.filter(reverses=self).exists()
