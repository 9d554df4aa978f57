"""The draft: the only thing the admin edits. Saving it never changes the public page."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import F

from articles.models.article import Article, Byline, Content, Source, TooLate
from articles.models.tags import Tag
from articles.models.version import Version
from healthnews import markup


class Draft(Content):
    """One for each article: ordinary columns with its own bylines, sources and tags."""

    article = models.OneToOneField(Article, models.CASCADE, related_name="draft")
    slug = models.SlugField(
        "address", max_length=200, blank=True, allow_unicode=True, help_text="Empty: made from the headline."
    )
    tags = models.ManyToManyField(Tag, blank=True, related_name="drafts")
    # The edit lock: a form carries the number it was opened with, and saves only while it still holds.
    revision = models.PositiveIntegerField(default=0, editable=False)
    edited_at = models.DateTimeField(auto_now=True)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    class Meta:
        ordering = ["-edited_at", "-pk"]

    def take(self, revision: int, *, by) -> None:
        """Claim this edit: the draft's revision goes up by one if it still is the one that the form was opened with.

        Call it inside the transaction that saves. Raises TooLate, naming who saved in between.
        """
        taken = Draft.objects.filter(pk=self.pk, revision=revision).update(
            revision=F("revision") + 1, edited_by=by
        )
        if not taken:
            last = Draft.objects.select_related("edited_by").get(pk=self.pk)
            raise TooLate(
                f"{last.edited_by or 'Somebody'} saved this draft at {last.edited_at:%H:%M on %d %B %Y}."
            )
        self.revision, self.edited_by = revision + 1, by

    def snapshot(self) -> dict:
        """Everything a reader would see, frozen: the JSON that a version keeps. Shape in articles/README.md."""
        image = self.lead_image
        return {
            "title": self.title,
            "dek": self.dek,
            "slug": self.slug,
            "body": self.body,
            "lead": image
            and {
                "image": image.pk,
                "alt": "" if self.lead_decorative else self.lead_alt or image.alt,
                "decorative": self.lead_decorative,
                "caption": self.lead_caption or image.caption,
                "credit": image.credit,
                "licence": image.licence,
            },
            "bylines": [
                {
                    "person": byline.person_id,
                    "role": byline.role,
                    "name": byline.person.name,
                    "post_nominals": byline.person.post_nominals,
                }
                for byline in self.bylines.select_related("person")
            ],
            "sources": [
                {
                    "title": source.title,
                    "publisher": source.publisher,
                    "year": source.year,
                    "kind": source.kind,
                    "url": source.url,
                    "checked_on": source.checked_on and source.checked_on.isoformat(),
                }
                for source in self.sources.all()
            ],
            "tags": [{"id": tag.pk, "name": tag.name, "slug": tag.slug} for tag in self.tags.all()],
        }

    def save_version(self, *, by) -> Version:
        """Freeze the draft as it stands into the next version. Its body is cleaned here, whoever wrote it."""
        with transaction.atomic():
            Article.objects.select_for_update().only("pk").get(pk=self.article_id)
            self.body = markup.article_body(self.body)
            last = Version.objects.filter(article_id=self.article_id).order_by("-number").first()
            return Version.objects.create(
                article_id=self.article_id,
                number=last.number + 1 if last else 1,
                snapshot=self.snapshot(),
                title=self.title,
                created_by=by,
            )


class DraftByline(Byline):
    """A byline of a draft; the name is printed as it is when a version is saved."""

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="bylines")

    class Meta(Byline.Meta):
        verbose_name = "byline"


class DraftSource(Source):
    """A source of a draft."""

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="sources")

    class Meta(Source.Meta):
        verbose_name = "source"
