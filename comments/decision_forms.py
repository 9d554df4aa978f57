"""What a moderator decides: about one comment, or about several together."""

import re
import time

from django import forms
from django.conf import settings

from comments import states
from comments.clause_form import ClauseForm
from comments.forms import MAX_ID, PlainTextField
from comments.models import Action, Appeal, CannedReply, Decision, MovedMeanwhile
from comments.models.deciding import Act
from comments.screening import PERSONAL_DATA

MAX_SECONDS = 24 * 3600  # a card that stood open for longer says nothing about the decision


class SpansField(forms.Field):
    """Ticked stretches of a text, each as `start-end` in code points."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value):
        """[(start, end), …]; whether they lie in the text is looked at where the text is."""
        spans = []
        for each in value or []:
            start, _, end = each.partition("-")
            if not (start.isdecimal() and end.isdecimal() and each.isascii() and len(each) < 20):
                raise forms.ValidationError("What is to be taken out could not be read: mark it again.")
            spans.append((int(start), int(end)))
        return spans


class RedactionsField(forms.JSONField):
    """`[[start, end], …]` in code points; whether they lie in the text is looked at where the text is."""

    MOST, LENGTH = 200, 20_000  # spans, characters

    def to_python(self, value):
        """A list of pairs of whole numbers."""
        unreadable = forms.ValidationError(self.error_messages["invalid"])
        if isinstance(value, str) and len(value) > self.LENGTH:
            raise unreadable
        try:
            marked = super().to_python(value) or []
        except (ValueError, RecursionError):  # a number of thousands of digits, a list in a list in a list …
            raise unreadable from None
        pairs = isinstance(marked, list) and len(marked) <= self.MOST and all(map(_is_pair, marked))
        if not pairs:
            raise unreadable
        return marked


def _is_pair(each) -> bool:
    return isinstance(each, list) and len(each) == 2 and all(type(n) is int for n in each)


class DecisionForm(ClauseForm):
    """What a moderator decides about one comment. The comment's version tells whether it still is the one read."""

    NO_REPLY = "-"  # in the field of the canned reply: none, not even the clause's usual one

    action = forms.ChoiceField(
        choices=[(action, action) for action in states.STAFF],
        error_messages={"required": "Choose what to do."},
    )
    version = forms.IntegerField(min_value=1, max_value=MAX_ID)
    canned_reply = forms.SlugField(required=False)
    reply = PlainTextField(required=False)
    message = PlainTextField(required=False, max_length=5_000)
    note = PlainTextField(required=False, max_length=5_000)
    answer = forms.BooleanField(required=False)  # sent by the form that answers: then there must be an answer
    appeal = forms.BooleanField(
        required=False
    )  # by the one that answers an appeal: who is denied is told why
    outcome = forms.ChoiceField(
        required=False, choices=[("", ""), *states.CRISIS_OUTCOMES.items()]
    )  # of an emergency
    redactions = RedactionsField(
        required=False,
        error_messages={"invalid": "What is to be taken out could not be read: mark it again."},
    )
    # The same without script: stretches that were ticked (`start-end`), and words to be taken out wherever they stand.
    span = SpansField(required=False)
    take_out = PlainTextField(required=False, max_length=5_000)
    # Told by the page, for the numbers: how it was pressed, and when the card was opened (seconds since 1970).
    way = forms.ChoiceField(required=False, choices=Decision.Way)
    opened = forms.IntegerField(required=False, min_value=0, max_value=MAX_ID)

    def __init__(self, *args, comment, **kwargs):
        self.comment = comment
        super().__init__(*args, **kwargs)

    def clean_canned_reply(self):
        """The canned reply of that key."""
        key = self.cleaned_data["canned_reply"]
        if not key or key == self.NO_REPLY:
            return None
        canned = CannedReply.objects.filter(key=key, is_active=True).first()
        if canned is None:
            raise forms.ValidationError("This canned reply is no longer in use.")
        return canned

    def clean_reply(self):
        """A public answer has the length of a comment."""
        reply = self.cleaned_data["reply"]
        if len(reply) > settings.HN_COMMENT_LENGTH:
            raise forms.ValidationError(f"An answer has at most {settings.HN_COMMENT_LENGTH:,} characters.")
        return reply

    def clean_take_out(self):
        """Where the words of each line stand in the text: [(start, end), …]."""
        lines = dict.fromkeys(filter(None, map(str.strip, self.cleaned_data["take_out"].splitlines())))
        text = self.comment.text_to_decide.plain if lines else ""
        spans = []
        for words in lines:
            found = [each.span() for each in re.finditer(re.escape(words), text)]
            if not found:
                raise forms.ValidationError(f"“{words}” does not stand in the comment like this.")
            spans += found
        return spans

    def clean(self):
        """A canned reply chosen without a text of one's own is filled in here: that is the one keystroke."""
        data = super().clean()
        if data.get("action") != Action.PUBLISH_REDACTED:
            data["redactions"] = []
        elif not self.errors:
            data["redactions"] = [*data["redactions"], *data["span"], *data["take_out"]]
            data["clause"] = data["clause"] or self.clauses.get(CannedReply.clause_about(PERSONAL_DATA))
        canned = self._usual_reply()
        if canned and not data.get("reply") and not data.get("message"):
            text = fill(canned, self.comment, self._clause_for(canned))
            is_answer = canned.purpose == CannedReply.Purpose.PUBLIC_ANSWER
            public = is_answer and data.get("action") in states.WITH_ANSWER
            data["reply" if public else "message"] = text
        if data.get("answer") and not data.get("reply") and not self.errors:
            raise forms.ValidationError("Choose a canned reply, or write the answer.")
        if self._denies(data) and not data.get("message") and not self.errors:
            raise forms.ValidationError("Say why the appeal is denied: whoever appealed is told.")
        if not self.errors:
            self._hold_to_outcome(data)
        return data

    def _denies(self, data) -> bool:
        """Whether the form that answers an appeal denies it: of who reported it also by publishing what waits again."""
        if not data.get("appeal") or data.get("action") != Action.PUBLISH:
            return bool(data.get("appeal")) and data.get("action") in {Action.UPHOLD, Action.KEEP}
        waiting = Appeal.objects.filter(decision__comment=self.comment, answered_by__isnull=True)
        by_others = waiting.exclude(by=self.comment.author_id)
        return self.comment.status == states.PENDING and by_others.exists()

    def _hold_to_outcome(self, data) -> None:
        """An emergency was answered, or its author pointed to help, only if something is sent; the latter is done here."""
        sent = data["reply"] or data["message"]
        if data["outcome"] == states.ANSWERED and not sent:
            raise forms.ValidationError(
                "“Answered” is for an emergency that is answered: write to the author, or answer under the comment."
            )
        if data["outcome"] != states.SIGNPOSTED or data["message"]:
            return
        signpost = None
        if self.comment.author_id and self.data.get("canned_reply") != self.NO_REPLY:
            signpost = CannedReply.signpost()
        if signpost:
            data["message"] = fill(signpost, self.comment, self._clause_for(signpost))
            data["canned_reply"] = data["canned_reply"] or signpost
        elif not sent:
            raise forms.ValidationError("“Pointed to help” needs words that do it: write to the author.")

    def _usual_reply(self):
        """The canned reply that was chosen; where there is neither one nor a message, the usual one of the clause."""
        data = self.cleaned_data
        asked = not data.get("message") and self.data.get("canned_reply") != self.NO_REPLY
        clause = data.get("clause") if data.get("action") in states.NEEDS_CLAUSE else None
        if asked and clause and data.get("canned_reply") is None and not self.errors:
            data["canned_reply"] = clause.usual_message()
        return data.get("canned_reply")

    def _clause_for(self, canned):
        """The clause that was chosen, else the one that the canned reply belongs to."""
        return self.cleaned_data.get("clause") or self.clauses.get(canned.clause_number)

    def why(self) -> dict:
        """What `deciding.Act` takes besides the action and who decides."""
        data = self.cleaned_data
        opened = data["opened"]
        seconds = int(time.time()) - opened if opened else None
        return {
            "clause": data["clause"],
            "canned_reply": data["canned_reply"],
            "note": data["note"],
            "outcome": data["outcome"],
            "redactions": tuple(map(tuple, data["redactions"])),
            "way": data["way"],
            "seconds": seconds if seconds is not None and 0 <= seconds <= MAX_SECONDS else None,
        }

    def save(self, *, by):
        """Decide. Raises what `Comment.decide()` raises."""
        data = self.cleaned_data
        return self.comment.decide(
            data["action"],
            by=by,
            version=data["version"],
            message=data["message"],
            reply=data["reply"],
            **self.why(),
        )

    def act(self, *, by) -> Act:
        """What is decided."""
        return Act(self.cleaned_data["action"], by=by, **self.why())

    def why_refused(self) -> str:
        """What is wrong, in one line. Raises MovedMeanwhile instead where that explains it: the text is another now."""
        if self.cleaned_data.get("version") not in {None, self.comment.version}:
            raise MovedMeanwhile(self.comment)
        return self.sentence


