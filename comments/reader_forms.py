"""What readers send about comments: reports, notices of illegal content, appeals."""

from django import forms

from comments.forms import PlainTextField, one_line
from comments.models import APPEAL_LENGTH, Appeal, LegalNotice, Report, SanctionAppeal

NOTE_LENGTH = 2_000


class ReportForm(forms.Form):
    """A report; for illegal content, a notice with the fields that the DSA asks for (art. 16, 2).

    Somebody without a login (`by` is None) can send what is in Report.OPEN_TO_ALL; the view sees to that. Who has one is
    answered at its address.
    """

    reason = forms.ChoiceField(
        choices=Report.Reason,
        error_messages={"required": "Choose what is wrong.", "invalid_choice": "Choose what is wrong."},
    )
    note = PlainTextField(required=False)
    provision = PlainTextField(required=False, max_length=300)
    name = PlainTextField(required=False, max_length=120)
    email = forms.EmailField(
        required=False,
        max_length=254,
        error_messages={"invalid": "This does not look like an e-mail address."},
    )
    about_child_abuse = forms.BooleanField(required=False)
    good_faith = forms.BooleanField(required=False)

    def __init__(self, *args, comment, by=None, **kwargs):
        self.comment, self.by = comment, by
        super().__init__(*args, **kwargs)

    def clean_note(self):
        """At most NOTE_LENGTH characters."""
        note = self.cleaned_data["note"]
        if len(note) > NOTE_LENGTH:
            over = len(note) - NOTE_LENGTH
            raise forms.ValidationError(
                f"Your explanation is {over:,} character{'s' if over > 1 else ''} too long; it has at most {NOTE_LENGTH:,}."
            )
        return note

    def clean_name(self):
        """One line."""
        return one_line(self.cleaned_data["name"])

    def clean_provision(self):
        """Likewise."""
        return one_line(self.cleaned_data["provision"])

    def clean(self):
        """A notice must say why, by whom, and that it is meant."""
        data = super().clean()
        if data.get("reason") != Report.Reason.ILLEGAL:
            return data
        if not data.get("note") and "note" not in self.errors:
            self.add_error("note", "Say why you think that this is illegal.")
        if not data.get("about_child_abuse"):
            if not data.get("name") and "name" not in self.errors:
                self.add_error("name", "Give your name.")
            if self.by is None and not data.get("email") and "email" not in self.errors:
                self.add_error("email", "Give an e-mail address, so that we can tell you what we decide.")
        if not data.get("good_faith"):
            self.add_error(
                "good_faith", "Confirm that what you say is accurate and complete to your knowledge."
            )
        return data

    def save(self) -> tuple[Report, bool]:
        """File it; what `Report.file()` gives and raises."""
        data = self.cleaned_data
        if data["reason"] != Report.Reason.ILLEGAL:
            return Report.file(self.comment, reason=data["reason"], by=self.by, note=data["note"])
        notice = LegalNotice(
            name=data["name"],
            email="" if self.by else data["email"],
            provision=data["provision"],
            explanation=data["note"],
            is_about_child_abuse=data["about_child_abuse"],
            in_good_faith=data["good_faith"],
        )
        return Report.file(self.comment, reason=data["reason"], by=self.by, notice=notice)


class AppealForm(forms.Form):
    """Why a decision should be looked at again."""

    text = PlainTextField(error_messages={"required": "Say why you think that the decision is wrong."})

    def clean_text(self):
        """At most APPEAL_LENGTH characters."""
        text = self.cleaned_data["text"]
        over = len(text) - APPEAL_LENGTH
        if over > 0:
            raise forms.ValidationError(
                f"This is {over:,} character{'s' if over > 1 else ''} too long; an appeal has at most {APPEAL_LENGTH:,}."
            )
        return text

    def save(self, decision, *, by) -> Appeal:
        """Lodge it; raises what `Appeal.lodge()` raises."""
        return Appeal.lodge(decision, by=by, text=self.cleaned_data["text"])


class SanctionAppealForm(AppealForm):
    """The same about a sanction."""

    def save(self, sanction, *, by) -> SanctionAppeal:
        """Lodge it; raises what `SanctionAppeal.lodge()` raises."""
        return SanctionAppeal.lodge(sanction, by=by, text=self.cleaned_data["text"])
