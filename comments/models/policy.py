"""The policy as data: clauses in versions, canned replies, listed words."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse

from comments.screening.words import fold
from healthnews import markup


class PolicyVersion(models.Model):
    """One state of the policy. Never changed: a new one gets its own clauses, and decisions name theirs."""

    number = models.PositiveIntegerField(unique=True)
    intro = models.TextField(blank=True)
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

    @property
    def intro_html(self):
        return markup.plain(self.intro)


class Clause(models.Model):
    """A numbered line of one policy version."""

    policy = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="clauses")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    wording = models.TextField(help_text="What the public reads.")
    guidance = models.TextField(blank=True, help_text="What moderators read besides.")
    severity = models.PositiveSmallIntegerField(default=1)
    default_reply = models.CharField(max_length=60, blank=True, help_text="Key of a canned reply.")
    default_outcome = models.CharField(max_length=20, blank=True)
    legal_ground = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["policy", "number"], name="clause_once_in_a_policy"),
        ]

    def __str__(self):
        return f"{self.number}. {self.title}"

    def get_absolute_url(self):
        return f"{reverse('comments:policy')}#clause-{self.number}"

    @classmethod
    def in_force(cls):
        """The clauses of the current policy, by number. One query, joined with their policy."""
        latest = PolicyVersion.objects.order_by("-number").values("pk")[:1]
        return cls.objects.filter(policy=models.Subquery(latest)).select_related("policy")

    @property
    def wording_html(self):
        return markup.plain(self.wording)


class CannedReply(models.Model):
    """An answer that the desk gives often. Placeholders: {name}, {article}, {clause}, {policy}."""

    class Purpose(models.TextChoices):
        PUBLIC_ANSWER = "public_answer", "Answer under the comment"
        MESSAGE = "message_to_author", "Message to the author"

    key = models.SlugField(max_length=60, unique=True)
    title = models.CharField(max_length=120)
    purpose = models.CharField(max_length=20, choices=Purpose, default=Purpose.PUBLIC_ANSWER)
    clause_number = models.PositiveSmallIntegerField(null=True, blank=True)
    suggests_for = ArrayField(
        models.CharField(max_length=40), default=list, blank=True, help_text="Finding codes, with commas."
    )
    body = models.TextField()
    position = models.PositiveSmallIntegerField(default=0)
    use_count = models.PositiveIntegerField(default=0, editable=False)
    is_active = models.BooleanField("in use", default=True)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name_plural = "canned replies"

    def __str__(self):
        return self.title

    def filled(self, *, name: str, article: str, clause: str = "", policy: str = "") -> str:
        """The text with its placeholders filled in. Anything else in braces stays as it is."""
        text = self.body
        for key, value in {"name": name, "article": article, "clause": clause, "policy": policy}.items():
            text = text.replace("{" + key + "}", value)
        return text


class ListedWord(models.Model):
    """A word or phrase that holds a comment, or refuses it outright. Matches on word boundaries only."""

    class Outcome(models.TextChoices):
        HOLD = "hold", "Hold for a moderator"
        REJECT = "reject", "Refuse at once"

    word = models.CharField(max_length=120)
    key = models.CharField(max_length=480, unique=True, editable=False)
    outcome = models.CharField(max_length=6, choices=Outcome, default=Outcome.HOLD)

    class Meta:
        ordering = ["key"]

    def __str__(self):
        return self.word

    def save(self, *args, **kwargs):
        """Store, with the folded form that texts are searched for."""
        self.key = " ".join(fold(self.word).split())
        super().save(*args, **kwargs)
