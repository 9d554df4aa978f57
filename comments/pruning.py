"""How long it is kept that somebody was told of something, and what deletes it then.

A notice that was read goes a year after it was given, one that was not after two years; the record of a mail of the day
after two years. Decisions, warnings and whatever else somebody has to answer are records of their own, and stay. What
tells of a decision that can still be appealed against, or of which an appeal is open, stays as long as that.
"""

from datetime import timedelta

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from comments.models import Appeal, Digest, Notice
from comments.models.report import APPEAL_OVER

READ = timedelta(days=365)
UNREAD = timedelta(days=2 * 365)
BATCH = 1_000


def prune() -> bool:
    """Delete at most BATCH of each sort, the oldest first; returns whether there may be more."""
    now = timezone.now()
    read = _over(now).filter(read_at__isnull=False, at__lt=now - READ).order_by("at")
    unread = _over(now).filter(read_at__isnull=True, at__lt=now - UNREAD).order_by("at")
    # One to which a notice belongs would let that wait for a mail again.
    mailed = ~Exists(Notice.objects.filter(digest=OuterRef("pk")))
    digests = Digest.objects.filter(mailed, day__lt=timezone.localdate() - UNREAD).order_by("day")
    return BATCH in [_delete(each) for each in (read, unread, digests)]


def _over(now):
    """The notices of what nobody can appeal against any more."""
    appealed = Exists(Appeal.objects.filter(decision=OuterRef("decision"), answered_by__isnull=True))
    decided = Q(decision__at__gte=now - APPEAL_OVER) | Q(mailed_at__gte=now - APPEAL_OVER)
    appealable = Q(decision__isnull=False) & decided
    return Notice.objects.exclude(appealable).filter(~appealed)


def _delete(rows) -> int:
    ids = list(rows.values_list("pk", flat=True)[:BATCH])
    rows.model.objects.filter(pk__in=ids).delete()
    return len(ids)
