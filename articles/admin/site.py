"""What belongs to the whole site: the disclaimer, and old addresses."""

from django import forms
from django.contrib import admin
from django.contrib.redirects import admin as redirects_admin
from django.contrib.redirects.models import Redirect
from django.contrib.sites import admin as sites_admin
from django.contrib.sites.models import Site

from articles.models import Disclaimer
from healthnews.admin_site import DeskAdmin, TidyForm

# Imported above so that they have registered theirs: the site's name comes from the environment, redirects get our
# screen.
THEIRS = (redirects_admin, sites_admin)
admin.site.unregister([Redirect, Site])


@admin.register(Disclaimer)
class DisclaimerAdmin(DeskAdmin):
    """Added to, never changed: the newest stands under every article, the others are its history."""

    list_display = ["__str__", "created_at", "created_by"]
    list_select_related = ["created_by"]
    fields = ["text"]

    def has_change_permission(self, request, obj=None):
        """Nobody: a new one is added."""
        return False

    def save_model(self, request, obj, form, change):
        """Note who wrote it."""
        obj.created_by = request.user
        super().save_model(request, obj, form, change)


class RedirectForm(TidyForm):
    """Both addresses are paths of this site."""

    def clean(self):
        """Refuse whole addresses: a redirect of ours never leaves the site."""
        cleaned = super().clean()
        for name in ("old_path", "new_path"):
            path = cleaned.get(name, "")
            if path and (not path.startswith("/") or path.startswith(("//", "/\\"))):
                self.add_error(
                    name, forms.ValidationError("Begin with a single “/”: an address of this site.")
                )
        return cleaned


@admin.register(Redirect)
class RedirectAdmin(DeskAdmin):
    """Old addresses. The one thing here that may be deleted, by administrators."""

    form = RedirectForm
    list_display = ["old_path", "new_path"]
    search_fields = ["old_path", "new_path"]
    fields = ["old_path", "new_path"]

    def has_delete_permission(self, request, obj=None):
        """Whoever holds the permission: a wrong redirect has to go."""
        return request.user.has_perm("redirects.delete_redirect")

    def save_model(self, request, obj, form, change):
        """There is one site."""
        obj.site_id = obj.site_id or Site.objects.get_current(request).pk
        super().save_model(request, obj, form, change)
