"""What the desk's own decisions say about texts, as rows to train the model of screening with."""

from comments.models import Action, Decision
from comments.screening.measuring import LABEL_OF, labels_of

MOST = 20_000  # the newest
_KEPT = (Action.PUBLISH, Action.KEEP, Action.RESTORE)
_AGAINST = (Action.REJECT, Action.REMOVE)


def rows() -> list[dict]:
    """A row for each text that a person decided, by the last decision on it.

    What was refused has the labels that screening had found and the moderator so confirmed; what was published is
    fine, unless the answer given with it is one for such findings (nobody can give advice here). A refusal of what
    screening had not seen tells no label, and is left out; so is what was erased.
    """
    newest = (
        Decision.objects.filter(by__isnull=False, is_import=False, action__in=(*_KEPT, *_AGAINST))
        .select_related("text", "canned_reply")
        .order_by("-pk")[:MOST]
    )
    latest: dict[int, Decision] = {}
    for decision in newest:
        latest.setdefault(decision.text_id, decision)
    found = dict(
        Decision.objects.filter(action__in=(Action.SUBMIT, Action.EDIT), text__in=latest)
        .order_by("pk")
        .values_list("text_id", "findings")
    )
    made = []
    for text_id, decision in latest.items():
        codes = {each["code"] for each in found.get(text_id, ())}
        if decision.action in _KEPT:
            answered = set(decision.canned_reply.suggests_for) if decision.canned_reply else set()
            labels = labels_of(codes & answered)
        else:
            labels = labels_of(codes & LABEL_OF.keys())
            if labels == {"fine"}:
                continue
        if decision.text and decision.text.plain:
            made.append({"text": decision.text.plain, "labels": sorted(labels), "source": "desk"})
    return made
