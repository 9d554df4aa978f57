"""Drafts: what one opens to write. Saving one never changes the public page."""

from django.contrib import admin, messages
from django.shortcuts import redirect
from js_asset import Media

from articles import diff
from articles.forms import MOST_TAGS, DraftForm, RowForm, RowsAnew, SourceForm
from articles.models import Article, Draft, DraftByline, DraftSource
from healthnews import markup
from healthnews.admin_site import DeskAdmin, RowsOfTheirOwner

# Columns of the joined rows that are long and that no screen here prints.
BODIES = ["article__body", "article__body_html", "article__search", "article__live_version__snapshot"]


class BylineInline(RowsOfTheirOwner, admin.TabularInline):
    """Who wrote, checked and edited, in order."""

    model = DraftByline
    template = "admin/_rows.html"
    form, formset = RowForm, RowsAnew
    fields = ["position", "person", "role"]
    autocomplete_fields = ["person"]
    ordering = ["position", "pk"]


class SourceInline(RowsOfTheirOwner, admin.StackedInline):
    """The numbered sources."""

    model = DraftSource
    form, formset = SourceForm, RowsAnew
    fields = [("position", "kind", "year"), "title", "publisher", "url", "checked_on"]
    ordering = ["position", "pk"]


class StateFilter(admin.SimpleListFilter):
    """What the public has of it."""

    title, parameter_name = "the public", "state"

    def lookups(self, request, model_admin):
        """The states, in words."""
        return [
            ("never", "has never seen it"),
            ("live", "reads it"),
            ("newer", "reads an older text"),
            ("scheduled", "will read it at its time"),
            ("retired", "no longer reads it"),
        ]

    def queryset(self, request, queryset):
        """The drafts in that state; all for a word that is none."""
        known = self.value() in dict(self.lookup_choices)
        return queryset.in_state(self.value()) if known else queryset


class MineFilter(admin.SimpleListFilter):
    """Whose hand was last on it."""

    title, parameter_name = "last edited", "mine"

    def lookups(self, request, model_admin):
        """One choice besides all."""
        return [("yes", "by me")]

    def queryset(self, request, queryset):
        """Those that the viewer saved last."""
        return queryset.filter(edited_by=request.user) if self.value() == "yes" else queryset


@admin.register(Draft)
class DraftAdmin(DeskAdmin):
    """The list of what is being worked on, and the form it is written in."""

    form = DraftForm
    list_display = ["title", "kind", "state", "edited_at", "edited_by"]
    list_filter = [StateFilter, MineFilter, "article__kind"]
    search_fields = ["title", "slug"]
    ordering = ["-edited_at", "-pk"]
    autocomplete_fields = ["lead_image", "tags"]
    inlines = [BylineInline, SourceInline]
    change_form_template = add_form_template = "admin/articles/draft/change_form.html"

    def get_queryset(self, request):
        """What this person may see; without the bodies in a list."""
        drafts = super().get_queryset(request).visible_to(request.user)
        if request.resolver_match.url_name == "articles_draft_changelist":
            drafts = drafts.defer("body", *BODIES)
        else:
            drafts = drafts.defer(*BODIES)
        return drafts.select_related("article__live_version", "edited_by")

    def has_change_permission(self, request, obj=None):
        """Editors every draft, authors their own."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or obj.is_editable_by(request.user))

    def get_fieldsets(self, request, obj=None):
        """The text first; the body as readers get it for those who only read."""
        may_write = self.has_change_permission(request, obj) if obj else True
        first = [] if obj or not request.user.has_perm("articles.write_any") else ["kind"]
        text = [*first, "title", "dek", "body" if may_write else "body_as_read"]
        lead = ["lead_image", "lead_alt", "lead_decorative", "lead_caption"]
        return [
            (None, {"fields": text}),
            ("Lead picture", {"fields": lead}),
            ("Where it is found", {"fields": ["slug", "tags"]}),
        ]

    def get_readonly_fields(self, request, obj=None):
        """The printed body is there to be looked at."""
        return ["body_as_read"] if obj else []

    # The list

    @admin.display(description="kind", ordering="article__kind")
    def kind(self, draft):
        """Article or page."""
        return draft.article.get_kind_display()

    @admin.display(description="the public has")
    def state(self, draft):
        """What the public sees, and whether the draft is ahead of it."""
        return draft.public_state

    @admin.display(description="body")
    def body_as_read(self, draft):
        """The body as it would be printed."""
        return markup.printed_body(draft.body)

    # The form

    def render_change_form(self, request, context, *args, obj=None, **kwargs):
        """With the nonce for the editor's import map, and with what somebody else saved meanwhile."""
        context["media"] = Media.from_media(context["media"]).with_nonce(request.csp_nonce)
        form = context["adminform"].form
        if getattr(form, "theirs", None):
            context["theirs"] = form.theirs
            mine = form.cleaned_data.get("body", form["body"].value() or "")
            context["pieces"] = diff.shortened(
                diff.words(markup.text_of(form.theirs.body), markup.text_of(markup.article_body(mine)))
            )
        context["may_publish"] = request.user.has_perm("articles.publish_version")
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    def save_model(self, request, obj, form, change):
        """Through the draft's doors; say what was cleaned away, and when there are too many tags."""
        if change:
            obj.take(form.cleaned_data["revision"], by=request.user)
            obj.save()
        else:
            wanted = form.cleaned_data.get("kind") if request.user.has_perm("articles.write_any") else ""
            obj.start(kind=wanted or Article.Kind.ARTICLE, by=request.user)
        if form.dropped:
            messages.warning(request, form.dropped)
        if len(form.cleaned_data["tags"]) > MOST_TAGS:
            messages.warning(
                request, f"More than {MOST_TAGS} tags: readers find an article better by few. All were saved."
            )

    def response_add(self, request, obj, post_url_continue=None):
        """On to the draft's own page, whichever button it was."""
        return self.response_change(request, obj)

    def response_change(self, request, obj):
        """Draft, version or on to publishing: the button that was pressed says which."""
        obj = Draft.objects.select_related("article").get(pk=obj.pk)
        if "_publish" in request.POST and request.user.has_perm("articles.publish_version"):
            return redirect("admin:articles_version_publish", obj.version_to_publish(by=request.user).pk)
        if "_version" in request.POST:
            version = obj.save_version(by=request.user)
            messages.success(request, f"Saved as version {version.number}. The public page has not changed.")
        else:
            messages.success(request, "Draft saved. The public page has not changed.")
        return redirect("admin:articles_draft_change", obj.pk)
