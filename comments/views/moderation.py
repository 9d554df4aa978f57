"""The desk: the queue, a card. What is decided comes in through decisions.py."""

from dataclasses import replace

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.roles import moderator_required
from comments import desk, onward, people, search
from comments.card import card as card_of
from comments.filters import Filters
from comments.models import CannedReply, Case, Clause, Comment, Lane, MovedMeanwhile, Status
from comments.screening import wording
from healthnews.http import private, wants_part

_JOINED = (
    "text",
    "author",
    "article",
    "case",
)  # with the change that waits, rare, planning takes twice as long
_UNPRINTED = [f"article__{name}" for name in ("body", "body_html", "search")]


def comments_to_decide(user):
    """The comments with what a decision about them and its page need, in one query."""
    return Comment.objects.visible_to(user).select_related(*_JOINED).defer(*_UNPRINTED)


def comment_of(request, pk) -> Comment:
    """The comment with its case; 404 for who may not see it."""
    return get_object_or_404(comments_to_decide(request.user), pk=pk)


def bulk_context() -> dict:
    """What the form that decides several offers."""
    messages = CannedReply.objects.filter(is_active=True, purpose=CannedReply.Purpose.MESSAGE)
    return {"clauses": list(Clause.in_force()), "canned": messages}


@require_safe
@moderator_required
def queue(request):
    """What waits, lane by lane; with `q`, what a search among all comments finds."""
    asked = Filters.of(request.GET)
    context = {"asked": asked, "codes": wording.FOR_MODERATORS, "counts": desk.counts()}
    if asked.q:
        return _found(request, asked, context)
    page = desk.queue(asked)
    context |= bulk_context() | {"queue": page, "further": page.after and asked.turned_to(page.after)}
    return private(render(request, "moderation/queue.html", context))


def _found(request, asked, context):
    context["states"] = Status.choices
    try:
        context["found"], after = search.search(asked)
        context["further"] = after and asked.turned_to(after)
    except search.TooMany:
        context["too_many"] = True
    if not asked.after:
        context["people"] = people.search(asked.q)
    return private(render(request, "moderation/found.html", context))


@require_safe
@moderator_required
def lane(request, name):
    """To one lane of the queue, for who remembers its name and not the address."""
    return private(redirect(f"{reverse('moderation:queue')}?lane={name}"))


@require_safe
@moderator_required
def waiting(request):
    """How much waits in each lane, and how much has arrived `since` the page was made: for the page to tell."""
    counts = desk.counts()
    lanes = {lane.name.lower(): words for lane, words in counts.lanes}
    since = request.GET.get("since", "")
    told = {"new": desk.arrived(since), "emergencies": desk.arrived(since, lane=Lane.CRISIS)}
    return private(JsonResponse({"lanes": lanes, "total": counts.total} | told))


@require_safe
@moderator_required
def card(request, pk):
    """One comment with all that its decision needs. Opening it says to the others that one is looking."""
    comment = comment_of(request, pk)
    case = getattr(comment, "case", None)
    own = comment.author_id == request.user.pk  # theirs to read, and a colleague's to decide
    if case is not None and case.closed_at is None and not (own or case.is_looked_at_by_others(request.user)):
        case.claim(by=request.user)
    return card_page(request, comment, reply=request.GET.get("reply", ""))


def card_page(request, comment, *, status=200, conflict=None, error="", typed=None, reply=""):
    """The card, as a page or as the part that htmx asked for; with what went wrong and what was typed, or a `reply` chosen."""
    context = card_of(comment, by=request.user, typed=typed, reply=reply)
    asked, case = Filters.of(request.GET), context["case"]
    context |= {"conflict": conflict, "error": error, "typed": typed or {}, "asked": asked}
    context["back"] = replace(asked, at=desk.place_of(case) if case and not asked.q else "").query
    # The same in each of its forms.
    names = ("comment", "clauses", "opened")
    seen = {name: context[name] for name in names} | {"csrf_token": get_token(request)}
    context["seen"] = render_to_string("moderation/_seen.html", seen)
    template = "moderation/_card.html" if wants_part(request) else "moderation/card.html"
    return private(render(request, template, context, status=status))


@require_safe
@moderator_required
def beside(request, pk, step):
    """To the card of the case before or after this one; to the queue where there is none."""
    case, asked = get_object_or_404(Case, pk=pk), Filters.of(request.GET)
    if step == "next":
        found = onward.next_case(request.user, after=case, asked=asked)
    else:
        found = onward.case_before(case, asked)
    return private(redirect(to_card(request, found, asked)))


def to_card(request, pk: int | None, asked: Filters) -> str:
    """The address of that card, on the same way through the queue; of the queue, which says so, when there is none."""
    if pk is not None:
        return reverse("moderation:card", args=[pk]) + asked.onward
    if asked.narrows:
        messages.info(request, "No other case fits these filters now.")
    return reverse("moderation:queue") + asked.turned_to("")


@require_http_methods(["POST", "DELETE"])
@moderator_required
def claim(request, pk):
    """Renew or release the claim on a case: 204, or 409 with the name of who has it, or who decided meanwhile."""
    case = get_object_or_404(Case.objects.select_related("claimed_by", "comment__author"), pk=pk)
    if request.method == "DELETE" or "release" in request.POST:
        case.release(by=request.user)
        return private(HttpResponse(status=204))
    if case.closed_at is not None:
        return private(HttpResponse(f"{MovedMeanwhile(case.comment)}\n", "text/plain", status=409))
    if case.comment.author_id == request.user.pk or case.claim(by=request.user):
        return private(HttpResponse(status=204))
    return private(HttpResponse(f"{case.claimed_by} is looking at this.\n", "text/plain", status=409))
