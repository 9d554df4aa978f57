"""The comments of one item: made ready outside the transaction, then brought in at once by the door for many."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import DatabaseError, InterfaceError, OperationalError, transaction
from django.utils import timezone

from comments.models import Comment, Status
from comments.models.bringing_in import Incoming, bring_in_many
from healthnews import markup
from healthnews.wordpress import body, people
from healthnews.wordpress.old import OldComment, OldItem
from healthnews.wordpress.report import Tally
from healthnews.wordpress.run import Run, own_id, public_id
from healthnews.wordpress.threads import ordered

_STATUSES = {
    "1": Status.PUBLISHED,
    "approve": Status.PUBLISHED,
    "approved": Status.PUBLISHED,
    "0": Status.PENDING,
    "hold": Status.PENDING,
    "spam": Status.REJECTED,
}
_TRASH = {"trash", "post-trashed"}
_LEFT_OUT = {"pingback": "pingbacks", "trackback": "trackbacks", "note": "private notes"}
_PLACE = ("root_id", "depth", "path", "source_key", "article_id", "author_id")
_AT_ONCE = 1_000  # keys asked for in one query


@dataclass
class Ready:
    """An item's comments, parents first, cleaned: what is here already, and what is to come in."""

    here: dict[str, Comment] = field(default_factory=dict)  # by key
    fresh: list[tuple[Incoming, str]] = field(default_factory=list)  # with the address of its author
    names: dict[str, str] = field(default_factory=dict)  # address to name, of authors who may become users


def prepare(item: OldItem, ident: str, article, at: datetime, run: Run, tally: Tally) -> Ready:
    """Put the item's comments in order and clean those that are not here. `article` is None when it is new.

    Comments without a date are dated `at`.
    """
    ready = Ready()
    if not item.comments:
        return ready
    pairs, here = _here(_usable(item, ident, at, run, tally), ident, article, run, tally)
    thread = ordered(pairs)
    for comment in thread.orphans:
        tally.note(f"comment {comment.id}", "answers a comment that is not brought in: begins a thread now")
    for comment in thread.in_cycles:
        tally.note(f"comment {comment.id}", "answers itself in a circle: begins a thread now")
    tally.already_here["comments"] += len(here)
    people.count_here({comment.author.email for comment in here.values() if comment.author}, run, tally)
    ready.here = here
    for comment, posted_at in thread.comments:
        key = run.key("comment", comment.id)
        if key not in here:
            parent = thread.parents.get(comment.id)
            ready.fresh.append(_ready(comment, posted_at, key, parent and run.key("comment", parent), ready))
            if comment.mended:
                tally.note(f"comment {comment.id}", "its letters were encoded twice: mended")
    if run.dry_run:
        run.comments.update(comment.id for comment, _ in thread.comments)
    return ready


def bring(ready: Ready, article, run: Run, tally: Tally) -> None:
    """Bring in what was made ready. Call inside the item's transaction."""
    users = people.users_of(ready.names, run, tally) if ready.names else {}
    fresh = [
        replace(comment, author_id=users[email], author_name="") if email in users else comment
        for comment, email in ready.fresh
    ]
    _store(fresh, dict(ready.here), article, tally)


