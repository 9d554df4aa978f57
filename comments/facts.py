"""Gathers what screening needs to know. All queries that the checks need are here and only here."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db import connection
from django.utils import timezone

from accounts.models import User
from comments import screening
from comments.models import Comment, Credential, Decision, ListedWord, Sanction, Standing, Status, Thread

_JUDGED = 20  # of the author's latest comments, for repeats and the record
SAME_AGAIN = timedelta(minutes=15)  # a double click, a reload, a slow connection
_RECORD = timedelta(days=30)
_DECIDED = frozenset({Status.PUBLISHED, Status.REJECTED, Status.REMOVED})
_EXPERT = """
    SELECT EXISTS (SELECT FROM comments_credential WHERE user_id = %(user)s AND revoked_at IS NULL),
        EXISTS (SELECT FROM articles_person WHERE user_id = %(user)s)
"""


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


class Recent(NamedTuple):
    """One of the author's latest comments."""

    pk: int
    at: datetime
    article_id: int
    parent_id: int | None
    status: str
    body: str
    kinds: list[str] | None  # of the case that it had


def recent_of(author, *, but=None) -> list[Recent]:
    """What the author wrote within _RECORD, newest first: enough for repeats, the pace of an hour and the record."""
    comments = Comment.objects.filter(author=author, posted_at__gt=timezone.now() - _RECORD)
    if but is not None:
        comments = comments.exclude(pk=but.pk)
    most = max(_JUDGED, settings.HN_POSTS_AN_HOUR)
    columns = ("pk", "posted_at", "article_id", "parent_id", "status", "text__body", "case__kinds")
    return [Recent(*row) for row in comments.order_by("-posted_at").values_list(*columns)[:most]]


def same_again(recent: list[Recent], *, article, parent, body: str) -> int | None:
    """The comment that the author sent here within SAME_AGAIN with the very same words; None if there is none."""
    since, parent_id = timezone.now() - SAME_AGAIN, parent and parent.pk
    for each in recent:
        is_here = (each.article_id, each.parent_id, each.body) == (article.pk, parent_id, body)
        if is_here and each.at > since and each.status != Status.WITHDRAWN:
            return each.pk
    return None


def gather(
    *, article, author, text: str, recent=None, standing=None, thread=None, but=None
) -> screening.Facts:
    """Everything the checks may know about this text. At most seven queries, none of which grows with the site, and one more
    for whoever had a text refused lately.

    `recent`, `standing` and `thread` are asked for where the caller has not. `but` is the comment that the text is an edit of: it
    is no repetition of itself. (That the author is a person of the newsroom is asked once and kept on the user: the mark
    of the comment asks it again.)
    """
    now = timezone.now()
    limits = screening.Limits()
    recent = recent_of(author, but=but) if recent is None else recent
    standing = Standing.of(author) if standing is None else standing
    # Distress is no offence: what was a crisis says nothing about the author's record.
    judged = recent[:_JUDGED]
    decided = [each for each in judged if each.status in _DECIDED]
    if any(each.status != Status.PUBLISHED for each in decided):
        in_crisis = _in_crisis(decided)
        decided = [each for each in decided if each.pk not in in_crisis]
    thread = Thread.of(article) if thread is None else thread
    published = sum(each.status == Status.PUBLISHED for each in recent)
    if published < limits.newcomer_until:
        older = Comment.objects.filter(author=author).published()
        published = len(older.values("pk")[: limits.newcomer_until])
    return screening.Facts(
        text=text,
        is_staff=author.is_newsroom,
        published_before=min(published, limits.newcomer_until),
        posts_last_minute=sum(each.at > now - timedelta(minutes=1) for each in recent),
        posts_last_hour=sum(each.at > now - timedelta(hours=1) for each in recent),
        recent_texts=tuple(each.body for each in judged if each.at > now - timedelta(days=1)),
        recent_decided=len(decided),
        recent_refused=sum(each.status != Status.PUBLISHED for each in decided),
        has_credential=_has_credential(author, now),
        thread_mode=thread.mode,
        site_mode=thread.site_mode,
        standing=Sanction.Kind.READ_FIRST.value if standing.is_read_first else "",
        listed_words=tuple(ListedWord.objects.values_list("key", "outcome")),
        limits=limits,
    )


def _in_crisis(recent: list[Recent]) -> set[int]:
    """Those that are an emergency, or ended as one: a case forgets why it was open once it is opened anew. One query."""
    open_ones = {each.pk for each in recent if "crisis" in (each.kinds or ())}
    ended = Decision.objects.filter(comment__in=[each.pk for each in recent]).exclude(outcome="")
    return open_ones | set(ended.values_list("comment", flat=True))


def _has_credential(author, now) -> bool:
    """Whether the author or their byline has a credential. One query for readers, who have neither."""
    with connection.cursor() as cursor:
        cursor.execute(_EXPERT, {"user": author.pk})
        has_own, has_byline = cursor.fetchone()
    if not has_byline:
        # As Django does when it has asked: the mark of the comment need not ask again.
        author._meta.get_field("person").set_cached_value(author, None)
    if has_own and Credential.objects.in_force(author, timezone.localdate(now)).exists():
        return True
    return has_byline and any(
        each.expires_on is None or each.expires_on >= now.date() for each in author.person.credentials.all()
    )


def check_standing(author, *, acknowledged: int | None = None, text: str = "") -> Standing:
    """What holds for the author. Raises MayNotWrite while it stops them from writing, changing and reporting.

    Locks the author's row, so that a sanction imposed at the same moment is seen by one of the two; call it inside a
    transaction. `acknowledged` is the warning that they say, with this very text, to have read. Where the `text` tells of
    danger, a warning waits: it is asked about with the next text.
    """
    User.objects.select_for_update(no_key=True).values_list("pk").get(pk=author.pk)
    standing = Standing.of(author)
    warning = standing.warning
    if warning and warning.pk == acknowledged and not standing.stop:
        warning.acknowledge(by=author)
    elif standing.stop or warning and not screening.dangers(text).crisis:
        raise MayNotWrite(standing.refusal)
    return standing


def check_pace(recent: list[Recent], *, a_minute: int, an_hour: int) -> None:
    """Raise TooFast when the author of these has used up the minute or the hour."""
    now = timezone.now()
    for span, count in ((timedelta(minutes=1), a_minute), (timedelta(hours=1), an_hour)):
        inside = [each.at for each in recent if each.at > now - span]
        if len(inside) >= count:
            oldest = inside[count - 1]
            raise TooFast(int((oldest + span - now).total_seconds()) + 1)
