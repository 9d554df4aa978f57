"""Gathers what screening needs to know. All queries that the checks need are here and only here."""

from datetime import timedelta

from django.utils import timezone

from comments import screening
from comments.models import Comment, ListedWord, Thread

_REMEMBERED = 20  # of the author's latest comments: enough for the pace of an hour and for repeats


class TooFast(Exception):
    """More than one person may send. `wait` is in seconds; `what` they have done, in words."""

    def __init__(self, wait: int, what: str = "sent many comments in a short time"):
        self.wait = wait
        count, unit = (round(wait / 3600), "hour") if wait > 5400 else (max(1, round(wait / 60)), "minute")
        super().__init__(
            f"You have {what}. Please wait {count} {unit}{'s' if count > 1 else ''} "
            "and send it again: your text is still here."
        )


def gather(*, article, author, text: str, but=None) -> screening.Facts:
    """Everything the checks may know about this text. Three queries, none of which grows with the site.

    `but` is the comment that the text is an edit of: it is no repetition of itself.
    """
    now = timezone.now()
    limits = screening.Limits()
    recent = list(
        Comment.objects.filter(author=author, posted_at__gt=now - timedelta(days=1))
        .exclude(pk=but.pk if but else None)
        .order_by("-posted_at")
        .values_list("posted_at", "text__body")[:_REMEMBERED]
    )
    published = len(Comment.objects.filter(author=author).published().values("pk")[: limits.newcomer_until])
    return screening.Facts(
        text=text,
        is_staff=author.is_newsroom,
        published_before=published,
        posts_last_minute=sum(at > now - timedelta(minutes=1) for at, _ in recent),
        posts_last_hour=sum(at > now - timedelta(hours=1) for at, _ in recent),
        recent_texts=tuple(body for _, body in recent),
        thread_mode=Thread.of(article).mode,
        listed_words=tuple(ListedWord.objects.values_list("key", "outcome")),
        limits=limits,
    )


def check_pace(author, *, a_minute: int, an_hour: int) -> None:
    """Raise TooFast when the author has used up the minute or the hour. One query of at most `an_hour` rows."""
    now = timezone.now()
    times = list(
        Comment.objects.filter(author=author, posted_at__gt=now - timedelta(hours=1))
        .order_by("-posted_at")
        .values_list("posted_at", flat=True)[:an_hour]
    )
    for span, count in ((timedelta(minutes=1), a_minute), (timedelta(hours=1), an_hour)):
        inside = [at for at in times if at > now - span]
        if len(inside) >= count:
            oldest = inside[count - 1]
            raise TooFast(int((oldest + span - now).total_seconds()) + 1)
