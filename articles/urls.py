"""Addresses of the reading side.

The article's own page is not here: it is composed with its discussion in healthnews/shared_pages.py, and joins this
list (and its namespace) in healthnews/urls.py.
"""

from django.urls import path, re_path

from articles import feeds
from articles.views import finding, sitemap

# Imported addresses may hold letters of any script.
SLUG = r"(?P<slug>[-\w]+)"

reading = [
    path("articles/", finding.archive, name="archive"),
    path("tags/", finding.tags, name="tags"),
    re_path(rf"^tags/{SLUG}/$", finding.tag, name="tag"),
    path("authors/", finding.authors, name="authors"),
    re_path(rf"^authors/{SLUG}/$", finding.author, name="author"),
    path("search/", finding.search, name="search"),
    path("feed/", feeds.latest, name="feed"),
    re_path(rf"^tags/{SLUG}/feed/$", feeds.of_tag, name="tag_feed"),
    re_path(rf"^authors/{SLUG}/feed/$", feeds.of_author, name="author_feed"),
    path("sitemap.xml", sitemap.sitemap, name="sitemap"),
]
