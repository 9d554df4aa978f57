"""Structured data in a page's head: data, not a script that runs."""

import json

from django import template

from healthnews import markup, structured_data

register = template.Library()


def _printed(graph: dict) -> str:
    return markup.json_ld(json.dumps(graph, ensure_ascii=False, separators=(",", ":")))


@register.simple_tag
def article_json_ld(article, path, bylines, sources, tags, thread=None):
    """The graph of an article's page, as JSON for a script element of type application/ld+json."""
    comments = thread.published_count if thread else 0
    graph = structured_data.article(
        article, path=path, bylines=bylines, sources=sources, tags=tags, comments=comments
    )
    return _printed(graph)


@register.simple_tag
def person_json_ld(person, credentials):
    """The graph of an author's page, likewise."""
    return _printed(structured_data.person(person, credentials))
