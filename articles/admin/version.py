"""Versions: read, publish, take back into the draft. No screen changes or deletes one."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.html import format_html

from articles import diff
from articles.concerns import concerns
from articles.forms import MOST_TAGS, PublishForm
from articles.models import Draft, Role, Version
from healthnews import markup
from healthnews.admin_site import DeskAdmin

_COMPARED = {
    "bylines": "bylines",
    "sources": "sources",
    "tags": "tags",
    "lead": "lead picture",
    "slug": "address",
}


@admin.register(Version)
class VersionAdmin(DeskAdmin):
    """The list, and three pages of one version: reading, publishing, taking back."""

    list_display = ["number", "title", "edition", "kind", "note", "created_by", "created_at", "published_at"]
    list_display_links = ["number", "title"]
    search_fields = ["title"]
    ordering = ["-pk"]
    sortable_by = ()

    def get_queryset(self, request):
        """What this person may see; without the snapshots in a list."""
        versions = super().get_queryset(request).visible_to(request.user)
        return versions.select_related("created_by", "published_by").defer("snapshot")

    def has_add_permission(self, request):
        """Nobody: saving a draft as a version adds one."""
        return False

    def has_change_permission(self, request, obj=None):
        """Nobody: versions are records."""
        return False

    def get_urls(self):
        """The two further pages, before Django's own patterns that would swallow them."""
        pages = [("publish", self.publish_view), ("restore", self.restore_view)]
        own = [
            path(f"<int:pk>/{name}/", self.admin_site.admin_view(view), name=f"articles_version_{name}")
            for name, view in pages
        ]
        return own + super().get_urls()

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """One version as the reader would see it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        version = self._version(request, object_id)
        if request.method not in {"GET", "HEAD"}:
            raise PermissionDenied("This is a record: it cannot be changed.")
        roles = dict(Role.choices)
        context = {
            "html": markup.printed_body(version.snapshot["body"]),
            "bylines": [
                ", ".join(filter(None, [line["name"], line["post_nominals"]]))
                + ("" if line["role"] == Role.AUTHOR else f" ({roles[line['role']].lower()})")
                for line in version.snapshot["bylines"]
            ],
        }
        return self._page(request, "admin/articles/version/reading.html", version, context)

    def publish_view(self, request, pk):
        """What the public has now against this version; then, on POST, the public has this version."""
        if not request.user.has_perm("articles.publish_version"):
            raise PermissionDenied("Only editors publish.")
        version = self._version(request, pk)
        form = PublishForm(version, data=request.POST or None)
        if request.method == "POST" and form.is_valid() and self._published(request, version, form):
            return redirect("admin:articles_draft_change", version.article.draft.pk)
        return self._page(
            request, "admin/articles/version/publish.html", version, {"form": form} | _against_live(version)
        )

    def restore_view(self, request, pk):
        """Ask, then make the draft say what this version says."""
        version = self._version(request, pk)
        draft = get_object_or_404(Draft.objects.select_related("article"), article_id=version.article_id)
        if not (request.user.has_perm("articles.change_draft") and draft.is_editable_by(request.user)):
            raise PermissionDenied("This draft is not yours to change.")
        if request.method != "POST":
            return self._page(request, "admin/articles/version/restore.html", version, {"draft": draft})
        kept = draft.restore(version, by=request.user)
        words = f" What it said before was kept as version {kept.number}." if kept else ""
        messages.success(
            request,
            f"The draft now says what version {version.number} says.{words} Nothing public has changed.",
        )
        return redirect("admin:articles_draft_change", draft.pk)

    def _version(self, request, pk) -> Version:
        versions = Version.objects.visible_to(request.user).select_related("article__draft", "created_by")
        if not str(pk).isdecimal():
            versions = versions.none()
            pk = 0
        return get_object_or_404(versions, pk=pk)

    def _page(self, request, template: str, version: Version, context: dict) -> TemplateResponse:
        everything = self.admin_site.each_context(request) | {
            "title": str(version),
            "opts": self.opts,
            "version": version,
            "article": version.article,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, template, everything | context)

    def _published(self, request, version: Version, form: PublishForm) -> bool:
        """Whether it went through the door; what the door refused stands in the form, in words."""
        try:
            with transaction.atomic():
                article = version.publish(by=request.user, **form.change)
        except ValueError as error:
            form.add_error(None, str(error))
            return False
        except IntegrityError:
            form.add_error(None, "Another article took this address at the same moment. Please try again.")
            return False
        self.log_change(request, version, f"Published as edition {version.edition}.")
        when = "is scheduled" if article.public_state == "scheduled" else "is live"
        messages.success(
            request,
            format_html(
                'Version {} {} as edition {}: <a href="{}">see the public page</a>.',
                version.number,
                when,
                version.edition,
                reverse(
                    "articles:page" if article.kind == "page" else "articles:article", args=[article.slug]
                ),
            ),
        )
        return True


def _against_live(version: Version) -> dict:
    """What the publishing page compares: title, dek and words, and the names of what else differs."""
    live = version.article.live_version
    old, new = (live.snapshot if live else None), version.snapshot
    texts = []
    for label, read in (
        ("Headline", lambda of: of["title"]),
        ("Under the headline", lambda of: of["dek"]),
        ("Text", lambda of: markup.text_of(of["body"])),
    ):
        pieces = diff.words(read(old), read(new)) if old else [diff.Piece(diff.SAME, read(new))]
        changed = any(piece.op != diff.SAME for piece in pieces)
        texts.append(
            {"label": label, "pieces": diff.shortened(pieces) if old else pieces, "changed": changed}
        )
    others = [words for name, words in _COMPARED.items() if old and old[name] != new[name]]
    # Where the lines of the source break is no difference: a form cuts what stands around the text.
    if old and old["body"].split() != new["body"].split() and not texts[-1]["changed"]:
        others.append("links or formatting of the text")
    return {"live": live, "texts": texts, "others": others, "concerns": concerns(new, most_tags=MOST_TAGS)}
