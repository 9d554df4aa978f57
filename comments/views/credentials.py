"""Verified professionals: a reader asks, administrators look."""

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from accounts.roles import staff_only
from comments.expert_forms import AskForm, VerifyForm, WordForm
from comments.models import Credential, CredentialRequest, Undecidable
from healthnews import paging
from healthnews.http import private

SEE_OTHER = 303
ROWS = 25
LISTS = {"waiting": "Waiting", "running-out": "Running out", "all": "All"}
administrator_required = staff_only("comments.administer")
read_or_post = require_http_methods(["GET", "HEAD", "POST"])


@read_or_post
@login_required
def ask(request):
    """`/comments/credential/`: what one's name carries, and the form to ask for it."""
    form, refusal = AskForm(request.POST if request.method == "POST" else None), ""
    if form.is_bound and form.is_valid():
        try:
            form.save(by=request.user)
        except Undecidable as error:
            refusal = str(error)
        else:
            messages.success(request, "Thank you. An administrator looks it up, and we write to you.")
            return _to("comments:credential")
    context = {
        "form": form,
        "refusal": refusal,
        "ended": Credential.objects.ended_last(request.user, timezone.localdate()),
        "held": Credential.objects.in_force(request.user, timezone.localdate()),
        "last": CredentialRequest.objects.select_related("credential", "answer")
        .filter(user=request.user)
        .first(),
    }
    status = 409 if refusal else 422 if form.errors else 200
    return private(render(request, "comments/credential.html", context, status=status))


@require_safe
@administrator_required
def credentials(request):
    """`/moderation/credentials/`: who waits, whose runs out, and all."""
    show = request.GET.get("show", "")
    show = show if show in LISTS else "waiting"
    page = _page_of(show, request.GET.get("after", ""))
    context = {"lists": LISTS, "show": show, "page": page, "today": timezone.localdate()}
    return private(render(request, "moderation/credentials.html", context))


def _page_of(show: str, after: str):
    """(rows, cursor of the next page): by id, or by the last day."""
    credentials = Credential.objects.select_related("user", "verified_by")
    if show == "running-out":
        rows = credentials.running_out(timezone.localdate())
        numbers = paging.decode(after, 2)
        day = numbers and _day(numbers[0])
        if day:
            later = rows.filter(expires_on__gt=day) | rows.filter(expires_on=day, pk__gt=numbers[1])
            rows = later.order_by("expires_on", "pk")
    elif show == "all":
        numbers = paging.decode(after, 1)
        rows = credentials.filter(pk__lt=numbers[0]) if numbers else credentials
        rows = rows.order_by("-pk")
    else:
        numbers = paging.decode(after, 1)
        rows = CredentialRequest.objects.filter(decided_at__isnull=True).select_related("user")
        rows = (rows.filter(pk__gt=numbers[0]) if numbers else rows).order_by("pk")
    found = list(rows[: ROWS + 1])
    if len(found) <= ROWS:
        return found, ""
    last = found[ROWS - 1]
    place = (last.expires_on.toordinal(), last.pk) if show == "running-out" else (last.pk,)
    return found[:ROWS], paging.encode(*place)


def _day(number: int):
    """The day of that number, None when no calendar has it."""
    return date.fromordinal(number) if 0 < number <= date.max.toordinal() else None


@read_or_post
@administrator_required
def decide_request(request, pk):
    """`/moderation/credentials/requests/<id>/`: verify the person, or say no with a word."""
    asked = get_object_or_404(
        CredentialRequest.objects.select_related("user", "decided_by", "credential"), pk=pk
    )
    posted = request.POST if request.method == "POST" else None
    declines = posted is not None and posted.get("action") == "decline"
    verify = VerifyForm(None if declines else posted, request=asked)
    decline = WordForm(posted if declines else None)
    form, refusal = (decline if declines else verify), ""
    if form.is_bound and form.is_valid():
        try:
            if declines:
                asked.decline(by=request.user, **form.cleaned_data)
            else:
                verify.save(by=request.user)
        except Undecidable as error:
            refusal = str(error)
            asked.refresh_from_db()
        else:
            done = "was told no" if declines else "is verified"
            messages.success(request, f"{asked.user.display_name} {done}, and is mailed about it.")
            return _to("moderation:credentials")
    context = {"asked": asked, "verify": verify, "decline": decline, "refusal": refusal}
    status = 409 if refusal else 422 if form.errors else 200
    return private(render(request, "moderation/credential_request.html", context, status=status))


@read_or_post
@administrator_required
def revoke(request, pk):
    """`/moderation/credentials/<id>/revoke/`: no mark from now on, and why."""
    joined = Credential.objects.select_related("user", "verified_by", "revoked_by", "revoked_because", "seen")
    credential = get_object_or_404(joined, pk=pk)
    form, refusal = WordForm(request.POST if request.method == "POST" else None), ""
    if form.is_bound and form.is_valid():
        try:
            credential.revoke(by=request.user, reason=form.cleaned_data["answer"])
        except Undecidable as error:
            refusal = str(error)
            credential = joined.get(pk=pk)
        else:
            messages.success(request, f"{credential.user.display_name} carries no mark from now on.")
            return _to("moderation:credentials")
    context = {"credential": credential, "form": form, "refusal": refusal}
    status = 409 if refusal else 422 if form.errors else 200
    return private(render(request, "moderation/credential_revoke.html", context, status=status))


def _to(name: str):
    return private(HttpResponseRedirect(reverse(name), status=SEE_OTHER))
