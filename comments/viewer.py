"""What of a shared page concerns one viewer, by the ids of comments: for the script that comes with their part."""

from comments.models import Comment, Helpful, Hidden

MOST = 1_000  # ids of each kind


def of(user, article) -> dict[str, list[int]] | None:
    """Which comments of the article the viewer marked as helpful, wrote, or wants hidden. Three queries, all bounded."""
    if not user.is_authenticated:
        return None
    hidden = list(Hidden.objects.filter(by=user).values_list("person", flat=True))
    here = Comment.objects.filter(article=article).published().order_by("-posted_at")
    return {
        "helpful": list(
            Helpful.objects.filter(by=user, comment__article=article).values_list("comment", flat=True)[:MOST]
        ),
        "own": list(here.filter(author=user).values_list("pk", flat=True)[:MOST]),
        "hidden": list(here.filter(author__in=hidden).values_list("pk", flat=True)[:MOST]) if hidden else [],
    }
