"""What moderators send about people, duty and switches."""

from datetime import date, timedelta
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils import timezone

from accounts import roles
from comments.clause_form import ClauseForm
from comments.forms import MAX_ID, PlainTextField, SentenceForm, one_line
from comments.models import Away, Comment, Duty, PersonNote, Sanction
from comments.models.duty import holders
from comments.models.switch import MOST_WORDS, Mode
from comments.number_forms import DayField

MOST_DAYS = 3_650
MOST_AHEAD = timedelta(days=366)


def _wrong_days(what: str) -> dict[str, str]:
    words = f"Say {what} as a whole number from 1 to {MOST_DAYS:,}."
    return dict.fromkeys(("invalid", "min_value", "max_value"), words)


class NoteForm(SentenceForm):
    """A note about a person, among staff."""

    text = PlainTextField(max_length=5_000, error_messages={"required": "Write the note first."})

    def save(self, user, *, by) -> PersonNote:
        """Keep it."""
        return PersonNote.write(user, self.cleaned_data["text"], by=by)


class PickForm(forms.Form):
    """Whether a comment is picked or no longer; the version tells whether it still is the one that was read."""

    pick = forms.ChoiceField(choices=[("1", "Pick it"), ("0", "Take the pick back")])
    version = forms.IntegerField(required=False, min_value=1, max_value=MAX_ID)


class SanctionForm(ClauseForm):
    """A sanction, with all that a person is told of it. What it lacks, the door says."""

    kind = forms.ChoiceField(
        choices=Sanction.Kind.choices,
        error_messages={"required": "Choose what to do.", "invalid_choice": "There is no such sanction."},
    )
    reason = PlainTextField(max_length=5_000, error_messages={"required": "Say why: the person is told."})
    comment = forms.IntegerField(required=False, min_value=1, max_value=MAX_ID)
    days = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=MOST_DAYS,
        error_messages=_wrong_days("how many days it lasts"),
    )
    take_down_days = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=MOST_DAYS,
        error_messages=_wrong_days("for how many days comments are taken down"),
    )
    confirmed = forms.BooleanField(required=False)

    def clean_comment(self):
        """The comment that led to it."""
        pk = self.cleaned_data["comment"]
        if pk is None:
            return None
        comment = Comment.objects.filter(pk=pk).first()
        if comment is None:
            raise forms.ValidationError(f"There is no comment {pk}.")
        return comment

    def save(self, user, *, by) -> Sanction:
        """Impose it. Raises what `Sanction.impose()` raises."""
        data = self.cleaned_data
        names = ("reason", "clause", "comment", "days", "take_down_days")
        return Sanction.impose(data["kind"], user, by=by, **{name: data[name] for name in names})


class LiftForm(SentenceForm):
    """Why a sanction ends before its time."""

    reason = PlainTextField(
        max_length=5_000, error_messages={"required": "Say why it is lifted: the person is told."}
    )


class SanctionAppealAnswerForm(SentenceForm):
    """What is said to an appeal against a sanction."""

    grant = forms.ChoiceField(
        choices=[("1", "Grant it"), ("0", "Keep the sanction")],
        error_messages={
            "required": "Choose whether to grant it.",
            "invalid_choice": "Choose whether to grant it.",
        },
    )
    reason = PlainTextField(max_length=5_000, error_messages={"required": "Say why: the person is told."})

    def save(self, appeal, *, by) -> None:
        """Answer it; raises what `SanctionAppeal.reply()` raises."""
        grant = self.cleaned_data["grant"] == "1"
        appeal.reply(by=by, grant=grant, reason=self.cleaned_data["reason"])


class _OnDutyForm(SentenceForm):
    """Something about somebody who can be on duty."""

    user = forms.IntegerField(
        min_value=1, max_value=MAX_ID, error_messages={"required": "Choose who is on duty."}
    )

    def clean_user(self):
        """Somebody who can work the queue."""
        user = holders(roles.MODERATOR, roles.ADMINISTRATOR).filter(pk=self.cleaned_data["user"]).first()
        if user is None:
            raise forms.ValidationError("Only moderators and administrators can be on duty.")
        return user


