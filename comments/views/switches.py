"""Open, hold or close: the whole site, or one thread; what was switched, and how to take it back."""

from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from accounts.roles import moderator_required
from articles.models import Article
from comments.desk_forms import SwitchForm
from comments.models import NotYours, Overtaken, SiteMode, Switch, Thread, Undecidable
from comments.models.switch import Mode
from healthnews import paging
from healthnews.http import private

SEE_OTHER = 303
ROWS = 25


@require_http_methods(["GET", "HEAD", "POST"])
@moderator_required
def switches(request):
    """The switch of the whole site and the recent switches; posted, it is switched."""
    if request.method == "POST":
        return _switch(request, SiteMode, "The whole site")
    return _page(request)


@require_http_methods(["GET", "HEAD", "POST"])
@moderator_required
def thread(request, pk):
    """The thread of one article with its switch; posted, from there, a card or anywhere on the desk, it is switched."""
    article = get_object_or_404(Article.objects.public(), pk=pk)
    if request.method != "POST":
        context = {"article": article, "thread": Thread.of(article)}
        return private(render(request, "moderation/thread.html", context))
    return _switch(request, Thread.of(article), f"The discussion under “{article.title}”")


@require_POST
@moderator_required
def undo(request, pk):
    """Switch back what was switched last."""
    record = get_object_or_404(Switch.objects.select_related("thread"), pk=pk)
    try:
        record.undo(by=request.user)
    except Undecidable as refusal:
        return _refused(request, refusal)
    messages.success(request, f"Taken back: it is at “{Mode(record.from_mode).label}” again.")
    return _back(request)


def _switch(request, place, name: str):
    form = SwitchForm(request.POST)
    if not form.is_valid():
        return _page(request, status=422, error=form.sentence, typed=request.POST)
    data = form.cleaned_data
    try:
        place.switch(data["mode"], by=request.user, note=data["note"], seen=data["seen"])
    except Undecidable as refusal:
        return _refused(request, refusal)
    messages.success(request, f"{name} is at “{Mode(data['mode']).label}” now.")
    return _back(request)


def _refused(request, refusal):
    statuses = {NotYours: 403, Overtaken: 409}
    return _page(request, status=statuses.get(type(refusal), 422), error=str(refusal), typed=request.POST)


def _back(request):
    """To where it was switched from, if that is on the desk."""
    there = request.POST.get("next", "")
    if not there.startswith(reverse("moderation:queue")):
        there = reverse("moderation:switches")
    return private(HttpResponseRedirect(there, status=SEE_OTHER))


def _page(request, *, status=200, error="", typed=None):
    get = request.GET
    records = Switch.objects.select_related("by", "note", "thread__article", "undoes__by")
    records = records.defer(*(f"thread__article__{name}" for name in ("body", "body_html", "search")))
    page = paging.page_by_time(
        records, "at", size=ROWS, after=get.get("after", ""), before=get.get("before", "")
    )
    _say_which_can_be_undone(page.rows, request.user)
    now = SiteMode.now()
    modes = [mode for mode in Mode if not SiteMode.why_not(now, mode, by=request.user)]
    context = {
        "now": Mode(now),
        "modes": [mode for mode in modes if mode != now],
        "page": page,
        "error": error,
        "typed": typed or {},
    }
    return private(render(request, "moderation/switches.html", context, status=status))


def _say_which_can_be_undone(records, by) -> None:
    """Put `can_undo` on the last record of each thread and of the site, for whom may; one query for each of the two."""
    threads = {record.thread_id for record in records} - {None}
    newest = set(
        Switch.objects.filter(thread__in=threads)
        .order_by("thread_id", "-pk")
        .distinct("thread_id")
        .values_list("pk", flat=True)
    )
    of_site = Switch.objects.newest_of(None)
    if of_site and not SiteMode.why_not(of_site.to_mode, of_site.from_mode, by=by):
        newest.add(of_site.pk)
    for record in records:
        record.can_undo = record.pk in newest
