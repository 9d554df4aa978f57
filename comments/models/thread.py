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


def _of_site(site: Held) -> str:
    """What the whole site's switch says to readers; empty while it is open."""
    if site.mode == Mode.HELD:
        return f"{_from_now(site.until)} every comment on this site is read before it appears."
    when = f"until {moment(site.until)}" if site.until else "at the moment"
    return (
        f"All discussions on this site are closed to new comments {when}." if site.mode == Mode.CLOSED else ""
    )


def _of_thread(here: Held) -> str:
    """The same of one thread's."""
    if here.mode == Mode.HELD:
        return f"{_from_now(here.until)} every comment here is read before it appears."
    when = f" until {moment(here.until)}" if here.until else ""
    return f"This discussion is closed to new comments{when}." if here.mode == Mode.CLOSED else ""


def _from_now(until) -> str:
    return f"Until {moment(until)}," if until else "At the moment"


def _says_the_same(here: Held, site: Held) -> bool:
    """Whether the thread's switch changes nothing as long as the site's holds, nor for longer."""
    ends_first = site.until is None or (here.until is not None and here.until <= site.until)
    return here.mode == site.mode and ends_first


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
    def notice(self) -> str:
        """What readers are told of both switches and by the desk: first of the site's, then of the thread's.

        Each thing once: the thread's own sentence is left out where the site's says the same, and so are words.
        """
        site, here = self.site, self.held
        said = [_of_site(site), site.words]
        said += [] if _says_the_same(here, site) else [_of_thread(here)]
        said += [] if here.words == site.words else [here.words]
        return " ".join(filter(None, said))

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
