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
from comments.models.undoing import UNDO_TIME


class Pick(models.Model):
    """Somebody of the desk picked a comment, or took the pick back. Append-only; `Comment.is_picked` is what holds now."""

    comment = models.ForeignKey(Comment, models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    is_set = models.BooleanField()
    version = models.PositiveIntegerField(null=True)  # of the comment then; not kept before there was an undo
    undoes = models.OneToOneField("self", models.PROTECT, null=True, related_name="undone_by")

    class Meta:
        indexes = [
            models.Index(fields=["comment", "-id"], name="pick_of_comment"),
            models.Index(fields=["at", "id"], name="pick_at"),
        ]

    def __str__(self):
        return f"{'Pick' if self.is_set else 'No pick'} of comment {self.comment_id}"

    @classmethod
    def latest(cls, comment) -> "Pick | None":
        """The last act about this comment that was not taken back, with who did it."""
        acts = cls.objects.filter(comment=comment, undoes=None, undone_by=None)
        return acts.select_related("by").order_by("-pk").first()

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
            cls._carry_out(now, to, by=by, at=at or timezone.now())
        return True

    def undo(self, *, by) -> "Pick":
        """As it was before this act; returns the record of that. Raises Undecidable with the reason, or MovedMeanwhile."""
        with transaction.atomic():
            Thread.lock([self.comment.article_id])
            now = Comment.objects.select_for_update(no_key=True).get(pk=self.comment_id)
            if why := self._why_not_undone(now, by):
                raise Undecidable(why)
            # What somebody picks again is what they read: the text may have changed once it was no longer picked.
            if not self.is_set and now.version != self.version:
                raise MovedMeanwhile(now)
            return self._carry_out(now, not self.is_set, by=by, at=timezone.now(), undoes=self)

    def _why_not_undone(self, comment, by) -> str:
        if self.by_id != by.pk and not by.has_perm("comments.administer"):
            return "Only who did it, or an administrator, can undo this."
        if self.undoes_id is not None or Pick.objects.filter(comment=comment, pk__gt=self.pk).exists():
            return "It was picked or taken back since; the card says how it is now."
        if timezone.now() > self.at + UNDO_TIME:
            return "A pick can be undone for ten minutes; that time is over. The card has the button for it."
        return "" if self.is_set else self.why_not(comment, by)

    @classmethod
    def _carry_out(cls, comment, to: bool, **record) -> "Pick":
        Comment.objects.filter(pk=comment.pk).update(is_picked=to)
        Thread.changed(comment.article_id)
        return cls.objects.create(comment=comment, is_set=to, version=comment.version, **record)
