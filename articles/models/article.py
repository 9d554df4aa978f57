"""An article as the public has it: identity and live columns, written only by `Version.publish()` and `move()`."""

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from articles import dates
from articles.models.images import Image
from articles.models.people import Person
from articles.models.site import SiteState
from articles.models.tags import Tag
from healthnews import markup


class TooLate(Exception):
    """Somebody else changed it since it was read. The message names who, in words for the editor."""


class Role(models.TextChoices):
    """What a person did for an article."""

    AUTHOR = "author", "Author"
    REVIEWER = "reviewer", "Medical reviewer"
    FACT_CHECKER = "fact_checker", "Fact-checker"
    EDITOR = "editor", "Editor"


class Content(models.Model):
    """What a draft and the live article have in common: ordinary columns."""

    title = models.CharField("headline", max_length=200)
    dek = models.CharField(
        max_length=300,
        blank=True,
        help_text="One or two sentences under the headline, in lists and in feeds.",
    )
    body = models.TextField(blank=True)
    lead_image = models.ForeignKey(Image, models.PROTECT, null=True, blank=True, related_name="+")
    lead_alt = models.CharField(
        "alternative text here",
        max_length=400,
        blank=True,
        help_text="What the picture shows in this article; empty: the picture's own.",
    )
    lead_decorative = models.BooleanField("mere decoration", default=False)
    lead_caption = models.CharField(
        "caption here", max_length=400, blank=True, help_text="Empty: the picture's own."
    )

    class Meta:
        abstract = True

    def __str__(self):
        return self.title


class Byline(models.Model):
    """One person's part in an article, in order."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=Role, default=Role.AUTHOR)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True
        ordering = ["position", "pk"]

    def __str__(self):
        return f"{self.person} ({self.get_role_display()})"


class Source(models.Model):
    """A numbered source, printed in full."""

    class Kind(models.TextChoices):
        GUIDELINE = "guideline", "Guideline"
        REVIEW = "review", "Review"
        STUDY = "study", "Study"
        PAGE = "page", "Information page"
        STATISTICS = "statistics", "Statistics"
        OTHER = "other", "Other"

    position = models.PositiveSmallIntegerField("number", default=1)
    title = models.CharField(max_length=300)
    publisher = models.CharField(max_length=200, blank=True)
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.PAGE)
    url = models.URLField("link", max_length=500, blank=True)
    checked_on = models.DateField("last checked", null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ["position", "pk"]

    def __str__(self):
        return self.title


class ArticleQuerySet(models.QuerySet):
    """Questions about many articles."""

    def public(self, at: datetime | None = None):
        """What everybody may read at that moment, pages included."""
        at = at or timezone.now()
        return self.filter(edition__gt=0, publish_at__lte=at).filter(
            Q(retire_at__isnull=True) | Q(retire_at__gt=at)
        )

    def visible_to(self, user):
        """What this person may fetch: the public's, an author's own, and everything for the newsroom's editors."""
        if user is None or not user.is_authenticated:
            return self.public()
        if user.has_perm("articles.write_any") or user.has_perm("articles.add_review"):
            return self
        public = self.public()
        if user.has_perm("articles.write_own"):
            return self.filter(Q(pk__in=public.values("pk")) | Q(created_by=user))
        return public

    def listed(self, at: datetime | None = None):
        """Public articles as lists and feeds show them, newest first; pages stand in no list."""
        return self.public(at).filter(kind=Article.Kind.ARTICLE).order_by("-publish_at", "-pk")

    def for_cards(self):
        """With what a card in a list prints: picture, bylines. Three queries however many articles."""
        return (
            self.defer("body", "body_html", "search")
            .select_related("lead_image")
            .prefetch_related("bylines", "tags")
        )