def _store(fresh: list[Incoming], here: dict[str, Comment], article, tally: Tally) -> None:
    """All at once; if the database refuses one of them, half by half, until it is known which."""
    try:
        with transaction.atomic():
            here |= bring_in_many(article, fresh, here)
    except (OperationalError, InterfaceError):
        raise
    except (DatabaseError, ValueError, TypeError, ArithmeticError, LookupError) as error:
        if len(fresh) > 1:
            _store(fresh[: len(fresh) // 2], here, article, tally)
            _store(fresh[len(fresh) // 2 :], here, article, tally)
        else:
            tally.refuse(_named(fresh[0]), f"{type(error).__name__}: {error}")
        return
    tally.brought["comments"] += len(fresh)
    for comment in fresh:
        tally.statuses[str(comment.status)] += 1
        if comment.parent and comment.parent not in here:
            tally.note(_named(comment), "answers a comment that was refused: begins a thread now")


def _named(comment: Incoming) -> str:
    return f"comment {comment.source_key.rpartition(':')[2]}"


def _usable(item: OldItem, item_id: str, fallback: datetime, run: Run, tally: Tally) -> list:
    """(comment, time) of what is a comment, each with an id of its own; the rest is counted."""
    usable, seen, now = [], {}, timezone.now()
    for comment in item.comments:
        if comment.type != "comment":
            tally.left_out[_LEFT_OUT.get(comment.type, f"comments of type {comment.type}"[:50])] += 1
            continue
        if comment.approved in _TRASH:
            tally.left_out["comments in the trash"] += 1
            continue
        at = run.time(comment.at, comment.local)
        try:
            ident = public_id(comment.id)
        except ValueError as error:
            ident = own = _own_id(comment, item_id)
            tally.note(f"comment {own} on {item.type} {item_id}", f"{error}: one was made for it")
        if ident in seen:
            own = _own_id(comment, item_id)
            if own in seen or own == _own_id(seen[ident], item_id):
                tally.refuse(f"comment {ident}", "it stands in the file twice")
                continue
            tally.note(f"comment {own}", "has the id of another comment: one was made for it", ident)
            ident = own
        seen[ident] = comment
        if at is None:
            tally.note(f"comment {ident}", "has no date: dated like its article")
        usable.append(
            (comment if ident == comment.id else replace(comment, id=ident), min(at or fallback, now))
        )
    return usable


def _own_id(comment: OldComment, item_id: str) -> str:
    return own_id(item_id, comment.name, comment.email, comment.at, comment.local, comment.html)


def _here(pairs: list, item_id: str, article, run: Run, tally: Tally) -> tuple[list, dict[str, Comment]]:
    """The comments, and by key those of them that an earlier run brought in.

    Whose id another article's comment has gets one of its own, and so do the answers' references to it.
    """
    here, elsewhere = _found(pairs, article, run)
    if elsewhere:
        own = {old.id: _own_id(old, item_id) for old, _ in pairs if old.id in elsewhere}
        for ident, new in own.items():
            tally.note(f"comment {new}", "has the id of a comment elsewhere: one was made for it", ident)
        pairs = [
            (replace(old, id=own.get(old.id, old.id), parent=own.get(old.parent, old.parent)), at)
            for old, at in pairs
        ]
        here, _ = _found(pairs, article, run)
    return pairs, here


def _found(pairs: list, article, run: Run) -> tuple[dict[str, Comment], set[str]]:
    """By key what is here under this article, and the ids that another article has."""
    keys = {run.key("comment", old.id): old.id for old, _ in pairs}
    wanted, here, elsewhere = list(keys), {}, run.comments & set(keys.values())
    for start in range(0, len(wanted), _AT_ONCE):
        found = Comment.objects.filter(source_key__in=wanted[start : start + _AT_ONCE])
        for comment in found.select_related("author").only(*_PLACE, "author__email"):
            if article is not None and comment.article_id == article.pk:
                here[comment.source_key] = comment
            else:
                elsewhere.add(keys[comment.source_key])
    return here, elsewhere


def _ready(comment: OldComment, at, key: str, parent: str | None, ready: Ready) -> tuple[Incoming, str]:
    """The comment for the door, and its author's address; nobody is made a member for spam."""
    status = _STATUSES.get(comment.approved, Status.PENDING)
    name = people.public_name(comment.name)
    email = people.address(comment.email) if status != Status.REJECTED else ""
    if email:
        ready.names[email] = ready.names.get(email) or name
    incoming = Incoming(
        source_key=key,
        status=status,
        at=at,
        body=markup.tidy(comment.html),
        body_html=body.comment(comment.html),
        parent=parent or "",
        author_name=name or people.ANONYMOUS,
    )
    return incoming.cleaned(), email
