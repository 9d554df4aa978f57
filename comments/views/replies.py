"""Canned replies at the desk: found, read as they would be for a comment, written, put in order."""

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.roles import administrator_required, moderator_required
from comments import differences
from comments.decision_forms import fill
from comments.forms import PlainTextField
from comments.models import Action, CannedReply, ChangedMeanwhile, Clause, Comment, PolicyVersion, Proposal
from comments.reply_forms import ReplyForm
from comments.screening import wording
from comments.views import proposals
from healthnews import paging
from healthnews.http import private

SEE_OTHER = 303
ROWS = 50
CHANGES = 50  # the newest of a reply's history
KIND = Proposal.Kind.REPLY


def _comment(request) -> Comment | None:
    """The comment that replies are read for, when the address names one."""
    number = request.GET.get("comment", "") or request.POST.get("comment", "")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    return (
        Comment.objects.visible_to(request.user).select_related("author", "article").filter(pk=number).first()
    )


def _as_read(reply, comment, clauses: dict) -> str:
    """The reply filled in: for this comment, or for one that we make up."""
    clause = clauses.get(reply.clause_number)
    if comment is not None:
        return fill(reply, comment, clause)
    return reply.filled(
        name="Robin",
        article="The title of the article",
        clause=str(clause) if clause else "",
        policy=f"{settings.SITE_URL}{clause.get_absolute_url() if clause else reverse('comments:policy')}",
    )


def _clauses() -> dict:
    policy = PolicyVersion.current()
    return {clause.number: clause for clause in Clause.objects.filter(policy=policy)} if policy else {}


@require_safe
@moderator_required
def replies(request):
    """The replies in their order; with `comment`, as they read for it, the suggested ones first."""
    asked = request.GET.get("q", "")[:200].strip()
    rows = CannedReply.objects.order_by("position", "pk")
    if asked:
        rows = rows.filter(Q(title__icontains=asked) | Q(body__icontains=asked) | Q(key__icontains=asked))
    comment, after = _comment(request), ""
    if comment is not None:
        rows = _suggested_first(list(rows.filter(is_active=True)), comment)
    else:
        numbers = paging.decode(request.GET.get("after", ""), 2)
        if numbers:
            rows = rows.filter(TupleGreaterThan(Tuple(F("position"), F("pk")), tuple(numbers)))
        rows = list(rows[: ROWS + 1])
        after = paging.encode(rows[ROWS - 1].position, rows[ROWS - 1].pk) if len(rows) > ROWS else ""
        rows = rows[:ROWS]
    clauses, used = _clauses(), CannedReply.last_uses(rows)
    for reply in rows:
        reply.as_read = _as_read(reply, comment, clauses) if comment else ""
        reply.last_used = used.get(reply.pk)
        reply.suggestions = [wording.for_moderators(code) for code in reply.suggests_for]
    context = {
        "replies": rows,
        "after": after,
        "asked": asked,
        "comment": comment,
        "waiting": proposals.waiting(request, KIND),
        "administers": proposals.administers(request),
    }
    return private(render(request, "moderation/replies.html", context))


def _suggested_first(rows, comment) -> list:
    screened = comment.decisions.filter(action__in=(Action.SUBMIT, Action.EDIT)).order_by("-pk").first()
    codes = {finding["code"] for finding in screened.findings} if screened else set()
    for reply in rows:
        reply.is_suggested = bool(codes & set(reply.suggests_for))
    return sorted(rows, key=lambda reply: not reply.is_suggested)


@require_safe
@moderator_required
def reply(request, pk):
    """One reply: as it reads, how often and when it was used, and who changed what."""
    found = get_object_or_404(CannedReply, pk=pk)
    comment, changes = _comment(request), list(found.changes.select_related("by")[:CHANGES])
    for change in changes:
        change.parts = (
            differences.parts(change.before, change.after, differences.REPLY) if change.before else []
        )
    context = {
        "reply": found,
        "comment": comment,
        "as_read": _as_read(found, comment, _clauses()),
        "suggestions": [wording.for_moderators(code) for code in found.suggests_for],
        "last_used": CannedReply.last_uses([found]).get(found.pk),
        "changes": changes,
        "administers": proposals.administers(request),
    }
    return private(render(request, "moderation/reply.html", context))


