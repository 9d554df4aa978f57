"""What we tell allauth, and why."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.forms import ValidationError
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from accounts import kept_text
from accounts.models import User

EMAIL_LENGTH = User._meta.get_field("email").max_length


class AccountAdapter(DefaultAccountAdapter):
    """Display name at sign-up, only addresses of our own after a login, and our words."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "The e-mail address or the password is wrong.",
        "too_many_login_attempts": "Too many failed tries. Please wait five minutes, or choose a new password.",
        "enter_current_password": "This is not your password now.",
        "incorrect_password": "This is not your password.",
        "duplicate_email": "This is your address already.",
    }

    def save_user(self, request, user, form, commit=True):
        """Store who signed up, under the name they chose. Raises IntegrityError when name or address was just taken."""
        user.display_name = form.cleaned_data["display_name"]
        user.display_name_key = form.display_name_key
        with transaction.atomic():
            return super().save_user(request, user, form, commit)

    def clean_email(self, email):
        """Refuse what our column cannot hold: forms allow 320 characters, mail no more than 254."""
        if len(email) > EMAIL_LENGTH:
            raise ValidationError(f"An e-mail address has at most {EMAIL_LENGTH} characters.")
        return email

    def confirm_email(self, request, email_address):
        """Mark the address as verified, unless it is the login of somebody else whom an import made."""
        others = User.objects.exclude(pk=email_address.user_id)
        if others.filter(email=email_address.email).exists():
            template = "account/messages/email_confirmation_failed.txt"
            self.add_message(request, messages.ERROR, template, {"email": email_address.email})
            return False
        return super().confirm_email(request, email_address)

    def is_safe_url(self, url):
        """Whether we send somebody there after a login: a path of this site only."""
        return bool(url) and url_has_allowed_host_and_scheme(url, allowed_hosts=None)

    def get_login_redirect_url(self, request):
        """Without a `next`: back to the comment that was being written, else to the profile."""
        if found := kept_text.newest(request):
            return reverse("comments:composer", args=[found[0]])
        return super().get_login_redirect_url(request)

    def get_password_change_redirect_url(self, request):
        """To the profile, where the message says that it was done."""
        return reverse(settings.LOGIN_REDIRECT_URL)
