"""Staff picks: comments that the desk points readers to. Each act is a record."""

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from comments.models.comment import Comment
from comments.models.decision import Undecidable
from comments.models.mark import Mark
from comments.models.meanwhile import MovedMeanwhile
from comments.models.people import NotYours
from comments.models.thread import Thread


class Pick(models.Model):
    """Somebody of the desk picked a comment, or took the pick back. Append-only; `Comment.is_picked` is what holds now."""

    comment = models.ForeignKey(Comment, models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    is_set = models.BooleanField()

    class Meta:
        indexes = [
            models.Index(fields=["comment", "-id"], name="pick_of_comment"),
            models.Index(fields=["at", "id"], name="pick_at"),
        ]

    def __str__(self):
        return f"{'Pick' if self.is_set else 'No pick'} of comment {self.comment_id}"

    @classmethod
    def latest(cls, comment) -> "Pick | None":
        """The last act about this comment, with who did it."""
        return cls.objects.filter(comment=comment).select_related("by").order_by("-pk").first()

    @classmethod
    def why_not(cls, comment, by) -> str:
        """Why this moderator cannot pick this comment, in words; empty when they can."""
        if not comment.is_published:
            return "Only what is public can be picked."
        if comment.author_id == by.pk:
            return "This is your own comment: somebody else has to pick it."
        if comment.mark in {Mark.AUTHOR, Mark.STAFF}:
            return "Picks are for readers: this is the newsroom’s own."
        return "Say first how this emergency was dealt with." if comment.is_veiled else ""

    @classmethod
    def switch(cls, comment, to: bool, *, by, version: int, at=None) -> bool:
        """Pick it, as it was read at `version`, or take the pick back; whether that changed anything.

        Raises NotYours, Undecidable with the reason, or MovedMeanwhile.
        """
        if not by.is_moderator:
            raise NotYours("Only moderators may do this.")
        with transaction.atomic():
            Thread.lock([comment.article_id])
            now = Comment.objects.select_for_update(no_key=True).get(pk=comment.pk)
            if now.is_picked == to:
                return False
            if to and now.version != version:
                raise MovedMeanwhile(now)
            if to and (why := cls.why_not(now, by)):
                raise Undecidable(why)
            Comment.objects.filter(pk=now.pk).update(is_picked=to)
            cls.objects.create(comment=now, by=by, is_set=to, at=at or timezone.now())
            Thread.changed(now.article_id)
        return True
