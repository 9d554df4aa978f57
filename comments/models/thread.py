"""The thread under an article: its mode and its counts, in a row that a posting may lock."""

from django.db import connection, models, transaction
from django.db.models import F
from django.utils.functional import cached_property

from comments.models.people import NotYours
from comments.models.switch import Mode, SiteMode, Switch

_OF = """
    SELECT thread.*, coalesce((SELECT mode FROM comments_sitemode WHERE id = 1), 'open') AS site_mode
    FROM comments_thread AS thread WHERE thread.article_id = %s
"""
_CHANGED = """
    UPDATE comments_thread AS thread
    SET version = thread.version + 1, published_count = thread.published_count + each.step
    FROM unnest(%(threads)s::bigint[], %(steps)s::int[]) AS each (id, step) WHERE thread.article_id = each.id
"""


class Thread(models.Model):
    """One for each article that was ever commented on. `version` keys the kept pages (design 9)."""

    Mode = Mode

    article = models.OneToOneField("articles.Article", models.CASCADE, primary_key=True, related_name="+")
    mode = models.CharField(max_length=6, choices=Mode, default=Mode.OPEN)
    version = models.BigIntegerField(default=0, editable=False)
    published_count = models.PositiveIntegerField(default=0, editable=False)

    def __str__(self):
        return f"Thread {self.pk}"

    @cached_property
    def site_mode(self) -> str:
        """The mode of the whole site; who knows it already may set it."""
        return SiteMode.now()

    @property
    def is_open(self) -> bool:
        """Whether one may write here."""
        return Mode.CLOSED not in {self.mode, self.site_mode}

    @property
    def is_closed(self) -> bool:
        """The opposite, for templates."""
        return not self.is_open

    @property
    def is_held(self) -> bool:
        """Whether every comment is read first."""
        return self.is_open and Mode.HELD in {self.mode, self.site_mode}

    @property
    def closed_words(self) -> str:
        """Why one cannot write here, to readers; empty while one can."""
        if self.site_mode == Mode.CLOSED:
            return "All discussions on this site are closed to new comments at the moment."
        return "This discussion is closed to new comments." if self.is_closed else ""

    @classmethod
    def of(cls, article) -> "Thread":
        """The thread of the article, which knows the site's mode; an unsaved one where nobody has commented yet."""
        return next(iter(cls.objects.raw(_OF, [article.pk])), None) or cls(article=article)

    @classmethod
    def changed(cls, article_id: int, *, published: int = 0) -> None:
        """What the public sees has changed: count and version move. Call inside the door's transaction."""
        step = {"version": F("version") + 1, "published_count": F("published_count") + published}
        if not cls.objects.filter(pk=article_id).update(**step):
            cls.objects.bulk_create([cls(pk=article_id)], ignore_conflicts=True)
            cls.objects.filter(pk=article_id).update(**step)

    @classmethod
    def lock(cls, article_ids) -> None:
        """Hold these threads until the transaction ends, in the order of their ids; makes those that are missing."""
        wanted = sorted(article_ids)
        if not wanted:
            return
        rows = cls.objects.filter(pk__in=wanted).order_by("pk").select_for_update(no_key=True)
        missing = set(wanted) - set(rows.values_list("pk", flat=True))
        if missing:
            cls.objects.bulk_create([cls(article_id=pk) for pk in sorted(missing)], ignore_conflicts=True)

    @classmethod
    def changed_many(cls, steps: dict[int, int]) -> None:
        """As `changed`, for several: {article id: how many more are published}. They are locked, or are few."""
        if steps:
            with connection.cursor() as cursor:
                cursor.execute(_CHANGED, {"threads": [*steps], "steps": [*steps.values()]})

    def switch(self, to: str, *, by, note: str = "", seen: str = "") -> Switch:
        """Open, hold or close this thread. Raises Overtaken when it no longer is as `seen`, and NotYours."""
        if not by.is_moderator:
            raise NotYours("Only moderators may do this.")
        with transaction.atomic():
            Thread.changed(self.article_id)  # makes the row where there is none, and holds it
            thread = Thread.objects.get(pk=self.article_id)
            record = Switch.record(thread, thread.mode, to, by=by, note=note, seen=seen)
            Thread.objects.filter(pk=self.article_id).update(mode=to)
        self.mode = to
        return record
