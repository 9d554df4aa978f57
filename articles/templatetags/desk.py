"""What the templates of the writing desk ask for."""

from django import template

from articles.models import Draft

register = template.Library()
SHOWN = 12  # rows on the desk's first page


@register.simple_tag
def latest_drafts(user):
    """The drafts that this person may see, the latest first; none for who does not write."""
    drafts = Draft.objects.visible_to(user).select_related("article__live_version", "edited_by")
    return drafts.defer(
        "body", "article__body", "article__body_html", "article__search", "article__live_version__snapshot"
    )[:SHOWN]


@register.filter(is_safe=True)
def heads_named(table: str) -> str:
    """Django's table of rows with words for readers' ears in the two heads that it may leave empty."""
    named = '<span class="visually-hidden">{}</span></th>'
    table = table.replace('<th class="original"></th>', '<th class="original">' + named.format("Row"))
    return table.replace("<th></th>", "<th>" + named.format("Remove"))
