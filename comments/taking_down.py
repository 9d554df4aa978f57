"""What a ban takes down, batch by batch."""

from datetime import timedelta

from django.db.models import Exists, OuterRef

from comments.models import Action, Case, Comment, Lane, MovedMeanwhile, Sanction, Status
from comments.models.deciding import REFUSALS

BATCH = 100
COUNT_CAP = 1_000  # beyond it the preview says "1,000+"
NAMED = 20  # of what is still there
_UP = (Status.PUBLISHED, Status.PENDING, Status.RETURNED)
NOTE = "Taken down with a ban."


def _written(user, days: int, at):
    """What the user wrote in the days before that moment and what is public or waits."""
    since = at - timedelta(days=days)
    return Comment.objects.filter(author=user, posted_at__gt=since, posted_at__lte=at, status__in=_UP)


def what_would_go(user, days: int, at):
    """The same without the emergencies that wait: somebody may be in danger, and a person says what is done."""
    emergency = Case.objects.filter(pk=OuterRef("pk"), closed_at=None, lane=Lane.CRISIS)
    return _written(user, days, at).filter(~Exists(emergency))


def still_there(sanction) -> list[int]:
    """The first of what the ban takes down and what is there: an emergency, put back since, or not reached yet."""
    there = _written(sanction.user, sanction.take_down_days, sanction.starts_at)
    return list(there.order_by("pk").values_list("pk", flat=True)[:NAMED])


def how_many_would_go(user, days: int, at) -> int:
    """Counted to one beyond COUNT_CAP."""
    return len(what_would_go(user, days, at).values("pk")[: COUNT_CAP + 1])


def take_down_batch(sanction_id: int, *, after: int = 0) -> int:
    """Remove (or refuse) the next comments behind the id `after`; the last id, or 0 when all is done.

    Each has a Decision of its own. Their author gets the one mail about the ban, and not one for each comment. It
    stops when the ban is lifted meanwhile. Ids are not looked at twice, so what was restored since stays.
    """
    sanction = Sanction.objects.select_related("user", "by", "clause").filter(pk=sanction_id).first()
    if sanction is None or not sanction.take_down_days or sanction.lifted_at:
        return 0
    going = what_would_go(sanction.user, sanction.take_down_days, sanction.starts_at)
    batch = list(going.filter(pk__gt=after).order_by("pk")[:BATCH])
    for comment in batch:
        _take_down(comment, sanction)
    return batch[-1].pk if len(batch) == BATCH else 0


def _take_down(comment, sanction) -> None:
    """Take one down, as it is now; what cannot be, or is gone already, stays so and is not in the way of the next."""
    while True:
        action = Action.REMOVE if comment.status == Status.PUBLISHED else Action.REJECT
        try:
            comment.decide(
                action,
                by=sanction.by,
                version=comment.version,
                clause=sanction.clause,
                note=NOTE,
                quiet=True,
            )
            return
        except MovedMeanwhile as moved:
            comment = moved.comment
        except REFUSALS:
            return
