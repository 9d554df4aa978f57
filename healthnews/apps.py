from django.apps import AppConfig
from django.db.models.signals import post_migrate


class HealthnewsConfig(AppConfig):
    """The frame: settings, addresses, what all apps share."""

    name = "healthnews"

    def ready(self):
        """The one signal of the house (design 2): permissions do not exist yet inside a migration."""
        from healthnews.fresh_site import write

        post_migrate.connect(write, sender=self, dispatch_uid="healthnews.fresh_site")
