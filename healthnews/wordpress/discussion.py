"""The comments of one item, through the door that comments of other systems come in by."""

from django.db import DatabaseError, InterfaceError, OperationalError
from django.utils import timezone

from comments.models import Comment, Status
from healthnews import markup
from healthnews.wordpress import body, people
from healthnews.wordpress.old import OldComment, OldItem
from healthnews.wordpress.report import Tally
from healthnews.wordpress.run import Run, public_id
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
_PLACE = ("root_id", "depth", "path", "status", "source_key", "article_id", "author_id")
_AT_ONCE = 1_000  # keys asked for in one query


def bring(item: OldItem, article, run: Run, tally: Tally) -> None:
    """Bring in what is not here yet, parents before children, each with its state and time."""
    if not item.comments:
        return
    thread = ordered(_usable(item, article, run, tally))
    for comment in thread.orphans:
        tally.note(f"comment {comment.id}", "answers a comment that is not brought in: begins a thread now")
    for comment in thread.in_cycles:
        tally.note(f"comment {comment.id}", "answers itself in a circle: begins a thread now")
    here, elsewhere = _here(thread.comments, article, run)
    tally.already_here["comments"] += len(here)
    people.count_here({comment.author_id for comment in here.values()} - {None}, run, tally)
    for ident in elsewhere:
        tally.refuse(f"comment {ident}", "a comment of another article has the same id")
    fresh = [pair for pair in thread.comments if pair[0].id not in here and pair[0].id not in elsewhere]
    authors = _authors([comment for comment, _ in fresh], run, tally)
    for comment, at in fresh:
        parent = thread.parents.get(comment.id)
        if parent and parent not in here:
            tally.note(f"comment {comment.id}", "answers a comment that was refused: begins a thread now")
        try:
            here[comment.id] = _bring_one(comment, at, here.get(parent), article, authors, run)
        except (OperationalError, InterfaceError):
            raise
        except (DatabaseError, ValueError, TypeError, ArithmeticError, LookupError) as error:
            tally.refuse(f"comment {comment.id}", f"{type(error).__name__}: {error}")
        else:
            tally.brought["comments"] += 1
            tally.statuses[str(here[comment.id].status)] += 1


def _usable(item: OldItem, article, run: Run, tally: Tally) -> list:
    """(comment, time) of what is a comment and has an id; the rest is counted."""
    usable, seen, now = [], set(), timezone.now()
    for comment in item.comments:
        if comment.type != "comment":
            tally.left_out[_LEFT_OUT.get(comment.type, f"comments of type {comment.type}"[:50])] += 1
        elif comment.approved in _TRASH:
            tally.left_out["comments in the trash"] += 1
        else:
            try:
                ident = public_id(comment.id)
            except ValueError as error:
                tally.refuse(f"a comment on {item.type} {item.id}", str(error))
                continue
            if ident in seen:
                tally.refuse(f"comment {ident}", "another comment has the same id")
                continue
            seen.add(ident)
            at = run.time(comment.at, comment.local)
            if at is None:
                tally.note(f"comment {ident}", "has no date: dated like its article")
            usable.append((comment, min(at or article.publish_at or now, now)))
    return usable


def _here(comments, article, run: Run) -> tuple[dict[str, Comment], list[str]]:
    """Old id to comment, of those that an earlier run brought in; and the ids that another article has."""
    keys = {run.key("comment", comment.id): comment.id for comment, _ in comments}
    wanted, here, elsewhere = list(keys), {}, []
    for start in range(0, len(wanted), _AT_ONCE):
        found = Comment.objects.filter(source_key__in=wanted[start : start + _AT_ONCE])
        for comment in found.only(*_PLACE):
            if comment.article_id == article.pk:
                here[keys[comment.source_key]] = comment
            else:
                elsewhere.append(keys[comment.source_key])
    return here, elsewhere


def _authors(comments: list[OldComment], run: Run, tally: Tally) -> dict[str, object]:
    """User by address, for comments that are or may become public; nobody is made a member for spam."""
    wanted: dict[str, str] = {}
    for comment in comments:
        email = people.address(comment.email)
        if email and _STATUSES.get(comment.approved) != Status.REJECTED:
            wanted[email] = wanted.get(email) or people.public_name(comment.name)
    return people.users_of(wanted, run, tally) if wanted else {}


def _bring_one(comment: OldComment, at, parent, article, authors, run: Run) -> Comment:
    status = _STATUSES.get(comment.approved, Status.PENDING)
    author = authors.get(people.address(comment.email)) if status != Status.REJECTED else None
    return Comment.bring_in(
        article=article,
        author=author,
        author_name="" if author else people.public_name(comment.name) or people.ANONYMOUS,
        body=markup.tidy(comment.html),
        body_html=body.comment(comment.html),
        status=status,
        at=at,
        source_key=run.key("comment", comment.id),
        parent=parent,
    )
