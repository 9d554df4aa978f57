"""The desk's numbers, and the blind second reading that some of them come from."""

from django.db.models import Prefetch
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.roles import moderator_required
from comments import numbers as desk_numbers
from comments import states
from comments.clause_form import PolicyChanged
from comments.models import Comment, Decision, SecondReading, Undecidable
from comments.number_forms import SecondReadingForm, SpanForm
from healthnews.http import private

SEE_OTHER = 303
_READ = ("text", "text_before", "comment__article", "comment__author", "comment__case")


@require_safe
@moderator_required
def numbers(request):
    """How the desk works: plots over some days or weeks. Single people's figures only for administrators, and one's own."""
    form = SpanForm(request.GET)
    context = {"form": form, "is_administrator": request.user.has_perm("comments.administer")}
    if not form.is_valid():
        return private(render(request, "moderation/numbers.html", context, status=422))
    data = form.cleaned_data
    person = None if context["is_administrator"] else request.user
    found = desk_numbers.read(data["first"], data["last"], by=data["by"], person=person)
    context |= {"numbers": found, "first": data["first"], "last": data["last"], "by": data["by"]}
    return private(render(request, "moderation/numbers.html", context))


@require_http_methods(["GET", "HEAD", "POST"])
@moderator_required
def second_reading(request):
    """A decided comment as it was, without who decided and what: what would you do?"""
    waiting = SecondReading.waiting_for(request.user)
    if request.method != "POST":
        return _ask(request, waiting.first(), SecondReadingForm())
    form = SecondReadingForm(request.POST)
    try:
        if not form.is_valid():
            return _ask(request, _asked(waiting, form), form, error=form.sentence, status=422)
    except PolicyChanged as changed:
        again = SecondReadingForm(changed.typed(request.POST))
        return _ask(request, _asked(waiting, form), again, error=str(changed), status=409)
    decision = _asked(waiting, form)
    if decision is None:
        error = (
            "This one no longer waits for a second reading: somebody has read it, or its decision was undone."
        )
        return _ask(request, waiting.first(), SecondReadingForm(), error=error, status=409)
    data = form.cleaned_data
    try:
        reading = SecondReading.record(
            decision, by=request.user, action=data["action"], clause=data["clause"]
        )
    except Undecidable as refusal:
        return _ask(request, decision, form, error=str(refusal), status=422)
    where = reverse("moderation:second_reading_done", args=[reading.pk])
    return private(HttpResponseRedirect(where, status=SEE_OTHER))


@require_safe
@moderator_required
def second_reading_done(request, pk):
    """What had been decided, beside what the reader said. For the reader, and for administrators."""
    joined = ("clause", "decision__clause", "decision__comment__article", "decision__text", "decision__by")
    reading = get_object_or_404(SecondReading.objects.select_related(*joined), pk=pk)
    if reading.by_id != request.user.pk and not request.user.has_perm("comments.administer"):
        raise Http404
    return private(render(request, "moderation/second_reading_done.html", {"reading": reading}))


def _asked(waiting, form):
    """The decision that the form is about, while it waits for this person."""
    pk = form.cleaned_data.get("decision")
    return waiting.filter(pk=pk).first() if pk else None


def _ask(request, decision, form, *, error="", status=200):
    if decision:
        # Not joined to the question which one it is: so many tables are planned for longer than they are read.
        parent = Prefetch("comment__parent", Comment.objects.select_related("author", "text", "case"))
        decision = Decision.objects.select_related(*_READ).prefetch_related(parent).get(pk=decision.pk)
    context = {"decision": decision, "form": form, "error": error, "outcomes": states.SECOND_READING}
    context["clauses"] = list(form.clauses.values()) if decision else []
    return private(render(request, "moderation/second_reading.html", context, status=status))
