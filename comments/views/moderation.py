"""The desk: the queue, a card, the log. What is decided comes in through decisions.py."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.roles import moderator_required
from comments import desk
from comments.models import (
    Case,
    Clause,
    Comment,
    Decision,
    PolicyVersion,
)
from healthnews import paging
from healthnews.http import private, wants_part

LOG_ROWS = 50


def comment_of(request, pk) -> Comment:
    """The comment with what its card prints; 404 for who may not see it."""
    comments = Comment.objects.visible_to(request.user)
    joined = ("text", "waiting_text", "author", "article", "parent__text", "parent__author")
    return get_object_or_404(comments.select_related(*joined), pk=pk)


@require_safe
@moderator_required
def queue(request):
    """What waits, lane by lane."""
    get = request.GET
    asked = {name: get.get(name, "") for name in ("lane", "article", "author", "after")}
    context = {"queue": desk.queue(**asked), "asked": asked, "clauses": _clauses()}
    return private(render(request, "moderation/queue.html", context))


@require_safe
@moderator_required
def card(request, pk):
    """One comment with all that its decision needs. Opening it says to the others that one is looking."""
    comment = comment_of(request, pk)
    case = Case.objects.filter(pk=pk, closed_at__isnull=True).first()
    if case is not None:
        case.claim(by=request.user)
    return card_page(request, comment)


def card_page(request, comment, *, status=200, conflict=None, error="", typed=None):
    """The card, as a page or as the part that htmx asked for; with what went wrong and what was typed."""
    context = desk.card(comment)
    case = context["case"]
    following = desk.next_case(request.user, after=case) if case else desk.next_case(request.user)
    context |= {"conflict": conflict, "error": error, "typed": typed or {}, "following": following}
    template = "moderation/_card.html" if wants_part(request) else "moderation/card.html"
    return private(render(request, template, context, status=status))


@require_http_methods(["POST", "DELETE"])
@moderator_required
def claim(request, pk):
    """Renew or release the claim on an open case: 204, or 409 with the name of who has it."""
    case = get_object_or_404(Case.objects.select_related("claimed_by"), pk=pk)
    if request.method == "DELETE" or "release" in request.POST:
        case.release(by=request.user)
        return private(HttpResponse(status=204))
    if case.claim(by=request.user) or case.closed_at is not None:
        return private(HttpResponse(status=204))
    return private(HttpResponse(f"{case.claimed_by} is looking at this.\n", "text/plain", status=409))


@require_safe
@moderator_required
def log(request):
    """Every decision, newest first."""
    decisions = Decision.objects.select_related("by", "clause", "comment__author", "comment__article")
    numbers = paging.decode(request.GET.get("after", ""), 1)
    if numbers:
        decisions = decisions.filter(pk__lt=numbers[0])
    rows = list(decisions.order_by("-pk")[: LOG_ROWS + 1])
    after = paging.encode(rows[LOG_ROWS - 1].pk) if len(rows) > LOG_ROWS else ""
    return private(render(request, "moderation/log.html", {"decisions": rows[:LOG_ROWS], "after": after}))


def _clauses():
    policy = PolicyVersion.current()
    return list(Clause.objects.filter(policy=policy)) if policy else []
