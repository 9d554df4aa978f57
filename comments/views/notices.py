"""One's notices: the inbox, how they are mailed, and the link that ends mail without a login."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comments import telling, unsubscribing
from comments.forms import MAX_ID, PreferencesForm
from comments.models import Bounce, Notice
from comments.models.preference import FIXED, Kind
from healthnews import paging
from healthnews.http import private

SEE_OTHER = 303
PAGE = 25


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def inbox(request):
    """`/comments/notices/`: one's notices, newest first; posted, all up to the newest that was shown are read."""
    notices = Notice.objects.filter(user=request.user)
    if request.method == "POST":
        upto = request.POST.get("upto", "")
        if upto.isascii() and upto.isdigit() and int(upto[:19]) <= MAX_ID:
            notices.filter(pk__lte=int(upto[:19])).unread().update(read_at=timezone.now())
        return _to("comments:notices")
    page = paging.page_by_time(
        notices.visible().for_telling(),
        "at",
        size=PAGE,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
    )
    context = {
        "page": page,
        "notices": [telling.told(each) for each in page.rows],
        "unread": Notice.unread_count(request.user),
        "upto": max((each.pk for each in page.rows), default=0),
    }
    return private(render(request, "comments/notices.html", context))


@require_safe
@login_required
def open_notice(request, pk):
    """To what a notice tells of; it is read then. Back to the inbox when nothing is left to look at."""
    notice = get_object_or_404(Notice.objects.for_telling(), pk=min(pk, MAX_ID), user=request.user)
    if request.method == "GET":
        notice.read()
    return private(HttpResponseRedirect(telling.address(notice) or reverse("comments:notices")))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def preferences(request):
    """How each kind is mailed."""
    form = PreferencesForm(request.POST if request.method == "POST" else None, user=request.user)
    if form.is_valid():
        form.save()
        messages.success(request, "Saved. From now on mail comes like this.")
        return _to("comments:notice_preferences")
    context = {"form": form, "fixed": [Kind(kind).label for kind in Kind if kind in FIXED]}
    status = 422 if form.errors else 200
    return private(render(request, "comments/notice_preferences.html", context, status=status))


@require_POST
@login_required
def mail_again(request):
    """The person says that their address works: mail goes there again."""
    Bounce.try_again(request.user)
    messages.success(request, f"From now on we mail to {request.user.email} again.")
    return _to("comments:notices")


@csrf_exempt  # RFC 8058: mail programs post it, with neither cookie nor token; the signed link says whose it is
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request, token):
    """The link in a mail: a page with one button; posted, it is done at once. Says nothing about who is here."""
    found = unsubscribing.read(token)
    done = found is not None and request.method == "POST"
    if done:
        unsubscribing.carry_out(*found)
    context = {"what": unsubscribing.words(found[1]) if found else "", "done": done}
    response = render(request, "comments/unsubscribe.html", context, status=200 if found else 404)
    response["Referrer-Policy"] = "no-referrer"  # the address is the key
    return private(response)


def _to(name: str):
    return private(HttpResponseRedirect(reverse(name), status=SEE_OTHER))
