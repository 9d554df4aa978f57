"""A comment is picked for readers, or no longer, from its card; and the way back."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_POST

from accounts.roles import moderator_required
from comments.desk_forms import PickForm
from comments.filters import Filters
from comments.models import MovedMeanwhile, Pick, Undecidable
from comments.views.moderation import card_page, comment_of, to_card
from healthnews.http import private

SEE_OTHER = 303


@require_POST
@moderator_required
def pick(request, pk):
    """`/moderation/comments/<id>/pick/`: then the card again, with what is wrong (422, or 409: it has changed)."""
    comment, form = comment_of(request, pk), PickForm(request.POST)
    if not form.is_valid():
        return card_page(request, comment, status=422, error="Say whether it is picked or no longer.")
    to, version = form.cleaned_data["pick"] == "1", form.cleaned_data["version"]
    try:
        Pick.switch(comment, to, by=request.user, version=version)
    except MovedMeanwhile as lost:
        return card_page(request, comment, status=409, conflict=str(lost))
    except Undecidable as refusal:
        return card_page(request, comment, status=422, error=str(refusal))
    said = "Picked: readers see it marked." if to else "It is no longer picked."
    messages.success(request, said)
    return private(HttpResponseRedirect(to_card(request, pk, Filters.of(request.GET)), status=SEE_OTHER))


@require_POST
@moderator_required
def undo(request, pk):
    """`/moderation/picks/<id>/undo/`: take the act back, and show the card as it is then."""
    act = get_object_or_404(Pick.objects.select_related("comment"), pk=pk)
    comment = comment_of(request, act.comment_id)
    try:
        act.undo(by=request.user)
    except MovedMeanwhile as lost:
        return card_page(request, comment, status=409, conflict=str(lost))
    except Undecidable as refusal:
        return card_page(request, comment, status=422, error=str(refusal))
    said = "Undone: it is no longer picked." if act.is_set else "Undone: it is picked as before."
    messages.success(request, said)
    return private(
        HttpResponseRedirect(to_card(request, comment.pk, Filters.of(request.GET)), status=SEE_OTHER)
    )
