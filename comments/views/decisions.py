"""What is decided at the desk: one comment, several together, and the way back."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from accounts.roles import moderator_required
from comments import desk, onward, states
from comments.clause_form import PolicyChanged
from comments.decision_forms import BulkForm, DecisionForm
from comments.filters import Filters
from comments.models import Comment, Decision, MovedMeanwhile, Undecidable, undoing
from comments.models.deciding import carry_out
from comments.views.moderation import bulk_context, card_page, comment_of, comments_to_decide, to_card
from healthnews.http import private, wants_part

SEE_OTHER = 303
BULK = 100  # comments in one bulk decision
REFUSALS = (states.NotAllowed, Undecidable)


@require_POST
@moderator_required
def decide(request, pk):
    """Carry out a decision: on to the next card, or the card again with what is wrong (422, or 409: who was first)."""
    # Its texts and its article are read when the decision needs them: most do not.
    comments = Comment.objects.visible_to(request.user).select_related("author")
    comment = get_object_or_404(comments, pk=pk)
    form = DecisionForm(request.POST, comment=comment)
    try:
        if not form.is_valid():
            return _refused(request, comment, form.why_refused())
        decision = form.save(by=request.user)
    except MovedMeanwhile as lost:
        now = comment_of(request, pk)
        return card_page(request, now, status=409, conflict=str(lost), typed=request.POST)
    except PolicyChanged as changed:
        now, typed = comment_of(request, pk), changed.typed(request.POST)
        return card_page(request, now, status=409, error=str(changed), typed=typed)
    except REFUSALS as refusal:
        return _refused(request, comment, str(refusal))
    answered = " and answered" if decision.answer_id else ""
    messages.success(request, f"{comment.name}: {decision.get_action_display().lower()}{answered}.")
    case = decision.case or getattr(comment, "case", None)
    asked = Filters.of(request.GET)
    following = onward.next_case(request.user, after=case, opened=form.cleaned_data["opened"], asked=asked)
    if wants_part(request) and following:
        now = comment_of(request, following)
        now.case.claim(by=request.user)
        response = card_page(request, now)
        response["HX-Push-Url"] = to_card(request, following, asked)
        return response
    return private(HttpResponseRedirect(to_card(request, following, asked), status=SEE_OTHER))


def _refused(request, comment, error: str):
    now = comment_of(request, comment.pk)
    return card_page(request, now, status=422, error=error, typed=request.POST)


@require_POST
@moderator_required
def undo(request, pk):
    """Take a decision back, and show the card as it is then."""
    decision = get_object_or_404(Decision.objects.select_related("answer"), pk=pk)
    where = to_card(request, decision.comment_id, Filters.of(request.GET))
    try:
        undoing.undo(decision, by=request.user)
    except (MovedMeanwhile, Undecidable) as refusal:
        comment = comment_of(request, decision.comment_id)
        status = 409 if isinstance(refusal, MovedMeanwhile) else 422
        return card_page(request, comment, status=status, error=str(refusal))
    messages.success(request, "Undone: this comment is as it was before.")
    return private(HttpResponseRedirect(where, status=SEE_OTHER))


@require_POST
@moderator_required
def decide_many(request):
    """Decide up to BULK comments at once, each by the version that was seen; says which were and which were not."""
    chosen = request.POST.getlist("comments")
    if len(chosen) > BULK:
        return _bulk_done(request, error=f"{len(chosen)} comments are too many at once: tick at most {BULK}.")
    asked, unread = _asked(chosen)
    form = BulkForm(request.POST)
    try:
        if not chosen or not form.is_valid():
            error = form.sentence if chosen else "Tick the comments first."
            return _bulk_done(request, again=asked, error=error)
    except PolicyChanged as changed:
        typed = changed.typed(request.POST)
        return _bulk_done(request, again=asked, error=str(changed), typed=typed, status=409)
    comments = list(comments_to_decide(request.user).select_related("waiting_text").filter(pk__in=asked))
    act = form.act(by=request.user)
    done = carry_out(act, comments, asked, form.messages(comments))
    here = {comment.pk: comment for comment in comments}
    gone = [str(pk) for pk in asked if pk not in here]
    failed = [{"comment": here[pk], "error": str(refusal)} for pk, refusal in done.refused.items()]
    failed += [{"text": text[:40], "error": "This comment is not here."} for text in [*unread, *gone]]
    # What lacked something is ticked again, to be sent once more; what moved meanwhile has to be read first.
    lacking = [pk for pk, refusal in done.refused.items() if isinstance(refusal, Undecidable)]
    conflict = any(isinstance(each, MovedMeanwhile) for each in done.refused.values())
    status = 200 if done.decisions else 409 if conflict else 422
    return _bulk_done(
        request,
        done=[here[pk] for pk in done.decisions],
        undoable=list(done.decisions.values()),
        failed=failed,
        again=lacking,
        status=status,
    )


def _asked(chosen: list[str]) -> tuple[dict[int, int], list[str]]:
    """{id: version} of `<id>:<version>`, and what could not be read."""
    asked, unread = {}, []
    for text in chosen:
        numbers = text.split(":")
        if len(numbers) == 2 and all(
            each.isascii() and each.isdigit() and len(each) < 19 for each in numbers
        ):
            asked[int(numbers[0])] = int(numbers[1])
        else:
            unread.append(text)
    return asked, unread


@require_POST
@moderator_required
def undo_many(request):
    """Take back up to BULK decisions (`decisions`: ids, one or several in each), as they were made; says which were and
    which were not.
    """
    chosen = [text for texts in request.POST.getlist("decisions") for text in texts.split()]
    if not chosen:
        return _bulk_done(request, verb="undone", error="Nothing was named that is to be undone.")
    if len(chosen) > BULK:
        return _bulk_done(
            request, verb="undone", error=f"{len(chosen)} decisions are too many at once: at most {BULK}."
        )
    asked = {int(text) for text in chosen if text.isascii() and text.isdigit() and len(text) < 19}
    decisions = list(Decision.objects.filter(pk__in=asked).select_related("comment__author", "comment__text"))
    done = undoing.undo_many(decisions, by=request.user)
    about = {decision.comment_id: decision.comment for decision in decisions}
    failed = [{"comment": about[pk], "error": str(refusal)} for pk, refusal in done.refused.items()]
    failed += [{"text": "A decision", "error": "It is not here."}] * (len(set(chosen)) - len(decisions))
    conflict = any(isinstance(each, MovedMeanwhile) for each in done.refused.values())
    status = 200 if done.decisions else 409 if conflict else 422
    return _bulk_done(
        request, verb="undone", done=[about[pk] for pk in done.decisions], failed=failed, status=status
    )


def _bulk_done(
    request, *, done=(), undoable=(), failed=(), again=(), error="", verb="", typed=None, status=422
):
    context = {
        "done": done,
        "undoable": undoable,
        "undoable_until": undoable[0].at + undoing.UNDO_TIME if undoable else None,
        "failed": failed,
        "error": error,
        "again": desk.cases_of(again) if again else [],
        "verb": verb or states.WORDS.get(request.POST.get("action", ""), "decided"),
        "typed": typed or request.POST,
    }
    if context["again"]:
        context |= bulk_context()
    return private(render(request, "moderation/bulk_done.html", context, status=status))
