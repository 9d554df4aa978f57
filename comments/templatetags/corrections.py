"""For the card: what its form about a correction begins with."""

from django import template

from comments import corrections

register = template.Library()


@register.simple_tag
def correction_beginning(comment) -> corrections.Beginning:
    """Read off the comment and its article; no query when both are at hand."""
    return corrections.beginning(comment)
