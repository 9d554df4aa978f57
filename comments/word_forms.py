"""Words to be listed, as they are typed or pasted."""

from django import forms

from comments.forms import PlainTextField, one_line
from comments.models import ListedWord
from comments.models.words import key_of

MOST = 200  # lines at once
LONGEST = 120
LONGEST_KEY = ListedWord._meta.get_field("key").max_length  # one sign may stand for many letters


class WordsForm(forms.Form):
    """One word or phrase a line, all with one outcome and one reason."""

    words = PlainTextField(
        label="Words or phrases, one a line",
        help_text="Case and accents do not matter, nor what stands between the words of a phrase. "
        "A word is found as a whole: “special” does not find “specialist”.",
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": "Type at least one word."},
    )
    outcome = forms.ChoiceField(label="A comment with one of them", choices=ListedWord.Outcome)
    note = forms.CharField(
        label="Why", max_length=200, error_messages={"required": "Say why: others will ask."}
    )

    def clean_words(self) -> list[str]:
        """The words, each once."""
        lines = [" ".join(line.split()) for line in self.cleaned_data["words"].split("\n")]
        lines = [line for line in lines if line]
        if not lines:
            raise forms.ValidationError("Type at least one word.")
        if len(lines) > MOST:
            raise forms.ValidationError(f"These are {len(lines):,} lines; try at most {MOST} at once.")
        wrong = []
        for line in lines:
            key = key_of(line)
            if len(line) > LONGEST or len(key) > LONGEST_KEY:
                wrong.append(f"“{line[:40]}…” is longer than {LONGEST} characters.")
            elif not any(char.isalnum() for char in key):
                wrong.append(f"“{line}”: there is no letter or digit in it to look for.")
        if wrong:
            raise forms.ValidationError(wrong[:10])
        return lines

    def clean_note(self):
        """One line without what no keyboard types."""
        return one_line(self.cleaned_data["note"])


class ReasonForm(forms.Form):
    """Why a word goes."""

    note = forms.CharField(
        label="Why", max_length=200, error_messages={"required": "Say why: others will ask."}
    )

    def clean_note(self):
        """One line without what no keyboard types."""
        return one_line(self.cleaned_data["note"])
