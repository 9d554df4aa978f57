"""The writing desk, one file a screen. Importing them registers them."""

from articles.admin import article, draft, images, people, site, tags, version

__all__ = ["article", "draft", "images", "people", "site", "tags", "version"]
