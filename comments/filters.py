"""What the desk is looking through: as addresses carry it, from the queue to a card, on to the next, and back."""

from dataclasses import dataclass, fields, replace
from urllib.parse import urlencode

from django.db.models import Q

from articles.models import Article
from articles.search import titled
from comments import people
from comments.models import Case, Comment, Lane, Status
from comments.screening import wording

LONGEST = 254  # characters of one filter; an e-mail address may have so many
FEW = 1_000  # what is rarer is looked up by its own index, and not on a walk through the queue
ARTICLES = 50  # whose titles hold the words


@dataclass(frozen=True)
class Filters:
    """What is asked for. Whatever stands in an address is taken; what means nothing filters nothing."""

    lane: str = ""
    reason: str = ""
    author: str = ""
    article: str = ""
    q: str = ""  # a search among all comments
    state: str = ""
    after: str = ""  # the page, by its cursor
    at: str = ""  # the place in the queue that one comes back to

    @classmethod
    def of(cls, data) -> "Filters":
        """Those of an address (a QueryDict)."""
        names = (each.name for each in fields(cls))
        return cls(**{name: data.get(name, "").replace("\x00", "").strip()[:LONGEST] for name in names})

    @property
    def query(self) -> str:
        """As it stands behind an address: empty, or from the question mark on."""
        kept = {name: value for name, value in vars(self).items() if value}
        return f"?{urlencode(kept)}" if kept else ""

    @property
    def onward(self) -> str:
        """For the links to cards: without the place that one came back to."""
        return replace(self, at="").query

    @property
    def beside_lane(self) -> str:
        """What stays when another lane is chosen, to be put behind it."""
        return replace(self, lane="", q="", state="", after="", at="").query.replace("?", "&")

    def turned_to(self, after: str) -> str:
        """The same, from this cursor on."""
        return replace(self, after=after, at="").query

    @property
    def from_the_start(self) -> str:
        """The address of the same from its head on."""
        return self.turned_to("") or "?"

    @property
    def count(self) -> int:
        """How many fields of the form are filled in."""
        return sum(bool(each) for each in (self.reason, self.author, self.article, self.state))

    @property
    def narrows(self) -> bool:
        """Whether it leads through a part of the queue only."""
        return bool(self.lane or self.reason or self.author or self.article)

    @property
    def words(self) -> str:
        """What it leads through, for a line on the card."""
        lane = Lane[self.lane.upper()].label if self.lane.upper() in Lane.names else ""
        reason = wording.FOR_MODERATORS.get(self.reason, "")
        return ", ".join(filter(None, (lane, reason, self.author, self.article)))

    def cases(self):
        """The open cases that fit, in the queue's order. A query for each of reason, author and article."""
        cases = Case.objects.open()
        if self.lane.upper() in Lane.names:
            cases = cases.filter(lane=Lane[self.lane.upper()])
        if self.reason in wording.FOR_MODERATORS:
            having = cases.filter(codes__contains=[self.reason])
            # Walking the queue in its order finds what is frequent soonest.
            few = list(having.order_by().values_list("pk", flat=True)[: FEW + 1])
            cases = having if len(few) > FEW else cases.filter(pk__in=few)
        if self.article:
            cases = cases.filter(article__in=self.articles())
        if self.author:
            # Through their newest comments, not through all that waits.
            theirs = Comment.objects.filter(author__in=self.authors()).order_by("-posted_at")
            cases = cases.filter(pk__in=list(theirs.values_list("pk", flat=True)[:FEW]))
        return cases

    def texts(self) -> Q:
        """The same for the texts that a search finds."""
        narrowed = Q()
        if self.article:
            narrowed &= Q(comment__article__in=self.articles())
        if self.author:
            narrowed &= Q(comment__author__in=self.authors())
        if self.state in Status.values:
            narrowed &= Q(comment__status=self.state)
        return narrowed

    def authors(self) -> list[int]:
        """People whose name or e-mail address begins like this."""
        return [each.pk for each in people.search(self.author)]

    def articles(self) -> list[int]:
        """The article of that address; else those whose titles hold these words."""
        exact = list(Article.objects.filter(slug=self.article).values_list("pk", flat=True))
        if exact:
            return exact
        return list(
            titled(Article.objects.order_by("-pk"), self.article).values_list("pk", flat=True)[:ARTICLES]
        )
