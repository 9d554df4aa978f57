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
from comments.models.switch import MOST_WORDS, Held, Mode
from healthnews import paging
from healthnews.http import private

SEE_OTHER = 303
ROWS = 25


@require_http_methods(["GET", "HEAD", "POST"])
@moderator_required
def switches(request):
    """The switch of the whole site and the recent switches; posted, it is switched."""
    if request.method == "POST":
        return _switch(request, SiteMode, "The whole site", _page)
    return _page(request)


@require_http_methods(["GET", "HEAD", "POST"])
@moderator_required
def thread(request, pk):
    """The thread of one article with its switch; posted, from there, a card or anywhere on the desk, it is switched."""
    article = get_object_or_404(Article.objects.public(), pk=pk)

    def page(request, *, status=200, error="", typed=None):
        context = {"article": article, "thread": Thread.of(article), "error": error, "typed": typed}
        return private(render(request, "moderation/thread.html", context, status=status))

    if request.method != "POST":
        return page(request)
    return _switch(request, Thread.of(article), f"The discussion under “{article.title}”", page)


@require_POST
@moderator_required
def undo(request, pk):
    """Switch back what was switched last."""
    record = get_object_or_404(Switch.objects.select_related("thread"), pk=pk)
    back = record.before
    if record.thread_id is None and _is_to_ask(request, back.mode):
        return _confirm(request, back)
    try:
        record.undo(by=request.user)
    except Undecidable as refusal:
        return _refused(request, refusal, _page)
    messages.success(request, f"Taken back. {_place(record)} is as it was: {back}.")
    return _back(request)


def _place(record) -> str:
    return f"The discussion under “{record.thread.article.title}”" if record.thread else "The whole site"


def _switch(request, place, name: str, page):
    """Switch it; what is wrong is said on the `page` (a function as `_page`) of that place."""
    form = SwitchForm(request.POST)
    if not form.is_valid():
        return page(request, status=422, error=form.sentence, typed=request.POST)
    data = form.cleaned_data
    held = Held.asked(data["mode"], data["words"], data["until"])
    if place is SiteMode and _is_to_ask(request, held.mode):
        return _confirm(request, held)
    try:
        place.switch(
            held.mode,
            by=request.user,
            note=data["note"],
            seen=data["seen"],
            words=held.words,
            until=held.until,
        )
    except Undecidable as refusal:
        return _refused(request, refusal, page, request.POST)
    messages.success(request, f"{name} – now: {held}.")
    return _back(request)


def _is_to_ask(request, to: str) -> bool:
    """Whether this closes the whole site, may, and was not asked about yet."""
    now = SiteMode.now()
    closes = to == Mode.CLOSED != now and not SiteMode.why_not(now, to, by=request.user)
    return closes and not request.POST.get("confirmed")


def _confirm(request, held: Held):
    """The question before the whole site is closed, with what readers will see."""
    everywhere = Thread()
    everywhere.site = held
    names = ("mode", "note", "seen", "words", "until")
    context = {
        "words": everywhere.notice,
        "until": held.until,
        "typed": {name: request.POST[name] for name in names if name in request.POST},
    }
    return private(render(request, "moderation/confirm_close.html", context))


def _refused(request, refusal, page, typed=None):
    statuses = {NotYours: 403, Overtaken: 409}
    return page(request, status=statuses.get(type(refusal), 422), error=str(refusal), typed=typed)


def _back(request):
    """To where it was switched from, if that is on the desk."""
    there = request.POST.get("next", "")
    if not there.startswith(reverse("moderation:queue")):
        there = reverse("moderation:switches")
    return private(HttpResponseRedirect(there, status=SEE_OTHER))


def _page(request, *, status=200, error="", typed=None):
    get = request.GET
    records = Switch.objects.select_related("by", "note", "words", "thread__article", "undoes__by")
    records = records.defer(*(f"thread__article__{name}" for name in ("body", "body_html", "search")))
    page = paging.page_by_time(
        records, "at", size=ROWS, after=get.get("after", ""), before=get.get("before", "")
    )
    _say_which_can_be_undone(page.rows, request.user)
    now = SiteMode.holds()
    context = {
        "now": now,
        "modes": [mode for mode in Mode if not SiteMode.why_not(now.mode, mode, by=request.user)],
        "most_words": MOST_WORDS,
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
        # What has come to its end by itself is no longer there to be taken back.
        is_over = record.to_mode != Mode.OPEN and record.held.mode == Mode.OPEN
        record.can_undo = record.pk in newest and not is_over
