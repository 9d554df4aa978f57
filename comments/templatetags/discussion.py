"""The only crossing from articles to comments, and it is in templates."""

from django import template

from comments import threads
from comments.models import Thread
from healthnews import markup

register = template.Library()


@register.inclusion_tag("comments/_discussion.html")
def discussion(article, thread=None, sort=threads.OLDEST):
    """The discussion under an article: its first page, the same for every reader."""
    return {
        "article": article,
        "thread": thread or Thread.of(article),
        "page": threads.page_of_roots(article, sort=sort),
        "sorts": threads.SORTS,
    }


@register.simple_tag
def print_each(printables, new_base: str, can_answer: bool):
    """Comments or branches of them, one after the other, as lines.py and threads.py print each."""
    return markup.stored("".join([each.printed(new_base, can_answer) for each in printables]))


@register.simple_tag
def comment_counts(articles) -> dict[int, int]:
    """Published comments for each of the articles, by id; one query for the whole list."""
    return dict(
        Thread.objects.filter(pk__in=[article.pk for article in articles]).values_list(
            "pk", "published_count"
        )
    )
