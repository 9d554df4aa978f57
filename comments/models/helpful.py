"""The mark that says a comment helped: one for each person, counted on the comment."""

from bisect import bisect_right

from django.conf import settings
from django.db import models, transaction
from django.db.models import F
from django.utils import timezone

from comments.models.comment import Comment
from comments.models.decision import Undecidable
from comments.models.thread import Thread

# What a page prints of a count: the highest of these that it has reached. Every kept page of a thread is made anew only
# when that changes, so a flood of marks costs a dozen pages and not thousands.
STEPS = (0, 1, 2, 3, 4, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000)


def step_of(count: int) -> int:
    """The count as pages print it."""
    return STEPS[bisect_right(STEPS, max(0, count)) - 1]


class Helpful(models.Model):
    """This person found that comment helpful."""

    comment = models.ForeignKey(Comment, models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["by", "comment"], name="helpful_once")]

    def __str__(self):
        return f"Comment {self.comment_id} helped {self.by_id}"

    @classmethod
    def why_not(cls, comment, by) -> str:
        """Why this person cannot mark this comment, in words; empty when they can."""
        if not comment.is_published:
            return "This comment is no longer public."
        return "This is your own comment." if comment.author_id == by.pk else ""

    @classmethod
    def toggle(cls, comment, *, by) -> bool:
        """Set the mark, or take it back; whether it is set now. Raises Undecidable with the reason.

        The thread's version moves only when the page prints another number (STEPS).
        """
        with transaction.atomic():
            # The thread's row first, as every door does; it is held for as long as it takes to count.
            Thread.lock([comment.article_id])
            now = Comment.objects.select_for_update(no_key=True).get(pk=comment.pk)
            if why := cls.why_not(now, by):
                raise Undecidable(why)
            gone, _ = cls.objects.filter(comment=now, by=by).delete()
            if not gone:
                cls.objects.create(comment=now, by=by)
            count = now.helpful_count + (-1 if gone else 1)
            Comment.objects.filter(pk=now.pk).update(helpful_count=F("helpful_count") + (-1 if gone else 1))
            if step_of(count) != step_of(now.helpful_count):
                Thread.changed(now.article_id)
        return not gone
