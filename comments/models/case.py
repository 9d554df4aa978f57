"""What waits, and why: the queue."""

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import connection, models
from django.db.models import Q
from django.utils import timezone

from comments.models.decision import Action

CLAIM_LIFETIME = timedelta(minutes=2)


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
