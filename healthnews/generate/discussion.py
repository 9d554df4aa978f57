"""Threads, made up: roots with three answers on average, everything as the doors of comments/models would have left it.

Whoever waits (`pending`) is the last in a thread; one leaf in fifty was refused by a listed word.
"""

import random
from datetime import datetime, timedelta
from itertools import accumulate

from comments import paths
from comments.models import Action, Case, Comment, CommentText, Decision, Lane, Status, Thread
from comments.models.policy import PolicyVersion
from comments.screening import Finding, Outcome
from healthnews import markup
from healthnews.generate import words
from healthnews.generate.load import END, NULL, Table, written

ANSWERS = (0, 0, 0, 1, 2, 3, 4, 4, 5, 11)  # of a root; three on average, so that 100 comments fill a page
TEXTS = 4096  # different ones
_REFUSED = 0.02
_FINDINGS = {
    Status.PUBLISHED: [],
    Status.PENDING: [Finding("newcomer", Outcome.HOLD).as_record()],
    Status.REJECTED: [Finding("listed_words", Outcome.REJECT, 0, 3).as_record()],
}


class Node:
    """A comment while its branch is being made: what `paths.place` and the counts ask of a parent."""

    __slots__ = ("answers", "at", "author", "chain", "depth", "parent", "path", "pk", "root_id", "status")

    def __init__(self, pk: int, at: datetime, author: int, parent: "Node | None", status: str):
        place = paths.place(at, pk, parent)
        self.pk, self.at, self.author, self.parent, self.status = pk, at, author, parent, status
        self.root_id, self.depth, self.path = place.root, place.depth, place.path
        self.answers = 0
        # What it hangs on by path.
        self.chain: tuple[Node, ...] = ()
        if parent is not None:
            self.chain = (*parent.chain, parent) if parent.depth < paths.MAX_DEPTH else parent.chain
            if status == Status.PUBLISHED:
                for above in {*self.chain, parent}:
                    above.answers += 1


def tables() -> dict[type, Table]:
    """The tables that threads fill, by model."""
    made = [
        Table(Comment, "id", "article_id", "author_id", "parent_id", "root_id", "depth", "path", "status", "text_id",
              "posted_at", "published_at", "published_answers", "article_edition"),
        Table(CommentText, "id", "comment_id", "body", "body_html", "created_at"),
        Table(Decision, "comment_id", "action", "to_status", "at", "text_id", "policy_id", "findings"),
        Table(Case, "comment_id", "article_id", "kinds", "codes", "lane", "priority", "since"),
        Table(Thread, "article_id", "version", "published_count"),
    ]  # fmt: skip
    return {table.model: table for table in made}


def shares(rng: random.Random, articles: int, comments: int, on_one: int | None) -> list[int]:
    """How many comments each article gets: the first `on_one`, the others the rest, few of them most of it."""
    if on_one is not None:
        rest = shares(rng, articles - 1, comments - on_one, None) if articles > 1 else []
        return [on_one, *rest]
    weights = [min(rng.paretovariate(1.2), 200.0) if rng.random() > 0.1 else 0.0 for _ in range(articles)]
    return _allotted(weights if any(weights) else [1.0] * articles, comments)


def _allotted(weights, amount: int) -> list[int]:
    """`amount` in whole parts after the weights: their sum is exactly `amount`."""
    total = sum(weights) or 1
    ends = [round(amount * so_far / total) for so_far in accumulate(weights)]
    return [end - start for start, end in zip([0, *ends], ends, strict=False)]


def write(rng: random.Random, into: dict[type, Table], articles, counts, pending: int, authors, progress):
    """A thread for each article that gets comments; `pending` of all comments wait. Calls progress(comments so far)."""
    writer = _Writer(rng, into)
    waits = _allotted(counts, pending)
    for article, count, waiting in zip(articles, counts, waits, strict=True):
        if count:
            writer.thread(article, count, waiting, authors)
            progress(writer.done)
    writer.end()


class _Writer:
    """Turns nodes into rows."""

    def __init__(self, rng: random.Random, into: dict[type, Table]):
        self.rng, self.into, self.done = rng, into, 0
        self.pk, self.text = into[Comment].next_id(), into[CommentText].next_id()
        bodies = [words.comment(rng) for _ in range(TEXTS)]
        self.texts = [(written(body), written(markup.comment(body))) for body in bodies]
        self.findings = {status: written(findings) for status, findings in _FINDINGS.items()}
        self.policy = written(PolicyVersion.objects.order_by("-number").values_list("pk", flat=True).first())

    def thread(self, article, count: int, waiting: int, authors: list[int]) -> None:
        """All comments of one article: branches from its publication to END, then what waits."""
        rng, nodes, at = self.rng, [], article.publish_at
        settled = count - waiting
        step = (END - at) / (settled / 2 + 2)
        while len(nodes) < settled:
            at = (at + step * rng.random()).replace(microsecond=0)
            nodes += self._branch(at, min(rng.choice(ANSWERS), settled - len(nodes) - 1), authors)
        published = [node for node in nodes if node.status == Status.PUBLISHED]
        for _ in range(waiting):
            parent = rng.choice(published) if published and rng.random() < 0.5 else None
            at = END - timedelta(seconds=rng.randrange(1, 14 * 86_400))
            at = max(at, parent.at if parent else article.publish_at)
            nodes.append(self._node(at, authors, parent, Status.PENDING))
        for node in nodes:
            self._write(article, node)
        self.into[Thread].add(str(article.pk), str(len(published)), str(len(published)))
        self.done += count

    def _branch(self, at: datetime, answers: int, authors) -> list[Node]:
        rng = self.rng
        refused = not answers and rng.random() < _REFUSED
        root = self._node(at, authors, None, Status.REJECTED if refused else Status.PUBLISHED)
        nodes, open_to = [root], [root]
        for _ in range(answers):
            at += timedelta(seconds=rng.randrange(60, 40_000))
            parent = root if rng.random() < 0.5 else rng.choice(open_to)
            refused = rng.random() < _REFUSED
            node = self._node(at, authors, parent, Status.REJECTED if refused else Status.PUBLISHED)
            nodes.append(node)
            if not refused:
                open_to.append(node)
        return nodes

    def _node(self, at, authors, parent, status) -> Node:
        node = Node(self.pk, at, self.rng.choice(authors), parent, status)
        self.pk += 1
        return node

    def _write(self, article, node: Node) -> None:
        pk, text, at, status = str(node.pk), str(self.text), str(node.at), str(node.status)
        body, html = self.rng.choice(self.texts)
        self.text += 1
        self.into[Comment].add(
            pk, str(article.pk), str(node.author), str(node.parent.pk) if node.parent else NULL,
            str(node.root_id) if node.root_id else NULL, str(node.depth), node.path, status, text, at,
            at if node.status == Status.PUBLISHED else NULL, str(node.answers), "1",
        )  # fmt: skip
        self.into[CommentText].add(text, pk, body, html, at)
        findings = self.findings[node.status]
        self.into[Decision].add(pk, str(Action.SUBMIT), status, at, text, self.policy, findings)
        if node.status == Status.PENDING:
            self.into[Case].add(pk, str(article.pk), "{new}", "{newcomer}", str(Lane.NEW.value), "5", at)

    def end(self) -> None:
        self.into[Comment].set_sequence(self.pk)
        self.into[CommentText].set_sequence(self.text)
