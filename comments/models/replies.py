"""Canned replies, and who changed them."""

import re

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import IntegrityError, models, transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from accounts import names
from comments.models.proposals import ChangedMeanwhile
from comments.screening import CRISIS

PLACEHOLDERS = ("name", "article", "clause", "policy", "help")
IN_BRACES = re.compile(r"\{([^{}]*)\}")


class CannedReply(models.Model):
    """An answer that the desk gives often. Placeholders: {name}, {article}, {clause}, {policy}, {help}."""

    class Purpose(models.TextChoices):
        PUBLIC_ANSWER = "public_answer", "Answer under the comment"
        MESSAGE = "message_to_author", "Message to the author"

    # What people change and history keeps; the key stays.
    FIELDS = ("title", "purpose", "clause_number", "suggests_for", "body", "is_active")

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
    revision = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name_plural = "canned replies"

    def __str__(self):
        return self.title

    def filled(self, *, name: str, article: str, clause: str = "", policy: str = "") -> str:
        """The text with its placeholders filled in, once: what they bring in is not looked through again.

        Anything else in braces stays as it is. {help} is the address of the help lines. It is published as ours: no name
        becomes a link in it.
        """
        values = {"name": names.unlinked(name), "article": article, "clause": clause, "policy": policy}
        values["help"] = settings.SITE_URL + reverse("comments:help")

        def value(found) -> str:
            filled = values.get(found.group(1), found.group())
            # “Tobias K.” at the end of a sentence ends it.
            return filled.removesuffix(".") if self.body.startswith(".", found.end()) else filled

        return IN_BRACES.sub(value, self.body)

    def content(self) -> dict:
        """What people change, by name."""
        return {name: getattr(self, name) for name in self.FIELDS}

    @classmethod
    def clause_about(cls, codes, active=None) -> int | None:
        """The number of the clause that what was found like this goes by: that of the first active reply for it.

        One query, unless the caller has the active ones.
        """
        active = cls.objects.filter(is_active=True) if active is None else active
        numbers = (each.clause_number for each in active if not set(each.suggests_for).isdisjoint(codes))
        return next(filter(None, numbers), None)

    @classmethod
    def signpost(cls, active=None) -> "CannedReply | None":
        """The message by which somebody in danger is pointed to help: the first in use for it.

        One query, unless the caller has the active ones.
        """
        active = cls.objects.filter(is_active=True) if active is None else active
        messages = (each for each in active if each.purpose == cls.Purpose.MESSAGE)
        return next((each for each in messages if not set(each.suggests_for).isdisjoint(CRISIS)), None)

    @classmethod
    def add(cls, key: str, content: dict, *, by) -> "CannedReply":
        """A new one, behind the others. Raises ChangedMeanwhile when the key was taken a moment ago."""
        try:
            with transaction.atomic():
                last = cls.objects.aggregate(last=Max("position"))["last"]
                reply = cls.objects.create(key=key, position=0 if last is None else last + 1, **content)
                ReplyChange.objects.create(reply=reply, by=by, before={}, after=reply.content())
        except IntegrityError:
            raise ChangedMeanwhile(f"There is a reply with the key “{key}” already.") from None
        return reply

    def change(self, content: dict, *, by, revision: int) -> None:
        """Change it, if it still is at `revision`, and keep how it read before. Raises ChangedMeanwhile."""
        with transaction.atomic():
            before = CannedReply.objects.select_for_update(no_key=True).get(pk=self.pk)
            if before.revision != revision:
                last = self.changes.select_related("by").first()
                raise ChangedMeanwhile(
                    f"{last.by} changed this reply at {timezone.localtime(last.at):%H:%M on %d %B %Y}."
                    if last
                    else "This reply has changed since you opened it."
                )
            was = before.content()
            if content == was:
                return
            self.title, self.purpose, self.body = content["title"], content["purpose"], content["body"]
            self.clause_number, self.suggests_for = content["clause_number"], content["suggests_for"]
            self.is_active, self.revision = content["is_active"], revision + 1
            self.save(update_fields=[*self.FIELDS, "revision"])
            ReplyChange.objects.create(reply=self, by=by, before=was, after=content)

    @classmethod
    def renumber(cls, numbers: dict, *, by, because: str) -> None:
        """Let replies name the clauses by their new numbers ({old: new or None}); two queries and a record of each."""
        replies = list(cls.objects.select_for_update(no_key=True).filter(clause_number__in=numbers))
        records = []
        for reply in replies:
            was = reply.content()
            reply.clause_number = numbers[reply.clause_number]
            reply.revision += 1
            records.append(
                ReplyChange(reply=reply, by=by, because=because, before=was, after=reply.content())
            )
        cls.objects.bulk_update(replies, ["clause_number", "revision"])
        ReplyChange.objects.bulk_create(records)

    def move(self, by_places: int) -> None:
        """Change places with the neighbour before (-1) or behind (1)."""
        with transaction.atomic():
            rows = list(CannedReply.objects.select_for_update(no_key=True).only("pk", "position"))
            at = [row.pk for row in rows].index(self.pk)
            to = at + by_places
            if not 0 <= to < len(rows):
                return
            rows[at], rows[to] = rows[to], rows[at]
            for position, row in enumerate(rows):
                row.position = position
            CannedReply.objects.bulk_update(rows, ["position"])

    @staticmethod
    def last_uses(replies) -> dict:
        """{pk: when it was last used}. Each looks for one row, which the planner finds by reply or from the end."""
        from comments.models.decision import Decision

        newest = [
            Decision.objects.filter(canned_reply=reply.pk)
            .order_by("-pk")
            .values_list("canned_reply", "at")[:1]
            for reply in replies
            if reply.use_count
        ]
        return dict(newest[0].union(*newest[1:], all=True)) if newest else {}


class ReplyChange(models.Model):
    """How a canned reply read before and after somebody changed it. Append-only."""

    reply = models.ForeignKey(CannedReply, models.PROTECT, related_name="changes")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    because = models.CharField(max_length=120, blank=True)
    before = models.JSONField()
    after = models.JSONField()

    class Meta:
        ordering = ["-pk"]

    def __str__(self):
        return f"Change of {self.reply_id} at {self.at:%Y-%m-%d %H:%M}"
