"""Somebody says that something in an article is wrong: a task for the editors. Who says so is not known here."""

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from articles.models.article import Article
from articles.models.version import Version

MOST_LINKS = 10


class Correction(models.Model):
    """What is said to be wrong in which version, and what became of it. The state moves in the doors alone."""

    class State(models.TextChoices):
        OPEN = "open", "Not looked at yet"
        ACCEPTED = "accepted", "Being worked on"
        DECLINED = "declined", "Nothing to correct"
        FIXED = "fixed", "Corrected"
        RECALLED = "recalled", "Taken back"

    PASSAGE, CLAIM, ANSWER = 500, 1_000, 1_000  # characters

    article = models.ForeignKey(Article, models.PROTECT, related_name="corrections")
    # What the public read when it was asked; null for an article that was never published.
    version = models.ForeignKey(Version, models.PROTECT, null=True, related_name="+")
    passage = models.CharField(max_length=PASSAGE, blank=True)
    claim = models.CharField(max_length=CLAIM, blank=True)
    links = models.JSONField(default=list)  # http(s) addresses
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    asked_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = models.CharField(max_length=ANSWER, blank=True)
    fixed_in = models.ForeignKey(Version, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["state", "-id"], name="correction_by_state")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="fixed", fixed_in__isnull=False)
                | ~models.Q(state="fixed") & models.Q(fixed_in__isnull=True),
                name="correction_fixed_names_version",
            )
        ]
        permissions = [("decide_correction", "Can decide what becomes of a correction")]

    def __str__(self):
        return f"Correction {self.pk}"

    @property
    def is_decided(self) -> bool:
        """Whether nobody waits for the editors any more."""
        return self.state in {self.State.DECLINED, self.State.FIXED, self.State.RECALLED}

    def later_versions(self):
        """The editions in which it can have been corrected: published since it was asked, newest first."""
        seen = self.version.edition if self.version else 0
        later = Version.objects.filter(article=self.article_id, edition__gt=seen)
        return later.defer("snapshot").order_by("-edition")

    # Doors

    @classmethod
    def ask(cls, article, *, passage: str = "", claim: str = "", links=()) -> "Correction":
        """Store a new task, about what the public reads now. Raises ValueError when nothing is said to be wrong."""
        if not (passage or claim):
            raise ValueError("Quote the passage that is wrong, or say what is wrong.")
        followed = [link for link in links if link.startswith(("https://", "http://"))]
        return cls.objects.create(
            article=article,
            version_id=article.live_version_id,
            passage=passage[: cls.PASSAGE],
            claim=claim[: cls.CLAIM],
            links=followed[:MOST_LINKS],
        )

    def accept(self, *, by, answer: str = "") -> None:
        """Somebody works on it."""
        self._decide(self.State.ACCEPTED, by=by, answer=answer)

    def decline(self, *, by, answer: str) -> None:
        """There is nothing to correct; `answer` says why, and there has to be one."""
        if not answer.strip():
            raise ValueError("Say in a sentence why there is nothing to correct.")
        self._decide(self.State.DECLINED, by=by, answer=answer)

    def fix(self, *, by, version, answer: str = "") -> None:
        """It was corrected in this version: one that was published after the one that was wrong."""
        if version is None or not self.later_versions().filter(pk=version.pk).exists():
            raise ValueError("Choose an edition that was published since: it has to be public first.")
        self._decide(self.State.FIXED, by=by, answer=answer, fixed_in=version)

    def recall(self, *, by) -> None:
        """Who had sent it takes it back, before an editor has looked at it."""
        self._decide(self.State.RECALLED, by=by)

    def _decide(self, state: str, *, by, answer: str = "", fixed_in=None) -> None:
        """Move what is still undecided. Raises ValueError, naming who was first."""
        with transaction.atomic():
            now = (
                Correction.objects.select_for_update(of=["self"]).select_related("decided_by").get(pk=self.pk)
            )
            is_worked_on = state == self.State.RECALLED and now.state != self.State.OPEN
            if now.is_decided or now.state == state or is_worked_on:
                words = now.get_state_display().lower()
                raise ValueError(f"{now.decided_by or 'Somebody'} has decided this already: {words}.")
            self.state, self.decided_by, self.decided_at = state, by, timezone.now()
            self.answer, self.fixed_in = answer.strip()[: self.ANSWER], fixed_in
            self.save(update_fields=["state", "decided_by", "decided_at", "answer", "fixed_in"])
