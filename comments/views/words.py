"""The word list at the desk: found, tried on the latest comments, listed, taken off; and who did it."""

import hashlib

from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.roles import moderator_required
from comments import dry_run
from comments.models import ChangedMeanwhile, ListedWord, Proposal, WordChange
from comments.models.words import key_of
from comments.views import proposals
from comments.word_forms import ReasonForm, WordsForm
from healthnews import paging
from healthnews.http import private

ROWS = 50
LISTING, REMOVAL = Proposal.Kind.WORDS, Proposal.Kind.REMOVAL


@require_safe
@moderator_required
def words(request):
    """The list by the alphabet. The cursor is the last word's key, which may be gone meanwhile."""
    asked, after = (request.GET.get(name, "")[:480] for name in ("q", "after"))
    rows = (
        ListedWord.objects.filter(key__contains=key_of(asked)) if asked.strip() else ListedWord.objects.all()
    )
    if after:
        rows = rows.filter(key__gt=after)
    rows = list(rows[: ROWS + 1])
    context = {
        "words": rows[:ROWS],
        "after": rows[ROWS - 1].key if len(rows) > ROWS else "",
        "asked": asked,
        "form": WordsForm(),
        "waiting": proposals.waiting(request, LISTING, REMOVAL),
        "administers": proposals.administers(request),
    }
    return private(render(request, "moderation/words.html", context))


@require_http_methods(["GET", "HEAD", "POST"])
@moderator_required
def words_try(request):
    """Words on trial: what they would have caught; then listed (administrators) or proposed, if nothing has changed."""
    proposal = proposals.taken_up(request, LISTING)
    if request.method != "POST":
        start = proposal.content | {"words": "\n".join(proposal.content["words"])} if proposal else {}
        return _try_page(request, WordsForm(initial=start), proposal)
    form, step = WordsForm(request.POST), request.POST.get("step", "try")
    if not form.is_valid():
        return _try_page(request, form, proposal, status=422)
    data = form.cleaned_data
    plan = ListedWord.plan(data["words"], data["outcome"])
    if step not in {"list", "propose"}:
        return _try_page(request, form, proposal, plan)
    if request.POST.get("seen", "") != _seen(plan):
        error = (
            "The words, or the list itself, have changed since you tried them. Here is the trial of these."
        )
        return _try_page(request, form, proposal, plan, error=error, status=409)
    if not any(each.changes for each in plan):
        return _try_page(request, form, proposal, plan, error="All of them are listed like this.", status=422)
    if step == "propose":
        return proposals.propose(request, LISTING, data, data["note"])
    if not proposals.administers(request):
        raise Http404
    try:
        with transaction.atomic():
            count = ListedWord.carry_out(plan, note=data["note"], by=request.user)
            proposals.accept(request, proposal)
    except ChangedMeanwhile as first:
        plan = ListedWord.plan(data["words"], data["outcome"])
        return _try_page(request, form, proposal, plan, error=str(first), status=409)
    return proposals.see_other(
        request, "moderation:words", f"{count} word{'' if count == 1 else 's'} listed."
    )


def _try_page(request, form, proposal, plan=None, *, error="", status=200):
    changing = [each for each in plan or [] if each.changes]
    context = {
        "form": form,
        "plan": plan,
        "changing": changing,
        "run": dry_run.of(changing) if changing else None,
        "seen": _seen(plan) if plan else "",
        "error": error,
        "proposal": proposal,
        "answer": request.POST.get("answer", ""),
        "administers": proposals.administers(request),
    }
    return private(render(request, "moderation/words_try.html", context, status=status))


def _seen(plan) -> str:
    """Names what somebody has tried: these words, and how the list stood."""
    return hashlib.sha256(repr([(p.key, p.before, p.outcome) for p in plan]).encode()).hexdigest()[:20]


@require_http_methods(["GET", "HEAD", "POST"])
@moderator_required
def word_remove(request, pk):
    """Take a word off the list, after a question and with a reason; or propose it."""
    word = get_object_or_404(ListedWord, pk=pk)
    proposal = proposals.taken_up(request, REMOVAL)
    form = ReasonForm(request.POST or None, initial={"note": proposal.why if proposal else ""})
    error, status = "", 200
    if request.method == "POST" and form.is_valid():
        note = form.cleaned_data["note"]
        if not proposals.administers(request):
            return proposals.propose(request, REMOVAL, {"pk": word.pk, "word": word.word}, note)
        try:
            with transaction.atomic():
                word.remove(note=note, by=request.user)
                proposals.accept(request, proposal)
            return proposals.see_other(request, "moderation:words", f"“{word.word}” is off the list.")
        except ChangedMeanwhile as first:
            error, status = str(first), 409
    elif request.method == "POST":
        status = 422
    context = {"word": word, "form": form, "error": error, "proposal": proposal}
    context |= {"administers": proposals.administers(request), "answer": request.POST.get("answer", "")}
    return private(render(request, "moderation/word_remove.html", context, status=status))


@require_safe
@moderator_required
def word_record(request):
    """Who listed, changed and took away what, newest first."""
    rows = WordChange.objects.select_related("by")
    numbers = paging.decode(request.GET.get("after", ""), 1)
    if numbers:
        rows = rows.filter(pk__lt=numbers[0])
    rows = list(rows[: ROWS + 1])
    after = paging.encode(rows[ROWS - 1].pk) if len(rows) > ROWS else ""
    return private(render(request, "moderation/word_record.html", {"changes": rows[:ROWS], "after": after}))
