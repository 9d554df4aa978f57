"""What an author is told about comments that wait: the state, the plain reason, and how long it usually takes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from comments import help as help_lines
from comments import states, threads
from comments.lines import Line
from comments.models import Action, Appeal, Comment, Decision, Notice, Status
from comments.models.comment import EDIT_TIME
from comments.models.report import is_in_time
from comments.screening import CRISIS, wording
from healthnews import paging

_STATES = {
    Status.PENDING: "Waiting for a moderator. Only you and the moderators see it.",
    Status.RETURNED: "Returned to you.",
    Status.PUBLISHED: "Published.",
    Status.REJECTED: "Not published.",
    Status.REMOVED: "Removed by a moderator.",
    Status.WITHDRAWN: "Withdrawn by you.",
}
_CRISIS_STATES = {
    Status.PENDING: "Waiting for a moderator, who reads this before all else. Only you and the moderators see it.",
    Status.RETURNED: "A moderator has read this. Only you and the moderators see it.",
    Status.REJECTED: "A moderator has read this. Only you and the moderators see it.",
    Status.REMOVED: "A moderator has read this. Only you and the moderators see it.",
}
_READ = [action for action in states.STAFF if action != states.ESCALATE]  # passing it on decides nothing
_WAIT = {Status.PENDING, Status.RETURNED}
RECENT = 50
PAGE = 25
_ANSWERS = Comment.objects.filter(parent=OuterRef("pk"))


@dataclass(frozen=True)
class Own:
    """One's own comment: how it prints, where it stands, and why."""

    line: Line
    article: object
    status: str
    state: str
    reasons: list[str]
    clause: object | None
    message: str
    edit_html: object  # the text that waits beside a published one; empty if none
    is_original: bool  # that text is what an appeal asks for, and not a change
    appeal: str  # what became of one's appeal, in words
    can_edit: bool
    can_withdraw: bool
    can_appeal: bool
    has_statement: bool
    # It waits in the lane of emergencies, or was one until lately: the lines stand above it, and nothing reproaches.
    in_crisis: bool
    is_sudden: bool  # sudden illness or violence: the emergency number first

    @property
    def help_key(self) -> str:
        """Tells the ids of its help lines from those of another."""
        return f"-{self.line.id}"

    @property
    def stage(self) -> str:
        """What its author may be told of its reading."""
        return "waits" if self.status == Status.PENDING or self.edit_html else "read"


def own(user, article, *, every_state=False, only: int | None = None) -> list[Own]:
    """The user's recent comments under the article, newest first; only those that wait unless `every_state`.

    Six queries, and one more where something can be appealed against; at most RECENT rows.
    """
    if not user.is_authenticated:
        return []
    comments = Comment.objects.filter(author=user, article=article)
    if only is not None:
        comments = comments.filter(pk=only)
    if not every_state:
        comments = comments.filter(Q(status__in=_WAIT) | Q(waiting_text__isnull=False))
    found = list(comments.select_related("waiting_text").order_by("-posted_at", "-pk")[:RECENT])
    for comment in found:
        comment.article = article
    return _owns(user, found)


def address(comment: Comment) -> str:
    """Where its author finds it: among their own under its article, or among all of theirs where that is not public."""
    public = comment.article.is_public()
    page = reverse("comments:mine", args=[comment.article.slug]) if public else reverse("comments:everywhere")
    return f"{page}#{comment.anchor}"


def own_everywhere(user, *, after="", before="") -> tuple[paging.Page, list[Own]]:
    """A page of all the user's comments, newest first, by cursor; and what is said of each."""
    comments = Comment.objects.filter(author=user).select_related("waiting_text", "article")
    comments = comments.defer("article__body", "article__body_html", "article__search")
    page = paging.page_by_time(comments, "posted_at", size=PAGE, after=after, before=before)
    return page, _owns(user, page.rows)


def _owns(user, comments: list[Comment]) -> list[Own]:
    if not comments:
        return []
    pks = [comment.pk for comment in comments]
    lines = threads.lines_of(comments)
    decisions: dict[int, list[Decision]] = {pk: [] for pk in pks}
    for decision in (
        Decision.objects.filter(comment_id__in=pks).select_related("clause__policy", "message").order_by("pk")
    ):
        decisions[decision.comment_id].append(decision)
    in_force = {pk: _in_force(made) for pk, made in decisions.items()}
    appeals = {
        appeal.decision_id: appeal
        for appeal in Appeal.objects.filter(by=user, decision__comment__in=pks)
        .select_related("decision__comment", "decision__clause__policy")
        .order_by("pk")
    }
    told = _told_at([each for each in in_force.values() if each and each.is_appealable])
    # However many answers one has: a look for the first of them.
    answered = set(Comment.objects.filter(Exists(_ANSWERS), pk__in=pks).values_list("pk", flat=True))
    in_crisis = help_lines.waiting_in_crisis(pks)
    return [
        _own(
            lines[comment.pk],
            comment,
            decisions[comment.pk],
            in_force[comment.pk],
            appeals,
            told,
            comment.pk in answered,
            # Not for what others say of it before anybody has read that: they may say so of anybody.
            comment.pk in in_crisis
            and bool(_crisis_codes(decisions[comment.pk]))
            or help_lines.is_needed_after(decisions[comment.pk]),
        )
        for comment in comments
    ]


def _in_force(decisions: list[Decision]) -> Decision | None:
    """As `Decision.in_force`, of decisions that were read already."""
    return _told_last([each for each in decisions if each.action != Action.KEEP or each.waiting_before_id])


