"""Words and phrases that hold or refuse a comment, and who listed them."""

from dataclasses import dataclass

from django.conf import settings
from django.db import connection, models, transaction
from django.utils import timezone

from comments.models.proposals import ChangedMeanwhile
from comments.screening.words import fold


def key_of(word: str) -> str:
    """The folded form that texts are searched for."""
    return " ".join(fold(word).split())


@dataclass(frozen=True)
class Planned:
    """What listing a word would do: `before` is the outcome that it has now, empty when it is new."""

    word: str
    key: str
    before: str
    outcome: str

    @property
    def changes(self) -> bool:
        """Whether it would do anything."""
        return self.before != self.outcome


class ListedWord(models.Model):
    """A word or phrase that holds a comment, or refuses it outright. Matches on word boundaries only."""

    class Outcome(models.TextChoices):
        HOLD = "hold", "Hold for a moderator"
        REJECT = "reject", "Refuse at once"

    word = models.CharField(max_length=120)
    key = models.CharField(max_length=480, unique=True, editable=False)
    outcome = models.CharField(max_length=6, choices=Outcome, default=Outcome.HOLD)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["key"]

    def __str__(self):
        return self.word

    def save(self, *args, **kwargs):
        """Store, with the folded form that texts are searched for."""
        self.key = key_of(self.word)
        super().save(*args, **kwargs)

    @classmethod
    def plan(cls, words: list[str], outcome: str) -> list[Planned]:
        """What listing these would do, each key once; one query."""
        by_key = {key_of(word): word for word in reversed(words)}
        listed = dict(cls.objects.filter(key__in=by_key).values_list("key", "outcome"))
        return [Planned(word, key, listed.get(key, ""), outcome) for key, word in reversed(by_key.items())]

    @classmethod
    def carry_out(cls, plan: list[Planned], *, note: str, by) -> int:
        """List what was planned, if the list still is as it was then; how many changed. Raises ChangedMeanwhile."""
        with transaction.atomic():
            # Readers go on; two people who list words come one after the other.
            with connection.cursor() as cursor:
                cursor.execute("LOCK TABLE comments_listedword IN SHARE ROW EXCLUSIVE MODE")
            if cls.plan([each.word for each in plan], plan[0].outcome) != plan:
                raise ChangedMeanwhile("Somebody changed the list since you tried these words.")
            changing = [each for each in plan if each.changes]
            cls.objects.bulk_create(
                [cls(word=each.word, key=each.key, outcome=each.outcome, note=note) for each in changing],
                update_conflicts=True,
                unique_fields=["key"],
                update_fields=["outcome", "note"],
            )
            WordChange.objects.bulk_create(
                WordChange(word=each.word, before=each.before, outcome=each.outcome, note=note, by=by)
                for each in changing
            )
        return len(changing)

    def remove(self, *, note: str, by) -> None:
        """Take it off the list; the record stays. Raises ChangedMeanwhile."""
        with transaction.atomic():
            if not ListedWord.objects.filter(pk=self.pk).delete()[0]:
                raise ChangedMeanwhile(f"“{self.word}” is no longer on the list.")
            WordChange.objects.create(word=self.word, before=self.outcome, outcome="", note=note, by=by)


class WordChange(models.Model):
    """Who listed, changed or took away a word. Append-only."""

    word = models.CharField(max_length=120)
    before = models.CharField(max_length=6, choices=ListedWord.Outcome, blank=True)
    outcome = models.CharField(max_length=6, choices=ListedWord.Outcome, blank=True)
    note = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-pk"]

    def __str__(self):
        return f"{self.word}: {self.what}"

    @property
    def what(self) -> str:
        """What was done, in a word."""
        return "changed" if self.before and self.outcome else "listed" if self.outcome else "taken off"
