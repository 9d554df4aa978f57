"""Logging in and signing up (allauth's, each with one addition), the profile, the account corner."""

from allauth.account import views as allauth_views
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError
from django.http import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts import kept_text
from accounts.forms import TAKEN, ProfileForm
from healthnews.http import private, read_only


def login(request):
    """allauth's login. A comment that was typed beside the password is kept before anything else is tried.

    Only a form brings one: a link could put words into the mouth of whoever follows it.
    """
    if sent := request.POST:
        kept_text.keep(request, sent.get("discussion", ""), sent.get("body", ""), sent.get("parent"))
    return allauth_views.login(request)


class SignupView(allauth_views.SignupView):
    """allauth's sign-up; two people who want one name, or one address, at the same moment get words, not a 500."""

    def form_valid(self, form):
        """Store and send the link; after a collision the form looks again, and now sees who was first."""
        try:
            return super().form_valid(form)
        except IntegrityError:
            form.full_clean()
            return super().form_valid(form) if form.is_valid() else self.form_invalid(form)


signup = SignupView.as_view()


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request):
    """`/accounts/profile/`: the display name, and the ways to everything else about one's account."""
    form = ProfileForm(request.POST if request.method == "POST" else None, user=request.user)
    if form.is_valid():
        try:
            form.save()
        except IntegrityError:
            request.user.refresh_from_db()
            form.add_error("display_name", TAKEN)
        else:
            messages.success(request, "Your display name is changed.")
            return private(HttpResponseRedirect(reverse("accounts:profile"), status=303))
    addresses = request.user.emailaddress_set.order_by("-primary", "email")
    context = {"form": form, "addresses": addresses}
    return private(render(request, "accounts/profile.html", context, status=422 if form.errors else 200))


@read_only
def corner(request):
    """`/accounts/corner/`: the part of the page's head that says who is logged in. Never a redirect."""
    return private(render(request, "accounts/_corner.html", {"viewer": request.user}))
