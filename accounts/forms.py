"""allauth's forms in our words, and our own: without placeholders, which say the label a second time."""

import hashlib

from allauth.account import forms as allauth_forms
from django import forms
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.cache import cache

from accounts import names
from accounts.models import User

OWN_COMPUTER = "Stay logged in for 14 days. Only on a computer or phone that is yours alone."
HOW_TO_CHOOSE = (
    "At least 8 characters, not a common password, and nothing like your e-mail address. Four words do well."
)
TAKEN = "Somebody has this name, or one that looks like it. Please choose another."
_NAME_KEPT_FOR = 3 * 24 * 3600  # seconds; as long as a link to verify an address lives


class InOurWords:
    """Labels and help texts from `words` (field: (label, help text)); placeholders gone."""

    words: dict[str, tuple[str, str]] = {}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.error_messages["required"] = "Please fill this in."
            if isinstance(field, forms.EmailField):
                field.error_messages["invalid"] = "This is not an e-mail address."
            if name in self.words:
                field.label, field.help_text = self.words[name]


def _display_name(**changes) -> forms.CharField:
    help_text = "Everybody sees it beside your comments. It need not be your real name."
    widget = forms.TextInput(attrs={"autocomplete": "nickname"})
    return forms.CharField(
        label="Display name", max_length=names.MAX_LENGTH, help_text=help_text, widget=widget, **changes
    )


def _reservation(key: str) -> str:
    """The name under which the cache remembers a folded display name."""
    return "display-name:" + hashlib.sha256(key.encode()).hexdigest()


def _free_name(typed: str, me: User | None = None) -> tuple[str, str]:
    """The name as shown and its key. Raises ValidationError when it is none, or reads like one that is taken."""
    try:
        name = names.choose(typed, site=settings.SITE_NAME, works_here=me is not None and me.is_newsroom)
    except ValueError as error:
        raise forms.ValidationError(str(error)) from None
    key = names.fold(name)
    taken = User.objects.filter(display_name_key=key).exclude(pk=me and me.pk).exists() or cache.get(
        _reservation(key)
    )
    if not key or taken:
        raise forms.ValidationError(TAKEN)
    return name, key


class SignupForm(InOurWords, allauth_forms.SignupForm):
    """E-mail, a display name that nobody else has, a password."""

    display_name = _display_name()
    field_order = ["display_name", "email", "password1"]
    words = {
        "email": ("E-mail address", "We send a link there. Nobody else sees it."),
        "password1": ("Password", HOW_TO_CHOOSE),
    }

    def clean_display_name(self):
        """The name as it will be shown; refused when it reads like one that is taken."""
        name, self.display_name_key = _free_name(self.cleaned_data["display_name"])
        return name

    def try_save(self, request):
        """As allauth's; an address that is known takes as long, and takes the name, as one that is not.

        Otherwise the time of the answer, or a second try with the same name, would tell which it was.
        """
        if self.account_already_exists:
            make_password(self.cleaned_data["password1"])
            cache.set(_reservation(self.display_name_key), True, _NAME_KEPT_FOR)
        return super().try_save(request)


class LoginForm(InOurWords, allauth_forms.LoginForm):
    """ "Remember me" is off, and says what it is for."""

    words = {
        "login": ("E-mail address", ""),
        "password": ("Password", ""),
        "remember": ("Remember me", OWN_COMPUTER),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autocomplete"] = "username"


class ResetPasswordForm(InOurWords, allauth_forms.ResetPasswordForm):
    words = {"email": ("E-mail address", "The one you signed up with.")}


class ResetPasswordKeyForm(InOurWords, allauth_forms.ResetPasswordKeyForm):
    words = {"password1": ("New password", HOW_TO_CHOOSE), "password2": ("The new password again", "")}

    def save(self):
        """Store it. Whoever has the link reads the mail, so nothing stands between them and the login."""
        super().save()
        self.user.has_read_mail()


class ChangePasswordForm(InOurWords, allauth_forms.ChangePasswordForm):
    words = ResetPasswordKeyForm.words | {"oldpassword": ("Your password now", "")}


class SetPasswordForm(InOurWords, allauth_forms.SetPasswordForm):
    words = ResetPasswordKeyForm.words


class AddEmailForm(InOurWords, allauth_forms.AddEmailForm):
    words = {"email": ("New e-mail address", "We send a link there; until you follow it, nothing changes.")}


class ReauthenticateForm(InOurWords, allauth_forms.ReauthenticateForm):
    words = {"password": ("Your password", "")}


class ProfileForm(InOurWords, forms.Form):
    """The display name of `user`, which `save()` stores."""

    display_name = _display_name()

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, initial={"display_name": user.display_name}, **kwargs)
        self.user = user

    def clean_display_name(self):
        """The name as it will be shown. One's own, in other letters, is free."""
        name, _ = _free_name(self.cleaned_data["display_name"], me=self.user)
        return name

    def save(self):
        """Raises IntegrityError when somebody took the name in this very moment."""
        self.user.rename(self.cleaned_data["display_name"])
