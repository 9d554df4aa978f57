"""What an author is told about comments that wait: the state, the plain reason, and how long it usually takes."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F
from django.utils import timezone

from comments import threads
from comments.models import Action, Comment, Decision, Status
from comments.screening import wording

_STATES = {
    Status.PENDING: "Waiting for a moderator. Only you and the moderators see it.",
    Status.RETURNED: "Returned to you.",
    Status.PUBLISHED: "Published.",
    Status.REJECTED: "Not published.",
    Status.REMOVED: "Removed by a moderator.",
    Status.WITHDRAWN: "Withdrawn by you.",
}
RECENT = 50


@dataclass(frozen=True)
class Own:
    """One's own comment: how it prints, where it stands, and why."""

    line: threads.Line
    status: str
    state: str
    reasons: list[str]
    clause: object | None
    message: str


def own(user, article, *, every_state=False) -> list[Own]:
    """The user's recent comments under the article, newest first; only those that wait unless `every_state`.

    Three queries, at most RECENT rows.
    """
    if not user.is_authenticated:
        return []
    comments = Comment.objects.filter(author=user, article=article)
    if not every_state:
        comments = comments.filter(status__in=[Status.PENDING, Status.RETURNED])
    rows = dict(comments.order_by("-posted_at", "-pk").values_list("pk", "status")[:RECENT])
    lines = {line.id: line for line in threads.lines_of(article, Comment.objects.filter(pk__in=rows))}
    submitted, latest = {}, {}
    decisions = (
        Decision.objects.filter(comment_id__in=rows).select_related("clause", "message").order_by("pk")
    )
    for decision in decisions:
        latest[decision.comment_id] = decision
        if decision.action == Action.SUBMIT:
            submitted[decision.comment_id] = decision
    return [_own(lines[pk], status, submitted.get(pk), latest.get(pk)) for pk, status in rows.items()]


def _own(line, status, submitted, latest) -> Own:
    waits = status == Status.PENDING
    return Own(
        line=line,
        status=status,
        state=_STATES[status],
        reasons=wording.for_author(submitted.findings) if waits and submitted else [],
        clause=latest.clause if latest and status in {Status.REJECTED, Status.REMOVED} else None,
        message=latest.message.text if latest and latest.message and status != Status.PUBLISHED else "",
    )


def usual_wait() -> str:
    """How long a review took in the last seven days, for one half and for nine in ten; empty without enough of them.

    Looks at no more than the last 200 decisions by people.
    """
    since = timezone.now() - timedelta(days=7)
    waits = sorted(
        Decision.objects.filter(by__isnull=False, from_status=Status.PENDING, at__gt=since)
        .order_by("-pk")
        .values_list(F("at") - F("comment__posted_at"), flat=True)[:200]
    )
    if len(waits) < 5:
        return ""
    return f"In the last week half of the comments were read within {_span(waits[len(waits) // 2])}."


def _span(wait: timedelta) -> str:
    for unit, seconds in (("day", 86_400), ("hour", 3_600)):
        count = round(wait.total_seconds() / seconds)
        if wait.total_seconds() > 1.5 * seconds:
            return f"{count} {unit}s"
    return f"{max(2, round(wait.total_seconds() / 60))} minutes"
