"""What belongs to the whole site: its version, and the disclaimer under every article."""

from django.conf import settings
from django.db import models
from django.db.models import F

from healthnews import markup


class SiteState(models.Model):
    """One row. `version` is part of the key of every kept page: what changes all pages adds one to it."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    version = models.BigIntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="site_state_is_one_row")]

    def __str__(self):
        return f"version {self.version}"

    @classmethod
    def bump(cls) -> None:
        """Let every kept page be made anew: a tag, person, clause or disclaimer has changed."""
        if not cls.objects.filter(pk=1).update(version=F("version") + 1):
            cls.objects.create(version=2)

    @classmethod
    def current(cls) -> int:
        """The version now; 1 on a site that never changed."""
        return cls.objects.filter(pk=1).values_list("version", flat=True).first() or 1


class Disclaimer(models.Model):
    """The site's medical disclaimer. Rows are added, never changed: the newest counts, the others are its history."""

    text = models.TextField(help_text="Plain text; a blank line starts a new paragraph.")
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    class Meta:
        ordering = ["-pk"]
        get_latest_by = "pk"

    def __str__(self):
        return f"Disclaimer {self.pk}"

    def save(self, *args, **kwargs):
        """Store a new text and let every page show it."""
        super().save(*args, **kwargs)
        SiteState.bump()

    @property
    def html(self):
        """The text as paragraphs."""
        return markup.plain(self.text)
