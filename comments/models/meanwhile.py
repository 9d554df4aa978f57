"""Who acts on a comment as it no longer stands is told what has happened to it meanwhile."""

from datetime import datetime

from django.db.models import Max
from django.utils import timezone

from comments.models.decision import Action, Decision


class MovedMeanwhile(Exception):
    """Somebody was first: decided, or brought something in. `decision` is the latest, with its `by`; asked for if not given."""

    def __init__(self, comment, decision=None, came_in=None):
        if decision is None:
            decision, came_in = _latest([comment.pk]).get(comment.pk, (None, None))
        self.comment, self.decision = comment, decision
        super().__init__(_what_happened(comment, decision, came_in))

    @classmethod
    def of(cls, pks) -> "dict[int, MovedMeanwhile]":
        """For each of these comments, by its id. A handful of queries, however many."""
        latest = _latest(pks)
        comments = _comments().select_related("author").filter(pk__in=pks)
        return {each.pk: cls(each, *latest.get(each.pk, ())) for each in comments}


def _comments():
    from comments.models.comment import Comment  # stands on top of this file

    return Comment.objects


def _latest(pks) -> dict:
    """{comment: (its latest decision, when the last report or appeal came in that waits)}. Three queries."""
    came_in: dict[int, datetime] = {}
    for below in ("reports", "decisions__appeals"):
        waiting = _comments().filter(pk__in=pks, **{f"{below}__answered_by": None, f"{below}__isnull": False})
        for pk, at in waiting.values_list("pk").annotate(at=Max(f"{below}__at")):
            came_in[pk] = max(at, came_in.get(pk, at))
    latest = Decision.objects.filter(comment__in=pks).order_by("comment_id", "-pk").distinct("comment_id")
    return {each.comment_id: (each, came_in.get(each.comment_id)) for each in latest.select_related("by")}


def _what_happened(comment, done, came_in) -> str:
    if done is None:
        return "This comment has changed since you opened it."
    if came_in is not None and came_in > done.at:
        at = f"{timezone.localtime(came_in):%H:%M on %d %B %Y}"
        return f"A report or an appeal came in at {at}, after you had opened it: it stands below."
    at = f"{timezone.localtime(done.at):%H:%M on %d %B %Y}"
    if done.action in {Action.EDIT, Action.RESUBMIT}:
        return f"{comment.name} changed the text at {at}, after you had opened it: below is what it says now."
    if done.action == Action.WITHDRAW:
        return f"{comment.name} took this comment back at {at}."
    actor = done.actor if done.by else str(done.actor).capitalize()
    return f"{actor} already decided this comment: {done.get_action_display().lower()} at {at}."
