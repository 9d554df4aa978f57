"""Reading a thread: a page of roots with their first answers, or a page of one root's answers.

Three queries whatever the thread's size; every row costs the same. What a comment prints is made in lines.py.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from html import escape

from django.db import connection
from django.db.models import Q
from django.template.defaultfilters import pluralize

from comments import paths
from comments.lines import Line, Rows, line
from comments.models import Comment, Status
from healthnews import paging

ROOTS = 25
FIRST_ANSWERS = 10  # of each root, on a page of roots
ANSWERS = 25  # on a page of one root
OLDEST, NEWEST = "oldest", "newest"
SORTS = {OLDEST: "Oldest first", NEWEST: "Newest first"}
MOST_PICKS = 100  # beyond it we say "100+" rather than count
# The first answers of each root on the page. LATERAL stops after 11 index entries a root (design 7). And the article's
# picks, of which most have none.
_FIRST_ANSWERS = """
    SELECT answer.id, false FROM unnest(%s::bigint[]) AS root(id)
    CROSS JOIN LATERAL (
        SELECT id FROM comments_comment
        WHERE article_id = %s AND root_id = root.id AND root_id IS NOT NULL AND shown
        ORDER BY path LIMIT %s
    ) AS answer
    UNION ALL (
        SELECT id, true FROM comments_comment WHERE article_id = %s AND is_picked AND status = 'published' LIMIT %s
    )
"""


@dataclass
class Branch:
    """A root with those of its answers that the page shows, and what lies beyond."""

    root: Line
    answers: list[Line]
    more: int = 0  # answers that are not here
    more_href: str = ""

    @property
    def shown(self) -> int:
        """How many answers there are in all."""
        return len(self.answers) + self.more

    def printed(self, new_base: str, can_answer: bool) -> str:
        """The branch on a page of roots, its answers to be folded away; as one string, as each comment is."""
        root, *answers = (each.printed(new_base, can_answer) for each in (self.root, *self.answers))
        if self.more:
            more = f"{self.more} more answer{pluralize(self.more)}"
            answers.append(
                f'<p class="branch__more"><a href="{escape(self.more_href)}" rel="nofollow">{more}</a></p>'
            )
        if answers:
            how_many = f"<summary>{self.shown} answer{pluralize(self.shown)}</summary>"
            answers = ['<details class="branch__answers" open>', how_many, *answers, "</details>"]
        return f'<div class="branch">{root}{"".join(answers)}</div>\n'


@dataclass
class ThreadPage:
    """One page of a thread."""

    branches: list[Branch]
    sort: str = OLDEST
    before_href: str = ""
    after_href: str = ""
    # On a page of one root: what stands between the root and the first answer shown.
    context: list[Line] = field(default_factory=list)
    is_one_root: bool = False
    # What was published since a moment, newest last, out of its place in the thread.
    is_since: bool = False
    # What the desk has picked, newest first, out of its place in the thread.
    is_picks: bool = False
    picks: str = ""  # on a page of roots: how many picks the article has, as it is printed; empty for none

    @property
    def is_list(self) -> bool:
        """Whether it is out of the thread's order."""
        return self.is_since or self.is_picks

    @property
    def above(self) -> list[Line]:
        """On a page of one root: the root, and what stands between it and the first answer shown."""
        return [self.branches[0].root, *self.context]


def sort_of(value: str | None) -> str:
    """The sort that was asked for; anything unknown is the oldest first."""
    return value if value in SORTS else OLDEST


def page_of_roots(article, *, sort=OLDEST, after="", before="") -> ThreadPage:
    """A page of roots, each with its first answers in reading order."""
    roots = Comment.objects.filter(article=article, parent__isnull=True).shown()
    page = paging.page_by_time(
        roots.values_list("pk", "posted_at", named=True),
        "posted_at",
        size=ROOTS,
        descending=sort == NEWEST,
        after=after,
        before=before,
    )
    ids = [root.pk for root in page.rows]
    answers, picks = _first_answers(article, ids)
    rows = _read(article, [*ids, *answers])
    roots, answers = {row.pk: row for row in rows if row.root_id is None}, _by_root(rows)
    base = _base(article)
    tail = f"&sort={sort}" if sort != OLDEST else ""
    branches = [_branch(article, roots[pk], answers.get(pk, []), base) for pk in ids if pk in roots]
    return ThreadPage(
        branches,
        sort=sort,
        before_href=page.before and f"{base}?before={page.before}{tail}",
        after_href=page.after and f"{base}?after={page.after}{tail}",
        picks=f"{MOST_PICKS}+" if picks > MOST_PICKS else f"{picks or ''}",
    )


def page_of_answers(article, root_id: int, *, after="", before="") -> ThreadPage | None:
    """A page of one root's answers, with what they hang on; None when there is no such root here."""
    root = Rows(Comment.objects.filter(article=article, parent__isnull=True, pk=root_id).shown()).first()
    if root is None:
        return None
    answers = Comment.objects.filter(article=article, root_id=root_id, root__isnull=False).shown()
    place, backwards = _path_at(answers, after), False
    if not place and (place := _path_at(answers, before)):
        backwards = True
    if place:
        answers = answers.filter(path__lt=place) if backwards else answers.filter(path__gt=place)
    rows = list(Rows(answers.order_by("-path" if backwards else "path"))[: ANSWERS + 1])
    more = len(rows) > ANSWERS
    rows = rows[:ANSWERS]
    if backwards:
        rows.reverse()
    here = f"{_base(article)}?root={root_id}"
    has_before, has_after = (more, True) if backwards else (bool(place), more)
    present = {row.pk for row in rows} | {root_id}
    # The first answer's parents: along its path, and the true one where that is not on the path.
    hangs_on = [*paths.ids(rows[0].path)[1:-1], rows[0].parent_id] if rows else []
    above = [pk for pk in dict.fromkeys(hangs_on) if pk not in present]
    return ThreadPage(
        [Branch(line(root, article, set()), [line(row, article, present) for row in rows])],
        before_href=f"{here}&before={paging.encode(rows[0].pk)}" if rows and has_before else "",
        after_href=f"{here}&after={paging.encode(rows[-1].pk)}" if rows and has_after else "",
        context=[line(row, article, present) for row in _read(article, above) if row.shown],
        is_one_root=True,
    )


