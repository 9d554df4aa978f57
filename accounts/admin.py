"""Logins and their roles. Passwords are set by their owners, addresses changed by them; nobody is deleted."""

from allauth.account import admin as allauth_admin
from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin
from django.contrib.auth import admin as auth_admin
from django.contrib.auth.models import Group
from django.db.models import Q

from accounts import names, roles
from accounts.models import User, fold_email
from healthnews.admin_site import DeskAdmin, TidyForm
from healthnews.site_state import SiteState

# Imported above so that they have registered theirs: roles are written by accounts/roles.py, addresses belong to
# their owners.
THEIRS = (auth_admin, allauth_admin)
admin.site.unregister([Group, EmailAddress])


class UserForm(TidyForm):
    """A login. Whoever holds a role may open the desk; that is not a box of its own."""

    groups = forms.ModelMultipleChoiceField(
        Group.objects.filter(name__in=roles.PERMISSIONS),
        label="Roles",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = User
        fields = ["email", "display_name", "groups", "is_active"]
        labels = {"is_active": "may log in"}

    def clean_email(self):
        """The address as it is stored."""
        return fold_email(self.cleaned_data["email"])

    def clean_display_name(self):
        """The name as it will be shown; one that a member signed up with stays unlike every other."""
        try:
            name = names.clean(self.cleaned_data["display_name"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None
        if self.instance.display_name_key:
            key = names.fold(name)
            if User.objects.filter(display_name_key=key).exclude(pk=self.instance.pk).exists():
                raise forms.ValidationError("Somebody has this name, or one that looks like it.")
            self.instance.display_name_key = key
        return name


@admin.register(User)
class UserAdmin(DeskAdmin):
    """Who may log in and as what."""

    form = UserForm
    list_display = ["display_name", "email", "role_names", "is_active", "date_joined", "anonymised_at"]
    list_filter = ["groups", "is_active"]
    ordering = ["-pk"]
    sortable_by = ()
    search_fields = ["email"]

    def get_queryset(self, request):
        """With the roles, in one query for a whole list."""
        return super().get_queryset(request).prefetch_related("groups")

    def get_search_results(self, request, queryset, search_term):
        """By the beginning of the address or of the name: that is what the indexes answer."""
        term, key = fold_email(search_term), names.fold(search_term)
        wanted = Q(email__startswith=term)
        if key:
            wanted |= Q(display_name_key__startswith=key)
        return queryset.filter(wanted), False

    def has_change_permission(self, request, obj=None):
        """A superuser is changed by superusers alone, a former member by nobody."""
        if obj and (obj.anonymised_at or obj.is_superuser and not request.user.is_superuser):
            return False
        return super().has_change_permission(request, obj)

    def get_fields(self, request, obj=None):
        """Dates once there are any."""
        fields = ["email", "display_name", "groups", "is_active"]
        return [*fields, "is_superuser", "date_joined", "anonymised_at"] if obj else fields

    def get_readonly_fields(self, request, obj=None):
        """The address is changed by its owner, who has to prove it."""
        return ["email", "is_superuser", "date_joined", "anonymised_at"] if obj else []

    def save_model(self, request, obj, form, change):
        """A new login has no password: its owner sets one by "forgotten password" and proves the address."""
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if change and obj.display_name != form.initial["display_name"]:
            SiteState.bump()  # threads print it

    def save_related(self, request, form, formsets, change):
        """The desk is open to whoever holds a role."""
        super().save_related(request, form, formsets, change)
        user = form.instance
        user.is_staff = user.is_superuser or user.groups.exists()
        user.save(update_fields=["is_staff"])

    @admin.display(description="roles")
    def role_names(self, user):
        """The roles, in words."""
        held = [group.name for group in user.groups.all()]
        return ", ".join(["superuser"] * user.is_superuser + held) or "–"
