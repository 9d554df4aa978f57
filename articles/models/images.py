"""The image library. Every file is decoded and written anew: what was hidden in it, EXIF and GPS, is gone."""

import io
import secrets
import struct
import warnings
import zlib
from pathlib import PurePosixPath

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import models, transaction
from PIL import Image as Pixels
from PIL import ImageCms, ImageOps, UnidentifiedImageError

from articles import jobs, pictures
from articles.models.site import SiteState

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 50_000_000
MAX_SIDE = 2400  # pixels of the stored file's longer side
FORMATS = ("JPEG", "PNG", "WEBP")
# What Pillow's readers raise on mangled files; struct.error for seven bytes of EXIF.
BROKEN = (OSError, ValueError, SyntaxError, struct.error, zlib.error, LookupError, TypeError)


class Focus(models.TextChoices):
    """What stays in sight where a picture is cut to fit: most are cut on two sides only, so one word is enough."""

    __empty__ = "The middle"
    TOP = "top", "The top"
    BOTTOM = "bottom", "The bottom"
    LEFT = "left", "The left side"
    RIGHT = "right", "The right side"


class Image(models.Model):
    """A picture with what has to be said about it. How it is used (alt, caption) may differ in each article."""

    file = models.ImageField(upload_to="images/%Y/%m", width_field="width", height_field="height")
    width = models.PositiveIntegerField(editable=False)
    height = models.PositiveIntegerField(editable=False)
    title = models.CharField(max_length=200, help_text="To find it again; readers never see it.")
    alt = models.CharField(
        "alternative text",
        max_length=400,
        blank=True,
        help_text="What the picture shows, for those who cannot see it. Empty only if it is mere decoration.",
    )
    caption = models.CharField(max_length=400, blank=True)
    focus = models.CharField(
        "keep in sight",
        max_length=10,
        choices=Focus,
        blank=True,
        default="",
        help_text="Lists and portraits show a part of the picture. This part stays.",
    )
    credit = models.CharField(max_length=200, help_text="Who made it, as it shall be printed.")
    licence = models.CharField(max_length=120, help_text="On which terms we may use it, e.g. CC BY 4.0.")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    # {"avif": {"320": bytes of the file, …}, "webp": …, "jpeg": …}; {} until the job has made them. A column, not
    # a table: names of files follow from it, and no page asks the database for them.
    renditions = models.JSONField(default=dict, editable=False)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["file"], name="image_file")]  # texts name pictures by their files

    def __str__(self):
        return self.title

    def save(self, *args, **kwargs):
        """Store; a new picture's renditions are made by a job, a change of its words shows on every page."""
        with transaction.atomic():
            new = self._state.adding
            super().save(*args, **kwargs)
            if new:
                jobs.make_renditions.defer(image_id=self.pk)
            else:
                SiteState.bump()

    @classmethod
    def by_url(cls, urls) -> dict[str, "Image"]:
        """Those of the addresses that are pictures of the library, in one query; none when there are no addresses."""
        begin = cls._meta.get_field("file").storage.url("")
        names = {url.removeprefix(begin) for url in urls if url.startswith(begin)}
        return {image.file.url: image for image in cls.objects.filter(file__in=names)} if names else {}

    def make_renditions(self) -> int:
        """Write all widths and formats anew, record them together, renew the pages. Returns how many.

        The names follow from the picture: what a killed run left is written over by the next. Raises one of BROKEN
        when the stored file is not there or cannot be read.
        """
        with self.file.open() as file:
            made = list(pictures.make(file))
        with transaction.atomic():
            # Two runs at once would find each other's files; readers and foreign keys do not wait for this lock.
            before = Image.objects.select_for_update(no_key=True).get(pk=self.pk).rendition_names()
            self.renditions = {}
            for format, width, data in made:
                name = self._stem + _ending(format, width)
                self.file.storage.delete(name)
                self.file.storage.save(name, ContentFile(data))
                self.renditions.setdefault(format, {})[str(width)] = len(data)
            Image.objects.filter(pk=self.pk).update(renditions=self.renditions)
            SiteState.bump()
        for name in before - self.rendition_names():  # of widths that are made no longer
            self.file.storage.delete(name)
        return len(made)

    @property
    def _stem(self) -> str:
        """How the names of its renditions begin; as random as the picture's own, which caches rely on."""
        return f"renditions/{self.pk}/{PurePosixPath(self.file.name).stem}"

    def rendition_names(self) -> set[str]:
        """The names that its renditions have in the storage."""
        return {
            self._stem + _ending(format, width) for format, each in self.renditions.items() for width in each
        }

    def rendition_urls(self, format: str) -> list[tuple[int, str]]:
        """(width, address) of the renditions of that format, narrowest first; none until they are made."""
        widths = sorted(map(int, self.renditions.get(format, ())))
        begin = self.file.storage.url(self._stem) if widths else ""
        return [(width, begin + _ending(format, width)) for width in widths]

    @property
    def thumbnail_url(self) -> str:
        """The lightest file that shows it: for lists in the admin."""
        small = self.rendition_urls("webp")
        return small[0][1] if small else self.file.url


