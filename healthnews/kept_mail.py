"""Mail of a demo: written to files, read at /demo/mail/, sent to nobody."""

import time
from email import message_from_bytes, policy
from pathlib import Path

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend


class EmailBackend(BaseEmailBackend):
    """One file a message, named by its time, newest last."""

    def send_messages(self, messages) -> int:
        """Write them; returns how many."""
        folder = Path(settings.KEPT_MAIL_DIR)
        folder.mkdir(parents=True, exist_ok=True)
        for number, message in enumerate(messages):
            content = message.message().as_bytes()
            name = folder / f"{time.time_ns():020d}-{number}"
            # Renamed when whole, so that the page never shows half a mail.
            name.with_suffix(".part").write_bytes(content)
            name.with_suffix(".part").rename(name.with_suffix(".eml"))
        return len(messages)


def read(limit: int = 200) -> list:
    """The newest kept messages (email.message.EmailMessage with `kept_as`, the name of its file), newest first."""
    folder = Path(settings.KEPT_MAIL_DIR)
    messages = []
    for path in sorted(folder.glob("*.eml"), reverse=True)[:limit]:
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        message.kept_as = path.stem
        messages.append(message)
    return messages
