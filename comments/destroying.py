"""What is emptied once nobody can ask for it any more: the originals of texts that are published without parts."""

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from comments.models import Action, Appeal, CommentText, Decision, Notice
from comments.models.report import APPEAL_OVER

BATCH = 200
BECAUSE = "published without parts, and the time to appeal is over"


@transaction.atomic
def destroy_originals(*, after: int = 0, at=None) -> int:
    """Empty the originals that the next decisions behind the id `after` were about; the last id, or 0 when all is done.

    Earlier texts of the same comment go too, where they hold what was taken out. What is public, waits, or was judged
    (or told of) within APPEAL_OVER stays, and so does all of a comment with an open appeal: the next day asks again. The decision
    keeps its offsets. Six statements for each batch.
    """
    at = at or timezone.now()
    over = at - APPEAL_OVER
    due = Decision.objects.filter(action=Action.PUBLISH_REDACTED, pk__gt=after, at__lt=over)
    due = due.filter(reversed_by__isnull=True, text__destroyed_at__isnull=True)
    batch = list(due.select_related("text", "comment").order_by("pk")[:BATCH])
    comments = {each.comment_id: each.comment for each in batch}
    appealed = Appeal.objects.filter(decision__comment__in=comments, answered_by__isnull=True)
    for pk in appealed.values_list("decision__comment", flat=True):
        comments.pop(pk, None)
    kept = {pk for each in comments.values() for pk in (each.text_id, each.waiting_text_id)}
    told_since = Exists(Notice.objects.filter(decision=OuterRef("pk"), mailed_at__gte=over))
    judged = Decision.objects.filter(Q(at__gte=over) | told_since, comment__in=comments)
    for pks in judged.values_list("text", "text_before", "waiting_before"):
        kept.update(pks)
    texts: dict[int, list[CommentText]] = {}
    for text in CommentText.objects.filter(comment__in=comments, destroyed_at__isnull=True):
        texts.setdefault(text.comment_id, []).append(text)
    gone = {
        text.pk
        for decision in batch
        for text in texts.get(decision.comment_id, ())
        if text.pk not in kept and _is_to_go(text, decision)
    }
    emptied = {"body": "", "body_html": "", "destroyed_at": at, "destroyed_because": BECAUSE}
    CommentText.objects.filter(pk__in=gone).update(**emptied)
    return batch[-1].pk if len(batch) == BATCH else 0


def _is_to_go(text, decision) -> bool:
    """Whether it is the original, or an earlier text with what was taken out of that."""
    if text.pk >= decision.text_id:
        return text.pk == decision.text_id
    original, plain = decision.text.plain, text.plain.casefold()
    taken_out = {original[start:end].strip().casefold() for start, end in decision.redactions} - {""}
    return any(words in plain for words in taken_out)
