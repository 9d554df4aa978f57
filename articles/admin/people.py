"""People: who may stand in a byline."""

from django.contrib import admin

from articles.forms import PersonForm, TidyForm
from articles.models import Credential, Person
from healthnews.admin_site import DeskAdmin, RowsOfTheirOwner


class CredentialInline(RowsOfTheirOwner, admin.TabularInline):
    """What entitles the person to write or check."""

    model = Credential
    template = "admin/_rows.html"
    form = TidyForm
    fields = ["title", "issuer", "expires_on", "position"]


@admin.register(Person)
class PersonAdmin(DeskAdmin):
    """Names are frozen where they were printed; bio and photo are live everywhere."""

    form = PersonForm
    list_display = ["printed_name", "job_title", "has_login"]
    list_select_related = ["user"]
    search_fields = ["name", "sort_key"]
    autocomplete_fields = ["photo", "user"]
    inlines = [CredentialInline]

    def get_readonly_fields(self, request, obj=None):
        """Whose login a person is decides what they may review: administrators say so."""
        return [] if request.user.has_perm("accounts.change_user") else ["user"]

    @admin.display(description="has a login", boolean=True)
    def has_login(self, person):
        """Whether a login belongs to the person."""
        return person.user_id is not None
