"""How log lines look: time, level, logger, message, and of a traceback the places; never what somebody sent.

The words of an exception often repeat the value it stumbled over (a form's field, a row of the database), so they
are printed only for exceptions that speak of code and machines.
"""

import logging
import traceback

from django.core.exceptions import ImproperlyConfigured
from django.db import Error as DatabaseError
from django.db import OperationalError
from django.template import TemplateDoesNotExist, TemplateSyntaxError

_SPEAKS_OF_CODE = (
    AttributeError,
    ImportError,
    ImproperlyConfigured,
    NameError,
    OperationalError,
    OSError,
    TemplateDoesNotExist,
    TemplateSyntaxError,
    TypeError,
)


class LineFormatter(logging.Formatter):
    """One line an event, then the traceback if there is one."""

    def __init__(self):
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%S%z")

    def format(self, record):
        """The lines of a record. What Django refused for safety (a wrong host, a form too large) is one line."""
        # A copy: another handler's formatter may have left its own text of the exception on the record.
        changes = {"exc_text": None, "stack_info": None}
        if record.name.startswith("django.security"):
            changes["exc_info"] = None
        return super().format(logging.makeLogRecord(record.__dict__ | changes))

    def formatException(self, exc_info):
        """The places and kinds of the exception and of those that led to it, oldest first."""
        parts, error, seen = [], exc_info[1], set()
        while error is not None and id(error) not in seen:
            seen.add(id(error))
            places = "".join(traceback.format_tb(error.__traceback__))
            parts.append(f"Traceback (most recent call last):\n{places}{_named(error)}")
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n\nwhich led to\n\n".join(reversed(parts))


def _named(error: BaseException) -> str:
    """The kind of an exception, with its words where they cannot hold anybody's text."""
    kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    if isinstance(error, _SPEAKS_OF_CODE) and not isinstance(error, UnicodeError):
        return f"{kind}: {error}"
    # The driver's own exception stands behind Django's; its diagnosis names columns and rules, not values.
    diagnosis = getattr(error.__cause__, "diag", None) if isinstance(error, DatabaseError) else None
    if diagnosis and diagnosis.sqlstate:
        rule = diagnosis.constraint_name or diagnosis.column_name or diagnosis.table_name or ""
        return f"{kind}: {diagnosis.sqlstate} {rule}".strip()
    return kind