@require_http_methods(["GET", "HEAD", "POST"])
@moderator_required
def reply_new(request):
    """Write a new reply: looked at, then stored (administrators) or proposed."""
    return _write(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@moderator_required
def reply_edit(request, pk):
    """Change a reply, or take it out of use."""
    return _write(request, get_object_or_404(CannedReply, pk=pk))


def _write(request, found):
    proposal = proposals.taken_up(request, KIND)
    policy = PolicyVersion.current()
    start = proposal.content if proposal else found.content() if found else {"is_active": True}
    if request.method != "POST":
        revision = proposal.content.get("revision") if proposal else found.revision if found else ""
        form = ReplyForm(initial=start, reply=found, policy=policy)
        return _write_page(request, found, form, proposal, revision=revision)
    form, step = ReplyForm(request.POST, reply=found, policy=policy), request.POST.get("step", "look")
    if not form.is_valid():
        return _write_page(request, found, form, proposal, status=422)
    content, key = form.content(), form.cleaned_data.get("key", "")
    if step not in {"save", "propose"}:
        looked = CannedReply(**content)
        return _write_page(request, found, form, proposal, looked=looked)
    if step == "propose":
        return _propose(request, found, form, proposal, content, key)
    if not proposals.administers(request):
        raise Http404
    try:
        with transaction.atomic():
            if found is None:
                found = CannedReply.add(key, content, by=request.user)
            else:
                _change(request, found, content)
            proposals.accept(request, proposal)
    except ChangedMeanwhile as first:
        now = CannedReply.objects.filter(pk=found.pk).first() if found else None
        return _write_page(request, now, form, proposal, error=str(first), status=409, theirs=now)
    return proposals.see_other(request, "moderation:reply", f"“{found.title}” is stored.", found.pk)


def _change(request, found, content) -> None:
    revision = request.POST.get("revision", "")
    known = revision.isascii() and revision.isdigit() and len(revision) < 10
    found.change(content, by=request.user, revision=int(revision) if known else 0)


def _propose(request, found, form, proposal, content, key):
    why = PlainTextField().to_python(request.POST.get("why", "")[:1_000])
    if not why:
        return _write_page(
            request, found, form, proposal, error="Say in a sentence what you propose, and why.", status=422
        )
    before = found.content() if found else {}
    content = content | {"key": key, "before": before, "revision": found.revision if found else ""}
    return proposals.propose(request, KIND, content, why, reply=found)


def _write_page(
    request, found, form, proposal, *, looked=None, error="", status=200, theirs=None, revision=None
):
    comment = _comment(request)
    typed = request.POST.get("revision", "") if revision is None else revision
    context = {
        "reply": found,
        "form": form,
        "proposal": proposal,
        "answer": request.POST.get("answer", ""),
        "why": request.POST.get("why", ""),
        "revision": theirs.revision if theirs else typed,
        "comment": comment,
        "as_read": _as_read(looked, comment, _clauses()) if looked else "",
        "error": error,
        "theirs": differences.parts(theirs.content(), form.content(), differences.REPLY) if theirs else [],
        "administers": proposals.administers(request),
    }
    return private(render(request, "moderation/reply_form.html", context, status=status))


@require_POST
@administrator_required
def reply_move(request, pk):
    """Put a reply before or behind its neighbour."""
    found = get_object_or_404(CannedReply, pk=pk)
    found.move(-1 if request.POST.get("where") == "up" else 1)
    where = reverse("moderation:replies")
    return private(HttpResponseRedirect(f"{where}#reply-{found.pk}", status=SEE_OTHER))
