"""The canned replies as a card offers them: filled in for its comment, those for what was found at hand, the rest folded."""

from dataclasses import dataclass

from comments.decision_forms import DecisionForm, fill
from comments.models import CannedReply

AT_HAND = 3  # answers that are not folded away where none is suggested


@dataclass(frozen=True)
class Suggestion:
    """A canned reply as it reads for this very comment."""

    key: str
    title: str
    purpose: str
    text: str
    suggested: bool


def of(active, comment, codes, clauses) -> list[Suggestion]:
    """The `active` canned replies, those for what was found (`codes`) first."""
    by_number = {clause.number: clause for clause in clauses}
    made = [
        Suggestion(
            canned.key,
            canned.title,
            canned.purpose,
            fill(canned, comment, by_number.get(canned.clause_number)),
            bool(codes & set(canned.suggests_for)),
        )
        for canned in active
    ]
    return sorted(made, key=lambda each: not each.suggested)


def laid_out(made: list[Suggestion], chosen: str) -> dict:
    """What the card's forms print; `chosen` is the key that was sent, or that was asked for."""
    answers, messages = (
        [each for each in made if each.purpose == purpose]
        for purpose in (CannedReply.Purpose.PUBLIC_ANSWER, CannedReply.Purpose.MESSAGE)
    )
    suggested = [each for each in answers if each.suggested]
    at_hand = suggested or answers[:AT_HAND]
    more_answers = answers[len(at_hand) :]
    first = [each for each in messages if each.suggested]
    more_messages = messages[len(first) :]
    return {
        "answers": at_hand,
        "more_answers": more_answers,
        "folds_answers_out": chosen in {each.key for each in more_answers},
        "chosen_answer": chosen or (suggested[0].key if suggested else ""),
        "messages_to_author": messages,
        "first_messages": first,
        "more_messages": more_messages,
        "folds_messages_out": chosen in {DecisionForm.NO_REPLY, *(each.key for each in more_messages)},
        "chosen_message": chosen,
    }
