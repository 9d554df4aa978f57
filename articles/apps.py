from django.apps import AppConfig


class ArticlesConfig(AppConfig):
    """What the newsroom publishes."""

    name = "articles"
