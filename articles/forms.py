"""The forms of the writing desk."""

from django import forms
from django.contrib.admin.widgets import AdminURLFieldWidget
from django.utils import timezone
from django.utils.text import slugify
from django_prose_editor.widgets import AdminProseEditorWidget, prose_editor_admin_media
from js_asset import ImportMap, Media, Script

from articles import dates
from articles.dropped import dropped
from articles.models import Article, Draft, DraftByline, Image, Person, Tag, TooLate, Version
from articles.models.images import reencode
from healthnews import markup
from healthnews.admin_site import NamedRows, Picker, TidyForm

MOST_TAGS = 8  # more help nobody to find anything; a warning, not a wall


class BodyEditor(AdminProseEditorWidget):
    """The prose editor as articles need it; what it offers is written in admin-editor.js. A text area without script."""

    def __init__(self, attrs=None):
        super().__init__({"rows": 24, "data-desk-editor": ""} | (attrs or {}))

    @property
    def media(self):
        """Its own start, because the package's cannot be told to leave its inline style away (our policy forbids it)."""
        script = Script("healthnews/js/admin-editor.js", type="module")
        paste = ImportMap({"desk/paste": "healthnews/js/admin-paste.js"})
        return prose_editor_admin_media + Media(js=[script], importmap=paste)

    def get_context(self, name, value, attrs):
        """Without the attribute that the package's own start looks for."""
        return super(AdminProseEditorWidget, self).get_context(name, value, attrs)


class DraftForm(TidyForm):
    """A draft. `revision` is the edit lock: a form opened before somebody else saved is shown again, with both texts."""

    kind = forms.ChoiceField(
        choices=Article.Kind,
        required=False,
        initial=Article.Kind.ARTICLE,
        help_text="A page stands outside all lists and feeds. It cannot be changed later.",
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)

    class Meta:
        model = Draft
        fields = [
            "title",
            "dek",
            "slug",
            "body",
            "lead_image",
            "lead_alt",
            "lead_decorative",
            "lead_caption",
            "tags",
        ]
        labels = {"dek": "Under the headline"}
        widgets = {"body": BodyEditor, "dek": forms.Textarea(attrs={"rows": 2, "class": "vLargeTextField"})}

    # Set when somebody else saved in between: what they saved.
    theirs: Draft | None = None
    dropped = ""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields.pop("kind", None)
            self.initial["revision"] = self.instance.revision
            if self.instance.article.edition and "slug" in self.fields:
                self.fields["slug"].disabled = True
                self.fields["slug"].help_text = "The address of a published article stays as it is."

    def clean_slug(self):
        """The address; refused when another article has it."""
        slug = self.cleaned_data["slug"]
        if slug and Article.objects.filter(slug=slug).exclude(pk=self.instance.article_id).exists():
            raise forms.ValidationError("Another article has this address.")
        return slug

    def clean_body(self):
        """The body as an article may hold it; what had to go is kept in `dropped`, in words."""
        body = self.cleaned_data["body"]
        clean = markup.article_body(body)
        self.dropped = dropped(body, clean)
        return clean

    def clean(self):
        """Refuse what was opened before somebody else saved."""
        cleaned = super().clean()
        if self.instance.pk:
            revision = cleaned.get("revision")
            try:
                self.instance.hold(-1 if revision is None else revision)
            except TooLate as error:
                self.show_theirs(str(error))
        return cleaned

    def show_theirs(self, message: str) -> None:
        """Say who was first; the next save of this form replaces what they saved, for now it has been seen."""
        self.theirs = Draft.objects.select_related("edited_by").get(pk=self.instance.pk)
        self.data = self.data.copy()
        self.data[self.add_prefix("revision")] = self.theirs.revision
        self.add_error(
            None,
            f"{message} Nothing of yours was saved and nothing is lost: it stands below, beside what they saved. "
            "Take over what you want to keep of theirs; saving again replaces theirs with yours.",
        )


class RowsAnew(NamedRows):
    """The rows of the form are the rows of the draft: all are written anew at each save.

    So it does not matter which of them somebody else removed meanwhile. A row without a number takes its place.
    """

    def __init__(self, data=None, *args, **kwargs):
        if data is not None:
            prefix = kwargs.get("prefix") or self.get_default_prefix()
            data = data.copy()
            data[f"{prefix}-INITIAL_FORMS"] = "0"
            for key in [key for key in data if key.startswith(f"{prefix}-") and key.endswith("-id")]:
                del data[key]
        super().__init__(data, *args, **kwargs)

    def clean(self):
        """Number the rows that have no number."""
        super().clean()
        for place, form in enumerate(self.forms, 1):
            if getattr(form, "cleaned_data", None) and form.instance.position is None:
                form.instance.position = place

    def save(self, commit=True):
        """Replace the rows."""
        type(self).model.objects.filter(**{self.fk.name: self.instance}).delete()
        return super().save(commit)


class RowForm(TidyForm):
    """A byline or a source; its number may be left out."""

    position = forms.IntegerField(
        label="No.",
        required=False,
        min_value=0,
        max_value=999,
        widget=forms.NumberInput(
            attrs={"class": "vPositionField", "placeholder": "auto", "aria-label": "Number"}
        ),
    )


