"""A site with its people, and what somebody who saw every act would know of it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from django.test import Client
from django.utils import timezone

from articles.models import Article
from comments import screening
from comments.models import Clause, Comment, Credential, Decision, ListedWord
from tests.factories import make_article, make_comment, make_person, make_user

WORDS = """
    sleep tea morning garden walking quiet music summer winter shoes window kitchen village river bread
    lemon paper pencil chair carpet bicycle train island mountain forest meadow candle blanket orchard
    harbour bridge market library theatre painting weather cloud thunder autumn spring breakfast supper
    picnic holiday letter
""".split()  # noqa: SIM905  words
# What screening reads in them decides the status; whatever it says, the acts go on from there.
SAID = {
    "{words}.": 12,
    "{words}, see https://example.org/{words} for it.": 2,
    "{words}. Write to me at somebody@example.org.": 2,
    "You are a stupid idiot, {words}.": 1,
    "I want to kill myself tonight. {words}.": 1,
    "Buy snakeoil: {words}.": 1,
}


@dataclass
class Known:
    """How a comment has to stand after all that was done."""

    article: int
    author: int | None
    parent: int | None
    status: str
    body: str
    waiting: str | None = None
    decided: list[int] = field(default_factory=list)  # what is not taken back or overtaken, the latest last

    @property
    def stands(self) -> tuple:
        """What a decision may change, and its undoing puts back."""
        return self.status, self.body, self.waiting


class Site:
    """Articles, people, and the ledger: what was accepted, and so has to be on record, each as often as it was done."""

    def __init__(self):
        self.random, self.words, self.browsers = Random(0), 0, {}
        self.known: dict[int, Known] = {}
        self.ledger: Counter = Counter()
        self.before: dict[int, tuple] = {}  # by decision: how the comment stood
        self.made: list[Decision] = []  # by the desk, to be taken back or appealed against
        self.bulk: list[Decision] = []
        self.clauses = list(Clause.in_force())
        self.people()

    def people(self) -> None:
        """Readers (one a verified professional), an author, the desk; articles; and an import by nobody we know."""
        self.readers = [make_user() for _ in range(8)]
        self.desk = [make_user("moderator") for _ in range(3)]
        self.administrator, self.editor = make_user("administrator"), make_user("editor")
        self.author = make_user("author")
        until = timezone.localdate() + timedelta(days=300)
        Credential.verify(
            self.readers[0], kind="nurse", label="Nurse", issuer="A board", jurisdiction="UK",
            expires_on=until, by=self.administrator,
        )  # fmt: skip
        person = make_person(user=self.author)
        self.articles = [make_article(authors=[person]).pk for _ in range(3)]
        ListedWord.objects.create(word="snakeoil", outcome="reject")
        # Otherwise everything would wait for a long time: the first comments of everybody are read first.
        for reader in self.readers[:5]:
            for _ in range(3):
                made = make_comment(self.article(0), reader, body=self.text())
                self.came(made, made.text.body, "published")

    # What is drawn

    def draw(self, seed: int) -> None:
        """Let what is drawn from now on follow from the seed and from how much was done."""
        self.random = Random(f"{seed} {sum(self.ledger.values())} {self.words}")

    def chance(self, share: float) -> bool:
        """Whether something happens that happens in this share of cases."""
        return self.random.random() < share

    def one_of(self, them):
        """One of these, each as likely; None if there are none."""
        them = list(them)
        return self.random.choice(them) if them else None

    def text(self) -> str:
        """A text that nobody has written before: each of its two marked words stands in no other."""
        said = self.random.choices([*SAID], [*SAID.values()])[0]
        words = " ".join(self.random.sample(WORDS, 8))
        return f"{self.mark()} {said.replace('{words}', words, 1).replace('{words}', 'page')} {self.mark()}"

    def mark(self) -> str:
        """A word that stands nowhere else."""
        self.words += 1
        return f"zq{self.words:06}zq"

    def comment(self, *statuses, **wanted) -> Comment | None:
        """One of the comments that are known to have one of these statuses (any), and these attributes."""
        pks = [
            pk
            for pk, each in self.known.items()
            if (not statuses or each.status in statuses)
            and all(getattr(each, name) == value for name, value in wanted.items())
        ]
        # The later, the likelier: what is going on is about what was written lately.
        pk = self.one_of(pks[-12:] if self.chance(0.6) else pks)
        return pk and Comment.objects.get(pk=pk)

    def person(self, pk: int):
        """The person of this id."""
        everybody = [*self.readers, *self.desk, self.administrator, self.editor, self.author]
        return next(each for each in everybody if each.pk == pk)

    def browser_of(self, user) -> Client:
        """The user's browser, logged in."""
        if user.pk not in self.browsers:
            self.browsers[user.pk] = Client()
            self.browsers[user.pk].force_login(user)
        return self.browsers[user.pk]

    def staff(self):
        """Somebody of the desk."""
        return self.one_of([*self.desk, self.administrator])

    def article(self, number: int | None = None) -> Article:
        """One of the articles, the first more often."""
        number = self.random.choice([0, 0, 0, 1, 2]) if number is None else number
        return Article.objects.get(pk=self.articles[number])

    # What is kept in mind

    def wrote(self, *row) -> None:
        """This has to be on record once more."""
        self.ledger[row] += 1

    def came(self, comment, body: str, status: str, by=None) -> None:
        """A comment that is new."""
        self.known[comment.pk] = Known(comment.article_id, comment.author_id, comment.parent_id, status, body)
        self.wrote("decision", comment.pk, "submit", by and by.pk)

    def was_decided(self, decision, action: str, by, stands: tuple) -> None:
        """A decision of the desk was accepted: the comment `stands` like this now."""
        known = self.known[decision.comment_id]
        self.before[decision.pk] = known.stands
        known.status, known.body, known.waiting = stands
        known.decided.append(decision.pk)
        self.made.append(decision)
        self.wrote("decision", decision.comment_id, action, by.pk)

    def changed_by_author(self, pk: int, action: str, by) -> None:
        """Its author did something: what was decided before cannot be taken back any more."""
        self.known[pk].decided.clear()
        self.wrote("decision", pk, action, by.pk)


class Listener:
    """Screening as it is; what it said last is remembered."""

    def __init__(self):
        self.screen, self.verdict = screening.screen, None

    def __call__(self, facts, *checks):
        verdict = self.screen(facts, *checks)
        if not checks:  # of some alone nothing is stored
            self.verdict = verdict
        return verdict
