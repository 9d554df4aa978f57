"""The desk's pages about people; and to each person, what holds for them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.roles import moderator_required
from comments import limits, taking_down
from comments import people as reading
from comments.clause_form import PolicyChanged
from comments.desk_forms import LiftForm, NoteForm, SanctionAppealAnswerForm, SanctionForm
from comments.facts import TooFast
from comments.models import (
    APPEAL_LENGTH,
    Clause,
    NotYours,
    Sanction,
    SanctionAppeal,
    Standing,
    Undecidable,
)
from comments.reader_forms import SanctionAppealForm
from comments.views.appeals import APPEALS
from healthnews.http import private

SEE_OTHER = 303
MOST_SHOWN = 100  # of one's own sanctions


@require_safe
@moderator_required
def people(request):
    """Search by name or address; and who is under a sanction."""
    get = request.GET
    words = get.get("q", "").strip()
    found = reading.search(words)
    context = {
        "words": words[:254],
        "found": found[: reading.ROWS],
        "has_more": len(found) > reading.ROWS,
        "appeals": reading.sanction_appeals(),
        "appeals_cap": reading.COUNT_CAP,
        "page": reading.under_sanctions(after=get.get("after", ""), before=get.get("before", "")),
    }
    return private(render(request, "moderation/people.html", context))


@require_safe
@moderator_required
def person(request, pk):
    """Record, comments, sanctions and notes of one person."""
    return _person(request, get_object_or_404(User, pk=pk))


def _person(request, user, *, status=200, error="", typed=None):
    get = request.GET
    after, before = get.get("after", ""), get.get("before", "")
    context = reading.of_person(user, viewer=request.user, after=after, before=before)
    for sanction in context["sanctions"]:
        for appeal in sanction.appeals.all():
            sanction.appeal = appeal
            if appeal.was_granted is None:  # at most a few: no query but for one's own sanctions
                appeal.why_not = appeal.why_not_answer(request.user)
    kinds = [kind for kind in Sanction.Kind if not Sanction.why_not(kind, user, by=request.user)]
    context |= {
        "clauses": list(Clause.in_force()),
        "kinds": kinds,
        "why_not": "" if kinds else Sanction.why_not(Sanction.Kind.WARN, user, by=request.user),
        "error": error,
        "typed": typed or {},
        "from_comment": get.get("comment", "")[:18],
    }
    return private(render(request, "moderation/person.html", context, status=status))


def _back(user):
    return private(HttpResponseRedirect(reverse("moderation:person", args=[user.pk]), status=SEE_OTHER))


@require_POST
@moderator_required
def note(request, pk):
    """Keep a note about a person."""
    user = get_object_or_404(User, pk=pk)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _person(request, user, status=422, error=form.sentence, typed=request.POST)
    try:
        form.save(user, by=request.user)
    except NotYours as refusal:
        return _person(request, user, status=403, error=str(refusal), typed=request.POST)
    messages.success(request, "The note is kept.")
    return _back(user)


@require_POST
@moderator_required
def sanction(request, pk):
    """Impose a sanction. A ban is asked about first, with how many comments would go."""
    user = get_object_or_404(User, pk=pk)
    form = SanctionForm(request.POST)
    try:
        if not form.is_valid():
            return _person(request, user, status=422, error=form.sentence, typed=request.POST)
    except PolicyChanged as changed:
        return _person(request, user, status=409, error=str(changed), typed=changed.typed(request.POST))
    data = form.cleaned_data
    try:
        if data["kind"] == Sanction.Kind.BAN and not data["confirmed"]:
            return _confirm(request, user, data)
        made = form.save(user, by=request.user)
    except Undecidable as refusal:
        status = 403 if isinstance(refusal, NotYours) else 422
        return _person(request, user, status=status, error=str(refusal), typed=request.POST)
    going = (
        " What they wrote is being taken down now; what stays is named below." if made.take_down_days else ""
    )
    messages.success(request, f"{made.get_kind_display()} for {user}: they are told by mail.{going}")
    return _back(user)


def _confirm(request, user, data):
    """The question before a ban. Raises what imposing it would raise."""
    names = ("reason", "clause", "comment", "days", "take_down_days")
    Sanction.vet(data["kind"], user, by=request.user, **{name: data[name] for name in names})
    days = data["take_down_days"]
    count = taking_down.how_many_would_go(user, days, timezone.now()) if days else 0
    context = {"person": user, "data": data, "count": count, "cap": taking_down.COUNT_CAP}
    return private(render(request, "moderation/confirm_ban.html", context))


@require_POST
@moderator_required
def lift(request, pk):
    """End a sanction before its time."""
    held = get_object_or_404(Sanction.objects.select_related("user"), pk=pk)
    form = LiftForm(request.POST)
    typed = {"said": request.POST.get("reason", "")}
    if not form.is_valid():
        return _person(request, held.user, status=422, error=form.sentence, typed=typed)
    try:
        held.lift(by=request.user, reason=form.cleaned_data["reason"])
    except Undecidable as refusal:
        status = 403 if isinstance(refusal, NotYours) else 409
        return _person(request, held.user, status=status, error=str(refusal), typed=typed)
    messages.success(request, f"{held.get_kind_display()} of {held.user} lifted: they are told by mail.")
    return _back(held.user)


@require_POST
@moderator_required
def answer_appeal(request, pk):
    """Grant an appeal against a sanction, or keep the sanction."""
    found = SanctionAppeal.objects.select_related("sanction__user")
    appeal = get_object_or_404(found, pk=pk)
    user, form = appeal.sanction.user, SanctionAppealAnswerForm(request.POST)
    typed = {"answer": request.POST.get("reason", ""), "appeal": str(appeal.pk)}
    if not form.is_valid():
        return _person(request, user, status=422, error=form.sentence, typed=typed)
    try:
        form.save(appeal, by=request.user)
    except Undecidable as refusal:
        status = 403 if isinstance(refusal, NotYours) else 409
        return _person(request, user, status=status, error=str(refusal), typed={"said": typed["answer"]})
    messages.success(request, f"The appeal of {user} is {appeal.state}: they are told by mail.")
    return _back(user)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def standing(request):
    """`/comments/standing/`: what holds for oneself and what held before; a warning is acknowledged here too."""
    if request.method == "POST":
        held = Standing.of(request.user).warning
        if held and request.POST.get("acknowledge") == str(held.pk) and held.acknowledge(by=request.user):
            messages.success(request, "Thank you. You can write again.")
        return private(HttpResponseRedirect(reverse("comments:standing"), status=SEE_OTHER))
    return _standing(request)


@require_POST
@login_required
def appeal_sanction(request, pk):
    """Appeal against a sanction of one's own."""
    held = get_object_or_404(Sanction.objects.filter(user=request.user), pk=pk)
    form = SanctionAppealForm(request.POST)
    if not form.is_valid():
        return _standing(request, held, status=422, error=" ".join(form.errors["text"]))
    try:
        if why := SanctionAppeal.why_not(held, request.user):
            raise Undecidable(why)
        limits.spend("appeals", request.user.pk, *APPEALS)
        form.save(held, by=request.user)
    except TooFast as refusal:
        return _standing(request, held, status=429, error=str(refusal))
    except Undecidable as refusal:
        return _standing(request, held, status=403, error=str(refusal))
    messages.success(request, "Your appeal is with the moderators: you get an answer by mail, and here.")
    return private(HttpResponseRedirect(reverse("comments:standing"), status=SEE_OTHER))


def _standing(request, appealed=None, *, status=200, error=""):
    mine = Sanction.objects.filter(user=request.user).order_by("-pk")
    mine = mine.select_related("reason", "clause", "comment__article", "lift_reason")
    answers = Prefetch("appeals", SanctionAppeal.objects.select_related("text", "answer"))
    sanctions = list(mine.prefetch_related(answers)[:MOST_SHOWN])
    for each in sanctions:
        each.appeal = next(iter(each.appeals.all()), None)
        each.may_appeal = not SanctionAppeal.why_not(each, request.user)
        if each == appealed:
            each.error, each.typed = error, request.POST.get("text", "")
    context = {"standing": Standing.of(request.user), "sanctions": sanctions, "most": APPEAL_LENGTH}
    return private(render(request, "comments/standing.html", context, status=status))
