"""The desk: the queue, a card, decisions one by one and in bulk, the log."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.roles import moderator_required
from comments import desk, states
from comments.forms import DecisionForm
from comments.models import (
    CannedReply,
    Case,
    Clause,
    Comment,
    Decision,
    MovedMeanwhile,
    PolicyVersion,
    Undecidable,
)
from healthnews import paging
from healthnews.http import private, wants_part

SEE_OTHER = 303
BULK = 100  # comments in one bulk decision
LOG_ROWS = 50
REFUSALS = (states.NotAllowed, Undecidable)


def _comment(request, pk) -> Comment:
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
    comment = _comment(request, pk)
    case = Case.objects.filter(pk=pk, closed_at__isnull=True).first()
    if case is not None:
        case.claim(by=request.user)
    return _card(request, comment)


def _card(request, comment, *, status=200, conflict=None, error="", typed=None):
    context = desk.card(comment)
    case = context["case"]
    following = desk.next_case(request.user, after=case) if case else desk.next_case(request.user)
    context |= {"conflict": conflict, "error": error, "typed": typed or {}, "following": following}
    template = "moderation/_card.html" if wants_part(request) else "moderation/card.html"
    return private(render(request, template, context, status=status))


@require_POST
@moderator_required
def decide(request, pk):
    """Carry out a decision: on to the next card, or the card again with what is wrong (422, or 409: who was first)."""
    comment = _comment(request, pk)
    case = Case.objects.filter(pk=pk).first()
    form = DecisionForm(request.POST, comment=comment)
    if not form.is_valid():
        return _card(request, comment, status=422, error=form.sentence, typed=request.POST)
    try:
        decision = form.save(by=request.user)
    except MovedMeanwhile as lost:
        return _card(request, _comment(request, pk), status=409, conflict=str(lost), typed=request.POST)
    except REFUSALS as refusal:
        return _card(request, comment, status=422, error=str(refusal), typed=request.POST)
    answered = " and answered" if form.cleaned_data["reply"] else ""
    messages.success(request, f"{comment.name}: {decision.get_action_display().lower()}{answered}.")
    following = desk.next_case(request.user, after=case)
    if wants_part(request) and following:
        following.claim(by=request.user)
        response = _card(request, _comment(request, following.pk))
        response["HX-Push-Url"] = reverse("moderation:card", args=[following.pk])
        return response
    where = reverse("moderation:card", args=[following.pk]) if following else reverse("moderation:queue")
    return private(HttpResponseRedirect(where, status=SEE_OTHER))


@require_POST
@moderator_required
def decide_many(request):
    """Decide up to BULK comments at once, each by the version that was seen; says which were and which were not."""
    chosen = request.POST.getlist("comments")
    if len(chosen) > BULK:
        return _bulk_done(request, [], too_many=len(chosen), status=422)
    results = []
    for text in chosen:
        pk, _, version = text.partition(":")
        comment = None
        if pk.isascii() and pk.isdigit() and len(pk) < 19:
            comment = Comment.objects.select_related("article", "author", "text").filter(pk=pk).first()
        if comment is None:
            results.append({"comment": None, "text": text[:40], "error": "This comment is not here."})
            continue
        error, was_first = _decide_one(request, comment, version)
        results.append({"comment": comment, "error": error, "was_first": was_first})
    if any(not each["error"] for each in results):
        return _bulk_done(request, results)
    conflict = any(each.get("was_first") for each in results)
    return _bulk_done(request, results, status=409 if conflict else 422)


def _bulk_done(request, results, *, too_many=0, status=200):
    context = {
        "done": [each for each in results if not each["error"]],
        "failed": [each for each in results if each["error"]],
        "verb": states.WORDS.get(request.POST.get("action", ""), "decided"),
        "too_many": too_many,
        "most": BULK,
    }
    return private(render(request, "moderation/bulk_done.html", context, status=status))


def _decide_one(request, comment, version: str) -> tuple[str, bool]:
    """Decide one of many: the reason why not (or nothing), and whether somebody else was first."""
    data = request.POST.dict() | {"version": version}
    form = DecisionForm(data, comment=comment)
    if not form.is_valid():
        return form.sentence, False
    try:
        form.save(by=request.user)
    except MovedMeanwhile as lost:
        return str(lost), True
    except REFUSALS as refusal:
        return str(refusal), False
    return "", False


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


@require_safe
@moderator_required
def replies(request):
    """The canned replies, how often each was used, and what it is suggested for."""
    return private(render(request, "moderation/replies.html", {"replies": CannedReply.objects.all()}))


def _clauses():
    policy = PolicyVersion.current()
    return list(Clause.objects.filter(policy=policy)) if policy else []
