"""Questions to the database that are asked all the time: their plans are kept, and nobody asks first who is there."""

import logging
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from django.db import DatabaseError, InterfaceError, OperationalError, connection
from psycopg import errors

_log = logging.getLogger("healthnews.questions")
# What says that this server does not keep statements: a pooler changed the connection behind us, or threw them away.
_NOT_KEPT = (errors.InvalidSqlStatementName, errors.DuplicatePreparedStatement, errors.FeatureNotSupported)
_prepared: WeakKeyDictionary = (
    WeakKeyDictionary()
)  # by connection of the driver: names of the statements it keeps
_keeps = True


@dataclass(frozen=True)
class Question:
    """A query that changes nothing and is asked so often that the server keeps its plan, which is the same for all values.

    Planning costs several times what running it does. `parameters` are their types by name, as in `%(name)s`.
    """

    name: str
    sql: str
    parameters: dict[str, str]

    def rows(self, **values) -> list[tuple]:
        """All rows. One statement; up to three when the connection is new.

        Django's `SELECT 1` before the first statement of a request, to see whether the connection still lives, would
        be a further one. Here the question itself finds that out, and is asked again over a new connection.
        """
        was_open = connection.connection is not None and not connection.in_atomic_block
        if was_open:
            connection.health_check_done = True
        try:
            return self._ask(values)
        except (InterfaceError, OperationalError):
            # A question that took too long is not asked twice: then the connection lives.
            if not (was_open and connection.connection.closed):
                raise
            connection.close()
            return self._ask(values)

    def _ask(self, values) -> list[tuple]:
        global _keeps
        with connection.cursor() as cursor:
            # In a transaction a statement that fails would take everything with it.
            if _keeps and not connection.in_atomic_block:
                try:
                    self._prepare(cursor)
                    cursor.execute(self._execute, values)
                    return cursor.fetchall()
                except DatabaseError as error:
                    if not isinstance(error.__cause__, _NOT_KEPT):
                        raise
                    _keeps = False
                    _log.warning("This database keeps no prepared statements; asking without them: %s", error)
            cursor.execute(self.sql, values)
            return cursor.fetchall()

    def _prepare(self, cursor) -> None:
        names = _prepared.setdefault(connection.connection, set())
        if not names:
            # One plan fits all values here, whatever the estimates say: what is asked for is found by an index.
            cursor.execute("SET plan_cache_mode = force_generic_plan")
        if self.name not in names:
            places = {name: f"${place}" for place, name in enumerate(self.parameters, 1)}
            cursor.execute(
                f"PREPARE {self.name} ({', '.join(self.parameters.values())}) AS {self.sql % places}"
            )
            names.add(self.name)

    @property
    def _execute(self) -> str:
        return f"EXECUTE {self.name} ({', '.join(f'%({name})s' for name in self.parameters)})"
