"""From a comment to the editors, and what became of it."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.roles import moderator_required
from articles.models import Correction
from comments import corrections
from comments.expert_forms import CorrectionRequestForm
from comments.filters import Filters
from comments.models import CorrectionRequest, Report, Undecidable
from comments.views.moderation import comment_of, to_card
from healthnews import paging
from healthnews.http import private

SEE_OTHER = 303
ROWS = 25
COUNTED = 100
LATELY = timedelta(days=7)
_UNPRINTED = [f"comment__article__{name}" for name in ("body", "body_html", "search")] + [
    "correction__fixed_in__snapshot",
    "correction__version__snapshot",
]


@require_http_methods(["GET", "HEAD", "POST"])
@moderator_required
def send(request, pk):
    """`/moderation/comments/<id>/correction/`: send what the comment says to the editors, or take it back; then its card."""
    comment, error, status = comment_of(request, pk), "", 200
    if request.method == "POST" and "take_back" in request.POST:
        return _take_back(request, comment)
    reported = Report.notes_about_article(comment)
    if request.method == "POST":
        begun = corrections.beginning(comment, reported)
        # As it stands before anybody changed it: that is the one key on the card.
        unchanged = {"passage": begun.passage, "note": begun.note}
        form = CorrectionRequestForm(unchanged if "as_begun" in request.POST else request.POST)
        if form.is_valid():
            data = form.cleaned_data
            try:
                CorrectionRequest.send(
                    comment, by=request.user, passage=data["passage"], claim=data["note"], links=begun.links
                )
            except Undecidable as refusal:
                error, status = str(refusal), 409
            else:
                messages.success(request, "Sent to the editors. What becomes of it stands under Corrections.")
                return _to_card(request, comment)
        else:
            error, status = form.sentence, 422
    context = {
        "comment": comment,
        "reported": reported,
        "correction_request": CorrectionRequest.objects.of(comment),
        "error": error,
        "asked": Filters.of(request.GET),
        "sent": request.POST if error and "as_begun" not in request.POST else None,
    }
    return private(render(request, "moderation/correction.html", context, status=status))


def _take_back(request, comment):
    sent = CorrectionRequest.objects.of(comment)
    try:
        if sent is None:
            raise Undecidable("Nothing is with the editors: this was taken back, or never sent.")
        sent.take_back(by=request.user)
    except Undecidable as refusal:
        context = {"comment": comment, "correction_request": sent, "error": str(refusal)}
        return private(render(request, "moderation/correction.html", context, status=409))
    messages.success(request, "Taken back: the editors see that nothing is to be done.")
    return _to_card(request, comment)


def _to_card(request, comment):
    card = to_card(request, comment.pk, Filters.of(request.GET))
    return private(HttpResponseRedirect(card, status=SEE_OTHER))


@require_safe
@moderator_required
def list_all(request):
    """`/moderation/corrections/`: what was sent to the editors, newest first, and what became of it."""
    state = request.GET.get("state", "")
    state = state if state in Correction.State.values else ""
    joined = (
        "comment__author",
        "comment__article",
        "by",
        "answer",
        "correction__fixed_in",
        "correction__version",
    )
    rows = CorrectionRequest.objects.select_related(*joined).defer(*_UNPRINTED).order_by("-pk")
    if state:
        rows = rows.filter(correction__state=state)
    if numbers := paging.decode(request.GET.get("after", ""), 1):
        rows = rows.filter(pk__lt=numbers[0])
    found = list(rows[: ROWS + 1])
    context = {
        "rows": found[:ROWS],
        "after": paging.encode(found[ROWS - 1].pk) if len(found) > ROWS else "",
        "states": Correction.State.choices,
        "state": state,
        "open": _count(CorrectionRequest.objects.with_editors()),
        "lately": _count(CorrectionRequest.objects.filter(answered_at__gt=timezone.now() - LATELY)),
    }
    return private(render(request, "moderation/corrections.html", context))


def _count(rows) -> str:
    """How many, counted live to COUNTED."""
    count = len(rows.order_by().values("pk")[: COUNTED + 1])
    return f"{COUNTED}+" if count > COUNTED else str(count)