class SourceForm(RowForm):
    """A source; a link typed without its scheme is taken for https."""

    url = forms.URLField(
        label="Link", max_length=500, required=False, assume_scheme="https", widget=AdminURLFieldWidget
    )


class NamedForm(TidyForm):
    """Something with a name and an address: the address is made from the name unless typed."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False
            self.fields["slug"].help_text = "Its address. Empty: made from the name."

    def clean(self):
        """Fill in the address."""
        cleaned = super().clean()
        if "slug" in self.fields and not cleaned.get("slug") and "slug" not in self.errors:
            length = self.fields["slug"].max_length
            base = slugify(cleaned.get("name", ""))[: length - 8] or self._meta.model._meta.model_name
            taken = set(
                self._meta.model.objects.filter(slug__startswith=base)
                .exclude(pk=self.instance.pk)
                .values_list("slug", flat=True)
            )
            numbered = (base if count == 1 else f"{base}-{count}" for count in range(1, len(taken) + 2))
            cleaned["slug"] = next(slug for slug in numbered if slug not in taken)
        return cleaned


class PersonForm(NamedForm):
    """A public byline."""

    class Meta:
        model = Person
        fields = ["name", "slug", "post_nominals", "job_title", "bio", "photo", "user"]


class TagForm(NamedForm):
    """A topic; a spelling of one that exists is refused with its name."""

    class Meta:
        model = Tag
        fields = ["name", "slug", "description"]

    def clean_name(self):
        """The name; refused when it is another spelling of a tag that exists."""
        name = " ".join(self.cleaned_data["name"].split())
        same = Tag.objects.filter(key=Tag.make_key(name)).exclude(pk=self.instance.pk).first()
        if same:
            raise forms.ValidationError(f"That is the tag “{same.name}”, spelt differently.")
        return name


class ImageForm(TidyForm):
    """A picture. Its file is written anew as it comes in, and never replaced: live pages may show it."""

    # Not an ImageField: its own look at the file would speak before reencode() can say what is wrong.
    file = forms.FileField(
        label="Picture file",
        help_text="JPEG, PNG or WebP, up to 20 MB. Place, camera and all other hidden data are removed.",
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )

    class Meta:
        model = Image
        fields = ["file", "title", "alt", "caption", "focus", "credit", "licence"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields.pop("file", None)

    def clean_file(self):
        """The picture, decoded and written anew."""
        return reencode(self.cleaned_data["file"])


class PublishForm(forms.Form):
    """What the public is told about a change, and, the first time, from when on it can read it."""

    kind = forms.ChoiceField(label="What kind of change is this?", widget=forms.RadioSelect)
    note = forms.CharField(
        label="What has changed, in one sentence that readers see",
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    at = forms.DateTimeField(
        label="Publish at",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    edition = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, version: Version, *args, **kwargs):
        edition = version.article.edition
        super().__init__(*args, initial={"edition": edition}, **kwargs)
        self.edition_now = edition
        if edition:
            self.fields["kind"].choices = [
                choice for choice in Version.Kind.choices if choice[0] != dates.FIRST
            ]
            self.fields["note"].help_text = "Not needed for a typo."
            del self.fields["at"]
        else:
            del self.fields["kind"], self.fields["note"]
            zone = timezone.get_current_timezone_name()
            self.fields["at"].help_text = f"Empty: at once. Otherwise a time to come ({zone})."

    def clean_note(self):
        """The note, tidied."""
        return markup.tidy(self.cleaned_data["note"])[:400]

    def clean_at(self):
        """A time to come, or None for at once."""
        at = self.cleaned_data["at"]
        if at and at < timezone.now():
            raise forms.ValidationError("This time has passed. Leave it empty to publish at once.")
        return at

    def clean(self):
        """Refuse when something was published since this page was opened; what is shown with it is of now."""
        cleaned = super().clean()
        if cleaned.get("edition") != self.edition_now:
            self.data = self.data.copy()
            self.data["edition"] = self.edition_now
            self.add_error(
                None,
                "Another version was published since you opened this page. Look at the difference again.",
            )
        return cleaned

    @property
    def change(self) -> dict:
        """The arguments of Version.publish()."""
        return {
            "kind": self.cleaned_data.get("kind", dates.FIRST),
            "note": self.cleaned_data.get("note", ""),
            "at": self.cleaned_data.get("at"),
        }


class MoveForm(forms.Form):
    """Why an article is retired or brought back."""

    note = forms.CharField(
        label="Why? (for the newsroom)", max_length=400, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean_note(self):
        """The note, tidied; blanks alone are no reason."""
        note = markup.tidy(self.cleaned_data["note"]).strip()[:400]
        if not note:
            raise forms.ValidationError("Say why, in a few words.")
        return note


class ReviewForm(forms.Form):
    """Who has checked the article, and for how long that holds."""

    reviewer = forms.ModelChoiceField(Person.objects.all(), label="Who has checked it?")
    months = forms.IntegerField(
        label="Next review due in how many months?", min_value=1, max_value=60, initial=24
    )

    def __init__(self, site, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["reviewer"].widget = Picker(DraftByline._meta.get_field("person"), site)
        self.fields["reviewer"].widget.choices = self.fields["reviewer"].choices
