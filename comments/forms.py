"""What readers write, and choose to be told; and what other forms of the discussion share."""

from django import forms
from django.conf import settings
from django.db import transaction

from comments import facts, nudges, screening
from comments.models import Comment, Preference, Status
from comments.models.preference import FIXED, OF_ADMINISTRATORS, How, Kind
from healthnews import markup

MAX_ID = 2**63 - 1


class PlainTextField(forms.CharField):
    """Text as typed, without what no keyboard types. The length is counted as the person sees it."""

    widget = forms.Textarea

    def to_python(self, value):
        """Tidied before any validator looks."""
        return super().to_python(markup.tidy(value) if value else value)


def one_line(text: str) -> str:
    """What is typed into one line, without what no keyboard types."""
    return " ".join(markup.tidy(text).split())


class SentenceForm(forms.Form):
    """A form whose errors are said together, in a place of its page."""

    @property
    def sentences(self) -> list[str]:
        """All that is wrong."""
        return [str(error) for errors in self.errors.values() for error in errors]

    @property
    def sentence(self) -> str:
        """The same in one line."""
        return " ".join(self.sentences)


class CommentForm(forms.Form):
    """A comment, or an answer to one that can be read here."""

    body = PlainTextField(label="Your comment", error_messages={"required": "Write something first."})
    parent = forms.IntegerField(required=False, min_value=1, max_value=MAX_ID, widget=forms.HiddenInput)
    # The warning that the author says to have read.
    acknowledge = forms.IntegerField(required=False, min_value=1, max_value=MAX_ID)
    confirm = forms.BooleanField(required=False)  # sent after a nudge: they know, and send it

    def __init__(self, *args, article, author=None, thread=None, **kwargs):
        self.article, self.author, self.thread = article, author, thread
        super().__init__(*args, **kwargs)

    def clean_body(self):
        """At most HN_COMMENT_LENGTH characters."""
        body = self.cleaned_data["body"]
        over = len(body) - settings.HN_COMMENT_LENGTH
        if over > 0:
            raise forms.ValidationError(
                f"This is {over:,} character{'s' if over > 1 else ''} too long; "
                f"a comment has at most {settings.HN_COMMENT_LENGTH:,}."
            )
        return body

    def clean_parent(self):
        """The comment that is answered: one of this article that everybody can read."""
        pk = self.cleaned_data["parent"]
        if pk is None:
            return None
        parent = Comment.objects.answerable().filter(article=self.article, pk=pk).first()
        if parent is None:
            raise forms.ValidationError("The comment that you are answering is no longer there.")
        return parent

    def save(self) -> Comment:
        """Screen and store it; the same text sent twice is the comment that already exists.

        Raises TooFast, MayNotWrite; and Nudged, once, when there is something that the author may want to know first.
        """
        body, parent = self.cleaned_data["body"], self.cleaned_data["parent"]
        with transaction.atomic():
            # One after the other for each author, so that a double click and the pace are seen.
            standing = facts.check_standing(
                self.author, acknowledged=self.cleaned_data["acknowledge"], text=body
            )
            recent = facts.recent_of(self.author)
            if twin := facts.same_again(recent, article=self.article, parent=parent, body=body):
                return Comment.objects.get(pk=twin)
            if not self.author.is_moderator:
                facts.check_pace(
                    recent, a_minute=settings.HN_POSTS_A_MINUTE, an_hour=settings.HN_POSTS_AN_HOUR
                )
            known = facts.gather(
                article=self.article,
                author=self.author,
                text=body,
                recent=recent,
                standing=standing,
                thread=self.thread,
            )
            verdict = screening.screen(known)
            asks = not self.cleaned_data["confirm"] and not self.author.is_newsroom
            if asks and (found := nudges.before_sending(body, verdict)):
                raise nudges.Nudged(found)
            return Comment.submit(
                article=self.article,
                by=self.author,
                body=body,
                parent=parent,
                verdict=verdict,
                may_be_expert=known.has_credential,
            )


class EditForm(CommentForm):
    """A new text for a comment of one's own. The version tells whether it still is the one that was opened.

    Our page sends it. Who sends the text alone, by a program of their own, changes what is there now.
    """

    parent = None
    version = forms.IntegerField(required=False, min_value=1, max_value=MAX_ID, widget=forms.HiddenInput)

    def __init__(self, *args, comment, **kwargs):
        self.comment = comment
        super().__init__(*args, article=comment.article, author=comment.author, **kwargs)

    def save(self):
        """Screen and store the new text. Raises what `Comment.edit()` raises, and MayNotWrite.

        And Nudged, once, when there is something new in it that the author may want to know first.
        """
        body, before = self.cleaned_data["body"], self.comment.text_to_decide
        # What was given back may be sent again as it is: its author can say no more than that.
        if body == before.body and self.comment.status != Status.RETURNED:
            return None
        version = self.cleaned_data["version"] or self.comment.version
        with transaction.atomic():
            standing = facts.check_standing(
                self.author, acknowledged=self.cleaned_data["acknowledge"], text=body
            )
            known = facts.gather(
                article=self.article, author=self.author, text=body, standing=standing, but=self.comment
            )
            verdict = screening.screen(known)
            asks = not self.cleaned_data["confirm"] and not self.author.is_newsroom
            # Who cannot save it is told that, and asked nothing.
            asks = asks and version == self.comment.version and not self.comment.why_not_editable()
            if asks and (found := nudges.before_sending(body, verdict, before.plain)):
                raise nudges.Nudged(found)
            return self.comment.edit(body, by=self.author, verdict=verdict, version=version)


class PreferencesForm(forms.Form):
    """How each kind of notice is mailed; those that nobody may miss are shown, and not asked."""

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        for kind, how in Preference.of(user).items():
            if kind not in FIXED and (kind not in OF_ADMINISTRATORS or user.is_administrator):
                self.fields[kind] = forms.ChoiceField(
                    label=Kind(kind).label,
                    choices=How.choices,
                    initial=how,
                    error_messages={
                        "required": "Choose when.",
                        "invalid_choice": "Choose one of these three.",
                    },
                )

    def save(self) -> None:
        """Store what was chosen."""
        Preference.choose(self.user, self.cleaned_data)
