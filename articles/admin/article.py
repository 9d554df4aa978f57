"""Articles as the public has them: read here, retired, brought back, reviewed. The text is edited in the draft."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone

from articles import dates
from articles.forms import MoveForm, ReviewForm
from articles.models import Article, Person, Review, StatusChange
from healthnews.admin_site import DeskAdmin

SHOWN = 20  # records of each kind on an article's page


@admin.register(Article)
class ArticleAdmin(DeskAdmin):
    """The list, one article's records, and two acts: moving and reviewing."""

    list_display = ["title", "kind", "state", "edition", "publish_at", "updated_at", "review_due"]
    list_filter = ["kind"]
    search_fields = ["title", "slug"]
    ordering = ["-pk"]

    def get_queryset(self, request):
        """What this person may see; without the long columns."""
        articles = super().get_queryset(request).visible_to(request.user)
        return articles.defer("body", "body_html", "search")

    def has_add_permission(self, request):
        """Nobody: a draft is added, and brings its article with it."""
        return False

    def has_change_permission(self, request, obj=None):
        """Nobody: versions are published to it."""
        return False

    def get_urls(self):
        """The two acts, before Django's own patterns that would swallow them."""
        pages = [("move", self.move_view), ("review", self.review_view)]
        own = [
            path(f"<int:pk>/{name}/", self.admin_site.admin_view(view), name=f"articles_article_{name}")
            for name, view in pages
        ]
        return own + super().get_urls()

    @admin.display(description="the public")
    def state(self, article):
        """What the public sees."""
        return article.public_state

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Dates, reviews and moves of one article, and the way to its draft and versions."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        article = self._article(request, object_id)
        if request.method not in {"GET", "HEAD"}:
            raise PermissionDenied("This is a record: it cannot be changed.")
        draft = getattr(article, "draft", None)
        context = {
            "lines": dates.date_lines(article.dates, timezone.localdate()),
            "notice": dates.notice(article.dates, timezone.localdate()),
            "reviews": article.reviews.select_related("reviewer", "version", "recorded_by")[:SHOWN],
            "moves": article.status_changes.select_related("by")[:SHOWN],
            "draft": draft,
            "may_edit": draft and draft.is_editable_by(request.user),
        }
        return self._page(request, "admin/articles/article/record.html", article, context)

    def move_view(self, request, pk):
        """Ask why; then retire a public article, or bring a retired one back."""
        if not request.user.has_perm("articles.retire_article"):
            raise PermissionDenied("Only editors retire articles and bring them back.")
        article = self._article(request, pk)
        action = StatusChange.Action.RESTORE if article.retire_at else StatusChange.Action.RETIRE
        form = MoveForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                move = article.move(request.POST.get("action", ""), by=request.user, **form.cleaned_data)
            except ValueError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, f"“{article.title}”: {move.get_action_display().lower()}.")
                return redirect("admin:articles_article_change", article.pk)
        context = {"form": form, "action": action, "may_move": article.is_public() or article.retire_at}
        return self._page(request, "admin/articles/article/move.html", article, context)

    def review_view(self, request, pk):
        """Ask who and for how long; then record the medical review of what is live."""
        if not request.user.has_perm("articles.add_review"):
            raise PermissionDenied("Only medical reviewers record reviews.")
        article = self._article(request, pk)
        own = Person.objects.filter(user=request.user).first()
        form = ReviewForm(self.admin_site, request.POST or None, initial={"reviewer": own, "months": 24})
        if request.method == "POST" and form.is_valid():
            try:
                review = Review.record(article, by=request.user, **form.cleaned_data)
            except ValueError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, f"Recorded. The next review is due on {dates.written(review.due)}.")
                return redirect("admin:articles_article_change", article.pk)
        return self._page(
            request, "admin/articles/article/review.html", article, {"form": form, "media": form.media}
        )

    def _article(self, request, pk) -> Article:
        articles = Article.objects.visible_to(request.user).defer("body", "body_html", "search")
        if not str(pk).isdecimal():
            articles, pk = articles.none(), 0
        return get_object_or_404(articles.select_related("live_version", "draft"), pk=pk)

    def _page(self, request, template: str, article: Article, context: dict) -> TemplateResponse:
        everything = self.admin_site.each_context(request) | {
            "title": article.title,
            "opts": self.opts,
            "article": article,
            "state": article.public_state,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, template, everything | context)
