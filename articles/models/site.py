"""What belongs to the whole site: the disclaimer under every article."""

from django.conf import settings
from django.db import models

from healthnews import markup
from healthnews.site_state import SiteState


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
