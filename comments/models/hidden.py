"""Whom somebody does not want to read: a list of their own, that changes nothing for anybody else."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts import names, roles
from accounts.models import User
from comments.models.comment import Comment
from comments.models.decision import Undecidable

FOUND = 20  # people whom a search shows
MOST = 500  # people on one list; what is shown to its owner is read in one piece


class Hidden(models.Model):
    """`by` has hidden `person`: hears nothing of what they answer (`Notice.give`), and need not read it."""

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["by", "person"], name="hidden_once")]

    def __str__(self):
        return f"{self.by_id} hides {self.person_id}"

    @classmethod
    def why_not(cls, person, by) -> str:
        """Why `by` cannot hide this person, in words; empty when they can."""
        if person.pk == by.pk:
            return "You cannot hide yourself."
        if person.is_newsroom:
            return "What the people of this site write cannot be hidden: it may concern you."
        return ""

    @classmethod
    def found(cls, words: str, *, by) -> list[User]:
        """People with something in public whose names begin like this, and whom `by` can hide; at most FOUND + 1.

        Over the index of folded names, which those who came with an import have none of: they are hidden from the foot of
        a comment.
        """
        key = names.fold(words.replace("\x00", ""))
        if not key:
            return []
        wrote = Exists(Comment.objects.filter(author=OuterRef("pk")).published())
        theirs = User.objects.filter(wrote, display_name_key__startswith=key).exclude(pk=by.pk)
        gone = theirs.exclude(pk__in=cls.objects.filter(by=by).values("person"))
        readers = gone.exclude(Q(is_superuser=True) | Q(groups__name__in=roles.PERMISSIONS))
        return list(readers.order_by("display_name", "pk")[: FOUND + 1])

    @classmethod
    def hide(cls, person, *, by) -> None:
        """Put the person on the list. Raises Undecidable with the reason."""
        if why := cls.why_not(person, by):
            raise Undecidable(why)
        if cls.objects.filter(by=by).count() >= MOST:
            raise Undecidable(f"Your list has {MOST} people: show some of them again first.")
        cls.objects.get_or_create(by=by, person=person)

    @classmethod
    def show(cls, person, *, by) -> None:
        """Take the person off the list."""
        cls.objects.filter(by=by, person=person).delete()