def _told_last(decisions: list[Decision]) -> Decision | None:
    """What they were told of last: what is in force, or that all is kept, with a word for somebody in danger."""
    taken_back = {decision.reverses_id for decision in decisions}
    counting = [each for each in decisions if each.action != Action.UNDO and not each.leaves_as_is]
    return next((each for each in reversed(counting) if each.pk not in taken_back), None)


def _told_at(decisions: list[Decision]) -> dict[int, datetime]:
    """When their author was told, where that was mailed; as `Appeal.told_at`. A query only where there are any."""
    told = Notice.objects.filter(decision__in=decisions, user=F("comment__author"), mailed_at__isnull=False)
    return dict(told.values_list("decision", "mailed_at")) if decisions else {}


def _own(line, comment, decisions, in_force, appeals, told, answered: bool, in_crisis: bool) -> Own:
    status, edit = comment.status, comment.waiting_text
    waits = status == Status.PENDING or edit is not None
    by_author = (Action.SUBMIT, Action.EDIT, Action.RESUBMIT)
    submitted = next((each for each in reversed(decisions) if each.action in by_author), None)
    appeal = appeals.get(in_force.pk) if in_force else None
    if in_force and in_force.action == Action.UPHOLD:
        appeal = next((each for each in appeals.values() if each.answered_by_id == in_force.pk), None)
    reasons = appeal.decision if appeal and in_force.action == Action.UPHOLD else in_force
    hidden = status in {Status.REJECTED, Status.REMOVED, Status.RETURNED}
    told_last = _told_last(decisions)
    message = told_last.message if told_last and (status != Status.PUBLISHED or in_crisis) else None
    state = _CRISIS_STATES.get(status, _STATES[status]) if in_crisis else _STATES[status]
    redacted = bool(in_force and in_force.action == Action.PUBLISH_REDACTED)
    if redacted and status == Status.PUBLISHED:
        state = "Published without parts of it."  # what waits is the original, because of an appeal
    elif edit:
        state = "Published. Your change waits for a moderator; until then the text above is shown."
    return Own(
        line=line,
        article=comment.article,
        status=status,
        state=state,
        reasons=_reasons(status, submitted, in_force)
        if (waits or status == Status.REJECTED) and not in_crisis
        else [],
        clause=reasons.clause if reasons and hidden else None,
        message=message.text if message else "",
        edit_html=edit.html if edit else "",
        is_original=redacted,
        appeal=_appeal(appeal),
        can_edit=status in _WAIT
        or status == Status.PUBLISHED
        and not (answered or comment.is_picked)
        and _is_young(comment),
        can_withdraw=status in {*_WAIT, Status.PUBLISHED},
        can_appeal=bool(
            in_force
            and in_force.is_appealable
            and not any(each.is_all_against(in_force) for each in appeals.values())
            and is_in_time(told.get(in_force.pk, in_force.at))
        ),
        has_statement=bool(told_last and (told_last.action in states.STAFF or told_last.is_appealable)),
        in_crisis=in_crisis,
        is_sudden=in_crisis and help_lines.is_sudden(_crisis_codes(decisions)),
    )


def _crisis_codes(decisions) -> set[str]:
    """What screening found in the latest text that brought it into the crisis lane."""
    found = [{each["code"] for each in decision.findings} & {*CRISIS} for decision in decisions]
    return next(filter(None, reversed(found)), set())


def _appeal(appeal) -> str:
    if appeal is None:
        return ""
    if appeal.answered_by_id is None:
        return "You have appealed. Another moderator will decide, and we will write to you."
    return "Your appeal was granted." if appeal.was_granted else "Your appeal was not granted."


def _reasons(status, submitted, latest) -> list[str]:
    """The plain reasons: what screening found, unless a moderator has decided since."""
    if latest is not None and latest.action == Action.HOLD:
        return ["A moderator is reading it again."]
    if (
        submitted is None
        or latest is not None
        and latest.by_id
        and latest.action
        not in {
            Action.EDIT,
            Action.RESUBMIT,
        }
    ):
        return []
    found = wording.for_author(submitted.findings, "reject" if status == Status.REJECTED else "hold")
    again = submitted.action == Action.RESUBMIT and status == Status.PENDING
    return found or (
        ["It was returned to you; what you have changed is read before it appears."] if again else []
    )


def _is_young(comment) -> bool:
    return timezone.now() < comment.posted_at + EDIT_TIME


def usual_wait() -> str:
    """How long a review took in the last seven days, for one half; empty without enough of them.

    From posting to the first decision by a moderator: what is read again says nothing of it. Looks at no more than the
    last 200 decisions.
    """
    since = timezone.now() - timedelta(days=7)
    # The newest by a partial index, whatever their age; what is too old is dropped here, not by walking on.
    read = Decision.objects.filter(by__isnull=False, action__in=_READ, reversed_by=None)
    earlier = read.filter(comment=OuterRef("comment"), pk__lt=OuterRef("pk"))
    latest = (
        read.filter(from_status=Status.PENDING)
        .annotate(is_again=Exists(earlier))
        .order_by("-pk")
        .values_list("at", F("at") - F("comment__posted_at"), "is_again")[:200]
    )
    waits = sorted(wait for at, wait, is_again in latest if at > since and not is_again)
    if len(waits) < 5:
        return ""
    return f"In the last week half of the comments were read within {_span(waits[len(waits) // 2])}."


def _span(wait: timedelta) -> str:
    for unit, seconds in (("day", 86_400), ("hour", 3_600)):
        count = round(wait.total_seconds() / seconds)
        if wait.total_seconds() > 1.5 * seconds:
            return f"{count} {unit}s"
    return f"{max(2, round(wait.total_seconds() / 60))} minutes"
