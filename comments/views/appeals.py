"""What was decided about a comment, as its author and who reported it are told; and appealing against it."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.roles import moderator_required
from comments import limits, statement
from comments.facts import TooFast
from comments.models import APPEAL_LENGTH, Appeal, Comment, Decision, Report, Undecidable
from comments.reader_forms import AppealForm
from healthnews.http import private

SEE_OTHER = 303
APPEALS = ((limits.DAY, 20),)


def _concerned(request, pk) -> tuple[Comment, list[Report]]:
    """The comment and the viewer's reports of it; 404 for whoever neither wrote nor reported it."""
    comment = get_object_or_404(Comment.objects.select_related("article", "author", "text"), pk=pk)
    reports = Report.objects.filter(comment=comment, reporter=request.user)
    reports = list(reports.select_related("answered_by__clause", "answered_by__message").order_by("pk"))
    if comment.author_id != request.user.pk and not reports:
        raise Http404
    return comment, reports


@require_safe
@login_required
def decision(request, pk):
    """To its author the statement of reasons, for people or as JSON; to who reported it what came of that."""
    comment, reports = _concerned(request, pk)
    appeals = Appeal.objects.filter(decision__comment=comment, by=request.user)
    context = {"appeal": appeals.select_related("answered_by__message").first()}
    if comment.author_id == request.user.pk:
        latest = Decision.in_force(comment)
        if latest is None:
            raise Http404
        latest.comment = comment
        made = statement.statement(latest)
        if request.GET.get("format") == "json":
            return _as_json(made)
        context |= {"statement": made, "decision": latest}
    else:
        context |= {"reports": reports, "may_appeal": Appeal.is_open_to(request.user, comment)}
    context |= {"comment": comment, "article": comment.article}
    return private(render(request, "comments/decision.html", context))


@require_safe
@moderator_required
def decision_as_data(request, pk):
    """`/moderation/decisions/<id>.json`: the statement about any decision, for moderators."""
    joined = ("comment__author", "comment__article", "clause__policy", "message", "text", "policy")
    decision = get_object_or_404(Decision.objects.select_related(*joined), pk=pk)
    get_object_or_404(Comment.objects.visible_to(request.user), pk=decision.comment_id)
    return _as_json(statement.statement(decision))


def _as_json(made):
    return private(JsonResponse(statement.as_data(made), json_dumps_params={"ensure_ascii": False}))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def appeal(request, pk):
    """Appeal against what was decided: the form, or 403 with the reason why that is not possible."""
    comment, _ = _concerned(request, pk)
    latest = Appeal.target(comment, request.user)
    if latest is not None:
        latest.comment = comment
    refusal = Appeal.why_not(latest, request.user)
    form = AppealForm(request.POST if request.method == "POST" else None)
    status = 403 if refusal and form.is_bound else 200
    if form.is_bound and not refusal:
        if not form.is_valid():
            return _appeal_page(request, comment, latest, form, "", 422)
        try:
            limits.spend("appeals", request.user.pk, *APPEALS)
            form.save(latest, by=request.user)
            where = reverse("comments:decision", args=[comment.pk])
            return private(HttpResponseRedirect(where, status=SEE_OTHER))
        except (TooFast, Undecidable) as error:
            refusal, status = str(error), 429 if isinstance(error, TooFast) else 403
    return _appeal_page(request, comment, latest, form, refusal, status)


def _appeal_page(request, comment, decision, form, refusal, status):
    context = {
        "comment": comment,
        "article": comment.article,
        "decision": decision,
        "form": form,
        "refusal": refusal,
        "is_author": comment.author_id == request.user.pk,
        "most": f"{APPEAL_LENGTH:,}",
        # What was typed is shown, but there is no sending it.
        "is_barred": status == 403,
    }
    return private(render(request, "comments/appeal.html", context, status=status))
