"""The policy's data, for administrators. Comments themselves are decided at /moderation/, never here."""

import re

from django import forms
from django.contrib import admin

from comments.models import CannedReply, Clause, HelpLine, ListedWord, PolicyVersion
from comments.screening.words import fold
from healthnews.admin_site import DeskAdmin, TidyForm

PLACEHOLDERS = {"name", "article", "clause", "policy"}


class PolicyAdmin(DeskAdmin):
    """A screen for administrators: moderators use these, and propose changes to them."""

    def _administers(self, request, obj=None):
        return request.user.has_perm("comments.administer")

    has_view_permission = has_change_permission = _administers

    def has_add_permission(self, request):
        """Administrators."""
        return self._administers(request)

    def has_module_permission(self, request):
        """Administrators."""
        return self._administers(request)


class CannedReplyForm(TidyForm):
    """An answer with placeholders that exist."""

    def clean_body(self):
        """Refuse a placeholder that nothing would fill: readers would see the braces."""
        body = self.cleaned_data["body"]
        unknown = sorted(set(re.findall(r"\{(\w*)\}", body)) - PLACEHOLDERS)
        if unknown:
            raise forms.ValidationError(f"Nothing fills {', '.join('{' + name + '}' for name in unknown)}.")
        return body


@admin.register(CannedReply)
class CannedReplyAdmin(PolicyAdmin):
    """The answers that the desk gives often. One that is no longer wanted is taken out of use."""

    form = CannedReplyForm
    list_display = ["title", "purpose", "clause_number", "use_count", "is_active"]
    list_filter = ["purpose", "is_active"]
    search_fields = ["title", "body"]
    readonly_fields = ["use_count"]


class ListedWordForm(TidyForm):
    """A word or phrase; one that reads like a listed one is refused."""

    def clean_word(self):
        """The word; it must leave something to look for."""
        word = self.cleaned_data["word"]
        key = " ".join(fold(word).split())
        if not any(char.isalnum() for char in key):
            raise forms.ValidationError("There is no letter or digit in it to look for.")
        same = ListedWord.objects.filter(key=key).exclude(pk=self.instance.pk).first()
        if same:
            raise forms.ValidationError(f"“{same.word}” is listed already.")
        return word


@admin.register(ListedWord)
class ListedWordAdmin(PolicyAdmin):
    """Words that hold or refuse a comment."""

    form = ListedWordForm
    list_display = ["word", "outcome"]
    list_filter = ["outcome"]
    search_fields = ["word", "key"]


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
class HelpLineAdmin(PolicyAdmin):
    """Where somebody in need is pointed to. One that no longer answers is deleted: nothing refers to it."""

    form = HelpLineForm
    list_display = ["name", "country", "phone", "hours", "position"]
    list_filter = ["country"]

    def has_delete_permission(self, request, obj=None):
        """Administrators."""
        return self._administers(request)


class ClauseInline(admin.StackedInline):
    """The clauses of one policy version, to be read."""

    model = Clause
    extra = 0
    can_delete = False

    def has_view_permission(self, request, obj=None):
        """Administrators."""
        return request.user.has_perm("comments.administer")

    def _nobody(self, request, obj=None):
        return False

    has_add_permission = has_change_permission = has_delete_permission = _nobody


@admin.register(PolicyVersion)
class PolicyVersionAdmin(PolicyAdmin):
    """The policy as it stands and stood. Decisions name its clauses, so nothing here changes."""

    list_display = ["__str__", "created_at"]
    inlines = [ClauseInline]

    def _nobody(self, request, obj=None):
        return False

    has_change_permission = _nobody

    def has_add_permission(self, request):
        """Nobody yet: a new version comes with the next release."""
        return False
