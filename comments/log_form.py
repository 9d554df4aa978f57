"""Which part of the log is asked for."""

from datetime import date, datetime, time, timedelta

from django import forms
from django.utils import timezone

from comments import log
from comments.forms import MAX_ID, SentenceForm
from comments.number_forms import DayField


class LogForm(SentenceForm):
    """Which part of the log is asked for."""

    what = forms.ChoiceField(
        required=False,
        choices=[*log.KINDS.items(), *log.ACTS.items()],
        error_messages={"invalid_choice": "Choose from the list what is to be shown."},
    )
    by = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=MAX_ID,
        error_messages={"invalid": "Choose from the list who did it."},
    )
    first = DayField()
    last = DayField()

    def add_prefix(self, field_name):
        """The names in the address."""
        return {"first": "from", "last": "to"}.get(field_name, field_name)

    def clean(self):
        """Days in their order."""
        data = super().clean()
        first, last = data.get("first"), data.get("last")
        if first and last and first > last:
            raise forms.ValidationError("The first day is after the last.")
        return data

    def asked(self) -> dict:
        """What `log.read()` takes, but for the cursor."""
        data = self.cleaned_data
        end = data["last"] + timedelta(days=1) if data["last"] and data["last"] < date.max else None
        return {
            "kind": data["what"],
            "by": data["by"],
            "first": _midnight(data["first"]),
            "last": _midnight(end),
        }


def _midnight(day: date | None) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None