class DutyForm(_OnDutyForm):
    """A shift for the roster, each week."""

    weekday = forms.TypedChoiceField(
        choices=Duty.Weekday.choices, coerce=int, error_messages={"required": "Choose the day."}
    )
    starts = forms.TimeField(error_messages={"required": "Say when it starts."})
    ends = forms.TimeField(error_messages={"required": "Say when it ends."})
    time_zone = forms.CharField(max_length=64, error_messages={"required": "Say in which time zone."})

    def clean_time_zone(self):
        """A name that the time zone database knows."""
        name = self.cleaned_data["time_zone"]
        if name not in available_timezones():
            raise forms.ValidationError(f"“{name}” is no time zone: write it like Europe/London.")
        return name

    def clean(self):
        """Not the same line twice."""
        data = super().clean()
        if not self.errors and Duty.objects.filter(**{"on": None} | data).exists():
            raise forms.ValidationError("This is on the roster already.")
        return data

    def save(self, *, by) -> Duty:
        """Put it on the roster."""
        return Duty.put_on(by=by, **self.cleaned_data)


class SingleDutyForm(DutyForm):
    """A shift on one day: somebody stands in."""

    weekday = None
    on = DayField()

    def clean_on(self):
        """A day to come."""
        return _to_come(self.cleaned_data["on"])

    def clean(self):
        """The weekday is that of the date."""
        if day := self.cleaned_data.get("on"):
            self.cleaned_data["weekday"] = day.weekday()
        return super().clean()


class AwayForm(_OnDutyForm):
    """The days on which somebody is away."""

    first = DayField()
    last = DayField()

    def clean_first(self):
        """It may have begun."""
        if self.cleaned_data["first"] is None:
            raise forms.ValidationError("Say from which day they are away.")
        return self.cleaned_data["first"]

    def clean_last(self):
        """A day to come."""
        return _to_come(self.cleaned_data["last"])

    def clean(self):
        """Days in their order, no more than a year of them, and not twice."""
        data = super().clean()
        if self.errors:
            return data
        if data["first"] > data["last"]:
            raise forms.ValidationError("The first day is after the last.")
        if (data["last"] - data["first"]).days > MOST_AHEAD.days:
            raise forms.ValidationError("That is more than a year: take their shifts off the roster instead.")
        if Away.objects.filter(**data).exists():
            raise forms.ValidationError("This is put down already.")
        return data

    def save(self, *, by) -> Away:
        """Put it down."""
        return Away.put_down(by=by, **self.cleaned_data)


def _to_come(day: date | None) -> date:
    """Today or later (somewhere it may still be yesterday), within a year."""
    today = timezone.localdate()
    if day is None:
        raise forms.ValidationError("Say the day.")
    if day < today - timedelta(days=1):
        raise forms.ValidationError("That day is over.")
    if day - today > MOST_AHEAD:
        raise forms.ValidationError("That day is more than a year away.")
    return day


class SwitchForm(SentenceForm):
    """Open, hold or close; `words` are for readers. `seen` is what held on the page: a mode, or the key of it (`Held.key`)."""

    mode = forms.ChoiceField(
        choices=Mode.choices,
        error_messages={
            "required": "Choose open, held or closed.",
            "invalid_choice": "There is no such mode.",
        },
    )
    note = PlainTextField(required=False, max_length=1_000)
    seen = forms.RegexField(
        rf"^({'|'.join(Mode.values)})(\.[0-9a-f]{{8}})?$",
        required=False,
        error_messages={"invalid": "This page is out of date: please load it anew."},
    )
    words = PlainTextField(
        required=False,
        max_length=MOST_WORDS,
        error_messages={"max_length": "What readers see has at most %(limit_value)d characters."},
    )
    until = forms.DateTimeField(
        required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"],
        error_messages={"invalid": "Say the end as a day and a time: 2026-07-31 09:00."},
    )
    confirmed = forms.BooleanField(required=False)

    def clean_words(self):
        """One line."""
        return one_line(self.cleaned_data["words"])

    def clean_until(self):
        """A moment that is to come, and not years away."""
        until, now = self.cleaned_data["until"], timezone.now()
        if until and until <= now and self.data.get("mode") != Mode.OPEN:
            raise forms.ValidationError("The end has passed already.")
        if until and until > now + MOST_AHEAD:
            raise forms.ValidationError("The end is more than a year away: leave it empty instead.")
        return until


def time_zones() -> list[str]:
    """The names to choose from, the site's own first."""
    own = settings.TIME_ZONE
    return [own, *sorted(name for name in available_timezones() - {own} if "/" in name)]
