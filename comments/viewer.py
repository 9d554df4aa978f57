"""What of a shared page concerns one viewer, by the ids of comments: for the script that comes with their part, or, for
whom they have hidden, for the stylesheet that browsers without script ask for.
"""

from comments.models import Comment, Helpful, Hidden

MOST = 1_000  # ids of each kind


def of(user, article) -> dict | None:
    """Which comments of the article the viewer marked as helpful, wrote, or wants hidden, and whether they moderate.

    Three queries, all bounded, and one for the viewer's roles.
    """
    if not user.is_authenticated:
        return None
    here = _published(article)
    return {
        "helpful": list(
            Helpful.objects.filter(by=user, comment__article=article).values_list("comment", flat=True)[:MOST]
        ),
        "own": list(here.filter(author=user).values_list("pk", flat=True)[:MOST]),
        "hidden": hidden(user, article),
        "moderates": user.is_moderator,
    }


def hidden(user, article) -> list[int]:
    """Which comments of the article are by people whom the viewer has hidden. Two queries, one for who hides nobody."""
    people = list(Hidden.objects.filter(by=user).values_list("person", flat=True))
    theirs = _published(article).filter(author__in=people).values_list("pk", flat=True)
    return list(theirs[:MOST]) if people else []


def _published(article):
    return Comment.objects.filter(article=article).published().order_by("-posted_at")
