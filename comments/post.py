"""Handing a mail over: signed, so that whoever sends it back can prove that it was ours; what is refused for good is recorded."""

import logging
import smtplib
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.crypto import constant_time_compare, salted_hmac

from accounts.models import User
from comments.models import Bounce

_log = logging.getLogger("comments.post")


def takes_mail(user) -> bool:
    """Whether we write to them at all.

    Whoever came with an import and has not claimed the account never signed up here; and where mail comes back, none
    is sent.
    """
    return is_here(user) and Bounce.stopping(user) is None


def is_here(user) -> bool:
    """Whether it is somebody who uses the site."""
    return user is not None and user.is_active and user.has_usable_password()


def send(key: str, to: str, subject: str, body: str, *, user=None, headers=None) -> bool:
    """Hand the mail named `key` over, to a user or to somebody without a login; whether the other server took it.

    A refusal of the address for good is recorded, and not tried again; whatever else goes wrong is raised.
    """
    number = user.pk if user else 0
    # The same for every try, so that a second one after a crash is seen to be the same mail.
    message_id = f"<{key}.{number}.{_signature(key, number, to)}@{_domain()}>"
    headers = {"Message-ID": message_id, "Auto-Submitted": "auto-generated"} | (headers or {})
    try:
        EmailMessage(subject, body, to=[to], headers=headers).send()
    except smtplib.SMTPRecipientsRefused as refusal:
        code, words = next(iter(refusal.recipients.values()))
        if code < 500:
            raise
        words = words.decode(errors="replace") if isinstance(words, bytes) else str(words)
        if user is None:
            _log.warning("mail %s was refused for good: %d", key, code)
        else:
            Bounce.record(user, source=message_id, status=_status(words), words=words)
        return False
    return True


def whose(message_id: str) -> User | None:
    """To whom the mail with this Message-ID was sent, if we made it and they still have that address."""
    key, _, rest = message_id.strip("<>").partition("@")[0].partition(".")
    number, _, sign = rest.partition(".")
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        return None
    user = User.objects.filter(pk=int(number)).first()
    return user if user and constant_time_compare(sign, _signature(key, user.pk, user.email)) else None


def _status(words: str) -> str:
    """The code of RFC 3463 at the head of what the server said, or the general one for what failed for good."""
    first = words.split(maxsplit=1)[0] if words.split() else ""
    return first if first.startswith("5.") and len(first) <= 12 else "5.0.0"


def _signature(key: str, number: int, to: str) -> str:
    """Proves that we sent this mail, and to this address: whoever counts cannot tell us that it came back."""
    return salted_hmac("comments.mail", f"{key} {number} {to}").hexdigest()[:20]


def _domain() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"
