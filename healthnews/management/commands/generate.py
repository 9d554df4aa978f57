"""`manage.py generate`: bulk made-up data for benchmarks, by COPY."""

import argparse
import random
import time

from django.core.management.base import BaseCommand
from django.db import connection, transaction

from accounts.models import User
from articles.models import SiteState
from comments.models import Comment
from healthnews.generate import discussion, newsroom
from healthnews.generate.load import unhampered


def _count(value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise argparse.ArgumentTypeError(f"{value} is not a count")
    return int(value)


class Command(BaseCommand):
    """One transaction; the tables that are filled are locked meanwhile, so not for a site that is being read."""

    help = "Add bulk made-up articles and comments. The same seed on an empty site gives the same rows."

    def add_arguments(self, parser):
        parser.add_argument("--articles", type=_count, required=True, metavar="N")
        parser.add_argument("--comments", type=_count, required=True, metavar="M")
        parser.add_argument(
            "--on-one-article", type=_count, metavar="K", help="of them, on the first article"
        )
        parser.add_argument(
            "--pending", type=_count, default=0, metavar="P", help="of them, wait for a moderator"
        )
        parser.add_argument("--seed", type=_count, default=1, metavar="S")
        self.parser = parser

    def handle(self, *args, articles, comments, on_one_article, pending, seed, **options):
        if comments and not articles:
            self.parser.error("comments need an article: --articles 1 or more")
        if max(on_one_article or 0, pending) > comments:
            self.parser.error(f"--on-one-article and --pending are parts of the {comments} comments")
        if articles == 1 and on_one_article not in (None, comments):
            self.parser.error("with one article all comments are on it")
        started = time.monotonic()
        self.shown = -1
        rng = random.Random(seed)  # noqa: S311  reproducible, not secret
        everything = newsroom.tables() | discussion.tables()
        tables = list(everything.values())
        with transaction.atomic(), unhampered(tables, everything[Comment], comments):
            authors = newsroom.readers(
                rng, everything[User], min(5_000, comments // 40 + 20) if comments else 0
            )
            made = newsroom.articles(rng, everything, articles, self.bar("Articles", articles))
            counts = discussion.shares(rng, articles, comments, on_one_article)
            bar = self.bar("Comments", comments)
            discussion.write(rng, everything, made, counts, pending, authors, bar)
            self.say("Indexes and keys …")
        self.say("Statistics …")
        SiteState.bump()
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {', '.join(table.name for table in tables)}")
        self.say("")
        self.stdout.write(
            f"Made {articles} articles and {comments} comments ({pending} waiting) by {len(authors)} readers, "
            f"seed {seed}, in {time.monotonic() - started:.1f} s."
        )
        if on_one_article is not None:
            self.stdout.write(f"{on_one_article} comments are at /articles/{made[0].slug}/.")

    def bar(self, label: str, total: int):
        """A function that shows how far it is, on a terminal, whenever the percentage moves."""

        def progress(done: int) -> None:
            percent = 100 * done // max(1, total)
            if percent != self.shown:
                self.shown = percent
                self.say(f"{label} {('█' * (percent // 4)).ljust(25, '░')} {percent:>3} %")

        return progress

    def say(self, line: str) -> None:
        """Replace the line on the terminal; nothing in a file."""
        if self.stderr.isatty():
            self.stderr.write(f"\r\x1b[K{line}", str, ending="")
            self.stderr.flush()
