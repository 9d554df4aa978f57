"""The image library."""

from django.contrib import admin
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.html import format_html, format_html_join

from articles.forms import ImageForm
from articles.models import Article, Draft, Image, Person
from healthnews.admin_site import DeskAdmin

SHOWN = 20  # places named on an image's page


@admin.register(Image)
class ImageAdmin(DeskAdmin):
    """Upload once, use anywhere. A file is never replaced: what is live would change."""

    form = ImageForm
    list_display = ["thumbnail", "title", "credit", "licence", "in_use", "uploaded_at"]
    list_display_links = ["thumbnail", "title"]
    search_fields = ["title", "alt", "credit"]
    readonly_fields = ["picture", "where_used", "uploaded_at", "uploaded_by"]

    def get_queryset(self, request):
        """With whether anything shows it."""
        here = {name: OuterRef("pk") for name in ("lead_image", "photo")}
        used = (
            Exists(Article.objects.filter(lead_image=here["lead_image"]))
            | Exists(Draft.objects.filter(lead_image=here["lead_image"]))
            | Exists(Person.objects.filter(photo=here["photo"]))
        )
        return super().get_queryset(request).select_related("uploaded_by").annotate(used=used)

    def get_fields(self, request, obj=None):
        """The file when it is new; the picture and where it is used afterwards."""
        words = ["title", "alt", "caption", "focus", "credit", "licence"]
        return ["picture", *words, "where_used", "uploaded_at", "uploaded_by"] if obj else ["file", *words]

    def get_readonly_fields(self, request, obj=None):
        """None of the computed ones while there is nothing to show."""
        return super().get_readonly_fields(request, obj) if obj else []

    def save_model(self, request, obj, form, change):
        """Note who brought it."""
        if not change:
            obj.uploaded_by = request.user
        super().save_model(request, obj, form, change)

    @admin.display(description="picture")
    def thumbnail(self, image):
        """The picture, small."""
        return format_html(
            '<img class="thumb" src="{}" alt="{}" width="96" loading="lazy">',
            image.thumbnail_url,
            image.title,
        )

    @admin.display(description="picture")
    def picture(self, image):
        """The picture, its size, and whether the job has made its widths."""
        widths = [str(width) for width, _ in image.rendition_urls("webp")]
        return format_html(
            '<img class="picture" src="{}" alt="{}" width="{}" height="{}"><br>{} × {} pixels. {}',
            image.file.url,
            image.alt or image.title,
            image.width,
            image.height,
            image.width,
            image.height,
            f"Made for screens: {', '.join(widths)} wide."
            if widths
            else "Its sizes for screens are being made.",
        )

    @admin.display(description="in use", boolean=True)
    def in_use(self, image):
        """Whether an article, a draft or a person shows it."""
        return image.used

    @admin.display(description="where used")
    def where_used(self, image):
        """Links to what shows it, SHOWN of each kind at most."""
        drafts = Draft.objects.filter(Q(lead_image=image) | Q(article__lead_image=image)).only("title")
        places = [
            (reverse("admin:articles_draft_change", args=[draft.pk]), draft.title) for draft in drafts[:SHOWN]
        ]
        people = Person.objects.filter(photo=image)[:SHOWN]
        places += [
            (reverse("admin:articles_person_change", args=[person.pk]), person.name) for person in people
        ]
        return format_html_join(", ", '<a href="{}">{}</a>', places) or "Nowhere yet."
