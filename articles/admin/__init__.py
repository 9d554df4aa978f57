"""The writing desk, one file a screen. Importing them registers them."""

from articles.admin import article, corrections, draft, images, people, site, tags, version

__all__ = ["article", "corrections", "draft", "images", "people", "site", "tags", "version"]
