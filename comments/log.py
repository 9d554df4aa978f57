"""The log of the desk: who did what when, newest first, out of the records that each kind of act keeps."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q
from django.urls import reverse

from comments import states
from comments.models import (
    Action,
    CorrectionRequest,
    Credential,
    CredentialRequest,
    Decision,
    DutyChange,
    PersonNote,
    Pick,
    PolicyVersion,
    Proposal,
    ReplyChange,
    Sanction,
    SanctionAppeal,
    Switch,
    WordChange,
)
from healthnews import paging

ROWS = 50
EVERYTHING, DESK, SCREENING = "", "desk", "screening"
PEOPLE, RULES, SWITCHES, PICKS, CORRECTIONS, DUTY = (
    "people", "rules", "switches", "picks", "corrections", "duty",
)  # fmt: skip
KINDS = {
    EVERYTHING: "Everything",
    DESK: "All that the desk did",
    SCREENING: "What screening decided",
    PEOPLE: "People: sanctions, notes, professionals",
    RULES: "Policy, words, canned replies",
    SWITCHES: "Switches",
    PICKS: "Staff picks",
    CORRECTIONS: "To the editors",
    DUTY: "The duty roster",
}
# One kind of decision alone, by the name of its act.
ACTS = {act: Action(act).label for act in (*states.STAFF, states.UNDO)}


@dataclass(frozen=True)
class Line:
    """One act, in words; `url` leads to what it was about."""

    at: datetime
    by: str
    what: str
    about: str
    url: str
    clause: object = None


class _Source(NamedTuple):
    """A table with acts: the field that says when, the one that says who, and a row in words: (what, about, url)."""

    kind: str
    model: type
    at: str
    by: str
    joined: tuple
    words: Callable


def _decided(row) -> tuple[str, str, str]:
    what = row.get_action_display()
    if row.action == states.SUBMIT:
        what = f"{what} ({row.to_status})"
    if row.source == Decision.Source.APPEAL and row.action not in {states.UPHOLD, states.OVERTURN}:
        what = f"{what} (on an appeal)"
    if row.outcome:
        what = f"{what} ({row.get_outcome_display().lower()})"
    return what, _named(row.comment), _card(row.comment_id)


def _named(comment) -> str:
    return f"{comment.name} on {comment.article.title}"


def _card(pk: int) -> str:
    return reverse("moderation:card", args=[pk])


def _person(pk: int) -> str:
    return reverse("moderation:person", args=[pk])


def _picked(row) -> str:
    said = "Picked" if row.is_set else "Pick taken back"
    return f"{said} (undo)" if row.undoes_id else said


def _switched(row) -> tuple[str, str, str]:
    where = row.thread.article.title if row.thread_id else "The whole site"
    return (
        f"Switched: {row.in_words}",
        where,
        row.thread.article.get_absolute_url() if row.thread_id else reverse("moderation:switches"),
    )


def _answered_request(row) -> tuple[str, str, str]:
    what = f"Verified: {row.credential.label}" if row.credential_id else "Request to be verified declined"
    return what, str(row.user), _person(row.user_id)


def _proposal(what: str) -> Callable:
    def words(row) -> tuple[str, str, str]:
        said = what or f"Proposal {row.get_state_display().lower()}"
        return said, str(row), reverse("moderation:proposal", args=[row.pk])

    return words


_OF_COMMENT = ("comment__author", "comment__article")
# In the order of this list, at one and the same moment; the order is part of the cursors.
_SOURCES = (
    _Source("", Decision, "at", "by", (*_OF_COMMENT, "clause__policy"), _decided),
    _Source(
        PEOPLE, Sanction, "starts_at", "by", ("user", "clause__policy"),
        lambda row: (row.get_kind_display(), str(row.user), _person(row.user_id)),
    ),
    _Source(
        PEOPLE, Sanction, "lifted_at", "lifted_by", ("user",),
        lambda row: (f"{row.get_kind_display()} lifted", str(row.user), _person(row.user_id)),
    ),
    _Source(
        PEOPLE, PersonNote, "at", "by", ("user",),
        lambda row: ("Note about a person", str(row.user), _person(row.user_id)),
    ),
    _Source(PEOPLE, CredentialRequest, "decided_at", "decided_by", ("user", "credential"), _answered_request),
    _Source(
        PEOPLE, Credential, "revoked_at", "revoked_by", ("user",),
        lambda row: (f"Taken back: {row.label}", str(row.user), _person(row.user_id)),
    ),
    _Source(SWITCHES, Switch, "at", "by", ("thread__article",), _switched),
    _Source(
        RULES, PolicyVersion, "created_at", "created_by", (),
        lambda row: ("Policy published", str(row), reverse("moderation:policy_version", args=[row.number])),
    ),
    _Source(
        RULES, WordChange, "at", "by", (),
        lambda row: (f"Word {row.what}", row.word, reverse("moderation:word_record")),
    ),
    _Source(
        RULES, ReplyChange, "at", "by", ("reply",),
        lambda row: (
            "Canned reply changed" if row.before else "Canned reply written",
            str(row.reply), reverse("moderation:reply", args=[row.reply_id]),
        ),
    ),
    _Source(RULES, Proposal, "at", "by", (), _proposal("Proposal sent")),
    _Source(RULES, Proposal, "answered_at", "answered_by", (), _proposal("")),
    _Source(
        PICKS, Pick, "at", "by", _OF_COMMENT,
        lambda row: (_picked(row), _named(row.comment), _card(row.comment_id)),
    ),
    _Source(
        CORRECTIONS, CorrectionRequest, "at", "by", _OF_COMMENT,
        lambda row: ("Sent to the editors", _named(row.comment), _card(row.comment_id)),
    ),
    _Source(
        DUTY, DutyChange, "at", "by", ("user",),
        lambda row: (
            row.what, f"{row.user}: {row.shift}", reverse("moderation:duty"),
        ),
    ),
    _Source(
        PEOPLE, SanctionAppeal, "answered_at", "answered_by", ("sanction__user",),
        lambda row: (
            f"Appeal against a sanction ({row.sanction.get_kind_display().lower()}) {row.state}",
            str(row.sanction.user), _person(row.sanction.user_id),
        ),
    ),
    _Source(
        CORRECTIONS, CorrectionRequest, "taken_back_at", "taken_back_by", _OF_COMMENT,
        lambda row: ("Taken back from the editors", _named(row.comment), _card(row.comment_id)),
    ),
)  # fmt: skip
_UNPRINTED = ("body", "body_html", "search")


def read(
    viewer, *, kind: str = "", by: int | None = None, first=None, last=None, after: str = ""
) -> tuple[list, str]:
    """One page, as that moderator sees it: (the newest ROWS lines, the cursor of what follows or "").

    `kind` is one of KINDS or ACTS, `by` the id of who acted, `first` and `last` are moments (last: exclusive). One query
    for each kind of record; each reads at most ROWS + 1 rows, by an index. A cursor that cannot be read is the newest.
    """
    place = _place(after)
    found = []
    for number, source in enumerate(_SOURCES):
        rows = _asked(source, kind, viewer)
        if rows is None:
            continue
        if by is not None:
            rows = rows.filter(**{source.by: by})
        if first is not None:
            rows = rows.filter(**{f"{source.at}__gte": first})
        if last is not None:
            rows = rows.filter(**{f"{source.at}__lt": last})
        if place is not None:
            rows = rows.filter(_below(place, source.at, number))
        rows = rows.order_by(f"-{source.at}", "-pk")[: ROWS + 1]
        found += [((getattr(row, source.at), -number, row.pk), source, row) for row in rows]
    found.sort(key=lambda each: each[0], reverse=True)
    cursor = ""
    if len(found) > ROWS:
        at, number, pk = found[ROWS - 1][0]
        cursor = paging.encode(at, -number, pk)
    return [_line(source, row) for _, source, row in found[:ROWS]], cursor


def _asked(source: _Source, kind: str, viewer):
    """The rows of this table that the filter asks for and the viewer may know of; None where it asks for none of them."""
    rows = source.model.objects.select_related(source.by, *source.joined)
    rows = rows.defer(*_unprinted(source))
    if source.model is PersonNote:
        rows = rows.readable_by(viewer)
    if source.model is not Decision:
        return (
            rows.filter(**{f"{source.at}__isnull": False})
            if kind in {EVERYTHING, DESK, source.kind}
            else None
        )
    if kind == DESK:
        return rows.filter(by__isnull=False).exclude(action__in=[*states.AUTHORS, *states.SCREENED])
    if kind == SCREENING:
        return rows.filter(by__isnull=True, is_import=False)
    if kind in ACTS:
        return rows.filter(by__isnull=False, action=kind)
    return rows if kind == EVERYTHING else None


def _unprinted(source: _Source) -> list[str]:
    articles = [path for path in source.joined if path.endswith("article")]
    return [f"{path}__{name}" for path in articles for name in _UNPRINTED]


def _place(cursor: str):
    numbers = paging.decode(cursor, 3)
    at = paging.moment(numbers[0]) if numbers else None
    return (at, numbers[1], numbers[2]) if at is not None else None


def _below(place, field: str, number: int) -> Q:
    """What comes after the place, in this table."""
    at, last_number, pk = place
    earlier = Q(**{f"{field}__lt": at})
    if number < last_number:
        return earlier
    if number > last_number:
        return Q(**{f"{field}__lte": at})
    return Q(**{f"{field}__lte": at}) & (earlier | Q(pk__lt=pk))


def _line(source: _Source, row) -> Line:
    what, about, url = source.words(row)
    who = row.actor if isinstance(row, Decision) else str(getattr(row, source.by) or "the set-up")
    return Line(getattr(row, source.at), who, what, about, url, getattr(row, "clause", None))
