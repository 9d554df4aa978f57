"""What the checks get and what they give back. Frozen; standard library only."""

from dataclasses import asdict, dataclass, field
from enum import IntEnum
from functools import cached_property

from comments.screening.model import READ, Score, current
from comments.screening.words import Words


class Outcome(IntEnum):
    """What a finding asks for; the strictest of all findings is the verdict."""

    PUBLISH = 0
    HOLD = 1
    REJECT = 2


@dataclass(frozen=True)
class Limits:
    """Numbers that the checks compare with."""

    long_text: int = 2_500  # characters; longer ones are read first
    links: int = 0  # links that pass without a moderator
    newcomer_until: int = 3  # published comments
    pace_a_minute: int = 3  # posts in the last minute that are still ordinary
    pace_an_hour: int = 12
    repeat_ratio: float = 0.9  # of the words shared with an earlier comment
    record_from: int = 4  # decided comments, before the author's record says anything
    record_ratio: float = 0.3  # of them refused or removed
    capitals_ratio: float = 0.8  # of the letters


@dataclass(frozen=True)
class Facts:
    """Everything the checks may know. `gather()` in comments/facts.py is the only place that asks the database."""

    text: str
    is_staff: bool = False
    published_before: int = 0  # the author's published comments, counted to newcomer_until
    posts_last_minute: int = 0
    posts_last_hour: int = 0
    recent_texts: tuple[str, ...] = ()  # by the author, newest first
    thread_mode: str = "open"  # open, held, closed
    site_mode: str = "open"  # the same, of the whole site
    standing: str = ""  # "read_first" while that sanction holds for the author
    listed_words: tuple[tuple[str, str], ...] = ()  # (folded word, "hold" or "reject")
    has_credential: bool = False  # the newsroom has seen that the author is a health professional
    recent_decided: int = 0  # the author's comments of the last weeks that are published, refused or removed
    recent_refused: int = 0  # of these: refused or removed; a crisis never counts
    limits: Limits = field(default_factory=Limits)

    @cached_property
    def head(self) -> Words:
        """The text as words, read once for all: what the lists and the model look at.

        All of it, but for a text far longer than comments are (READ); such a one is held for its length. What would
        give somebody away is looked for in all of it.
        """
        return Words(self.text[:READ])

    @cached_property
    def scores(self) -> dict[str, Score]:
        """What the model thinks of each label."""
        return current().scores(self.text[:READ], self.head)


@dataclass(frozen=True)
class Finding:
    """What a check noticed, where (code points of the text; 0, 0 for the comment as a whole) and how sure it is.

    Where the model spoke, its version and the places of the words that weighed most. A check never refuses: only
    what an editors' list says outright does.
    """

    code: str
    outcome: Outcome
    start: int = 0
    end: int = 0
    confidence: float = 1.0
    model: str = ""
    words: tuple[tuple[int, int], ...] = ()

    def as_record(self) -> dict:
        """What a Decision keeps: codes and numbers, never words of the text."""
        record = asdict(self) | {
            "outcome": self.outcome.name.lower(),
            "confidence": round(self.confidence, 3),
        }
        if self.model:
            return record | {"words": [list(span) for span in self.words]}
        return {key: value for key, value in record.items() if key not in {"model", "words"}}


# The lane order of what screening found, as Case.priority (lower is sooner; 5 where nothing is said). A danger to life
# comes first. Then what harms somebody by standing there or by waiting to be seen by staff: another person's or one's
# own data, abuse. Then questions that wait for an answer, with all else. Spam harms nobody while it is held.
CRISIS = 0
GUESS = 1  # a danger that the model suspects and no list names
PLAINLY = 0.9  # how sure it has to be to sound the alarm all the same
PRIORITIES = {
    **dict.fromkeys(("emergency", "self_harm", "method_detail"), CRISIS),
    **dict.fromkeys(("third_person", "id_number"), 2),
    **dict.fromkeys(("email", "phone", "address", "handle", "birth_date", "abuse"), 3),
    **dict.fromkeys(("spam", "cures_commerce", "repeats"), 7),
}
ORDINARY = 5


@dataclass(frozen=True)
class Verdict:
    """All findings, and what they ask for together."""

    findings: tuple[Finding, ...]
    outcome: Outcome

    @property
    def priority(self) -> int:
        """As Case.priority: the most urgent of what was found; spam alone comes last."""
        found = [_priority_of(each) for each in self.findings if each.code in PRIORITIES]
        return min(found, default=ORDINARY)

    @property
    def crisis(self) -> bool:
        """Whether somebody may be in danger: a case of its own lane, with its own clock."""
        return self.priority == CRISIS


def _priority_of(finding: Finding) -> int:
    """That of its code; but a danger that only the model suspects, in no words that one could point at, is read first
    of the new ones and does not sound the alarm: a lane that cries at every odd sentence is soon not heard."""
    priority = PRIORITIES[finding.code]
    is_a_guess = priority == CRISIS and finding.end == finding.start and finding.confidence < PLAINLY
    return GUESS if is_a_guess else priority
