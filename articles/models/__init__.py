"""What the newsroom has: people, images, tags, and articles with their drafts and versions."""

from articles.models.article import (
    Article,
    ArticleByline,
    ArticleSource,
    Role,
    StatusChange,
    TooLate,
)
from articles.models.correction import Correction
from articles.models.draft import Draft, DraftByline, DraftSource
from articles.models.images import Focus, Image
from articles.models.people import Credential, Person
from articles.models.site import Disclaimer, SiteState
from articles.models.tags import Tag
from articles.models.version import Review, Version

__all__ = [
    "Article",
    "ArticleByline",
    "ArticleSource",
    "Correction",
    "Credential",
    "Disclaimer",
    "Draft",
    "DraftByline",
    "DraftSource",
    "Focus",
    "Image",
    "Person",
    "Review",
    "Role",
    "SiteState",
    "StatusChange",
    "Tag",
    "TooLate",
    "Version",
]
