"""A comment as a page prints it: read as a plain row, worded and put into HTML once, here.

A thread's page prints up to 275 of these, so they are written as one string, each field escaped,
and not by a template or `format_html` for each part: a fraction of the time.
"""

from dataclasses import dataclass
from datetime import datetime
from html import escape
from types import SimpleNamespace

from django.utils import timezone

from articles.dates import written
from comments.models import Mark, Status
from comments.models.helpful import step_of
from healthnews import markup

_GONE = {
    Status.REMOVED: "This comment was removed by a moderator.",
    Status.WITHDRAWN: "This comment was withdrawn by its author.",
    Status.PENDING: "This comment is being read by a moderator.",
    Status.RETURNED: "This comment is being changed by its author.",
    Status.REJECTED: "This comment was not published.",
}
_COLUMNS = (
    *("id", "parent_id", "root_id", "depth", "path", "status", "shown"),
    *("posted_at", "published_answers", "mark", "mark_label", "helpful_count", "is_picked"),
    *("author_name", "author__display_name", "text__body_html"),
    *("parent__author_name", "parent__author__display_name", "parent__status", "parent__shown"),
)


class Rows:
    """A QuerySet of comments read as plain rows: only the columns a page prints, joined in one query."""

    def __init__(self, queryset, *further):
        self.queryset, self.further = queryset, further

    def __getattr__(self, name):
        if name not in {"filter", "order_by"}:
            raise AttributeError(name)
        return lambda *args, **kwargs: Rows(getattr(self.queryset, name)(*args, **kwargs), *self.further)

    def __getitem__(self, index):
        return [self._row(values) for values in self._values()[index]]

    def __iter__(self):
        return (self._row(values) for values in self._values())

    def _values(self):
        return self.queryset.values(*_COLUMNS, *self.further)

    def first(self):
        """The first row, None if there is none."""
        return next(iter(self[:1]), None)

    @staticmethod
    def _row(values):
        return SimpleNamespace(pk=values["id"], **values)


@dataclass(frozen=True)
class Line:
    """A comment as the page prints it."""

    id: int
    depth: int
    name: str
    body: str  # HTML that was cleaned when it was stored
    gone: str  # why there is no text; empty for a published comment
    day: str
    iso: str
    mark: str
    mark_label: str
    parent_id: int | None
    parent_name: str
    parent_href: str
    before_update: bool
    is_picked: bool = False
    can_hide: bool = False  # by somebody whom a reader may not want to read
    helped: str = ""  # how many people found it helpful, as it is printed; empty for nobody

    @property
    def html(self):
        """The text as it is shown."""
        return markup.stored(self.body)

    @property
    def href(self) -> str:
        """The permalink."""
        return f"/comments/{self.id}/"

    def printed(self, new_base: str, can_answer: bool):
        """The element of the comment; `new_base` is the composer's address. The same for every viewer."""
        if self.gone:
            return markup.stored(
                f'<article id="comment-{self.id}" class="comment comment--gone" data-depth="{self.depth}">'
                f'<p class="comment__gone">{escape(self.gone)}</p></article>\n'
            )
        # One string, escaped field by field: format_html costs ten times as much, on a page of a hundred.
        mark = f' <span class="comment__mark">{escape(self.mark_label)}</span>' if self.mark else ""
        if self.is_picked:
            mark += ' <span class="comment__pick">Staff pick</span>'
        return markup.stored(
            f'<article id="comment-{self.id}" class="comment{f" comment--{escape(self.mark)}" if self.mark else ""}" '
            f'data-depth="{self.depth}"><header class="comment__head"><b class="comment__name">{escape(self.name)}</b>'
            f'{mark} <a class="comment__time" href="{self.href}"><time datetime="{self.iso}">{self.day}</time></a></header>'
            f'{self._in_reply_to()}<div class="comment__body">{self.body}</div>'
            f"{self._foot(escape(new_base), can_answer)}</article>\n"
        )

    def _in_reply_to(self) -> str:
        if self.parent_id is None:
            return ""
        name = escape(self.parent_name)
        if self.parent_href:
            name = f'<a href="{escape(self.parent_href)}">{name}</a>'
        return f'<p class="comment__parent">in reply to {name}</p>'

    def _foot(self, new_base: str, can_answer: bool) -> str:
        answer = hide = older = ""
        whose = f'<span class="visually-hidden">: the comment by {escape(self.name)}</span>'
        if can_answer:
            answer = (
                f'<a class="comment__answer" href="{new_base}?parent={self.id}" rel="nofollow" data-answer="{self.id}">'
                f'Reply<span class="visually-hidden"> to {escape(self.name)}</span></a>'
            )
        if self.can_hide:
            hide = (
                f'<a class="comment__tool" href="{self.href}hide/" rel="nofollow">'
                f'Hide<span class="visually-hidden"> {escape(self.name)}</span></a>'
            )
        if self.before_update:
            older = '<span class="comment__older">Written before the last update of the article</span>'
        return (
            f'<footer class="comment__foot">{answer}'
            f'<a class="comment__tool" href="{self.href}helpful/" rel="nofollow">Helpful{self.helped}{whose}</a>'
            f'<a class="comment__tool" href="{self.href}report/" rel="nofollow">Report{whose}</a>{hide}{older}</footer>'
        )


def line(row, article, present: set[int], *, own: bool = False) -> Line:
    """A row as a line. `present` are the ids on the same page; `own` shows the text whatever its status."""
    # By the site's clock: the page is everybody's.
    posted: datetime = row.posted_at.astimezone(timezone.get_default_timezone())
    shown = own or row.status == Status.PUBLISHED
    return Line(
        id=row.pk,
        depth=row.depth,
        name=_name(row.author__display_name, row.author_name) if shown else "",
        body=row.text__body_html if shown else "",
        gone="" if shown else _GONE[row.status],
        day=f"{written(posted)}, {posted:%H:%M}",
        iso=posted.isoformat(timespec="seconds"),
        mark=row.mark if shown else "",
        mark_label=row.mark_label if shown else "",
        parent_id=row.parent_id,
        parent_name=_parent_name(row),
        parent_href=_parent_href(row, present),
        # Said once a branch: its answers came later, and a note under each of them would only be noise.
        before_update=bool(not row.depth and article.updated_at and row.posted_at < article.updated_at),
        is_picked=row.is_picked and row.status == Status.PUBLISHED,
        # As `Hidden.why_not` has it, for who wrote under a mark of this site.
        can_hide=bool(row.author__display_name) and row.mark not in {Mark.AUTHOR, Mark.STAFF},
        helped=_helped(row.helpful_count),
    )


def _helped(count: int) -> str:
    """Exact for a few, from five on in steps: kept pages need not be made anew for each mark (Helpful.toggle)."""
    step = step_of(count)
    return f" ({step:,}{'+' if step >= 5 else ''})" if step else ""


def _name(display_name: str | None, author_name: str | None) -> str:
    return display_name or author_name or "Anonymous"


def _parent_name(row) -> str:
    if row.parent_id is None:
        return ""
    if row.parent__status != Status.PUBLISHED:
        return "a comment that is not shown"
    return _name(row.parent__author__display_name, row.parent__author_name)


def _parent_href(row, present) -> str:
    if not row.parent__shown:
        return ""
    return f"#comment-{row.parent_id}" if row.parent_id in present else f"/comments/{row.parent_id}/"