class BulkForm(DecisionForm):
    """One decision about several comments, each with its own version; a canned message is filled in for each."""

    version = reply = answer = appeal = redactions = span = take_out = outcome = opened = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, comment=None, **kwargs)

    def clean(self):
        """The messages are made for each comment, in `messages`."""
        self._usual_reply()
        return self.cleaned_data

    def why(self) -> dict:
        """As for one, but in bulk."""
        data = self.cleaned_data
        names = ("clause", "canned_reply", "note")
        return {name: data[name] for name in names} | {"way": Decision.Way.BULK}

    def messages(self, comments) -> dict[int, str]:
        """What the author of each is told, by the comment's id."""
        data = self.cleaned_data
        canned = data["canned_reply"]
        if data["message"] or canned is None:
            return dict.fromkeys((comment.pk for comment in comments), data["message"])
        clause = self._clause_for(canned)
        return {comment.pk: fill(canned, comment, clause) for comment in comments}


def fill(canned, comment, clause=None) -> str:
    """The canned reply as it reads for this very comment, under the clause that it is given by, if any."""
    return canned.filled(
        name=comment.name,
        article=comment.article.title,
        clause=str(clause) if clause else "",
        policy=f"{settings.SITE_URL}{clause.get_absolute_url() if clause else '/comments-policy/'}",
    )
