"""Public bylines: who wrote, checked and edited."""

from django.conf import settings
from django.db import models
from django.urls import reverse

from accounts import names
from articles.models.images import Image
from articles.models.site import SiteState
from healthnews import markup


class Person(models.Model):
    """Somebody who may stand in a byline, with a login or without."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="person"
    )
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=140, unique=True)
    # Stored, because the embedded database sorts by code point: "Éva" would come after "Zoë".
    sort_key = models.CharField(max_length=240, editable=False, db_index=True)
    post_nominals = models.CharField(
        max_length=80, blank=True, help_text="As printed after the name: MD, MPH."
    )
    job_title = models.CharField(max_length=120, blank=True)
    bio = models.TextField(blank=True, help_text="Plain text; a blank line starts a new paragraph.")
    photo = models.ForeignKey(Image, models.SET_NULL, null=True, blank=True, related_name="+")
    source_key = models.CharField(max_length=200, unique=True, null=True, blank=True, editable=False)

    class Meta:
        ordering = ["sort_key", "pk"]
        verbose_name_plural = "people"

    def __str__(self):
        return self.printed_name

    def save(self, *args, **kwargs):
        """Store, with the key that lists sort by; every page may print this person."""
        surname = self.name.split()[-1:] or [""]
        self.sort_key = names.fold(surname[0]) + " " + names.fold(self.name)
        super().save(*args, **kwargs)
        SiteState.bump()

    def get_absolute_url(self):
        return reverse("articles:author", args=[self.slug])

    @property
    def printed_name(self) -> str:
        """Name and post-nominals as a byline prints them."""
        return f"{self.name}, {self.post_nominals}" if self.post_nominals else self.name

    @property
    def bio_html(self):
        """The bio as paragraphs."""
        return markup.plain(self.bio)

    @property
    def bio_excerpt(self) -> str:
        """The first paragraph of the bio."""
        return self.bio.strip().split("\n\n")[0]


class Credential(models.Model):
    """What entitles a person to write or check: a degree, a licence, a membership."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="credentials")
    title = models.CharField(max_length=160)
    issuer = models.CharField(max_length=200)
    expires_on = models.DateField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self):
        return self.title
