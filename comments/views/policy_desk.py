"""The policy at the desk: the clauses with their guidance, and the draft of the next version."""

from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.roles import moderator_required
from comments import differences
from comments.models import CannedReply, ChangedMeanwhile, Clause, PolicyVersion, Proposal
from comments.policy_forms import Draft
from comments.views import proposals
from healthnews.http import private

KIND = Proposal.Kind.POLICY
VERSIONS = 100


@require_safe
@moderator_required
def policy(request, number=None):
    """The clauses in force with what moderators read besides; or those of an older version, and what it changed."""
    versions = PolicyVersion.objects.select_related("created_by")
    current = versions.first()
    shown = current if number is None else get_object_or_404(versions, number=number)
    before = shown and versions.filter(number__lt=shown.number).first()
    changes = []
    if number is not None and before:
        changes = differences.of_policy(
            before.content(), shown.content(), differences.FOR_STAFF, Clause.WORDS
        )
    context = {
        "policy": shown,
        "current": current,
        "clauses": list(shown.clauses.all()) if shown else [],
        "replies": dict(CannedReply.objects.values_list("key", "title")),
        "versions": versions[:VERSIONS],
        "before": before,
        "changes": changes,
        "waiting": proposals.waiting(request, KIND),
        "administers": proposals.administers(request),
    }
    return private(render(request, "moderation/policy.html", context))


@require_http_methods(["GET", "HEAD", "POST"])
@moderator_required
def draft(request):
    """The next version: changed, looked at beside the one in force, published (administrators) or proposed."""
    current = PolicyVersion.objects.select_related("created_by").order_by("-number").first()
    proposal = proposals.taken_up(request, KIND)
    if request.method != "POST":
        return _begin(request, current, proposal)
    typed, step = Draft(request.POST, current), request.POST.get("step", "look")
    if step == "add" or step.startswith(("up:", "down:")):
        return _page(request, typed.rearranged(step), proposal)
    if not typed.is_valid():
        return _page(request, typed, proposal, status=422)
    if typed.overtaken:
        return _overtaken(request, typed, proposal)
    content = typed.content()
    if step not in {"publish", "propose"}:
        return _page(request, typed, proposal, content)
    return _send(request, typed, proposal, content, step)


def _begin(request, current, proposal):
    content = current.content() if current else {"intro": "", "clauses": []}
    if not proposal:
        return _page(request, Draft.of(content, current, based_on=current.number if current else 0), None)
    content = proposal.content
    typed = Draft.of(content, current, based_on=content["based_on"], note=proposal.why)
    return (
        _overtaken(request, typed, proposal, status=200)
        if typed.overtaken
        else _page(request, typed, proposal)
    )


def _overtaken(request, typed, proposal, *, status=409):
    """The draft again, its changes laid on the version that came into force meanwhile, to be looked at."""
    if typed.is_valid():
        typed = typed.laid_on_the_newer()
    content = typed.content() if typed.is_valid() else None
    return _page(request, typed, proposal, content, status=status)


def _send(request, typed, proposal, content, step):
    """Publish or propose, if it is what was looked at, differs from what is in force, and says why."""
    note = typed.policy.cleaned_data["note"]
    if typed.data["seen"] != typed.fingerprint(content):
        error = "You have changed something since you looked at the difference. Look at it again."
    elif not typed.changes(content):
        error = "Nothing differs from the policy in force."
    elif not note:
        error = "Say in a sentence what changes and why."
    else:
        error = ""
    if error:
        return _page(request, typed, proposal, content, error=error, status=422)
    if step == "propose":
        return proposals.propose(request, KIND, content | {"based_on": typed.number}, note)
    if not proposals.administers(request):
        raise Http404
    try:
        with transaction.atomic():
            version = PolicyVersion.publish(content, note=note, by=request.user, based_on=typed.number)
            proposals.accept(request, proposal)
    except ChangedMeanwhile as first:
        now = PolicyVersion.objects.select_related("created_by").order_by("-number").first()
        again = Draft(request.POST, now)
        if again.overtaken:
            return _overtaken(request, again, proposal)
        return _page(request, again, None, content, error=str(first), status=409)
    return proposals.see_other(
        request, "moderation:policy", f"Version {version.number} of the policy is in force."
    )


def _page(request, typed, proposal, content=None, *, error="", status=200):
    context = {
        "draft": typed,
        "looked": content is not None,
        "changes": typed.changes(content) if content else [],
        "seen": typed.fingerprint(content) if content else "",
        "lost": _replies_that_lose_their_clause(typed, content) if content else [],
        "error": error,
        "proposal": proposal,
        "answer": request.POST.get("answer", ""),
        "administers": proposals.administers(request),
    }
    return private(render(request, "moderation/policy_draft.html", context, status=status))


def _replies_that_lose_their_clause(typed, content) -> list:
    if not typed.current:
        return []
    kept = {clause["line"] for clause in content["clauses"]}
    gone = [clause.number for clause in typed.current.clauses.all() if clause.line not in kept]
    return list(CannedReply.objects.filter(clause_number__in=gone, is_active=True)[:20]) if gone else []
