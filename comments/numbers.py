"""The desk's numbers: what `tally.py` counted, put together for a span of days, as plots and as a line for each person."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings

from accounts.models import User
from comments import desk, histogram, plots, sums
from comments.models import Action, Clause, Decision, Lane, Report
from comments.sums import Counts

_ACTIONS = {
    "Published": (Action.PUBLISH, Action.RESTORE, Action.OVERTURN),
    "Published without parts": (Action.PUBLISH_REDACTED,),
    "Returned": (Action.RETURN,),
    "Refused": (Action.REJECT,),
    "Removed": (Action.REMOVE,),
    "Something else": (Action.KEEP, Action.HOLD, Action.ESCALATE, Action.UPHOLD),
}
_RECEIVED = {
    "Published at once": "published",
    "Read first": "pending",
    "Refused by a listed word": "rejected",
}
_ANSWERED = {
    "One key": "one_key",
    "Canned, as it is": "filled",
    "Canned, changed": "changed",
    "Own words": "own",
}
_TAKEN = {"Returned": Action.RETURN, "Refused": Action.REJECT, "Removed": Action.REMOVE}


@dataclass(frozen=True)
class Person:
    """One moderator's figures."""

    user: User
    decided: int
    by_key: str
    seconds: str
    reversed: int
    second: str


@dataclass(frozen=True)
class Numbers:
    """All that the page shows. `missing` is the first day that is not counted yet, if there is one."""

    plots: list
    people: list[Person]
    undone: int
    missing: date | None


def read(first: date, last: date, *, by: str = sums.DAY, person=None) -> Numbers:
    """The numbers from the first to the last of these days; people: this one, or everybody for None."""
    found = sums.read(first, last, by=by, person=person)
    counts = found.counts
    made = _plots(counts, _periods(first, last, by))
    return Numbers(made, _people(found.people), counts.of("undone"), found.missing)


