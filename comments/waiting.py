"""What an author is told about comments that wait: the state, the plain reason, and how long it usually takes."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F, Q
from django.utils import timezone

from comments import threads
from comments.lines import Line
from comments.models import Action, Comment, Decision, Status
from comments.models.comment import EDIT_TIME
from comments.screening import wording

_STATES = {
    Status.PENDING: "Waiting for a moderator. Only you and the moderators see it.",
    Status.RETURNED: "Returned to you.",
    Status.PUBLISHED: "Published.",
    Status.REJECTED: "Not published.",
    Status.REMOVED: "Removed by a moderator.",
    Status.WITHDRAWN: "Withdrawn by you.",
}
_WAIT = {Status.PENDING, Status.RETURNED}
RECENT = 50


@dataclass(frozen=True)
class Own:
    """One's own comment: how it prints, where it stands, and why."""

    line: Line
    status: str
    state: str
    reasons: list[str]
    clause: object | None
    message: str
    edit_html: object  # the edit that waits beside a published text; empty if none
    can_edit: bool
    can_withdraw: bool


def own(user, article, *, every_state=False, only: int | None = None) -> list[Own]:
    """The user's recent comments under the article, newest first; only those that wait unless `every_state`.

    Four queries, at most RECENT rows.
    """
    if not user.is_authenticated:
        return []
    comments = Comment.objects.filter(author=user, article=article)
    if only is not None:
        comments = comments.filter(pk=only)
    if not every_state:
        comments = comments.filter(Q(status__in=_WAIT) | Q(waiting_text__isnull=False))
    rows = {
        comment.pk: comment
        for comment in comments.select_related("waiting_text").order_by("-posted_at", "-pk")[:RECENT]
    }
    lines = {line.id: line for line in threads.lines_of(article, Comment.objects.filter(pk__in=rows))}
    submitted, latest = {}, {}
    decisions = (
        Decision.objects.filter(comment_id__in=rows)
        .select_related("clause__policy", "message")
        .order_by("pk")
    )
    for decision in decisions:
        latest[decision.comment_id] = decision
        if decision.action in {Action.SUBMIT, Action.EDIT}:
            submitted[decision.comment_id] = decision
    answered = set(Comment.objects.filter(parent__in=rows).values_list("parent", flat=True))
    return [
        _own(lines[pk], comment, submitted.get(pk), latest.get(pk), pk in answered)
        for pk, comment in rows.items()
    ]


def _own(line, comment, submitted, latest, answered: bool) -> Own:
    status, edit = comment.status, comment.waiting_text
    waits = status == Status.PENDING or edit is not None
    return Own(
        line=line,
        status=status,
        state="Published. Your change waits for a moderator; until then the text above is shown."
        if edit
        else _STATES[status],
        reasons=_reasons(status, submitted, latest) if waits or status == Status.REJECTED else [],
        clause=latest.clause if latest and status in {Status.REJECTED, Status.REMOVED} else None,
        message=latest.message.text if latest and latest.message and status != Status.PUBLISHED else "",
        edit_html=edit.html if edit else "",
        can_edit=status in _WAIT or status == Status.PUBLISHED and not answered and _is_young(comment),
        can_withdraw=status in {*_WAIT, Status.PUBLISHED},
    )


def _reasons(status, submitted, latest) -> list[str]:
    """The plain reasons: what screening found, unless a moderator has decided since."""
    if latest is not None and latest.action == Action.HOLD:
        return ["A moderator is reading it again."]
    if submitted is None or latest is not None and latest.by_id and latest.action != Action.EDIT:
        return []
    return wording.for_author(submitted.findings, "reject" if status == Status.REJECTED else "hold")


def _is_young(comment) -> bool:
    return timezone.now() < comment.posted_at + EDIT_TIME


def usual_wait() -> str:
    """How long a review took in the last seven days, for one half and for nine in ten; empty without enough of them.

    Looks at no more than the last 200 decisions by people.
    """
    since = timezone.now() - timedelta(days=7)
    # The newest by a partial index, whatever their age; what is too old is dropped here, not by walking on.
    latest = (
        Decision.objects.filter(by__isnull=False, from_status=Status.PENDING)
        .order_by("-pk")
        .values_list("at", F("at") - F("comment__posted_at"))[:200]
    )
    waits = sorted(wait for at, wait in latest if at > since)
    if len(waits) < 5:
        return ""
    return f"In the last week half of the comments were read within {_span(waits[len(waits) // 2])}."


def _span(wait: timedelta) -> str:
    for unit, seconds in (("day", 86_400), ("hour", 3_600)):
        count = round(wait.total_seconds() / seconds)
        if wait.total_seconds() > 1.5 * seconds:
            return f"{count} {unit}s"
    return f"{max(2, round(wait.total_seconds() / 60))} minutes"
