"""Free texts in rows of their own, so that one can be destroyed while the record of what was decided stays."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils import timezone

from healthnews import markup


class Destroyable(models.Model):
    """A text that can be emptied, leaving when and why."""

    created_at = models.DateTimeField(default=timezone.now, editable=False)
    destroyed_at = models.DateTimeField(null=True, blank=True, editable=False)
    destroyed_because = models.CharField(max_length=80, blank=True, editable=False)

    class Meta:
        abstract = True


class Words(models.Func):
    """The words of a text as the desk searches them: in lower case, without accents (no extension does it for us)."""

    template = (
        "to_tsvector('simple'::regconfig,"
        r" regexp_replace(normalize(%(expressions)s, NFKD), '[\u0300-\u036f]', '', 'g'))"
    )
    output_field = SearchVectorField()


class CommentText(Destroyable):
    """One text of a comment: what was typed and what is shown. An edit adds a row."""

    class Format(models.TextChoices):
        TEXT = "text", "Plain text"
        HTML = "html", "HTML of an import"

    comment = models.ForeignKey("comments.Comment", models.CASCADE, related_name="texts")
    body = models.TextField()
    body_format = models.CharField(max_length=4, choices=Format, default=Format.TEXT)
    body_html = models.TextField()

    class Meta:
        indexes = [GinIndex(Words("body"), name="comment_text_words")]

    def __str__(self):
        return f"Text {self.pk} of comment {self.comment_id}"

    @property
    def html(self):
        """What is shown."""
        return markup.stored(self.body_html)

    @property
    def plain(self) -> str:
        """The words, for the desk, for mail and for screening."""
        return self.body if self.body_format == self.Format.TEXT else markup.text_of(self.body_html)


class Remark(Destroyable):
    """What a person of the desk wrote about a decision: the message to the author, or a note among staff.

    Also what readers write with reports and appeals, and what a mail server said.
    """

    text = models.TextField()

    def __str__(self):
        return f"Remark {self.pk}"
