"""What we tell allauth, and why."""

from allauth.account.adapter import DefaultAccountAdapter
from django.utils.http import url_has_allowed_host_and_scheme


class AccountAdapter(DefaultAccountAdapter):
    """Display name at sign-up; only addresses of our own after a login."""

    def save_user(self, request, user, form, commit=True):
        """Store who signed up, under the name they chose."""
        user.display_name = form.cleaned_data["display_name"]
        user.display_name_key = form.display_name_key
        return super().save_user(request, user, form, commit)

    def is_safe_url(self, url):
        """Whether we send somebody there after a login: a path of this site only."""
        return bool(url) and url_has_allowed_host_and_scheme(url, allowed_hosts=None)
