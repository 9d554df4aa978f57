"""What a reader may narrow a list by: words, topic, author, year."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef
from django.utils import timezone

from articles import search
from articles.models import Article, Person, Tag

MOST_CHOICES = 300  # in a select; more than that nobody reads through


def _start_of(year: int) -> datetime:
    return timezone.make_aware(datetime(year, 1, 1))


def in_year(articles, year: int | None):
    """Those of `articles` first published in that year; all of them without one."""
    if year is None:
        return articles
    return articles.filter(publish_at__gte=_start_of(year), publish_at__lt=_start_of(year + 1))


def by_person(articles, person):
    """Those of `articles` in whose byline the person stands, in any role."""
    return articles.filter(Exists(person.bylines.filter(article=OuterRef("pk"))))


def years() -> list[int]:
    """The years in which something was published, newest first: one look at the index for each, in one query."""
    listed = Article.objects.listed().values_list("publish_at", flat=True)
    newest, oldest = listed.first(), listed.order_by("publish_at", "pk").first()
    if newest is None:
        return []
    span = range(timezone.localtime(oldest).year, timezone.localtime(newest).year + 1)
    looks = [in_year(listed, year).order_by()[:1] for year in span]
    found = looks[0].union(*looks[1:], all=True) if len(looks) > 1 else looks[0]
    return sorted({timezone.localtime(at).year for at in found}, reverse=True)


@dataclass(frozen=True)
class Filters:
    """What was asked for, cleaned; what cannot be read counts as not asked."""

    q: str = ""
    tag: str = ""
    author: str = ""
    year: int | None = None

    @classmethod
    def of(cls, given) -> "Filters":
        """From the query string."""
        year = given.get("year", "")
        # The calendar's first and last year have no whole year around them in every time zone.
        readable = year.isascii() and year.isdigit() and len(year) == 4 and 1 < int(year) < 9998
        words = {name: search.asked(given.get(name, "")) for name in ("q", "tag", "author")}
        return cls(**words, year=int(year) if readable else None)

    @property
    def any(self) -> bool:
        """Whether anything but words was asked for."""
        return bool(self.tag or self.author or self.year)

    @property
    def query(self) -> str:
        """The same filters as a query string, for the next page."""
        given = {"q": self.q, "tag": self.tag, "author": self.author, "year": self.year}
        return urlencode({name: value for name, value in given.items() if value})

    def apply(self, articles):
        """Those of `articles` that pass."""
        if self.tag:
            articles = articles.filter(tags__slug=self.tag)
        if self.author:
            person = Person.objects.filter(slug=self.author, bylines__article=OuterRef("pk"))
            articles = articles.filter(Exists(person))
        return in_year(articles, self.year)

    def choices(self) -> dict:
        """Topics and people for the form, as (slug, name)."""
        tags, people = Tag.objects.order_by("key"), Person.objects.order_by("sort_key", "pk")
        return {
            "tags": list(tags.values_list("slug", "name")[:MOST_CHOICES]),
            "people": list(people.values_list("slug", "name")[:MOST_CHOICES]),
        }