def page_since(article, since: datetime, *, after="") -> ThreadPage:
    """What was published under the article since that moment, in the order of publication; for a returning reader."""
    comments = Comment.objects.filter(article=article, published_at__gt=since).published()
    place = paging.decode(after, 2)
    if place and (at := paging.moment(place[0])):
        comments = comments.filter(Q(published_at__gt=at) | Q(published_at=at, pk__gt=place[1]))
        comments = comments.filter(published_at__gte=at)
    rows = list(Rows(comments.order_by("published_at", "pk"), "published_at")[: ROOTS + 1])
    more = len(rows) > ROOTS
    rows = rows[:ROOTS]
    base, present = _base(article), {row.pk for row in rows}
    here = f"{base}?since={int(since.timestamp() * 1000)}"
    return ThreadPage(
        [Branch(replace(line(row, article, present), depth=0), []) for row in rows],
        after_href=f"{here}&after={paging.encode(rows[-1].published_at, rows[-1].pk)}" if more else "",
        is_since=True,
    )


def page_of_picks(article, *, after="") -> ThreadPage:
    """What the desk has picked under the article, the newest first."""
    picked = Comment.objects.filter(article=article, is_picked=True).published()
    page = paging.page_by_time(
        picked.values_list("pk", "published_at", named=True),
        "published_at",
        size=ROOTS,
        descending=True,
        after=after,
    )
    rows = {row.pk: row for row in _read(article, [pick.pk for pick in page.rows])}
    shown = [rows[pick.pk] for pick in page.rows if pick.pk in rows]
    return ThreadPage(
        [Branch(replace(line(row, article, set(rows)), depth=0), []) for row in shown],
        after_href=page.after and f"{_base(article)}?picks=1&after={page.after}",
        is_picks=True,
    )


def address_of(comment) -> str:
    """A page that holds the comment and its parents, at its anchor: what a permalink leads to."""
    article, base = comment.article, _base(comment.article)
    if comment.root_id is None:
        earlier = Comment.objects.filter(
            article=article, parent__isnull=True, posted_at__lte=comment.posted_at
        ).shown()
        previous = (
            earlier.exclude(posted_at=comment.posted_at, pk__gte=comment.pk)
            .order_by("-posted_at", "-pk")
            .values_list("posted_at", "pk")
            .first()
        )
        return f"{base}{'?after=' + paging.encode(*previous) if previous else ''}#comment-{comment.pk}"
    previous = (
        Comment.objects.filter(article=article, root_id=comment.root_id, path__lt=comment.path)
        .filter(root__isnull=False)
        .shown()
        .order_by("-path")
        .values_list("pk", flat=True)
        .first()
    )
    after = f"&after={paging.encode(previous)}" if previous else ""
    return f"{base}?root={comment.root_id}{after}#comment-{comment.pk}"


def lines_of(comments) -> dict[int, Line]:
    """These comments (with their articles) as lines by id, whoever may see them: for their author's own page."""
    articles = {comment.pk: comment.article for comment in comments}
    rows = Rows(Comment.objects.filter(pk__in=articles))
    return {row.pk: line(row, articles[row.pk], set(), own=True) for row in rows}


# How it is read


def _first_answers(article, root_ids: list[int]) -> tuple[list[int], int]:
    """The ids of the first answers, and how many picks the article has (counted to one beyond MOST_PICKS)."""
    if not root_ids:
        return [], 0
    with connection.cursor() as cursor:
        values = [root_ids, article.pk, FIRST_ANSWERS + 1, article.pk, MOST_PICKS + 1]
        cursor.execute(_FIRST_ANSWERS, values)
        found = cursor.fetchall()
    return [pk for pk, is_pick in found if not is_pick], sum(is_pick for _, is_pick in found)


def _read(article, ids: list[int]) -> list:
    return list(Rows(Comment.objects.filter(pk__in=ids, article=article).order_by("path"))) if ids else []


def _by_root(rows) -> dict[int, list]:
    answers: dict[int, list] = {}
    for row in rows:
        answers.setdefault(row.root_id, []).append(row)
    return answers


def _path_at(answers, cursor: str) -> str:
    """The path that a cursor (the id of an answer of this root) stands for; empty when it cannot be read."""
    numbers = paging.decode(cursor, 1)
    return numbers and answers.filter(pk=numbers[0]).values_list("path", flat=True).first() or ""


def _branch(article, root, rows, base: str) -> Branch:
    more = len(rows) > FIRST_ANSWERS
    rows = rows[:FIRST_ANSWERS]
    present = {row.pk for row in rows} | {root.pk}
    here = sum(row.status == Status.PUBLISHED for row in rows)
    return Branch(
        line(root, article, set()),
        [line(row, article, present) for row in rows],
        more=max(1, root.published_answers - here) if more else 0,
        more_href=f"{base}?root={root.pk}&after={paging.encode(rows[-1].pk)}" if more else "",
    )


def _base(article) -> str:
    return f"/articles/{article.slug}/comments/"