class Article(Content):
    """Identity and live columns. No form edits it: the draft is edited, a version is published to here."""

    class Kind(models.TextChoices):
        ARTICLE = "article", "Article"
        PAGE = "page", "Page"

    kind = models.CharField(max_length=10, choices=Kind, default=Kind.ARTICLE)
    slug = models.SlugField(max_length=200, unique=True, allow_unicode=True)
    body_html = models.TextField(blank=True, editable=False)
    live_version = models.ForeignKey(
        "articles.Version", models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    edition = models.PositiveIntegerField(default=0, editable=False)
    # First publication: may lie ahead, the article appears by query at its minute.
    publish_at = models.DateTimeField(null=True, blank=True, editable=False)
    retire_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Derived by the doors from versions and reviews (articles/dates.py), stored for lists, feeds and reports.
    updated_at = models.DateTimeField(null=True, blank=True, editable=False)
    reviewed_at = models.DateTimeField(null=True, blank=True, editable=False)
    reviewed_by = models.CharField(max_length=220, blank=True, editable=False)
    review_due = models.DateField(null=True, blank=True, editable=False)
    tags = models.ManyToManyField(Tag, blank=True, related_name="articles", editable=False)
    lead_credit = models.CharField(max_length=320, blank=True, editable=False)
    search = SearchVectorField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    source_key = models.CharField(max_length=200, unique=True, null=True, blank=True, editable=False)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["publish_at", "id"], condition=Q(kind="article", edition__gt=0), name="article_listed"
            ),
            GinIndex(fields=["search"], name="article_search"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(edition=0) | Q(publish_at__isnull=False, live_version__isnull=False),
                name="article_live_has_version_and_date",
            )
        ]
        permissions = [
            ("write_own", "Can write own articles"),
            ("write_any", "Can edit every draft"),
            ("retire_article", "Can retire articles"),
        ]

    def get_absolute_url(self):
        return reverse(
            "articles:page" if self.kind == self.Kind.PAGE else "articles:article", args=[self.slug]
        )

    # Questions

    def is_public(self, at: datetime | None = None) -> bool:
        """Whether everybody may read it at that moment."""
        at = at or timezone.now()
        return self.edition > 0 and self.publish_at <= at and (self.retire_at is None or self.retire_at > at)

    @property
    def is_retired(self) -> bool:
        """Whether it was public once and no longer is: its address answers 410 with a notice."""
        now = timezone.now()
        return self.edition > 0 and self.publish_at <= now and bool(self.retire_at and self.retire_at <= now)

    @property
    def public_state(self) -> str:
        """What the public sees, in one word or two: for the newsroom's lists."""
        if self.edition == 0:
            return "never published"
        if self.publish_at > timezone.now():
            return "scheduled"
        return "retired" if self.is_retired else "live"

    @property
    def dates(self) -> dates.Dates:
        """The four dates, as the doors derived them."""
        return dates.Dates(
            first_published=self.publish_at,
            updated=self.updated_at,
            reviewed=self.reviewed_at,
            reviewed_by=self.reviewed_by,
            review_due=self.review_due,
        )

    @property
    def html(self):
        """The printed body."""
        return markup.stored(self.body_html)

    @property
    def authors(self) -> list:
        """The bylines of its authors, in order; prefetch `bylines` for lists."""
        return [byline for byline in self.bylines.all() if byline.role == Role.AUTHOR]

    @property
    def reading_minutes(self) -> int:
        """Minutes an ordinary reader needs, at 230 words a minute; never less than one."""
        return max(1, round(len(self.body.split()) / 230))

    # Doors

    def move(self, action: str, *, by, note: str = "") -> "StatusChange":
        """Retire a public article or bring it back; writes who, when and why.

        Raises ValueError for an action its state does not allow.
        """
        with transaction.atomic():
            article = Article.objects.select_for_update().get(pk=self.pk)
            now = timezone.now()
            if action == StatusChange.Action.RETIRE and article.is_public(now):
                article.retire_at = now
            elif action == StatusChange.Action.RESTORE and article.retire_at is not None:
                article.retire_at = None
            else:
                raise ValueError(
                    f"An article that is {article.public_state} cannot be changed by “{action}”."
                )
            article.save(update_fields=["retire_at"])
            SiteState.bump()  # it stands in lists that are kept
            self.retire_at = article.retire_at
            return StatusChange.objects.create(article=article, action=action, by=by, at=now, note=note)


class ArticleByline(Byline):
    """A live byline. Name and post-nominals are frozen as printed; bio and photo are the person's present ones."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="bylines")
    name = models.CharField(max_length=120)
    post_nominals = models.CharField(max_length=80, blank=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="bylines")

    class Meta(Byline.Meta):
        indexes = [models.Index(fields=["person", "article"], name="byline_person")]

    @property
    def printed_name(self) -> str:
        """Name and post-nominals."""
        return f"{self.name}, {self.post_nominals}" if self.post_nominals else self.name


class ArticleSource(Source):
    """A live source."""

    article = models.ForeignKey(Article, models.CASCADE, related_name="sources")


class StatusChange(models.Model):
    """Who retired or brought back an article, when and why. Append-only."""

    class Action(models.TextChoices):
        RETIRE = "retire", "Retired"
        RESTORE = "restore", "Brought back"

    article = models.ForeignKey(Article, models.PROTECT, related_name="status_changes")
    action = models.CharField(max_length=10, choices=Action)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self):
        return f"{self.get_action_display()} {self.at:%Y-%m-%d}"
