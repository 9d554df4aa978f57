"""The policy while administrators change it: one form for the whole, one for each clause."""

import hashlib
import json

from django import forms

from comments.differences import FOR_STAFF, merged, of_policy
from comments.forms import MAX_ID, PlainTextField, one_line
from comments.models import CannedReply, Clause, PolicyVersion

MOST_CLAUSES = 40


class PolicyForm(forms.Form):
    """What stands around the clauses."""

    intro = PlainTextField(
        label="Introduction", max_length=4_000, required=False, widget=forms.Textarea(attrs={"rows": 5})
    )
    note = PlainTextField(
        label="What changes, and why",
        max_length=1_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ClauseForm(forms.Form):
    """One clause. Its number is its place; left empty it comes last."""

    line = forms.IntegerField(required=False, min_value=1, max_value=MAX_ID, widget=forms.HiddenInput)
    number = forms.IntegerField(label="Number", required=False, min_value=1, max_value=99)
    title = forms.CharField(
        label="Title", max_length=120, error_messages={"required": "A clause needs a title."}
    )
    wording = PlainTextField(
        label="What readers are told",
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "A clause needs words for readers."},
    )
    guidance = PlainTextField(
        label="What moderators are told besides",
        max_length=4_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    severity = forms.TypedChoiceField(label="Severity", choices=Clause.Severity, coerce=int, initial="1")
    default_reply = forms.ChoiceField(label="Usual reply", required=False)
    default_outcome = forms.ChoiceField(
        label="Usual outcome", required=False, choices=[("", "none"), *Clause.Outcome.choices]
    )
    legal_ground = forms.CharField(label="Legal ground", max_length=200, required=False)
    goes = forms.BooleanField(label="Take this clause out", required=False)

    def __init__(self, *args, replies=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["default_reply"].choices = [("", "none"), *replies]

    def full_clean(self):
        """What is wrong with a clause that goes does not matter."""
        super().full_clean()
        if self.is_bound and getattr(self, "cleaned_data", {}).get("goes"):
            self._errors.clear()

    def clean_title(self):
        """One line without what no keyboard types."""
        return one_line(self.cleaned_data["title"])

    def clean_legal_ground(self):
        """One line without what no keyboard types."""
        return one_line(self.cleaned_data["legal_ground"])


class _Clauses(forms.BaseFormSet):
    def clean(self):
        """What is wrong with the clauses together."""
        kept = self.kept()
        if not kept:
            raise forms.ValidationError("A policy needs at least one clause.")
        numbers = [row["number"] for row in kept if row.get("number")]
        twice = sorted({number for number in numbers if numbers.count(number) > 1})
        if twice:
            raise forms.ValidationError(f"Two clauses have the number {twice[0]}.")

    def kept(self) -> list[dict]:
        """The clauses that stay, as cleaned; forms that were left empty are none."""
        rows = [getattr(form, "cleaned_data", {}) for form in self.forms]
        return [row for row in rows if row and not row["goes"]]


_ClauseFormSet = forms.formset_factory(
    ClauseForm, formset=_Clauses, max_num=MOST_CLAUSES, absolute_max=MOST_CLAUSES
)


class Draft:
    """The policy as somebody changes it, in one plain dict of what was typed, beside the version in force."""

    def __init__(self, data, current):
        self.current = current
        self.number = current.number if current else 0
        self.rows = [_row(data, index) for index in range(_count(data))]
        self.data = {name: data.get(name, "") for name in ("intro", "note", "based_on", "seen")}
        typed = {"clause-TOTAL_FORMS": len(self.rows), "clause-INITIAL_FORMS": 0}
        for index, row in enumerate(self.rows):
            typed |= {f"clause-{index}-{name}": value for name, value in row.items()}
        self.policy = PolicyForm(self.data)
        replies = CannedReply.objects.values_list("key", "title")
        self.clauses = _ClauseFormSet(typed, prefix="clause", form_kwargs={"replies": list(replies)})
        self.checked = False

    @classmethod
    def of(cls, content: dict, current, *, based_on: int, note: str = "") -> "Draft":
        """A draft that begins with this content."""
        rows = [
            {name: "" if value is None else str(value) for name, value in clause.items()}
            for clause in content["clauses"]
        ]
        return cls._of(
            rows, {"intro": content["intro"], "note": note, "based_on": str(based_on)[:20]}, current
        )

    @classmethod
    def _of(cls, rows, data, current):
        data = data | {"clause-TOTAL_FORMS": str(len(rows))}
        for index, row in enumerate(rows):
            data |= {f"clause-{index}-{name}": value for name, value in row.items()}
        return cls(data, current)

    @property
    def overtaken(self) -> bool:
        """Whether another version came into force since this was begun."""
        return self.data["based_on"] != str(self.number)

    def laid_on_the_newer(self) -> "Draft":
        """Where it was overtaken: the changes that it makes, to the version in force. Of a valid draft."""
        number = self.data["based_on"]
        known = number.isascii() and number.isdigit() and len(number) < 7
        base = PolicyVersion.objects.filter(number=number).first() if known else None
        theirs = self.current.content()
        content = merged(base.content() if base else theirs, self.content(), theirs)
        return Draft.of(content, self.current, based_on=number, note=self.data["note"])

    def rearranged(self, step: str) -> "Draft":
        """The same with an empty clause more ("add"), or with one moved ("up:3", "down:3", by where it stands)."""
        rows = sorted(self.rows, key=_place)
        verb, _, place = step.partition(":")
        if step == "add":
            rows.append({})
        elif place.isascii() and place.isdigit() and len(place) < 4 and int(place) < len(rows):
            at = rows.index(self.rows[int(place)])
            to = at + (1 if verb == "down" else -1)
            if 0 <= to < len(rows):
                rows[at], rows[to] = (
                    rows[to] | {"number": rows[at].get("number", "")},
                    rows[at] | {"number": rows[to].get("number", "")},
                )
        return self._of(rows, self.data, self.current)

    def is_valid(self) -> bool:
        """Whether it could be published; what is wrong stands at the fields, and in `wrong`."""
        self.checked = True
        return all([self.policy.is_valid(), self.clauses.is_valid()])

    @property
    def wrong(self) -> list[str]:
        """What is wrong with the whole."""
        if not self.checked or self.is_valid():
            return []
        return self.clauses.non_form_errors() or [
            "This did not go through yet: please look at what is marked."
        ]

    def content(self) -> dict:
        """The policy that it would be, as `PolicyVersion.content()` gives it; of a valid draft."""
        clauses = [{name: row[name] for name in ("line", *Clause.FIELDS)} for row in self.clauses.kept()]
        lines = [clause["line"] for clause in clauses if clause["line"]]
        known = set(Clause.objects.filter(pk__in=lines, origin=None).values_list("pk", flat=True))
        last = max([0, *(clause["number"] or 0 for clause in clauses)])
        for clause in clauses:
            if clause["line"] not in known:  # new, or taken for another by who tampers
                clause["line"] = None
            known.discard(clause["line"])
            if not clause["number"]:
                clause["number"] = last = last + 1
        return {
            "intro": self.policy.cleaned_data["intro"],
            "clauses": sorted(clauses, key=lambda clause: clause["number"]),
        }

    def changes(self, content: dict) -> list:
        """What would differ from the policy in force, as the desk reads it."""
        old = self.current.content() if self.current else {"intro": "", "clauses": []}
        return of_policy(old, content, FOR_STAFF, Clause.WORDS)

    def fingerprint(self, content: dict) -> str:
        """Names what somebody has looked at: this content against the version in force."""
        seen = json.dumps([self.number, content], sort_keys=True)
        return hashlib.sha256(seen.encode()).hexdigest()[:20]


def _count(data) -> int:
    total = str(data.get("clause-TOTAL_FORMS", ""))
    return min(int(total), MOST_CLAUSES) if total.isascii() and total.isdigit() and len(total) < 6 else 0


def _row(data, index: int) -> dict:
    """What was typed into one clause, as it came."""
    names = ClauseForm.base_fields
    return {name: data[key] for name in names if (key := f"clause-{index}-{name}") in data}


def _place(row: dict) -> int:
    number = row.get("number", "")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 3 else 100
