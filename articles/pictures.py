"""A picture in the widths and formats that browsers choose from. Pure: a picture in, bytes out.

Qualities were chosen by eye, at twice their size, on drawings and photographs: below these, small dots and the edges
of type begin to smear. AVIF weighs about half of the JPEG.
"""

import io
from collections.abc import Iterator

from PIL import Image as Pixels

# Pixels; those that our layouts need on screens of one, two and three pixels a point (templatetags/pictures.py).
WIDTHS = (160, 320, 480, 800, 1080, 1440, 1920)
WORTH_IT = 1.2  # the original's own width is added when it is this much wider than the widest of them
TYPES = {"avif": "image/avif", "webp": "image/webp", "jpeg": "image/jpeg"}  # best first
ENDINGS = {"avif": "avif", "webp": "webp", "jpeg": "jpg"}
_OPTIONS = {
    # One thread: beside the web server of a small machine, a job may have one core and not all.
    "avif": {"quality": 62, "speed": 7, "max_threads": 1},
    "webp": {"quality": 78, "method": 4},
    "jpeg": {"quality": 78, "progressive": True, "optimize": True},
}


def widths_for(width: int) -> list[int]:
    """The widths to make of a picture so wide, ascending: never wider than itself, and at least one."""
    widths = [each for each in WIDTHS if each <= width]
    if not widths or (widths[-1] < WIDTHS[-1] and width >= widths[-1] * WORTH_IT):
        widths.append(width)
    return widths


def make(file) -> Iterator[tuple[str, int, bytes]]:
    """(format, width, bytes) of each rendition of the picture in `file`; no JPEG of one that has transparency.

    Raises OSError for what is no picture.
    """
    with Pixels.open(file) as opened:
        transparent = "A" in opened.getbands() or "transparency" in opened.info
        picture = opened.convert("RGBA" if transparent else "RGB")
    for width in widths_for(picture.width):
        height = max(1, round(picture.height * width / picture.width))
        small = picture
        if width != picture.width:
            small = picture.resize((width, height), Pixels.Resampling.LANCZOS, reducing_gap=3.0)
        for format, options in _OPTIONS.items():
            if format == "jpeg" and transparent:
                continue
            out = io.BytesIO()
            small.save(out, format.upper(), **options)
            yield format, width, out.getvalue()
