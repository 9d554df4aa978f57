"""A canned reply as it is written."""

from django import forms

from comments.forms import PlainTextField, one_line
from comments.models import CannedReply, Clause
from comments.models.replies import IN_BRACES, PLACEHOLDERS
from comments.screening import wording

LONGEST = 4_000  # filled in it still is a comment


class ReplyForm(forms.Form):
    """What people change in a reply. The key is given once, when it is new."""

    key = forms.SlugField(
        label="Key",
        max_length=60,
        help_text="Small letters, digits and hyphens. It stays, whatever else changes.",
        error_messages={"required": "Give it a key."},
    )
    title = forms.CharField(
        label="Title",
        max_length=120,
        error_messages={"required": "Give it a title: it is what moderators choose by."},
    )
    purpose = forms.ChoiceField(label="Purpose", choices=CannedReply.Purpose)
    clause_number = forms.TypedChoiceField(
        label="Clause", required=False, coerce=int, empty_value=None, help_text="Fills {clause} and {policy}."
    )
    body = PlainTextField(
        label="Text",
        max_length=LONGEST,
        help_text="Filled in for each comment: {name}, {article}, {clause}, {policy}, and {help}: where help lines are.",
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": "A reply needs words."},
    )
    suggests_for = forms.MultipleChoiceField(
        label="Suggested when screening found", required=False, widget=forms.CheckboxSelectMultiple
    )
    is_active = forms.BooleanField(label="In use", required=False)

    def __init__(self, *args, reply=None, policy=None, **kwargs):
        self.reply = reply
        super().__init__(*args, **kwargs)
        clauses = Clause.objects.filter(policy=policy) if policy else []
        numbers = [(clause.number, str(clause)) for clause in clauses]
        codes = dict(wording.FOR_MODERATORS)
        if reply is not None:
            del self.fields["key"]
            if reply.clause_number and reply.clause_number not in dict(numbers):
                numbers.append((reply.clause_number, f"{reply.clause_number}. (no longer there)"))
            codes |= {code: wording.for_moderators(code) for code in reply.suggests_for}
        self.fields["clause_number"].choices = [("", "none"), *numbers]
        self.fields["suggests_for"].choices = list(codes.items())

    def clean_key(self):
        """One that no other reply has."""
        key = self.cleaned_data["key"].lower()
        if CannedReply.objects.filter(key=key).exists():
            raise forms.ValidationError(f"There is a reply with the key “{key}” already.")
        return key

    def clean_title(self):
        """One line without what no keyboard types."""
        return one_line(self.cleaned_data["title"])

    def clean_body(self):
        """Refuse a placeholder that nothing would fill: readers would see the braces."""
        body = self.cleaned_data["body"]
        unknown = dict.fromkeys(name for name in IN_BRACES.findall(body) if name not in PLACEHOLDERS)
        if unknown:
            known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
            wrong = ", ".join(f"{{{name[:40]}}}" for name in unknown)
            raise forms.ValidationError(f"Nothing fills {wrong}. There are {known}.")
        return body

    def content(self) -> dict:
        """As `CannedReply.content()` gives it."""
        return {name: self.cleaned_data[name] for name in CannedReply.FIELDS}