def _periods(first: date, last: date, by: str) -> list[date]:
    step = timedelta(days=7 if by == sums.WEEK else 1)
    start = first - timedelta(days=first.weekday()) if by == sums.WEEK else first
    return [start + step * each for each in range((last - start) // step + 1)]


def _plots(counts: Counts, periods: list[date]) -> list[plots.Plot]:
    clauses = Clause.newest_of(counts.clauses("decided", "reversal", "second"))
    when = [f"{each.day} {each:%b}" for each in periods]
    return [
        _received(counts, periods, when),
        _decided(counts, periods, when),
        _waited(counts, periods, when),
        _emergencies(counts),
        _lanes(),
        _by_clause(counts, clauses),
        _ways(counts),
        _answered(counts, periods, when),
        _reports(counts),
        _appeals(counts),
        _second(counts, clauses),
    ]


def _series(counts: Counts, kind: str, names: dict, periods) -> dict:
    return {
        name: [counts.of(kind, *([keys] if isinstance(keys, str) else keys), period=each) for each in periods]
        for name, keys in names.items()
    }


def _received(counts, periods, when):
    words = "Comments by readers, and what screening did with them."
    return plots.columns(
        "received", "Comments received", words, when, _series(counts, "received", _RECEIVED, periods)
    )


def _decided(counts, periods, when):
    words = "What people decided; what was undone does not count."
    return plots.columns(
        "decided", "Decisions by people", words, when, _series(counts, "decided", _ACTIONS, periods)
    )


def _waited(counts, periods, when):
    halves = {"Half of them within": 0.5, "Nine in ten within": 0.9}
    by_period = [counts.spans("waited", each) for each in periods]
    all_of_them = counts.spans("waited")
    words = "From posting to the first decision by a person, by the day of the decision."
    if all_of_them:
        half, most = (histogram.words(histogram.percentile(all_of_them, each)) for each in (0.5, 0.9))
        words += f" Over all of these days half were read within {half}, nine in ten within {most}."
    series = {
        name: [histogram.percentile(each, share) for each in by_period] for name, share in halves.items()
    }
    return plots.spans("waited", "Waiting time", words, when, series)


def _emergencies(counts):
    minutes, spans = settings.HN_CRISIS_MINUTES, counts.spans("crisis_time")
    words = (
        "From coming into the crisis lane to how it was dealt with, by the day of that. Later: who was on duty had to be "
        f"mailed, because {minutes} minutes of duty time had gone by; outside of duty hours that clock stands still."
    )
    if spans:
        half, most = (histogram.words(histogram.percentile(spans, each)) for each in (0.5, 0.9))
        words += f" Half waited at most {half}, nine in ten at most {most}, by day and by night."
    names = {f"Within {minutes} minutes of duty time": "in_time", "Later": "late"}
    dealt = [counts.of("crisis", key) for key in names.values()]
    notes = {"Share": [_share(each, sum(dealt)) for each in dealt]}
    return plots.lying(
        "crisis", "Emergencies", words, list(names), {"Emergencies": dealt}, notes, notes["Share"]
    )


def _lanes():
    found, cap = desk.waiting(), desk.COUNT_CAP
    names = [f"{lane.label}, more than" if found[lane] > cap else lane.label for lane in Lane]
    waiting = [min(found[lane], cap) for lane in Lane]
    words = f"Open cases at this moment, lane by lane; counted to {cap:,} each."
    return plots.lying("lanes", "What waits now", words, names, {"Open cases": waiting})


def _by_clause(counts, clauses):
    ids = _by_label(clauses, counts.clauses("decided", "reversal"))

    def taken(which, *actions):
        return sum(counts.of("decided", *actions, clause=each) for each in which)

    reversed_ = [sum(counts.of("reversal", clause=each) for each in which) for which in ids.values()]
    decided = [taken(which, *_TAKEN.values()) for which in ids.values()]
    series = {name: [taken(which, action) for which in ids.values()] for name, action in _TAKEN.items()}
    notes = {
        "Reversed": reversed_,
        "That is": [_share(*each) for each in zip(reversed_, decided, strict=True)],
    }
    words = "Texts that people took away or kept back. Reversed: published after all in these days, on appeal or without."
    beside = [
        f"{back:,} reversed ({_share(back, all_)})" if back else ""
        for back, all_ in zip(reversed_, decided, strict=True)
    ]
    return plots.lying("clauses", "Outcomes by clause", words, list(ids), series, notes, beside)


def _ways(counts):
    ways = {
        Decision.Way.KEY: "By key",
        Decision.Way.CLICK: "By button",
        Decision.Way.BULK: "In bulk",
        "": "Not known",
    }
    decided = [counts.of("way", way) for way in ways]
    seconds = [counts.spans(f"seconds_{way}") for way in ways]
    notes = {
        "Share": [_share(each, sum(decided)) for each in decided],
        "Half within": [histogram.words(histogram.percentile(each, 0.5)) for each in seconds],
        "Nine in ten within": [histogram.words(histogram.percentile(each, 0.9)) for each in seconds],
    }
    medians = [
        f"{name.lower()} {half}"
        for name, half, each in zip(ways.values(), notes["Half within"], seconds, strict=True)
        if each
    ]
    words = "How decisions were made."
    if medians:
        words += f" Half of the time from opening to deciding was at most: {', '.join(medians)}."
    return plots.lying(
        "ways",
        "Key, button or bulk",
        words,
        list(ways.values()),
        {"Decisions": decided},
        notes,
        notes["Share"],
    )


def _answered(counts, periods, when):
    one_key, everything = counts.of("answered", "one_key"), counts.of("answered")
    words = (
        "Decisions with an answer or a message to the author. One key: a canned reply as it is, by keyboard."
    )
    if everything:
        share = f" ({_share(one_key, everything)})" if one_key else ""
        words += f" {f'{one_key:,}' if one_key else 'None'} of {everything:,} went by one key{share}."
    return plots.columns("answered", "Answers", words, when, _series(counts, "answered", _ANSWERED, periods))


def _reports(counts):
    came = counts.keys("reported", "report_right", "report_wrong")
    reasons = [each for each in Report.Reason if each.value in came]
    series = {
        "Was right": [counts.of("report_right", each) for each in reasons],
        "Changed nothing": [counts.of("report_wrong", each) for each in reasons],
    }
    notes = {"Came in": [counts.of("reported", each) for each in reasons]}
    both = Counter(counts.spans("report_time")) + Counter(counts.spans("notice_time"))
    words = "Reports by reason, by the day of the answer."
    if both:
        words += f" Half were answered within {histogram.words(histogram.percentile(both, 0.5))}."
    return plots.lying("reports", "Reports", words, [each.label for each in reasons], series, notes)


def _appeals(counts):
    names = {"Lodged": "lodged", "Granted": "granted", "Refused": "refused"}
    spans = counts.spans("appeal_time")
    words = "Appeals by the day they came, and were answered."
    if spans:
        words += f" Half were answered within {histogram.words(histogram.percentile(spans, 0.5))}."
    series = {"Appeals": [counts.of("appeal", key) for key in names.values()]}
    return plots.lying("appeals", "Appeals", words, list(names), series)


def _second(counts, clauses):
    ids = _by_label(clauses, counts.clauses("second"))
    if counts.of("second", clause=None):
        ids["Without a clause"] = [None]
    agree, differ = (
        [sum(counts.of("second", key, clause=each) for each in which) for which in ids.values()]
        for key in ("agree", "differ")
    )
    notes = {"Agreement": [_share(a, a + d) for a, d in zip(agree, differ, strict=True)]}
    words = "One decision in twenty is read again by another moderator, who does not know what was decided."
    if sum(agree + differ):
        words += f" They agreed in {_share(sum(agree), sum(agree + differ))}."
    series = {"Same outcome and clause": agree, "Differ": differ}
    return plots.lying("second", "Blind second readings", words, list(ids), series, notes, notes["Agreement"])


def _by_label(clauses: dict[int, Clause], wanted: Iterable[int]) -> dict[str, list]:
    """The clauses' ids, of all versions of the policy, by number and title in the newest."""
    found: dict[str, list] = {}
    for pk in sorted(wanted, key=lambda pk: (clauses[pk].number, clauses[pk].title)):
        found.setdefault(str(clauses[pk]), []).append(pk)
    return found


def _people(whose: dict[int, Counts]) -> list[Person]:
    users = User.objects.in_bulk(whose)
    made = []
    for pk, counts in whose.items():
        spans: Counter = Counter()
        for way in Decision.Way.values:
            spans += Counter(counts.spans(f"seconds_{way}"))
        decided, read = counts.of("decided"), counts.of("second")
        made.append(
            Person(
                users[pk],
                decided,
                _share(counts.of("way", Decision.Way.KEY), decided),
                histogram.words(histogram.percentile(spans, 0.5)),
                counts.of("reversal"),
                f"{_share(counts.of('second', 'agree'), read)} of {read:,}" if read else "–",
            )
        )
    return sorted(made, key=lambda each: (-each.decided, each.user.display_name))


def _share(part: int, whole: int) -> str:
    return f"{round(100 * part / whole)} %" if whole else "–"
