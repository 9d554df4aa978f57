"""Reads delivery status notifications (RFC 3464): which mail came back, from whom, and why.

What stands in them is written by strangers. Nothing here raises for a message that is broken, deep or absurd, as long as
`failures` is called through `read`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import Message

from healthnews import markup

LARGEST = (
    262_144  # bytes of a message that are looked at: what counts stands first, the mail that came back last
)
MOST_RECIPIENTS = 50
_MESSAGE_ID = re.compile(r"<?([!-;=?-~]{1,200})>?")
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")


@dataclass(frozen=True)
class Failure:
    """One recipient whom one mail did not reach."""

    message_id: str  # of the mail that came back, empty where it was not sent along
    recipients: tuple[str, ...]  # the address it was for, then others that the report names
    status: str
    words: str


@dataclass
class Unreadable(Exception):
    """This message cannot be taken apart."""

    reason: str


def read(content: bytes) -> list[Failure]:
    """The failures that a message reports: none when it is something else, or is a mere delay. Raises Unreadable."""
    try:
        return list(_failures(message_from_bytes(content[:LARGEST], policy=policy.compat32)))
    except Exception as error:  # the standard library's parser fails in many ways at what is made for that
        raise Unreadable(f"{type(error).__name__}: {error}"[:200]) from error


def messages(stream) -> Iterator[bytes]:
    """The messages in a binary stream, one or an mbox of many; of each no more than LARGEST is kept."""
    found, size, is_mbox, before = [], 0, None, b"\n"
    for line in iter(lambda: stream.readline(65_536), b""):
        is_mbox = line.startswith(b"From ") if is_mbox is None else is_mbox
        if is_mbox and before in {b"\n", b"\r\n"} and line.startswith(b"From "):
            if found:
                yield b"".join(found)
            found, size = [], 0
        elif size < LARGEST:
            found.append(line)
            size += len(line)
        before = line
    if found:
        yield b"".join(found)


def _failures(message: Message) -> Iterator[Failure]:
    parts = message.get_payload() if message.is_multipart() else []
    report = next((part for part in parts if part.get_content_type() == "message/delivery-status"), None)
    if report is None or not isinstance(report.get_payload(), list):
        return
    message_id = _message_id(parts)
    for block in report.get_payload()[:MOST_RECIPIENTS]:
        action = str(block.get("Action", "")).strip().lower()
        status = _STATUS.search(str(block.get("Status", "")))
        if action != "failed" or status is None or status[1].startswith("2"):
            continue
        named = (block.get("Original-Recipient"), block.get("Final-Recipient"))
        addresses = [_address(str(each)) for each in named if each]
        yield Failure(
            message_id,
            tuple(filter(None, addresses)),
            status[1],
            _typed(str(block.get("Diagnostic-Code", ""))),
        )


def _message_id(parts) -> str:
    """That of the mail that came back, which stands behind the report, whole or its head alone."""
    for part in parts:
        kind, inside = part.get_content_type(), part.get_payload()
        if kind == "message/rfc822" and isinstance(inside, list) and inside:
            return _id(inside[0])
        if kind == "text/rfc822-headers" and isinstance(inside, str):
            headers = part.get_payload(decode=True) or b""
            return _id(message_from_bytes(headers))
    return ""


def _id(mail: Message) -> str:
    found = _MESSAGE_ID.fullmatch(str(mail.get("Message-ID", "")).strip())
    return found[1] if found else ""


def _address(field: str) -> str:
    """The address in `rfc822; ada@example.org`, folded as ours are."""
    return _typed(field).strip("<>").lower()


def _typed(field: str) -> str:
    """What stands behind the type of a field."""
    _, semicolon, value = field.partition(";")
    return " ".join(markup.tidy(value if semicolon else field).split())
