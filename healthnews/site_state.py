"""The version of the whole site, in the key of every kept page. Seen by all: every app prints something everywhere.

Imports nothing of ours. The table stands among those of articles, whose first migration made it.
"""

from django.db import models
from django.db.models import F


class SiteState(models.Model):
    """One row. What changes pages that do not know of it (see `bump`) adds one to `version`."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    version = models.BigIntegerField(default=1)

    class Meta:
        app_label = "articles"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="site_state_is_one_row")]

    def __str__(self):
        return f"version {self.version}"

    @classmethod
    def bump(cls) -> None:
        """Let every kept page be made anew: a name, tag, person, clause or disclaimer has changed."""
        if not cls.objects.filter(pk=1).update(version=F("version") + 1):
            cls.objects.create(version=2)

    @classmethod
    def current(cls) -> int:
        """The version now; 1 on a site that never changed."""
        return cls.objects.filter(pk=1).values_list("version", flat=True).first() or 1
