"""The log of the desk."""

from urllib.parse import urlencode

from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts import roles
from accounts.models import User
from accounts.roles import moderator_required
from comments import log as reading
from comments.log_form import LogForm
from comments.models.duty import holders
from healthnews.http import private

NAMES = ("what", "by", "from", "to")


@require_safe
@moderator_required
def log(request):
    """`/moderation/log/?what=&by=&from=&to=&after=`: every act of the desk, newest first."""
    get, form = request.GET, LogForm(request.GET)
    people = list(holders(roles.MODERATOR, roles.ADMINISTRATOR).order_by("display_name", "pk"))
    asked = {name: get[name] for name in NAMES if get.get(name)}
    context = {
        "form": form,
        "asked": {"what": get.get("what", ""), "by": get.get("by", ""), **asked},
        "kinds": reading.KINDS,
        "acts": reading.ACTS,
        "people": people,
    }
    if not form.is_valid():
        return private(render(request, "moderation/log.html", context, status=422))
    by = form.cleaned_data["by"]
    if by and by not in {each.pk for each in people}:
        # Whoever was on the desk once did what they did.
        context["people"] = [*people, *User.objects.filter(pk=by)]
    context["lines"], after = reading.read(request.user, **form.asked(), after=get.get("after", ""))
    context["query"] = urlencode(asked)
    context["earlier"] = urlencode(asked | {"after": after}) if after else ""
    context["is_newest"] = not get.get("after")
    return private(render(request, "moderation/log.html", context))
