from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from comments import tally


class Command(BaseCommand):
    help = "Count again what happened on each day that is over, and mend what is stored. Safe to run any number of times."

    def add_arguments(self, parser):
        parser.add_argument(
            "--from",
            dest="first",
            type=date.fromisoformat,
            metavar="DATE",
            help="the first day, as 2026-07-01; unset: the last day that is tallied",
        )
        parser.add_argument("--dry-run", action="store_true", help="only say how many days are wrong")

    def handle(self, *args, first, dry_run: bool, **options):
        first, today = first or tally.first_missing(), timezone.localdate()
        if first and not date(1990, 1, 1) <= first <= today:
            raise CommandError(f"{first} is not a day that is over.")
        days = max(0, (today - first).days) if first else 0
        wrong = 0
        for last, found in tally.write(first, dry_run=dry_run):
            wrong += found
            self.show((last - first).days + 1, days)
        if self.stderr.isatty():
            self.stderr.write("\r\x1b[K", str, ending="")
        self.stdout.write(f"Counted {days:,} days; {wrong:,} of them {'are wrong' if dry_run else 'mended'}.")

    def show(self, done: int, days: int) -> None:
        """How far it is, on a terminal; nothing in a file."""
        if self.stderr.isatty():
            percent = 100 * done // days
            self.stderr.write(
                f"\r\x1b[KDays {('█' * (percent // 4)).ljust(25, '░')} {percent:>3} %", str, ending=""
            )
            self.stderr.flush()
