"""The thread under an article: its mode and its counts, in a row that a posting may lock."""

from django.db import models
from django.db.models import F


class Thread(models.Model):
    """One for each article that was ever commented on. `version` keys the kept pages (design 9)."""

    class Mode(models.TextChoices):
        OPEN = "open", "Open"
        HELD = "held", "Every comment is read first"
        CLOSED = "closed", "Closed to new comments"

    article = models.OneToOneField("articles.Article", models.CASCADE, primary_key=True, related_name="+")
    mode = models.CharField(max_length=6, choices=Mode, default=Mode.OPEN)
    version = models.BigIntegerField(default=0, editable=False)
    published_count = models.PositiveIntegerField(default=0, editable=False)

    def __str__(self):
        return f"Thread {self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether one may write here."""
        return self.mode != self.Mode.CLOSED

    @property
    def is_closed(self) -> bool:
        """The opposite, for templates."""
        return not self.is_open

    @classmethod
    def of(cls, article) -> "Thread":
        """The thread of the article; an unsaved one with the defaults where nobody has commented yet."""
        return cls.objects.filter(pk=article.pk).first() or cls(article=article)

    @classmethod
    def changed(cls, article_id: int, *, published: int = 0) -> None:
        """What the public sees has changed: count and version move. Call inside the door's transaction."""
        step = {"version": F("version") + 1, "published_count": F("published_count") + published}
        if not cls.objects.filter(pk=article_id).update(**step):
            cls.objects.bulk_create([cls(pk=article_id)], ignore_conflicts=True)
            cls.objects.filter(pk=article_id).update(**step)

    @classmethod
    def lock(cls, article_ids) -> None:
        """Hold these threads until the transaction ends, in the order of their ids; makes those that are missing."""
        wanted = sorted(article_ids)
        if not wanted:
            return
        rows = cls.objects.filter(pk__in=wanted).order_by("pk").select_for_update(no_key=True)
        missing = set(wanted) - set(rows.values_list("pk", flat=True))
        if missing:
            cls.objects.bulk_create([cls(article_id=pk) for pk in sorted(missing)], ignore_conflicts=True)

    @classmethod
    def changed_many(cls, steps: dict[int, int]) -> None:
        """As `changed`, for several: {article id: how many more are published}. They are locked, or are few."""
        for step in set(steps.values()):
            pks = [pk for pk, each in steps.items() if each == step]
            cls.objects.filter(pk__in=pks).update(
                version=F("version") + 1, published_count=F("published_count") + step
            )
