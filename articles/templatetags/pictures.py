"""Pictures as pages print them: the browser chooses width and format, and knows the space before the file is there."""

from django import template
from django.template.loader import render_to_string

from articles import pictures
from articles.models import Image
from healthnews import markup

register = template.Library()

# For each place: how wide the picture is drawn there, in all layouts (css/articles.css), and the widths that serve it
# on screens of one to three pixels a point. Boxes cut pictures to fit, so some draw them wider than they are.
PLACES = {
    "lead": ("(min-width: 66rem) 61.5rem, (min-width: 46rem) 42rem, 92vw", 320, 1920),
    "page": ("(min-width: 46rem) 42rem, 92vw", 320, 1440),
    "card--lead": ("(min-width: 79rem) 43rem, (min-width: 56rem) 54vw, 95vw", 320, 1440),
    "card": ("(min-width: 79rem) 25rem, (min-width: 66rem) 31vw, (min-width: 43.5rem) 47vw, 95vw", 320, 1440),
    "row": ("(min-width: 44rem) 10.5rem, 9.5rem", 160, 480),
    "photo": ("{width}px", 160, 480),
}


@register.inclusion_tag("articles/_picture.html")
def picture(image, place: str, *, css="", alt="", first=False, width=0, height=0) -> dict:
    """The picture in a `place` of PLACES; the stored file alone until its renditions are made.

    first: at the top of the page, so fetched before all others. width, height: of the box in pixels where it is always
    the same; otherwise the picture's own, which give the browser its shape.
    """
    sizes, least, most = PLACES[place]
    offered = {
        format: ", ".join(
            f"{url} {wide}w" for wide, url in image.rendition_urls(format) if _fits(wide, image, least, most)
        )
        for format in pictures.TYPES
    }
    return {
        "src": image.file.url,
        "sources": [(pictures.TYPES[name], offered[name]) for name in ("avif", "webp") if offered[name]],
        "srcset": offered["jpeg"],
        "sizes": sizes.format(width=width),
        "width": width or image.width,
        "height": height or image.height,
        "css": css,
        "focus": image.focus,
        "alt": alt,
        "first": first,
    }


@register.filter
def prose(article) -> str:
    """The article's text. Pictures of the library, which it names by their files, are printed as such: in one query."""
    found = markup.pictures(article.body_html)
    images = Image.by_url(each.get("src", "") for each in found)
    return markup.with_pictures(
        article.html, [_in_text(images.get(each.get("src")), each.get("alt", "")) for each in found]
    )


def _in_text(image, alt: str) -> str | None:
    return image and render_to_string("articles/_picture.html", picture(image, "page", alt=alt)).strip()


def _fits(wide: int, image, least: int, most: int) -> bool:
    """Whether a rendition serves that place; the only one of a small picture serves everywhere."""
    return min(least, image.width) <= wide <= most
