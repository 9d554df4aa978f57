"""`/comments/help/`: where to turn to in an emergency or in despair, by country. For everybody."""

from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from comments import help as help_lines
from healthnews.http import private, read_only


@read_only
def lines(request):
    """The lines of `?country=`, else of the country that the browser's language names, else for everywhere."""
    response = private(render(request, "comments/help.html", {"help": help_lines.help_for(request)}))
    patch_vary_headers(response, ["Accept-Language"])
    return response
