"""Sign-up and login, on top of allauth's."""

from allauth.account import forms as allauth_forms
from django import forms

from accounts import names
from accounts.models import User

OWN_COMPUTER = "Stay logged in for 14 days. Only on a computer or phone that is yours alone."


class SignupForm(allauth_forms.SignupForm):
    """E-mail, a display name that nobody else has, a password."""

    display_name = forms.CharField(
        label="Display name",
        max_length=names.MAX_LENGTH,
        help_text="Everybody sees it beside your comments. It need not be your real name.",
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
    field_order = ["display_name", "email", "password1"]

    def clean_display_name(self):
        """The name as it will be shown; refused when it reads like one that is taken."""
        try:
            name = names.clean(self.cleaned_data["display_name"])
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None
        self.display_name_key = names.fold(name)
        if not self.display_name_key or User.objects.filter(display_name_key=self.display_name_key).exists():
            raise forms.ValidationError(
                "Somebody has this name, or one that looks like it. Please choose another."
            )
        return name


class LoginForm(allauth_forms.LoginForm):
    """ "Remember me" is off, and says what it is for."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        remember = self.fields["remember"]
        remember.initial, remember.required = False, False
        remember.label = "Remember me"
        remember.help_text = OWN_COMPUTER
