"""`manage.py send_digests`: the mail of the day, now; the worker does it by itself every morning."""

import smtplib

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from comments import digests, notify

PATIENCE = 5  # failures one after the other, until it is the server and not the mail


class Command(BaseCommand):
    help = "Mail what has waited for the mail of the day. May be stopped and run again: nobody gets two on one day."

    def handle(self, *args, **options):
        digests.collect(until=timezone.now())
        waiting = list(digests.unsent())
        failed = in_a_row = 0
        for done, pk in enumerate(waiting):
            self._bar(done, len(waiting))
            try:
                notify.mail_digest(pk)
                in_a_row = 0
            except (smtplib.SMTPException, OSError) as error:
                failed, in_a_row, last = failed + 1, in_a_row + 1, error
                if in_a_row == PATIENCE:
                    break
        self._bar(len(waiting), len(waiting))
        if failed:
            what = (
                f"{failed} could not be handed over"
                if in_a_row < PATIENCE
                else "The mail server takes nothing"
            )
            raise CommandError(f"{what}: {type(last).__name__}. Run it again for the rest.")
        self.stdout.write(f"{len(waiting)} digests.")

    def _bar(self, done: int, total: int) -> None:
        """How far it is, on a terminal; gone when it is done."""
        if not self.stderr.isatty():
            return
        bar = ("█" * (25 * done // max(1, total))).ljust(25, "░")
        line = f"\rDigests {bar} {done} of {total}" if done < total else "\r\x1b[K"
        self.stderr.write(line, str, ending="")  # str: not in the colour of errors
        self.stderr.flush()
