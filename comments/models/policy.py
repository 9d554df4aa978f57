"""The policy as data: clauses in versions."""

from typing import ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from comments.models.proposals import ChangedMeanwhile
from comments.models.replies import CannedReply
from healthnews import markup
from healthnews.site_state import SiteState


class PolicyVersion(models.Model):
    """One state of the policy. Never changed: a new one gets its own clauses, and decisions name theirs."""

    number = models.PositiveIntegerField(unique=True)
    intro = models.TextField(blank=True)
    note = models.TextField(blank=True, help_text="What changed in it, and why.")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-number"]
        get_latest_by = "number"

    def __str__(self):
        return f"Comments policy, version {self.number}"

    @classmethod
    def current(cls) -> "PolicyVersion | None":
        """The policy in force; None only before the first migrate has ended."""
        return cls.objects.order_by("-number").first()

    @classmethod
    def current_id(cls) -> int | None:
        """The key of the policy in force."""
        return cls.objects.order_by("-number").values_list("pk", flat=True).first()

    @classmethod
    def publish(cls, content: dict, *, note: str, by, based_on: int) -> "PolicyVersion":
        """Put a new version in force, if `based_on` still is the number of the one that it replaces.

        `content` is as `self.content()` gives it. Raises ChangedMeanwhile.
        """
        with transaction.atomic():
            # The first version's row is the lock: who waited for it then sees what the other has published.
            cls.objects.select_for_update(no_key=True).filter(number=1).first()
            before = cls.current()
            if before and before.number != based_on:
                at = timezone.localtime(before.created_at)
                raise ChangedMeanwhile(
                    f"{before.created_by or 'Somebody'} published version {before.number} at {at:%H:%M on %d %B %Y}."
                )
            old = before.content()["clauses"] if before else []
            new = content["clauses"]
            version = cls.objects.create(
                number=based_on + 1, intro=content["intro"], note=note, created_by=by
            )
            Clause.objects.bulk_create(
                Clause(
                    policy=version, origin_id=clause["line"], **{name: clause[name] for name in Clause.FIELDS}
                )
                for clause in new
            )
            CannedReply.renumber(
                renumbered(old, new), by=by, because=f"Version {version.number} of the policy"
            )
            SiteState.bump()
        return version

    def content(self) -> dict:
        """What people change in it, as plain data."""
        return {"intro": self.intro, "clauses": [clause.content() for clause in self.clauses.all()]}

    @property
    def intro_html(self):
        return markup.plain(self.intro)


class ClauseManager(models.Manager):
    """Clauses with their version, which their address names."""

    def get_queryset(self):
        """In one query."""
        return super().get_queryset().select_related("policy")


class Clause(models.Model):
    """A numbered line of one policy version. `line` is the same for it through all versions, whatever its number."""

    FIELDS = (
        "number",
        "title",
        "wording",
        "guidance",
        "severity",
        "default_reply",
        "default_outcome",
        "legal_ground",
    )

    class Severity(models.IntegerChoices):
        SLIGHT = 1, "1, slight"
        SERIOUS = 2, "2, serious"
        DANGEROUS = 3, "3, dangerous"

    class Outcome(models.TextChoices):
        """What usually becomes of a comment under it; the desk decides."""

        PUBLISH = "publish", "Publish"
        RETURN = "return", "Return to its author"
        REJECT = "reject", "Refuse"
        REMOVE = "remove", "Remove"

    # How the values of FIELDS that are keys read.
    WORDS: ClassVar = {"severity": dict(Severity.choices), "default_outcome": dict(Outcome.choices)}

    policy = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="clauses")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    wording = models.TextField(help_text="What the public reads.")
    guidance = models.TextField(blank=True, help_text="What moderators read besides.")
    severity = models.PositiveSmallIntegerField(choices=Severity, default=Severity.SLIGHT)
    default_reply = models.CharField(max_length=60, blank=True, help_text="Key of a canned reply.")
    default_outcome = models.CharField(max_length=20, choices=Outcome, blank=True)
    legal_ground = models.CharField(max_length=200, blank=True)
    # The clause of the earlier version that it first was; null for what is new.
    origin = models.ForeignKey("self", models.PROTECT, null=True, related_name="+", editable=False)

    objects = ClauseManager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["policy", "number"], name="clause_once_in_a_policy"),
        ]

    def __str__(self):
        return f"{self.number}. {self.title}"

    def get_absolute_url(self):
        """In its own version: in a later one it may read otherwise, or stand under another number."""
        return f"{reverse('comments:policy_version', args=[self.policy.number])}#clause-{self.number}"

    @classmethod
    def in_force(cls):
        """The clauses of the current policy, by number. One query, joined with their policy."""
        latest = PolicyVersion.objects.order_by("-number").values("pk")[:1]
        return cls.objects.filter(policy=models.Subquery(latest)).select_related("policy")

    @classmethod
    def newest_of(cls, pks) -> dict[int, "Clause"]:
        """{id: the same clause as its newest version has it}: what is counted by clause, whatever its number was. One query."""
        line = Coalesce("origin_id", "pk")
        lines = cls.objects.filter(pk__in=pks).values(found=line)
        rows = list(cls.objects.annotate(of=line).filter(of__in=lines).order_by("policy__number"))
        newest = {clause.line: clause for clause in rows}
        return {clause.pk: newest[clause.line] for clause in rows if clause.pk in pks}

    @property
    def wording_html(self):
        return markup.plain(self.wording)

    @property
    def line(self) -> int:
        """The same through all versions."""
        return self.origin_id or self.pk

    def usual_message(self) -> "CannedReply | None":
        """The canned message that goes with it unless another is chosen; none where it has no usual reply. One query.

        Where that is a public answer, the author of what is kept back gets the first message that belongs to the clause.
        """
        if not self.default_reply:
            return None
        to_author = CannedReply.objects.filter(purpose=CannedReply.Purpose.MESSAGE, is_active=True)
        found = to_author.filter(Q(key=self.default_reply) | Q(clause_number=self.number))
        return min(found, key=lambda each: each.key != self.default_reply, default=None)

    def content(self) -> dict:
        """What people change in it, and its line, as plain data."""
        return {"line": self.line} | {name: getattr(self, name) for name in self.FIELDS}


def renumbered(old: list[dict], new: list[dict]) -> dict:
    """{old number: new number, or None where the clause is gone}, for the clauses whose number changes."""
    now = {clause["line"]: clause["number"] for clause in new}
    numbers = {clause["number"]: now.get(clause["line"]) for clause in old}
    return {was: number for was, number in numbers.items() if was != number}
