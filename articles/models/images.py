"""The image library. Every file is decoded and written anew: what was hidden in it, EXIF and GPS, is gone."""

import io
import secrets
import warnings

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import models
from PIL import Image as Pixels
from PIL import ImageOps, UnidentifiedImageError

MAX_BYTES = 20 * 1024 * 1024
MAX_PIXELS = 50_000_000
MAX_SIDE = 2400  # pixels of the stored file's longer side
FORMATS = ("JPEG", "PNG", "WEBP")


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
    credit = models.CharField(max_length=200, help_text="Who made it, as it shall be printed.")
    licence = models.CharField(max_length=120, help_text="On which terms we may use it, e.g. CC BY 4.0.")
    uploaded_at = models.DateTimeField(auto_now_add=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )

    class Meta:
        ordering = ["-pk"]

    def __str__(self):
        return self.title


def reencode(upload) -> ContentFile:
    """The uploaded picture, decoded and written anew as JPEG (PNG where it has transparency), without metadata.

    Raises ValidationError in words when it is too large, not a JPEG, PNG or WebP, or broken.
    """
    if upload.size > MAX_BYTES:
        raise ValidationError(f"This file is larger than {MAX_BYTES // 1024 // 1024} MB.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Pixels.DecompressionBombWarning)
            picture = Pixels.open(upload, formats=FORMATS)
            if picture.width * picture.height > MAX_PIXELS:
                raise ValidationError(f"This picture has more than {MAX_PIXELS // 1_000_000} million pixels.")
            picture.load()
    except (UnidentifiedImageError, Pixels.DecompressionBombError, Pixels.DecompressionBombWarning):
        raise ValidationError("This is not a JPEG, PNG or WebP picture that we can read.") from None
    except (OSError, ValueError, SyntaxError):
        raise ValidationError("This picture is broken: it cannot be read to its end.") from None
    picture = ImageOps.exif_transpose(picture)
    transparent = picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info
    picture = picture.convert("RGBA" if transparent else "RGB")
    picture.thumbnail((MAX_SIDE, MAX_SIDE))
    clean = Pixels.new(picture.mode, picture.size)
    clean.paste(picture)
    out = io.BytesIO()
    if transparent:
        clean.save(out, "PNG", optimize=True)
    else:
        clean.save(out, "JPEG", quality=86, progressive=True, optimize=True)
    return ContentFile(out.getvalue(), f"{secrets.token_hex(8)}.{'png' if transparent else 'jpg'}")
