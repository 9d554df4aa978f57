"""What moderators propose: everybody at the desk sees what became of it, administrators answer."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts.roles import moderator_required
from comments import differences
from comments.forms import PlainTextField
from comments.models import ChangedMeanwhile, Clause, PolicyVersion, Proposal
from healthnews import paging
from healthnews.http import private

SEE_OTHER = 303
ROWS = 25
MOST_OPEN = 100  # counted no further
_WHERE = {
    Proposal.Kind.POLICY: "moderation:policy_draft",
    Proposal.Kind.WORDS: "moderation:words_try",
    Proposal.Kind.REPLY: "moderation:reply_new",
}


def administers(request) -> bool:
    """Whether this person changes what others propose to change."""
    return request.user.has_perm("comments.administer")


def waiting(request, *kinds: str) -> int:
    """How many proposals of these kinds wait: all for administrators, one's own for moderators."""
    return len(_seen_by(request).filter(state=Proposal.State.OPEN, kind__in=kinds).values("pk")[:MOST_OPEN])


def taken_up(request, *kinds: str) -> Proposal | None:
    """The open proposal that an administrator answers by what they are about to save."""
    number = (request.POST if request.method == "POST" else request.GET).get("proposal", "")
    if not (administers(request) and number.isascii() and number.isdigit() and len(number) < 19):
        return None
    proposals = Proposal.objects.select_related("by", "reply")
    return proposals.filter(pk=number, state=Proposal.State.OPEN, kind__in=kinds).first()


def accept(request, proposal) -> None:
    """Answer the proposal that was taken up, with the word that was typed. In the transaction of the change."""
    if proposal is not None:
        proposal.accept(by=request.user, answer=_answer(request))


def propose(request, kind: str, content: dict, why: str, reply=None):
    """Store what a moderator would change, and lead to their proposals."""
    Proposal.objects.create(kind=kind, content=content, why=why, reply=reply, by=request.user)
    return see_other(
        request, "moderation:proposals", "Proposed. An administrator answers it, and you read it here."
    )


def see_other(request, name: str, words: str, *args):
    """On to another page of the desk, which says what was done."""
    messages.success(request, words)
    return private(HttpResponseRedirect(reverse(name, args=args), status=SEE_OTHER))


def _answer(request) -> str:
    return PlainTextField().to_python(request.POST.get("answer", "")[:1_000])


def _seen_by(request):
    proposals = Proposal.objects.select_related("by", "answered_by", "reply")
    return proposals if administers(request) else proposals.filter(by=request.user)


@require_safe
@moderator_required
def proposals(request):
    """All proposals for administrators, one's own for moderators; newest first."""
    rows = _seen_by(request)
    numbers = paging.decode(request.GET.get("after", ""), 1)
    if numbers:
        rows = rows.filter(pk__lt=numbers[0])
    rows = list(rows[: ROWS + 1])
    after = paging.encode(rows[ROWS - 1].pk) if len(rows) > ROWS else ""
    context = {"proposals": rows[:ROWS], "after": after, "administers": administers(request)}
    return private(render(request, "moderation/proposals.html", context))


@require_http_methods(["GET", "HEAD", "POST"])
@moderator_required
def proposal(request, pk):
    """One proposal as it would change what is in force; posted by an administrator: declined, with a word."""
    found = get_object_or_404(_seen_by(request), pk=pk)
    if request.method != "POST" or not administers(request):
        return _page(request, found)
    answer = _answer(request)
    if not answer:
        return _page(request, found, "Say in a word why: the proposer reads it.", 422)
    try:
        found.decline(by=request.user, answer=answer)
    except ChangedMeanwhile as first:
        return _page(request, get_object_or_404(_seen_by(request), pk=pk), str(first), 409, answer)
    return see_other(request, "moderation:proposals", "Declined. The proposer reads why.")


def _page(request, found, error="", status=200, answer=""):
    context = {
        "proposal": found,
        "error": error,
        "answer": answer,
        "administers": administers(request),
        "where": _where(found) if found.is_open and administers(request) else "",
    }
    if found.kind == Proposal.Kind.POLICY:
        # Against the version that it was made from: later ones would look like part of it.
        base = PolicyVersion.objects.filter(number=found.content["based_on"]).first()
        old = base.content() if base else {"intro": "", "clauses": []}
        context["changes"] = differences.of_policy(old, found.content, differences.FOR_STAFF, Clause.WORDS)
    elif found.kind == Proposal.Kind.REPLY:
        old = found.content["before"]
        context["parts"] = differences.parts(old, found.content, differences.REPLY)
    return private(render(request, "moderation/proposal.html", context, status=status))


def _where(found) -> str:
    """Where an administrator takes it up: the form for such a change, filled in."""
    if found.kind == Proposal.Kind.REMOVAL:
        return f"{reverse('moderation:word_remove', args=[found.content['pk']])}?proposal={found.pk}"
    if found.reply_id:
        return f"{reverse('moderation:reply_edit', args=[found.reply_id])}?proposal={found.pk}"
    return f"{reverse(_WHERE[found.kind])}?proposal={found.pk}"
