"""What readers say is wrong: a list for editors, and one page each to decide on. No screen adds or deletes one."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from articles.models import Correction, Version
from healthnews import markup
from healthnews.admin_site import DeskAdmin

ACCEPT, DECLINE, FIX = "accept", "decline", "fix"
_UNPRINTED = (
    "article__body",
    "article__body_html",
    "article__search",
    "version__snapshot",
    "fixed_in__snapshot",
)


class EditionField(forms.ModelChoiceField):
    """One of the published versions, by what the public knows of it."""

    def label_from_instance(self, version):
        """Edition, day and note."""
        note = f": {version.note}" if version.note else ""
        return f"Edition {version.edition}, {version.published_at:%d %B %Y}{note}"[:160]


class CorrectionForm(forms.Form):
    """What becomes of a correction, which the button says, and the words and the edition that it needs."""

    action = forms.ChoiceField(
        choices=[(each, each) for each in (ACCEPT, DECLINE, FIX)],
        widget=forms.HiddenInput,
        error_messages={"required": "Choose what to do.", "invalid_choice": "Choose what to do."},
    )
    fixed_in = EditionField(
        Version.objects.none(),
        required=False,
        label="Corrected in",
        empty_label="choose an edition",
        error_messages={
            "invalid_choice": "Choose an edition that was published since: it has to be public first."
        },
    )
    answer = forms.CharField(
        required=False,
        max_length=Correction.ANSWER,
        label="Answer to the desk",
        help_text="The moderators read it. It has to be there when there is nothing to correct.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args, correction, **kwargs):
        super().__init__(*args, **kwargs)
        self.correction = correction
        self.fields["fixed_in"].queryset = correction.later_versions()

    def clean_answer(self):
        """Without what no keyboard types."""
        return markup.tidy(self.cleaned_data["answer"])

    def save(self, *, by) -> None:
        """Through the door that the button names. Raises ValueError in words."""
        data = self.cleaned_data
        if data["action"] == ACCEPT:
            self.correction.accept(by=by, answer=data["answer"])
        elif data["action"] == DECLINE:
            self.correction.decline(by=by, answer=data["answer"])
        else:
            self.correction.fix(by=by, version=data["fixed_in"], answer=data["answer"])


@admin.register(Correction)
class CorrectionAdmin(DeskAdmin):
    """The list, and one page each."""

    list_display = ["about", "article", "state", "asked_at", "decided_by", "corrected_in"]
    list_filter = ["state"]
    search_fields = ["article__title"]
    ordering = ["-pk"]
    sortable_by = ()

    def get_queryset(self, request):
        """With what a row prints."""
        joined = ("article", "version", "fixed_in", "decided_by")
        return super().get_queryset(request).select_related(*joined).defer(*_UNPRINTED)

    def has_add_permission(self, request):
        """Nobody: the desk sends them."""
        return False

    def has_change_permission(self, request, obj=None):
        """Nobody: they move through their doors."""
        return False

    @admin.display(description="said to be wrong")
    def about(self, correction):
        """The passage, or the claim where no passage is named, shortened."""
        words = correction.passage or correction.claim
        return words if len(words) <= 90 else f"{words[:89]}…"

    @admin.display(description="corrected in")
    def corrected_in(self, correction):
        """The edition."""
        return f"edition {correction.fixed_in.edition}" if correction.fixed_in else "–"

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """What is said to be wrong, and on POST what becomes of it."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        correction = self.get_object(request, object_id)
        if correction is None:
            raise Http404
        may_decide = request.user.has_perm("articles.decide_correction")
        if request.method == "POST" and not may_decide:
            raise PermissionDenied("Only editors decide about corrections.")
        form = CorrectionForm(request.POST if request.method == "POST" else None, correction=correction)
        if form.is_bound and form.is_valid():
            try:
                form.save(by=request.user)
            except ValueError as error:
                form.add_error(None, str(error))
                correction = self.get_object(request, object_id)
            else:
                self.log_change(request, correction, correction.get_state_display())
                messages.success(request, f"{correction.get_state_display()}. The moderators see it.")
                return redirect("admin:articles_correction_change", correction.pk)
        context = self.admin_site.each_context(request) | {
            "title": f"Correction of “{correction.article.title}”",
            "opts": self.opts,
            "correction": correction,
            "form": form,
            "errors": [words for field in form.errors.values() for words in field],
            "may_decide": may_decide and not correction.is_decided,
            "can_be_fixed": form.fields["fixed_in"].queryset.exists(),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(
            request,
            "admin/articles/correction/record.html",
            context,
            status=422 if form.errors else 200,
        )
