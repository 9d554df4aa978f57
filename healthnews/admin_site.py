"""The writing desk: Django's admin with our login, our words and our manners. Imports nothing of ours but markup."""

from django import forms
from django.contrib import admin, auth
from django.contrib.admin.apps import AdminConfig
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.http import urlencode

from healthnews import markup

COUNTED = 1_000  # rows; a list longer than this is searched, not paged through


class DeskConfig(AdminConfig):
    """Stands in INSTALLED_APPS in the place of django.contrib.admin."""

    default_site = "healthnews.admin_site.DeskSite"


class DeskSite(admin.AdminSite):
    """The admin under allauth's login: one door for everybody, with its limits and its second factor."""

    site_header = "The writing desk"
    site_title = "Writing desk"
    index_title = "What is being worked on"

    def admin_view(self, view, cacheable=False):
        """As Django's, but who is logged in and may not come in is told so instead of being asked to log in."""
        guarded = super().admin_view(view, cacheable)

        def at_the_desk(request, *args, **kwargs):
            if request.user.is_authenticated and not self.has_permission(request):
                raise PermissionDenied("This account has no place at the writing desk.")
            return guarded(request, *args, **kwargs)

        return at_the_desk

    def login(self, request, extra_context=None):
        """To allauth's login, and back to where one was going."""
        wanted = request.GET.get("next", "")
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            raise PermissionDenied("This account has no place at the writing desk.")
        return redirect_to("account_login", next=wanted or "/admin/")

    def password_change(self, request, extra_context=None):
        """Allauth's page: it knows the other ways of logging in too."""
        return redirect("account_change_password")

    def password_change_done(self, request, extra_context=None):
        """Only for old bookmarks."""
        return redirect("admin:index")

    def logout(self, request, extra_context=None):
        """The button in the head posts; a mere link is asked first, by allauth's page."""
        if request.method != "POST":
            return redirect("account_logout")
        auth.logout(request)
        return redirect("home")


def redirect_to(name: str, **query):
    """A redirect to a named address with a query."""
    response = redirect(name)
    response["Location"] += "?" + urlencode(query)
    return response


class BoundedPaginator(Paginator):
    """Counts no further than COUNTED rows, so that a list costs the same however much there is."""

    @cached_property
    def count(self):
        """How many rows can be paged through."""
        return self.object_list.order_by()[:COUNTED].count()


class TidyForm(forms.ModelForm):
    """A form whose texts lose what no keyboard types before the model checks them."""

    def _clean_fields(self):
        super()._clean_fields()
        for name, value in self.cleaned_data.items():
            if isinstance(value, str):
                self.cleaned_data[name] = markup.tidy(value)


class _KnowsKeys:
    """Shows a form again whatever was posted: Django's own looks up "x" as a key and falls over."""

    def optgroups(self, name, value, attr=None):
        """The chosen rows, of those values that may be keys."""
        keys = [key for key in value if not key or str(key).isdecimal() and len(str(key)) < 19]
        return super().optgroups(name, keys, attr)


class Picker(_KnowsKeys, AutocompleteSelect):
    """Finds one row by typing."""


class ManyPicker(_KnowsKeys, AutocompleteSelectMultiple):
    """Finds several rows by typing."""


class Picks:
    """For screens and inlines: autocomplete fields by our pickers."""

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        """With our picker where autocomplete is asked for."""
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", Picker(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        """With our picker where autocomplete is asked for."""
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", ManyPicker(db_field, self.admin_site))
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class DeskAdmin(Picks, admin.ModelAdmin):
    """What every screen has in common: bounded lists, tidy texts, and nothing is ever deleted."""

    form = TidyForm
    actions = None
    list_per_page = 50
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # they count
    paginator = BoundedPaginator
    view_on_site = False

    def changelist_view(self, request, extra_context=None):
        """Under the name of what is listed."""
        title = str(self.opts.verbose_name_plural).capitalize()
        return super().changelist_view(request, {"title": title} | (extra_context or {}))

    def has_delete_permission(self, request, obj=None):
        """Nobody: the newsroom retires, replaces and switches off."""
        return False

    def _get_obj_does_not_exist_redirect(self, request, opts, object_id):
        # Rows that one may not see do not exist: 404, as everywhere else, not a redirect that explains.
        raise Http404


class NamedRows(forms.BaseInlineFormSet):
    """Rows in a table, where the column's head is no label: each box says what it does."""

    deletion_widget = forms.CheckboxInput(attrs={"aria-label": "Remove this row"})


class RowsOfTheirOwner(Picks):
    """For inlines: who may change the owner may add, change and remove its rows."""

    extra = 0
    formset = NamedRows

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """With a name of its own: the rows of a table have no labels."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            widget = getattr(field.widget, "widget", field.widget)
            widget.attrs.setdefault("aria-label", str(field.label or db_field.verbose_name).capitalize())
        return field

    def _may(self, request, obj=None):
        owner = self.parent_model._meta
        return request.user.has_perm(f"{owner.app_label}.change_{owner.model_name}")

    has_add_permission = has_change_permission = has_delete_permission = _may

    def has_view_permission(self, request, obj=None):
        """Whoever may see the owner."""
        owner = self.parent_model._meta
        return request.user.has_perm(f"{owner.app_label}.view_{owner.model_name}") or self._may(request)
