"""The duty roster of the crisis lane: everybody on the desk reads it, administrators change it."""

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from accounts import roles
from accounts.roles import moderator_required, staff_only
from comments import duty as reckoning
from comments.desk_forms import AwayForm, DutyForm, SingleDutyForm, time_zones
from comments.models import Away, Duty
from comments.models.duty import holders
from healthnews.http import private

SEE_OTHER = 303
MOST_SHOWN = 100  # absences, and single shifts
administrator_required = staff_only("comments.administer")


@require_http_methods(["GET", "HEAD", "POST"])
@moderator_required
def roster(request):
    """The week, and who is on duty now; posted by an administrator, one more shift."""
    if request.method == "POST":
        return _add(request)
    return _roster(request)


@administrator_required
def _add(request):
    return _save(request, DutyForm, "On the roster: {}.")


@require_POST
@administrator_required
def single(request):
    """A shift on one day."""
    return _save(request, SingleDutyForm, "On the roster once: {}.")


@require_POST
@administrator_required
def away(request):
    """The days on which somebody is away."""
    return _save(request, AwayForm, "Away {}.")


def _save(request, form_class, done: str):
    form = form_class(request.POST)
    if not form.is_valid():
        return _roster(request, status=422, error=form.sentence, typed={form_class.__name__: request.POST})
    messages.success(request, done.format(form.save(by=request.user)))
    return _back()


def _back():
    return private(HttpResponseRedirect(reverse("moderation:duty"), status=SEE_OTHER))


def _roster(request, *, status=200, error="", typed=None):
    now = timezone.now()
    shifts = Duty.in_use()
    here = reckoning.on_duty(shifts, now)
    may_change = request.user.has_perm("comments.administer")
    lines = list(Duty.objects.filter(on=None).select_related("user"))
    in_use = {shift.line.pk for shift in shifts}
    for line in lines:
        line.is_idle = line.pk not in in_use
    typed = typed or {}
    context = {
        "exceptions": _exceptions(),
        "week": [(day, [line for line in lines if line.weekday == day]) for day in Duty.Weekday],
        "here": [(shift.line, ends) for shift, ends in here],
        "next_start": None if here else reckoning.next_start(shifts, now),
        "minutes": settings.HN_CRISIS_MINUTES,
        "may_change": may_change,
        "error": error,
        "typed": typed.get("DutyForm", {}),
        "typed_single": typed.get("SingleDutyForm", {}),
        "typed_away": typed.get("AwayForm", {}),
    }
    if may_change:
        may = holders(roles.MODERATOR, roles.ADMINISTRATOR)
        context |= {"people": may.order_by("display_name", "pk"), "zones": time_zones()}
    return private(render(request, "moderation/duty.html", context, status=status))


def _exceptions() -> list:
    """Absences and single shifts of today and to come, soonest first; a shift that nobody keeps says so. Two queries."""
    today = timezone.localdate()
    yesterday = today - timedelta(days=1)  # such a shift may still be kept
    gone = list(Away.objects.filter(last__gte=yesterday).select_related("user")[:MOST_SHOWN])
    once = Duty.objects.filter(on__gte=yesterday).order_by("on", "starts", "pk")
    once = list(once.select_related("user")[:MOST_SHOWN])
    for line in once:
        line.is_away = any(
            each.user_id == line.user_id and each.first <= line.on <= each.last for each in gone
        )
    gone = [each for each in gone if each.last >= today]
    return sorted([*gone, *once], key=lambda each: getattr(each, "first", None) or each.on)


@require_POST
@administrator_required
def away_remove(request, pk):
    """Somebody is not away after all."""
    line = get_object_or_404(Away.objects.select_related("user"), pk=pk)
    line.take_back(by=request.user)
    messages.success(request, f"{line.user} is not away {line}.")
    return _back()


@require_POST
@administrator_required
def remove(request, pk):
    """Take a shift off the roster."""
    line = get_object_or_404(Duty, pk=pk)
    line.take_off(by=request.user)
    messages.success(request, f"No longer on the roster: {line}.")
    return _back()
