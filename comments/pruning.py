"""How long it is kept that somebody was told of something, and what deletes it then.

A notice that was read goes a year after it was given, one that was not after two years; the record of a mail of the day
after two years, and so does the record that somebody was mailed of an emergency, but not while it waits: who was told
is not told again. Decisions, warnings and whatever else somebody has to answer are records of their own, and stay. What
tells of a decision that can still be appealed against, or of which an appeal is open, stays as long as that. A mail that
came back goes after a year, unless it is why nothing is mailed to its person now.
"""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from comments.models import Appeal, Bounce, CrisisAlert, Digest, Notice, Remark
from comments.models.report import APPEAL_OVER

READ = timedelta(days=365)
UNREAD = timedelta(days=2 * 365)
TOLD = UNREAD  # of an emergency
CAME_BACK = timedelta(days=365)
BATCH = 1_000


def prune() -> bool:
    """Delete at most BATCH of each sort, the oldest first; returns whether there may be more."""
    now = timezone.now()
    read = _over(now).filter(read_at__isnull=False, at__lt=now - READ).order_by("at")
    unread = _over(now).filter(read_at__isnull=True, at__lt=now - UNREAD).order_by("at")
    # One to which a notice belongs would let that wait for a mail again.
    mailed = ~Exists(Notice.objects.filter(digest=OuterRef("pk")))
    digests = Digest.objects.filter(mailed, day__lt=timezone.localdate() - UNREAD).order_by("day")
    # A case that is opened anew begins anew: what was told of it before says nothing now.
    waits = Q(case__closed_at__isnull=True, since=F("case__since"))
    alerts = CrisisAlert.objects.filter(~waits, at__lt=now - TOLD).order_by("at")
    return BATCH in [_delete(each) for each in (read, unread, digests, alerts)]


@transaction.atomic
def prune_bounces(after: int = 0) -> int:
    """Delete, of the next BATCH of mails that came back long ago, what stops nothing; returns where it got to, 0 at the end.

    Whether one stops mail is known by the address that its person has now, so each is looked at; what the other server
    said goes with it.
    """
    old = Bounce.objects.filter(pk__gt=after, at__lt=timezone.now() - CAME_BACK).select_related("user")
    rows = list(old.order_by("pk")[:BATCH])
    gone = [each for each in rows if not each.stops]
    Bounce.objects.filter(pk__in=[each.pk for each in gone]).delete()
    Remark.objects.filter(pk__in=[each.diagnostic_id for each in gone if each.diagnostic_id]).delete()
    return rows[-1].pk if len(rows) == BATCH else 0


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
