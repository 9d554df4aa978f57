"""What the checks get and what they give back. Frozen; standard library only."""

from dataclasses import asdict, dataclass, field
from enum import IntEnum


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
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True)
class Finding:
    """What a check noticed, where (code points of the text; 0, 0 for the comment as a whole) and how sure it is."""

    code: str
    outcome: Outcome
    start: int = 0
    end: int = 0
    confidence: float = 1.0

    def as_record(self) -> dict:
        """What a Decision keeps: codes and numbers, never words of the text."""
        return asdict(self) | {"outcome": self.outcome.name.lower()}


@dataclass(frozen=True)
class Verdict:
    """All findings, and what they ask for together."""

    findings: tuple[Finding, ...]
    outcome: Outcome
    priority: int = 5  # as Case.priority
