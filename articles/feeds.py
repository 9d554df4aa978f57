"""Atom feeds of articles. An entry's id never changes; its date moves only when the text changed in substance."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape

from articles.filters import by_person
from articles.models import Article, Person, Tag
from healthnews import markup
from healthnews.http import shared

ENTRIES = 30


def entry_id(article) -> str:
    """The article's tag URI (RFC 4151): the same for ever, whatever becomes of its address."""
    host = urlsplit(settings.SITE_URL).hostname
    return f"tag:{host},{article.publish_at:%Y-%m-%d}:article/{article.pk}"


class Entries(Atom1Feed):
    """Atom with an author element for each author."""

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        for name in item["authors"]:
            handler.startElement("author", {})
            handler.addQuickElement("name", name)
            handler.endElement("author")


class LatestFeed(Feed):
    """The newest articles of the site; subclasses narrow them."""

    feed_type = Entries
    author_name = settings.SITE_NAME  # for entries without a byline: Atom wants an author everywhere

    def title(self, obj):
        return f"{settings.SITE_NAME}: {markup.tidy(str(obj))}" if obj else settings.SITE_NAME

    def subtitle(self, obj):
        return "New articles, and those that changed in substance."

    def link(self, obj):
        return settings.SITE_URL + (obj.get_absolute_url() if obj else reverse("home"))

    def feed_url(self, obj):
        return settings.SITE_URL + reverse("articles:feed")

    def articles(self, obj):
        return Article.objects.listed()

    def items(self, obj):
        return self.articles(obj).for_cards()[:ENTRIES]

    def item_title(self, item):
        return markup.tidy(item.title)

    def item_description(self, item):
        return escape(markup.tidy(item.dek))

    def item_link(self, item):
        return settings.SITE_URL + item.get_absolute_url()

    def item_guid(self, item):
        return entry_id(item)

    def item_pubdate(self, item):
        return item.dates.first_published

    def item_updateddate(self, item):
        return item.dates.last_changed

    def item_categories(self, item):
        return [markup.tidy(tag.name) for tag in item.tags.all()]

    def item_extra_kwargs(self, item):
        return {"authors": [markup.tidy(line.printed_name) for line in item.authors]}


class TagFeed(LatestFeed):
    """The newest articles of one topic."""

    def get_object(self, request, slug):
        return get_object_or_404(Tag, slug=slug)

    def feed_url(self, obj):
        return settings.SITE_URL + reverse("articles:tag_feed", args=[obj.slug])

    def articles(self, obj):
        return Article.objects.listed().filter(tags=obj)


class AuthorFeed(LatestFeed):
    """The newest articles that one person wrote or checked."""

    def get_object(self, request, slug):
        return get_object_or_404(Person, slug=slug)

    def feed_url(self, obj):
        return settings.SITE_URL + reverse("articles:author_feed", args=[obj.slug])

    def articles(self, obj):
        return by_person(Article.objects.listed(), obj)


# Readers ask every few minutes: unchanged, they get a 304 (by ETag or date).
latest, of_tag, of_author = shared(LatestFeed()), shared(TagFeed()), shared(AuthorFeed())
