"""For the card: what its form about a correction begins with."""

from django import template

from comments import corrections

register = template.Library()


@register.simple_tag
def correction_beginning(comment, reported) -> corrections.Beginning:
    """Read off the comment, its article and what was `reported` about it; no query when these are at hand."""
    return corrections.beginning(comment, reported or ())
