"""Which numbers are asked for, and what a second reader says."""

from datetime import date, timedelta

from django import forms
from django.utils import timezone

from comments import states, sums
from comments.clause_form import ClauseForm
from comments.forms import MAX_ID, SentenceForm

USUAL = timedelta(days=27)  # between the first day and the last, where one of them is not named
MOST = {sums.DAY: 92, sums.WEEK: 371}  # days at once
EARLIEST = date(2000, 1, 1)


class DayField(forms.DateField):
    """A day as browsers send it."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def __init__(self, **kwargs):
        super().__init__(input_formats=["%Y-%m-%d"], required=False, **kwargs)

    def to_python(self, value):
        """The day. Browsers show no day that does not exist, so that the error has to say what was typed."""
        try:
            return super().to_python(value)
        except forms.ValidationError:
            typed = value if len(value) <= 20 else f"{value[:20]}…"
            raise forms.ValidationError(f"“{typed}” is no day: write it as 2026-07-31.") from None


class SpanForm(SentenceForm):
    """The days that are looked at; those that are not named are the last four weeks."""

    first = DayField(label="From")
    last = DayField(label="To")
    by = forms.ChoiceField(
        required=False,
        choices=[(sums.DAY, "day"), (sums.WEEK, "week")],
        error_messages={"invalid_choice": "Choose by day or by week."},
    )

    def add_prefix(self, field_name):
        """The names in the address."""
        return {"first": "from", "last": "to"}.get(field_name, field_name)

    def clean(self):
        """A span that is neither upside down nor endless."""
        data, today = super().clean(), timezone.localdate()
        if self.errors:
            return data
        data["by"] = by = data["by"] or sums.DAY
        first, last = data["first"], data["last"]
        if last is None:
            last = min(today, first + USUAL) if first and first < today else today
        if first is None:
            first = max(EARLIEST, last - USUAL) if last > EARLIEST else EARLIEST
        if last > today:
            raise forms.ValidationError("The last day has not come yet.")
        if first > last:
            raise forms.ValidationError("The first day is after the last.")
        if first < EARLIEST:
            raise forms.ValidationError(f"The numbers begin in {EARLIEST.year}.")
        if (last - first).days >= MOST[by]:
            few = "; choose by week for more" if by == sums.DAY else ""
            raise forms.ValidationError(f"At most {MOST[by]} days can be shown by {by}{few}.")
        return data | {"first": first, "last": last}


class SecondReadingForm(ClauseForm):
    """What somebody would have decided."""

    field_order = (
        "decision",
        "action",
        "policy",
        "clause",
    )  # which one it is about is known when a clause is not

    decision = forms.IntegerField(min_value=1, max_value=MAX_ID, widget=forms.HiddenInput)
    action = forms.ChoiceField(
        choices=list(states.SECOND_READING.items()),
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose what you would do.",
            "invalid_choice": "Choose what you would do.",
        },
    )
