from django.apps import AppConfig


class CommentsConfig(AppConfig):
    """What readers write under it, and the desk that reads it first."""

    name = "comments"