def _ending(format: str, width: int | str) -> str:
    return f"-{width}.{pictures.ENDINGS[format]}"


def reencode(upload) -> ContentFile:
    """The uploaded picture, decoded and written anew as JPEG (PNG where it has transparency), without metadata.

    Raises ValidationError in words when it is too large, not a JPEG, PNG or WebP, or broken.
    """
    if upload.size > MAX_BYTES:
        raise ValidationError(f"This file is larger than {MAX_BYTES // 1024 // 1024} MB.")
    picture = _decoded(upload)
    transparent = picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info
    picture = _in_plain_colours(picture, "RGBA" if transparent else "RGB")
    picture.thumbnail((MAX_SIDE, MAX_SIDE))
    if transparent and picture.getchannel("A").getextrema() == (255, 255):  # it only could be, as screenshots
        picture, transparent = picture.convert("RGB"), False
    clean = Pixels.new(picture.mode, picture.size)
    clean.paste(picture)
    out = io.BytesIO()
    if transparent:
        clean.save(out, "PNG", optimize=True)
    else:
        clean.save(out, "JPEG", quality=86, progressive=True, optimize=True)
    return ContentFile(out.getvalue(), f"{secrets.token_hex(8)}.{'png' if transparent else 'jpg'}")


def _decoded(upload) -> Pixels.Image:
    """The picture, upright. Its size is looked at before anything is unpacked."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about its EXIF, which goes anyway
            warnings.simplefilter("error", Pixels.DecompressionBombWarning)
            picture = Pixels.open(upload, formats=FORMATS)
            if picture.width * picture.height > MAX_PIXELS:
                raise ValidationError(f"This picture has more than {MAX_PIXELS // 1_000_000} million pixels.")
            picture.load()
            return ImageOps.exif_transpose(picture)
    except (Pixels.DecompressionBombError, Pixels.DecompressionBombWarning):
        raise ValidationError(
            f"This picture has more than {MAX_PIXELS // 1_000_000} million pixels."
        ) from None
    except UnidentifiedImageError:
        raise ValidationError("This is not a JPEG, PNG or WebP picture that we can read.") from None
    except BROKEN:
        raise ValidationError("This picture is broken: it cannot be read to its end.") from None


def _in_plain_colours(picture: Pixels.Image, mode: str) -> Pixels.Image:
    """In `mode`, in sRGB: a profile is metadata too, and without its own a picture would change its colours."""
    if picture.mode.startswith("I"):  # 16 bits a pixel, which Pillow would cut off at 255 instead of scaling
        picture = picture.point(lambda value: value / 256).convert("L")
    profile = picture.info.get("icc_profile")
    if profile and picture.mode in {"RGB", "RGBA", "CMYK"}:
        try:
            own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            return ImageCms.profileToProfile(picture, own, ImageCms.createProfile("sRGB"), outputMode=mode)
        except (ImageCms.PyCMSError, OSError, ValueError):
            return picture.convert(mode)  # a profile that cannot be read: as if it had none
    return picture.convert(mode)
