"""What moderators propose about policy, words and replies; administrators take it up or decline it with a word."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class ChangedMeanwhile(Exception):
    """Somebody else changed it first. The message says who and when."""


class Proposal(models.Model):
    """A change somebody without the right to make it would make. `content` is what they filled in, as cleaned."""

    class Kind(models.TextChoices):
        POLICY = "policy", "Policy"
        WORDS = "words", "Words to be listed"
        REMOVAL = "removal", "A word to be taken off the list"
        REPLY = "reply", "Canned reply"

    class State(models.TextChoices):
        OPEN = "open", "Waits"
        ACCEPTED = "accepted", "Taken up"
        DECLINED = "declined", "Declined"

    kind = models.CharField(max_length=10, choices=Kind)
    content = models.JSONField()
    reply = models.ForeignKey("comments.CannedReply", models.PROTECT, null=True, related_name="+")
    why = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["by", "-id"], name="proposal_of"),
            models.Index(fields=["kind"], condition=models.Q(state="open"), name="proposal_open"),
        ]

    def __str__(self):
        content = self.content
        if self.kind == self.Kind.POLICY:
            return f"A change of the policy, from version {content['based_on']}"
        if self.kind == self.Kind.WORDS:
            count = len(content["words"])
            return f"{count} word{'' if count == 1 else 's'} to be listed"
        if self.kind == self.Kind.REMOVAL:
            return f"Take “{content['word']}” off the list"
        return f"{'A change of' if self.reply_id else 'A new canned reply,'} “{content['title']}”"

    @property
    def is_open(self) -> bool:
        """Whether it still waits for an answer."""
        return self.state == self.State.OPEN

    def accept(self, *, by, answer: str = "") -> None:
        """Say that it was taken up. Raises ChangedMeanwhile."""
        self._answer(self.State.ACCEPTED, by, answer)

    def decline(self, *, by, answer: str) -> None:
        """Say that it was not, and why. Raises ChangedMeanwhile."""
        self._answer(self.State.DECLINED, by, answer)

    def _answer(self, state: str, by, answer: str) -> None:
        waiting = Proposal.objects.filter(pk=self.pk, state=self.State.OPEN)
        if not waiting.update(state=state, answer=answer, answered_by=by, answered_at=timezone.now()):
            theirs = Proposal.objects.select_related("answered_by").get(pk=self.pk)
            raise ChangedMeanwhile(
                f"{theirs.answered_by} answered this proposal first: {theirs.get_state_display().lower()}."
            )
        self.refresh_from_db()
