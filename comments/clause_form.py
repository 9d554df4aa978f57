"""A clause of the policy, as moderators' forms send it: by its number, and which version it was chosen from."""

from django import forms
from django.utils.functional import cached_property

from comments.forms import MAX_ID, SentenceForm
from comments.models import Clause


class PolicyChanged(Exception):
    """The clause was chosen from an earlier version of the policy. `number` is what it has now; "" where it is gone."""

    def __init__(self, number):
        self.number = number
        super().__init__(
            "The policy has changed since you opened this: its clauses stand below as they read now. "
            "Look at the one that is chosen, and send it again."
        )

    def typed(self, sent):
        """What was sent, with the clause under the number that it has now."""
        typed = sent.copy()
        typed["clause"] = str(self.number)
        return typed


class ClauseForm(SentenceForm):
    """A form in which a clause may be chosen."""

    # The number of the policy that the clause was chosen from; without it, of the one in force.
    policy = forms.IntegerField(required=False, min_value=1, max_value=MAX_ID)
    clause = forms.IntegerField(required=False, min_value=1, max_value=MAX_ID)

    @cached_property
    def clauses(self) -> dict[int, Clause]:
        """Those of the policy in force by their numbers. One query, where any is asked for."""
        return {clause.number: clause for clause in Clause.in_force()}

    def clean_clause(self):
        """The clause of the policy in force that has this number. Raises PolicyChanged."""
        number, chosen_from = self.cleaned_data["clause"], self.cleaned_data.get("policy")
        if number is None:
            return None
        if chosen_from and not any(each.policy.number == chosen_from for each in self.clauses.values()):
            then = Clause.objects.filter(policy__number=chosen_from, number=number).first()
            now = {clause.line: clause.number for clause in self.clauses.values()}
            raise PolicyChanged(now.get(then.line, "") if then else "")
        if number not in self.clauses:
            raise forms.ValidationError(f"The policy has no clause {number}.")
        return self.clauses[number]
