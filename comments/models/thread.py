"""The thread under an article: its mode and its counts, in a row that a posting may lock."""

from django.db import connection, models, transaction
from django.db.models import F
from django.utils.functional import cached_property

from comments.models.people import NotYours, moment
from comments.models.switch import Held, Mode, SiteMode, Switch, Switched

_OF = """
    SELECT thread.*, coalesce(site.mode, 'open') AS of_site_mode, coalesce(site.words, '') AS of_site_words,
        site.until AS of_site_until
    FROM comments_thread AS thread LEFT JOIN comments_sitemode AS site ON site.id = 1 WHERE thread.article_id = %s
"""
_CHANGED = """
    UPDATE comments_thread AS thread
    SET version = thread.version + 1, published_count = thread.published_count + each.step
    FROM unnest(%(threads)s::bigint[], %(steps)s::int[]) AS each (id, step) WHERE thread.article_id = each.id
"""


class Thread(Switched):
    """One for each article that was ever commented on. `version` keys the kept pages (design 9)."""

    Mode = Mode

    article = models.OneToOneField("articles.Article", models.CASCADE, primary_key=True, related_name="+")
    version = models.BigIntegerField(default=0, editable=False)
    published_count = models.PositiveIntegerField(default=0, editable=False)

    def __str__(self):
        return f"Thread {self.pk}"

    @cached_property
    def site(self) -> Held:
        """How the whole site is switched; who knows it already may set it."""
        return SiteMode.holds()

    @property
    def site_mode(self) -> str:
        """The mode of the whole site."""
        return self.site.mode

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
        """Why one cannot write here, until when, and what the desk says to it, to readers; empty while one can."""
        until, said = self._said(Mode.CLOSED)
        when = f" until {until}" if until else ""
        if self.site_mode == Mode.CLOSED:
            return f"All discussions on this site are closed to new comments{when or ' at the moment'}.{said}"
        return f"This discussion is closed to new comments{when}.{said}" if self.is_closed else ""

    @property
    def held_words(self) -> str:
        """The same where comments are read first."""
        if not self.is_held:
            return ""
        until, said = self._said(Mode.HELD)
        when = f"Until {until}," if until else "At the moment"
        return f"{when} every comment here is read before it appears.{said}"

    def _said(self, mode: str) -> tuple[str, str]:
        """Of the site and the thread, as far as they are at that mode: the later end, and the words of the desk."""
        places = [held for held in (self.site, self.held) if held.mode == mode]
        ends = [held.until for held in places]
        until = moment(max(ends)) if ends and None not in ends else ""
        return until, "".join(f" {held.words}" for held in places if held.words)

    @classmethod
    def of(cls, article) -> "Thread":
        """The thread of the article, which knows the site's mode; an unsaved one where nobody has commented yet."""
        thread = next(iter(cls.objects.raw(_OF, [article.pk])), None)
        if thread is None:
            return cls(article=article)
        thread.site = Held.now(thread.of_site_mode, thread.of_site_words, thread.of_site_until)
        return thread

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

    def switch(self, to: str, *, by, note: str = "", seen: str = "", words: str = "", until=None) -> Switch:
        """Open, hold or close this thread, until that moment. Raises Overtaken when it is no more as `seen`, and NotYours."""
        if not by.is_moderator:
            raise NotYours("Only moderators may do this.")
        with transaction.atomic():
            Thread.changed(self.article_id)  # makes the row where there is none, and holds it
            thread = Thread.objects.get(pk=self.article_id)
            held = Held.asked(to, words, until)
            record = Switch.record(thread, thread.held, held, by=by, note=note, seen=seen)
            Thread.objects.filter(pk=self.article_id).update(
                mode=held.mode, words=held.words, until=held.until
            )
        self.mode, self.words, self.until = held
        return record
