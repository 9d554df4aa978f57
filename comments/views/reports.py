"""Reporting a comment, and marking one as helpful: doors at the foot of every comment."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from comments import help as help_lines
from comments import limits
from comments.facts import TooFast
from comments.models import Appeal, Comment, Helpful, Hidden, Report, Standing, Undecidable
from comments.reader_forms import ReportForm
from healthnews.http import private, wants_part

SEE_OTHER = 303
REPORTS = ((limits.MINUTE, 5), (limits.DAY, 30))  # for each person
NOTICES = ((limits.MINUTE, 3), (limits.DAY, 20))  # for each network, from people without a login
MARKS = ((limits.MINUTE, 20),)


def _public(pk) -> Comment:
    """The comment, where everybody can see its place; 404 otherwise."""
    comments = Comment.objects.shown().select_related("text", "author", "article")
    comment = get_object_or_404(comments, pk=pk)
    if not comment.article.is_public():
        raise Http404
    return comment


@require_http_methods(["GET", "HEAD", "POST"])
def report(request, pk):
    """The form, as a page or a part; posted, a report. Without a login: that somebody is in danger, or it is illegal."""
    comment, by = _public(pk), request.user if request.user.is_authenticated else None
    if refusal := Report.why_not(comment, by):
        form = ReportForm(request.POST or None, comment=comment, by=by)
        return _report_page(request, form, status=403, refusal=refusal, is_barred=True)
    if request.method != "POST":
        start = {"name": by.display_name} if by else {}
        return _report_page(request, ReportForm(initial=start, comment=comment, by=by))
    form = ReportForm(request.POST, comment=comment, by=by)
    if not form.is_valid():
        return _report_page(request, form, status=422)
    is_open = form.cleaned_data["reason"] in Report.OPEN_TO_ALL
    if by is None and not is_open:
        return _report_page(request, form, status=403, refusal="Please log in to report this.")
    # What is illegal may be notified by everybody (DSA art. 16, 1), and who sees a danger says so.
    standing = Standing.of(by) if by and not is_open else None
    if standing and standing.stop:
        return _report_page(request, form, status=403, refusal=standing.refusal)
    try:
        if by is None:
            limits.spend("notices", limits.address_of(request), *NOTICES)
        elif not by.is_moderator:
            limits.spend("reports", by.pk, *REPORTS)
        filed, is_new = form.save()
    except TooFast as refusal:
        response = _report_page(request, form, status=429, refusal=str(refusal))
        response["Retry-After"] = str(refusal.wait)
        return response
    except Undecidable as refusal:
        return _report_page(request, form, status=403, refusal=str(refusal), is_barred=True)
    # Whoever types somebody's address does not learn whether they sent a notice before.
    context = {"report": filed, "is_new": is_new or by is None}
    context["may_appeal"] = bool(by and filed.answered_by) and Appeal.is_open_to(by, comment)
    return _answer(request, comment, "report_done", context)


def _report_page(request, form, *, status=200, refusal="", is_barred=False):
    # What is no longer public keeps its place in the thread, and not its author's name: here neither.
    author = form.comment.author if form.comment.is_published else None
    stop = Standing.of(form.by).stop if form.by else None
    context = {
        "form": form,
        "stop": stop,
        "refusal": refusal,
        "is_barred": is_barred,
        "reasons": [
            each for each in Report.Reason.choices if form.by and not stop or each[0] in Report.OPEN_TO_ALL
        ],
        "help": help_lines.help_for(request),
        "chosen": form["reason"].value(),
        "may_hide": form.by and author and not Hidden.why_not(author, form.by),
        "login": f"?{urlencode({'next': request.path})}",
    }
    return _answer(request, form.comment, "report", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def helpful(request, pk):
    """One button; posted, the mark is set or taken back."""
    comment = _public(pk)
    refusal, status, is_set = Helpful.why_not(comment, request.user), 200, None
    if request.method == "POST":
        try:
            limits.spend("marks", request.user.pk, *MARKS)
            is_set = Helpful.toggle(comment, by=request.user)
        except TooFast as error:
            refusal, status = "You have marked many comments in a short time. Please wait a minute.", 429
            wait = str(error.wait)
        except Undecidable as error:
            refusal, status = str(error), 403
        else:
            if not wants_part(request):
                return private(HttpResponseRedirect(request.path, status=SEE_OTHER))
    if is_set is None:
        is_set = Helpful.objects.filter(comment=comment, by=request.user).exists()
    response = _answer(request, comment, "helpful", {"is_set": is_set, "refusal": refusal}, status=status)
    if status == 429:
        response["Retry-After"] = wait
    return response


def _answer(request, comment, name: str, context: dict, *, status=200):
    """The page, or its part under the comment."""
    context |= {"comment": comment, "article": comment.article, "part": f"comments/_{name}.html"}
    template = context["part"] if wants_part(request) else f"comments/{name}.html"
    return private(render(request, template, context, status=status))
