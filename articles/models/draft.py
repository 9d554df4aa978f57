"""The draft: the only thing the admin edits. Saving it never changes the public page."""

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone

from articles.models.article import Article, Byline, Content, Source, TooLate
from articles.models.tags import Tag
from articles.models.version import NewsroomQuerySet, Version, free_slug
from healthnews import markup

NEWER = Q(edited_at__gt=F("article__live_version__created_at"))


class DraftQuerySet(NewsroomQuerySet):
    """Questions about many drafts."""

    def in_state(self, state: str):
        """Those whose article is, for the public, "live", "newer" (live, and the draft is ahead of it), "scheduled",
        "retired" or "never" published.
        """
        now = timezone.now()
        published = Q(article__edition__gt=0)
        retired = Q(article__retire_at__lte=now)
        live = published & Q(article__publish_at__lte=now) & ~retired
        return self.filter(
            {
                "never": ~published,
                "scheduled": published & Q(article__publish_at__gt=now),
                "retired": published & retired,
                "live": live,
                "newer": live & NEWER,
            }[state]
        )


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

    objects = DraftQuerySet.as_manager()

    class Meta:
        ordering = ["-edited_at", "-pk"]

    # Questions

    @property
    def is_newer(self) -> bool:
        """Whether something was saved here since the version that the public reads was made."""
        live = self.article.live_version
        return live is not None and self.edited_at > live.created_at

    @property
    def public_state(self) -> str:
        """What the public sees and whether the draft is ahead of it, in a few words."""
        state = self.article.public_state
        return "live, draft newer" if state == "live" and self.is_newer else state

    def is_editable_by(self, user) -> bool:
        """Whether this person may change it: editors every draft, authors their own."""
        if user.has_perm("articles.write_any"):
            return True
        return user.has_perm("articles.write_own") and self.article.created_by_id == user.pk

    # Doors

    def start(self, *, kind: str, by) -> None:
        """Store a new draft together with its article, whose first address is made here."""
        with transaction.atomic():
            slug = free_slug(self.slug or self.title, None)
            self.article = Article.objects.create(kind=kind, slug=slug, title=self.title, created_by=by)
            self.slug, self.edited_by = slug, by
            self.save()

    def hold(self, revision: int) -> None:
        """Keep others from saving until this transaction ends.

        Raises TooLate, naming who saved since the form was opened with `revision`.
        """
        last = Draft.objects.select_for_update(of=["self"]).select_related("edited_by").get(pk=self.pk)
        if last.revision != revision:
            raise last.too_late()

    def too_late(self) -> TooLate:
        """What to raise for somebody who opened an older revision."""
        at = timezone.localtime(self.edited_at)
        return TooLate(f"{self.edited_by or 'Somebody'} saved this draft at {at:%H:%M on %d %B %Y}.")

    def take(self, revision: int, *, by) -> None:
        """Claim this edit: the draft's revision goes up by one if it still is the one that the form was opened with.

        Call it inside the transaction that saves. Raises TooLate, naming who saved in between.
        """
        taken = Draft.objects.filter(pk=self.pk, revision=revision).update(
            revision=F("revision") + 1, edited_by=by
        )
        if not taken:
            last = Draft.objects.select_related("edited_by").get(pk=self.pk)
            raise last.too_late()
        self.revision, self.edited_by = revision + 1, by

    def snapshot(self, bylines=None, sources=None, tags=None) -> dict:
        """Everything a reader would see, frozen: the JSON that a version keeps. Shape in articles/README.md.

        Rows that the caller has at hand are not asked for.
        """
        image = self.lead_image
        bylines = self.bylines.select_related("person") if bylines is None else bylines
        sources = self.sources.all() if sources is None else sources
        tags = self.tags.all() if tags is None else tags
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
                for byline in bylines
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
                for source in sources
            ],
            "tags": [{"id": tag.pk, "name": tag.name, "slug": tag.slug} for tag in tags],
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

    def version_to_publish(self, *, by) -> Version:
        """The newest version if it is what the draft says and still unpublished; a new one otherwise."""
        last = self.article.versions.first()
        if last and last.edition is None and last.snapshot == self.snapshot():
            return last
        return self.save_version(by=by)

    def restore(self, version: Version, *, by) -> Version | None:
        """Make the draft say what `version` says. What it said before is kept as a version, which is returned;
        None when the newest version held it already.
        """
        with transaction.atomic():
            draft = Draft.objects.select_for_update(of=["self"]).select_related("article").get(pk=self.pk)
            last = draft.article.versions.first()
            kept = None if last and last.snapshot == draft.snapshot() else draft.save_version(by=by)
            draft.take(draft.revision, by=by)
            draft._become(version.snapshot)
        return kept

    def _become(self, snapshot: dict) -> None:
        lead = snapshot["lead"] or {}
        self.title, self.dek, self.body = snapshot["title"], snapshot["dek"], snapshot["body"]
        if not self.article.edition:
            self.slug = snapshot["slug"]  # the address of what is published stays
        self.lead_image_id = lead.get("image")
        self.lead_alt, self.lead_caption = lead.get("alt", ""), lead.get("caption", "")
        self.lead_decorative = lead.get("decorative", False)
        self.save()
        self.bylines.all().delete()
        DraftByline.objects.bulk_create(
            DraftByline(draft=self, person_id=line["person"], role=line["role"], position=position)
            for position, line in enumerate(snapshot["bylines"])
        )
        self.sources.all().delete()
        DraftSource.objects.bulk_create(
            DraftSource(draft=self, position=number, **source)
            for number, source in enumerate(snapshot["sources"], 1)
        )
        self.tags.set(Tag.objects.filter(pk__in=[tag["id"] for tag in snapshot["tags"]]))


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
