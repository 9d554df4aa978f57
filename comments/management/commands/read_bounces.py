"""`manage.py read_bounces FILE`: what a mailbox of returned mail says, taken over."""

import hashlib
import sys
from collections import Counter
from contextlib import nullcontext
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from comments import bounces, post
from comments.models import Bounce


class Command(BaseCommand):
    help = (
        "Read delivery status notifications (one message, or an mbox; - is what comes in) and stop mailing where mail "
        "comes back. For a mail server's pipe or a job that empties a mailbox. Read twice, a report counts once."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", metavar="FILE", nargs="?", default="-", help="a file, or - (the default)")

    def handle(self, *args, file, **options):
        found = Counter()
        try:
            with nullcontext(sys.stdin.buffer) if file == "-" else Path(file).open("rb") as stream:
                for content in bounces.messages(stream):
                    self._take_over(content, found)
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror or error}.") from None
        names = (
            "recorded",
            "without proof",
            "known already",
            "of nobody here",
            "no report of a failure",
            "unreadable",
        )
        said = ", ".join(f"{found[name]} {name}" for name in names if found[name])
        self.stdout.write(f"{found['messages']} messages: {said or 'nothing in them'}.")

    def _take_over(self, content: bytes, found: Counter) -> None:
        found["messages"] += 1
        try:
            failures = bounces.read(content)
        except bounces.Unreadable:
            found["unreadable"] += 1
            return
        if not failures:
            found["no report of a failure"] += 1
        for failure in failures:
            owner = post.whose(failure.message_id)
            # The Message-ID is the proof; without it, the address has to be somebody's, and anybody may have written it.
            user = owner or User.objects.filter(email__in=failure.recipients).first()
            if user is None:
                found["of nobody here"] += 1
                continue
            source = failure.message_id if owner else hashlib.sha256(content).hexdigest()
            recorded = Bounce.record(
                user, source=source, status=failure.status, words=failure.words, proven=owner is not None
            )
            new = "recorded" if owner else "without proof"
            found[new if recorded else "known already"] += 1
