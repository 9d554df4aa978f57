"""Topics that articles are found by."""

from django.db import models
from django.urls import reverse

from accounts.names import fold
from articles.models.site import SiteState
from healthnews import markup


class Tag(models.Model):
    """A topic with a page of its own. Two spellings of one word are the same tag."""

    name = models.CharField(max_length=80)
    slug = models.SlugField(max_length=100, unique=True)
    key = models.CharField(max_length=320, unique=True, editable=False)
    description = models.TextField(blank=True, help_text="Two sentences at the top of its page. Plain text.")

    class Meta:
        ordering = ["key"]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        """Store, with the key that two spellings share; every page may print this tag."""
        self.key = self.make_key(self.name)
        super().save(*args, **kwargs)
        SiteState.bump()

    def get_absolute_url(self):
        return reverse("articles:tag", args=[self.slug])

    @staticmethod
    def make_key(name: str) -> str:
        """The folded name; a name of signs alone ("C++" keeps its C) falls back on itself."""
        return fold(name) or name.strip().lower()

    @property
    def description_html(self):
        """The description as paragraphs."""
        return markup.plain(self.description)
