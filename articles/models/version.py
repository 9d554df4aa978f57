"""Versions and reviews: append-only, they alone move what the public reads and the dates it is shown."""

from datetime import date, datetime

from django.conf import settings
from django.contrib.postgres.search import SearchVector
from django.db import models, transaction
from django.db.models import Value
from django.utils import timezone
from django.utils.text import slugify

from articles import dates
from articles.models.article import Article, ArticleByline, ArticleSource, Role
from articles.models.people import Person
from articles.models.site import SiteState
from articles.models.tags import Tag
from articles.search import folded
from healthnews import markup


class NewsroomQuerySet(models.QuerySet):
    """Rows that hang on an article (drafts, versions) and that the newsroom alone sees."""

    def visible_to(self, user):
        """An author's own; everything for editors and reviewers; nothing for anybody else."""
        if user.has_perm("articles.write_any") or user.has_perm("articles.add_review"):
            return self
        if user.has_perm("articles.write_own"):
            return self.filter(article__created_by=user)
        return self.none()


class Version(models.Model):
    """An immutable snapshot. `number` counts saves (the newsroom's), `edition` counts publications (the public's)."""

    class Kind(models.TextChoices):
        FIRST = dates.FIRST, "First publication"
        TYPO = dates.TYPO, "Typo"
        UPDATE = dates.UPDATE, "Update"
        CORRECTION = dates.CORRECTION, "Correction"
        CLARIFICATION = dates.CLARIFICATION, "Clarification"
        RETRACTION = dates.RETRACTION, "Retraction"

    article = models.ForeignKey(Article, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    snapshot = models.JSONField()
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    edition = models.PositiveIntegerField(null=True, blank=True)
    kind = models.CharField(max_length=20, choices=Kind, blank=True)
    note = models.CharField(max_length=400, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = NewsroomQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["article", "number"], name="version_number_once"),
            models.UniqueConstraint(fields=["article", "edition"], name="version_edition_once"),
        ]
        permissions = [("publish_version", "Can publish versions")]

    def __str__(self):
        return f"Version {self.number} of “{self.title}”"

    def publish(self, *, by, kind: str, note: str = "", at: datetime | None = None) -> Article:
        """Make this version the live one, in one transaction; the only way to change what the public reads.

        `at` is now unless given: ahead for a first publication on schedule, in the past for what another system
        published then. Raises ValueError in words for the editor: wrong kind, a note missing, published before.
        """
        at = at or timezone.now()
        note = note.strip()
        with transaction.atomic():
            article = Article.objects.select_for_update().get(pk=self.article_id)
            self.refresh_from_db()
            self._check(article, kind, note, at)
            snapshot = self.snapshot
            self.edition = article.edition = article.edition + 1
            self.kind, self.note, self.published_at, self.published_by = kind, note, at, by
            self.save(update_fields=["edition", "kind", "note", "published_at", "published_by"])
            article.slug = free_slug(snapshot["slug"] or article.slug or snapshot["title"], article.pk)
            self.write_columns(article)
            article.live_version = self
            article.publish_at = article.publish_at or at
            if kind in dates.SUBSTANTIVE:
                article.updated_at = at
            article.save()
            self._copy_rows(article)
            SiteState.bump()  # it stands in lists that are kept
        return article

    def write_columns(self, article) -> None:
        """What the snapshot says, into the article's live columns, unsaved. For the doors alone."""
        snapshot = self.snapshot
        lead = snapshot["lead"] or {}
        article.title, article.dek, article.body = snapshot["title"], snapshot["dek"], snapshot["body"]
        article.body_html = markup.printed_body(snapshot["body"])
        article.lead_image_id = lead.get("image")
        article.lead_alt, article.lead_caption = lead.get("alt", ""), lead.get("caption", "")
        article.lead_decorative = lead.get("decorative", False)
        article.lead_credit = " / ".join(filter(None, [lead.get("credit"), lead.get("licence")]))
        words = {
            "A": snapshot["title"],
            "B": " ".join(tag["name"] for tag in snapshot["tags"]),
            "C": snapshot["dek"],
            "D": markup.text_of(snapshot["body"]),
        }
        article.search = sum(
            (
                SearchVector(Value(folded(text)), weight=weight, config="english")
                for weight, text in words.items()
            ),
            start=SearchVector(Value("")),
        )

    def printed_bylines(self, article) -> list[ArticleByline]:
        """The article's live bylines as the snapshot has them, unsaved."""
        return [
            ArticleByline(
                article=article,
                person_id=line["person"],
                role=line["role"],
                position=position,
                name=line["name"],
                post_nominals=line["post_nominals"],
            )
            for position, line in enumerate(self.snapshot["bylines"])
        ]

    def _check(self, article, kind: str, note: str, at: datetime) -> None:
        if kind not in self.Kind.values:
            raise ValueError("Choose what kind of change this is.")
        if self.edition is not None:
            raise ValueError(f"Version {self.number} was already published as edition {self.edition}.")
        if (kind == dates.FIRST) != (article.edition == 0):
            raise ValueError(
                "This article is published already: choose what kind of change this is."
                if article.edition
                else "This article was never published: its kind is “First publication”."
            )
        if kind in dates.SUBSTANTIVE and not note:
            raise ValueError("Say in one public sentence what has changed.")
        if article.edition and at > timezone.now():
            raise ValueError("Only a first publication can be scheduled so far.")

    def _copy_rows(self, article) -> None:
        snapshot = self.snapshot
        article.bylines.all().delete()
        ArticleByline.objects.bulk_create(self.printed_bylines(article))
        article.sources.all().delete()
        ArticleSource.objects.bulk_create(
            ArticleSource(article=article, position=number, **source)
            for number, source in enumerate(snapshot["sources"], 1)
        )
        article.tags.set(Tag.objects.filter(pk__in=[tag["id"] for tag in snapshot["tags"]]))


