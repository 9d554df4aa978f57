"""What a comment said before, for its card: an edit takes nothing from the eyes of the desk.

Asks the database only where there is more than one text.
"""

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from articles import diff
from articles.dates import written
from comments import findings, states
from comments.models import Action, CommentText, Decision
from comments.screening import CRISIS

MOST = 5  # earlier texts that are shown
_LENGTH = 2_000  # characters of each
_JUDGES = frozenset(states.STAFF) - {states.ESCALATE}


@dataclass(frozen=True)
class Earlier:
    """A text that stood there before; `gone` says, in words, that it was destroyed."""

    at: datetime
    plain: str
    is_veiled: bool
    gone: str = ""


@dataclass(frozen=True)
class Alarm:
    """The text that brought the comment into the crisis lane, where it says something else by now."""

    at: datetime
    marked: str
    findings: list


@dataclass(frozen=True)
class Before:
    """All that the card says of earlier texts."""

    texts: list[Earlier] = field(default_factory=list)
    alarm: Alarm | None = None
    sent_again: str = ""  # that it was returned and has come back, in words
    judged: Decision | None = None  # what somebody decided last, before its author changed the text
    changes: list = field(default_factory=list)  # since then (articles.diff.Piece)


def before(comment, decisions, shown, kinds) -> Before:
    """What stood there before the text that is `shown`; `decisions` are the latest, newest first. At most two queries.

    One where there are earlier texts; one more for an emergency that lies behind very many edits.
    """
    pks = {pk for each in decisions for pk in (each.text_id, each.text_before_id, each.waiting_before_id)}
    pks -= {None, shown.pk}
    if not pks:
        return Before()
    screened = [each for each in decisions if each.action in states.SCREENED]
    undone = {each.reverses_id for each in decisions}
    judged = (each for each in decisions if each.by_id and each.action in _JUDGES and each.pk not in undone)
    judged = next(judged, None)
    if judged and (judged.text_id in {None, shown.pk} or not screened or screened[0].pk < judged.pk):
        judged = None  # it is about this very text, or nobody but the desk has changed it since
    alarm = _alarm(comment, screened, shown) if "crisis" in kinds else None
    wanted = {*sorted(pks)[-MOST:]} | {each.text_id for each in (judged, alarm) if each}
    texts = {text.pk: text for text in CommentText.objects.filter(pk__in=wanted).order_by("-pk")}
    alarming = {each.text_id for each in screened if _codes(each) & {*CRISIS}}
    changes = []
    # What an edit does to the public text stands above it already.
    is_new = judged and judged.text_id != comment.text_id
    if is_new and (old := texts.get(judged.text_id)) and not old.destroyed_at:
        changes = diff.shortened(diff.words(old.plain, shown.plain))
    return Before(
        texts=[
            _earlier(text, pk in alarming) for pk, text in texts.items() if not alarm or pk != alarm.text_id
        ],
        alarm=_shown(alarm, texts),
        sent_again=_sent_again(judged),
        judged=judged,
        changes=changes,
    )


def _codes(decision) -> set[str]:
    return {each["code"] for each in decision.findings}


def _alarm(comment, screened, shown) -> Decision | None:
    """The latest text in which danger was found since the case is open; None where that is what is shown."""
    crisis = {*CRISIS}
    found = next((each for each in screened if _codes(each) & crisis), None)
    if found is None:
        alarms = Q()
        for code in CRISIS:
            alarms |= Q(findings__contains=[{"code": code}])
        older = Decision.objects.filter(alarms, comment=comment, action__in=states.SCREENED)
        found = older.order_by("-pk").first()
    is_other = found is not None and found.text_id not in {None, shown.pk}
    return found if is_other and found.at >= comment.case.since else None


def _shown(alarm, texts) -> Alarm | None:
    text = texts.get(alarm.text_id) if alarm else None
    if text is None or text.destroyed_at:
        return None
    said = findings.said(alarm.findings, text.plain)
    return Alarm(alarm.at, findings.marked(alarm.findings, text.plain), said)


def _earlier(text, is_veiled: bool) -> Earlier:
    if text.destroyed_at:
        day = written(timezone.localtime(text.destroyed_at))
        gone = f"Destroyed on {day}: {text.destroyed_because or 'no reason given'}."
        return Earlier(text.created_at, "", False, gone)
    plain = text.plain
    return Earlier(text.created_at, plain if len(plain) <= _LENGTH else f"{plain[:_LENGTH]} […]", is_veiled)


def _sent_again(judged) -> str:
    """Where it came back after it was returned: that, and by which clause."""
    if judged is None or judged.action != Action.RETURN:
        return ""
    under = f" under clause {judged.clause.number}" if judged.clause else ""
    return f"Sent again after it was returned{under}"
