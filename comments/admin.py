"""Help lines, for administrators. What else is theirs stands in the desk (policy, words, replies)."""

import re

from django import forms
from django.contrib import admin

from comments.models import HelpLine
from healthnews.admin_site import DeskAdmin, TidyForm


class HelpLineForm(TidyForm):
    """A line with a way to reach it; the country in two letters."""

    url = forms.URLField(label="Address", required=False, max_length=300, assume_scheme="https")

    def clean_country(self):
        """Two letters, as the country codes of ISO 3166, or nothing."""
        country = self.cleaned_data["country"].upper()
        if country and not re.fullmatch("[A-Z]{2}", country):
            raise forms.ValidationError("A country is two letters, such as GB.")
        return country

    def clean_phone(self):
        """A number that a telephone can dial."""
        phone = self.cleaned_data["phone"]
        if phone and not re.fullmatch(r"\+?[0-9][0-9 ()/.-]*", phone):
            raise forms.ValidationError(
                "Write the number in digits; what else there is to know goes under hours."
            )
        return phone

    def clean(self):
        """Without number and address nobody is helped."""
        data = super().clean()
        if not self.errors and not data.get("phone") and not data.get("url"):
            raise forms.ValidationError("Give a telephone number or an address.")
        return data


@admin.register(HelpLine)
class HelpLineAdmin(DeskAdmin):
    """Where somebody in need is pointed to. One that no longer answers is deleted: nothing refers to it."""

    form = HelpLineForm
    list_display = ["name", "country", "phone", "hours", "position"]
    list_filter = ["country"]

    def _administers(self, request, obj=None):
        return request.user.has_perm("comments.administer")

    has_view_permission = has_change_permission = _administers

    def has_add_permission(self, request):
        """Administrators."""
        return self._administers(request)

    def has_module_permission(self, request):
        """Administrators."""
        return self._administers(request)

    def has_delete_permission(self, request, obj=None):
        """Administrators."""
        return self._administers(request)
