"""`{% load figures %}`: tables of numbers, printed as one string."""

from django import template
from django.utils.html import escape

from healthnews import markup

register = template.Library()


@register.filter
def table_rows(rows):
    """The rows of a plot's table (`plots.Plot.rows`): a page has two thousand cells, and a template thinks about each."""
    lines = (
        f'<tr><th scope="row">{escape(name)}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in cells)}</tr>'
        for name, cells in rows
    )
    return markup.stored("".join(lines))