def free_slug(wanted: str, article_pk: int | None) -> str:
    """The wanted address, or with -2, -3 … when another article has it."""
    base = slugify(wanted, allow_unicode=True)[:190].strip("-") or "article"
    taken = set(
        Article.objects.filter(slug__startswith=base).exclude(pk=article_pk).values_list("slug", flat=True)
    )
    return next(
        slug
        for count in range(1, len(taken) + 2)
        if (slug := base if count == 1 else f"{base}-{count}") not in taken
    )


class Review(models.Model):
    """A medical review of one version by one person; it alone moves the review date. Append-only."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="reviews")
    version = models.ForeignKey(Version, models.PROTECT, related_name="reviews")
    reviewer = models.ForeignKey(Person, models.PROTECT, related_name="reviews")
    reviewed_at = models.DateTimeField()
    due = models.DateField("next review due")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-reviewed_at", "-pk"]

    def __str__(self):
        return f"Review by {self.reviewer} on {self.reviewed_at:%Y-%m-%d}"

    @classmethod
    def record(cls, article, *, reviewer, by, months: int, at: datetime | None = None) -> "Review":
        """Write that `reviewer` has checked the live version; the next review is due `months` later.

        Raises ValueError when nothing is published yet, or when the reviewer, or whoever records it, wrote the
        article.
        """
        at = at or timezone.now()
        with transaction.atomic():
            article = Article.objects.select_for_update().get(pk=article.pk)
            if not article.live_version_id:
                raise ValueError("Only a published article can be reviewed.")
            if article.bylines.filter(person=reviewer, role=Role.AUTHOR).exists():
                raise ValueError(f"{reviewer.name} wrote this article and cannot review it.")
            if by is not None and article.bylines.filter(person__user=by, role=Role.AUTHOR).exists():
                raise ValueError("You wrote this article: somebody else has to record its review.")
            due: date = dates.add_months(at.date(), months)
            review = cls.objects.create(
                article=article,
                version_id=article.live_version_id,
                reviewer=reviewer,
                reviewed_at=at,
                due=due,
                recorded_by=by,
            )
            if article.reviewed_at is None or at >= article.reviewed_at:
                article.reviewed_at, article.review_due = at, due
                article.reviewed_by = reviewer.printed_name
                article.save(update_fields=["reviewed_at", "review_due", "reviewed_by"])
        return review
