"""Gathers what screening needs to know. All queries that the checks need are here and only here."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from comments import screening
from comments.models import Comment, Credential, ListedWord, Sanction, Standing, Status, Thread

_REMEMBERED = (
    20  # of the author's latest comments: enough for the pace of an hour, for repeats and the record
)
_RECORD = timedelta(days=30)
_DECIDED = frozenset({Status.PUBLISHED, Status.REJECTED, Status.REMOVED})


class TooFast(Exception):
    """More than one person may send. `wait` is in seconds; `what` they have done, in words."""

    def __init__(self, wait: int, what: str = "sent many comments in a short time"):
        self.wait = wait
        count, unit = (round(wait / 3600), "hour") if wait > 5400 else (max(1, round(wait / 60)), "minute")
        super().__init__(
            f"You have {what}. Please wait {count} {unit}{'s' if count > 1 else ''} "
            "and send it again: your text is still here."
        )


class MayNotWrite(Exception):
    """A sanction stops the author, or a warning has to be read first. The message is for them."""


def gather(*, article, author, text: str, but=None) -> screening.Facts:
    """Everything the checks may know about this text. Six queries, none of which grows with the site.

    `but` is the comment that the text is an edit of: it is no repetition of itself. (That the author is a person of
    the newsroom is asked once and kept on the user: the mark of the comment asks it again.)
    """
    now = timezone.now()
    limits = screening.Limits()
    recent = list(
        Comment.objects.filter(author=author, posted_at__gt=now - _RECORD)
        .exclude(pk=but.pk if but else None)
        .order_by("-posted_at")
        .values_list("posted_at", "text__body", "status", "case__kinds")[:_REMEMBERED]
    )
    # Distress is no offence: what was a crisis says nothing about the author's record.
    decided = [
        status for _, _, status, kinds in recent if status in _DECIDED and "crisis" not in (kinds or ())
    ]
    thread = Thread.of(article)
    read_first = Sanction.objects.in_force(author, now).filter(kind=Sanction.Kind.READ_FIRST).exists()
    published = len(Comment.objects.filter(author=author).published().values("pk")[: limits.newcomer_until])
    return screening.Facts(
        text=text,
        is_staff=author.is_newsroom,
        published_before=published,
        posts_last_minute=sum(at > now - timedelta(minutes=1) for at, *_ in recent),
        posts_last_hour=sum(at > now - timedelta(hours=1) for at, *_ in recent),
        recent_texts=tuple(body for at, body, *_ in recent if at > now - timedelta(days=1)),
        recent_decided=len(decided),
        recent_refused=sum(status != Status.PUBLISHED for status in decided),
        has_credential=Credential.objects.in_force(author, timezone.localdate(now)).exists()
        or _has_credential(author, now.date()),
        thread_mode=thread.mode,
        site_mode=thread.site_mode,
        standing=Sanction.Kind.READ_FIRST.value if read_first else "",
        listed_words=tuple(ListedWord.objects.values_list("key", "outcome")),
        limits=limits,
    )


def _has_credential(author, today) -> bool:
    """Whether the author's byline carries a credential. No query for readers beyond the person's."""
    person = getattr(author, "person", None)
    return person is not None and any(
        each.expires_on is None or each.expires_on >= today for each in person.credentials.all()
    )


def check_standing(author, *, acknowledged: int | None = None) -> None:
    """Raise MayNotWrite while a sanction stops the author from writing, changing and reporting.

    Locks the author's row, so that a sanction imposed at the same moment is seen by one of the two; call it inside a
    transaction. `acknowledged` is the warning that they say, with this very text, to have read.
    """
    User.objects.select_for_update(no_key=True).get(pk=author.pk)
    standing = Standing.of(author)
    warning = standing.warning
    if warning and warning.pk == acknowledged and not standing.stop:
        warning.acknowledge(by=author)
    elif standing.refusal:
        raise MayNotWrite(standing.refusal)


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
