"""Tags."""

from django.contrib import admin

from articles.forms import TagForm
from articles.models import Tag
from healthnews.admin_site import DeskAdmin


@admin.register(Tag)
class TagAdmin(DeskAdmin):
    """Topics that articles are found by."""

    form = TagForm
    list_display = ["name", "slug", "has_description"]
    search_fields = ["name", "key"]

    @admin.display(description="described", boolean=True)
    def has_description(self, tag):
        """Whether its page says what it is about."""
        return bool(tag.description)
