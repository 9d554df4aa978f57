"""Reading about people, for the desk: who is under a sanction, and one person with all that is known of them."""

from django.db import connection
from django.db.models import Prefetch, Q

from accounts import names
from accounts.models import User, fold_email
from comments import taking_down
from comments.models import (
    Action,
    Comment,
    Decision,
    PersonNote,
    Sanction,
    SanctionAppeal,
    Standing,
    Status,
)
from healthnews import paging

ROWS = 25
COUNT_CAP = 100
RECENT = 50  # notes, and sanctions
# Each subquery stops at the cap, over the index that begins with author and status.
_COUNTS = """
    SELECT status, (SELECT count(*) FROM (
        SELECT FROM comments_comment WHERE author_id = %s AND comments_comment.status = each.status LIMIT %s
    ) AS found) FROM unnest(%s::text[]) AS each (status)
"""


def search(words: str) -> list[User]:
    """People whose address or name begins like this, at most ROWS + 1.

    By two indexes; only where these find nobody (an import gives names no key) are all names looked through, to the
    first ROWS.
    """
    words = words.strip()[:254].replace("\x00", "")
    if not words:
        return []
    begins = Q(email__startswith=fold_email(words))
    if key := names.fold(words):
        begins |= Q(display_name_key__startswith=key)
    found = list(User.objects.filter(begins).order_by("display_name", "pk")[: ROWS + 1])
    return found or list(User.objects.filter(display_name__icontains=words)[: ROWS + 1])


def under_sanctions(*, after="", before="") -> paging.Page:
    """The sanctions in force, newest first."""
    held = Sanction.objects.in_force().select_related("user", "by", "reason", "clause")
    return paging.page_by_time(held, "starts_at", size=ROWS, after=after, before=before)


def sanction_appeals() -> list[SanctionAppeal]:
    """The appeals against sanctions that wait, oldest first; at most COUNT_CAP + 1. One query."""
    waiting = SanctionAppeal.objects.open().select_related("sanction__user", "sanction__by", "text")
    return list(waiting[: COUNT_CAP + 1])


def of_person(user, *, viewer, after="", before="") -> dict:
    """A person's page, as that moderator sees it. The same number of queries however much they wrote."""
    comments = Comment.objects.filter(author=user).select_related("text", "article", "case")
    page = paging.page_by_time(
        comments.defer("article__body", "article__body_html", "article__search"),
        "posted_at",
        size=ROWS,
        after=after,
        before=before,
    )
    decided = (
        Decision.objects.filter(comment__in=[comment.pk for comment in page.rows])
        .exclude(action__in=[Action.SUBMIT, Action.EDIT])
        .select_related("by", "clause")
        .order_by("comment_id", "-pk")
        .distinct("comment_id")
    )
    last = {decision.comment_id: decision for decision in decided}
    for comment in page.rows:
        comment.decided = last.get(comment.pk)
    sanctions = Sanction.objects.filter(user=user).order_by("-pk")
    joined = SanctionAppeal.objects.select_related("text", "answer", "answered_by")
    sanctions = list(
        sanctions.select_related(
            "user", "by", "reason", "clause", "comment", "lifted_by", "lift_reason"
        ).prefetch_related(Prefetch("appeals", joined))[:RECENT]
    )
    notes = PersonNote.objects.filter(user=user).readable_by(viewer).select_related("by", "text")
    taking = next((each for each in sanctions if each.take_down_days and not each.lifted_at), None)
    return {
        "person": user,
        "counts": _counts(user),
        "page": page,
        "standing": Standing.of(user),
        "sanctions": sanctions,
        "taking": taking,
        "still_there": taking_down.still_there(taking) if taking else [],
        "notes": list(notes.order_by("-pk")[:RECENT]),
    }


def _counts(user) -> list[tuple[str, str]]:
    """How many comments stand where: [(status in words, "12" or "100+")]."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, [user.pk, COUNT_CAP + 1, list(Status.values)])
        found = dict(cursor.fetchall())
    return [
        (status.label, f"{COUNT_CAP}+" if found[status] > COUNT_CAP else str(found[status]))
        for status in Status
    ]
