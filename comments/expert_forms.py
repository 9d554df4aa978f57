"""What readers, administrators and moderators send about professions and corrections."""

from django import forms

from articles.models import Correction
from comments.forms import PlainTextField, SentenceForm
from comments.models import Credential, CredentialRequest, Profession


class LineField(PlainTextField):
    """One line, as typed; blanks and line ends become single blanks."""

    widget = forms.TextInput

    def to_python(self, value):
        """Tidied before any validator looks."""
        return " ".join(super().to_python(value).split())


class AskForm(forms.Form):
    """A reader asks to be verified."""

    kind = forms.ChoiceField(
        choices=[("", "choose one"), *Profession.choices],
        label="Your profession",
        error_messages={"required": "Choose your profession.", "invalid_choice": "Choose your profession."},
    )
    registered_name = LineField(
        max_length=200,
        label="Your name, as the register has it",
        help_text="Readers do not see it. It is deleted once this is decided.",
        error_messages={"required": "Give your name as the register has it."},
    )
    issuer = LineField(
        max_length=200,
        label="Register or body that licenses you",
        help_text="For instance: Nursing and Midwifery Council.",
        error_messages={"required": "Name the register, or the body that licenses you."},
    )
    reference = LineField(
        max_length=300,
        label="Your number there, or a link to your entry",
        help_text="We look it up. Please do not send documents.",
        error_messages={"required": "Give your number, or a link to your entry."},
    )
    jurisdiction = LineField(
        max_length=100,
        label="Country, or state",
        help_text="Where you may practise.",
        error_messages={"required": "Say where you may practise."},
    )

    def save(self, *, by) -> CredentialRequest:
        """Through the door. Raises Undecidable."""
        return CredentialRequest.ask(by, **self.cleaned_data)


class VerifyForm(forms.Form):
    """What an administrator has found, and how it is to be printed."""

    label = LineField(
        max_length=Credential.LABEL,
        label="As printed beside the name, after “Verified:”",
        error_messages={"required": "Say how it is to be printed."},
    )
    issuer = LineField(max_length=200, label="Issuer", error_messages={"required": "Name who issued it."})
    jurisdiction = LineField(
        max_length=100, label="Country, or state", error_messages={"required": "Say where it holds."}
    )
    expires_on = forms.DateField(
        label="Last day",
        help_text="When the registration has to be renewed; at most five years ahead.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Say until when it holds.", "invalid": "Give the day as 2027-03-31."},
    )
    seen = PlainTextField(
        max_length=1_000,
        label="What you looked at, and how you know that it is them",
        help_text="A short note for the house, no document.",
        error_messages={"required": "Say what you looked at, and how you know that it is the same person."},
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args, request, **kwargs):
        self.request = request
        jurisdiction = request.jurisdiction
        label = f"{request.get_kind_display()}, {jurisdiction}" if request.kind != Profession.OTHER else ""
        kwargs["initial"] = {
            "label": label[: Credential.LABEL],
            "issuer": request.issuer,
            "jurisdiction": jurisdiction,
        }
        super().__init__(*args, **kwargs)

    def save(self, *, by) -> Credential:
        """Through the door. Raises Undecidable."""
        return self.request.accept(by=by, **self.cleaned_data)


class WordForm(forms.Form):
    """A word to the person: why not, or why no longer."""

    answer = PlainTextField(
        max_length=1_000,
        label="Why? (mailed to the person)",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say why, in a sentence: it is mailed to the person."},
    )


class CorrectionRequestForm(SentenceForm):
    """What the editors are told; one of the two is enough."""

    passage = LineField(required=False, max_length=Correction.PASSAGE, label="The passage of the article")
    note = PlainTextField(required=False, max_length=Correction.CLAIM, label="What is wrong with it")

    def clean(self):
        """Not nothing."""
        data = super().clean()
        if not self.errors and not (data["passage"] or data["note"]):
            raise forms.ValidationError("Quote the passage that is wrong, or say what is wrong.")
        return data

    @property
    def sentences(self) -> list[str]:
        """All that is wrong, and with which field."""
        return [
            f"{self.fields[name].label}: {error}" if name in self.fields else str(error)
            for name, errors in self.errors.items()
            for error in errors
        ]
