"""Rows into tables by COPY, with the tables' indexes and foreign keys made afterwards. The only file here with SQL of
PostgreSQL's own catalogue.
"""

import json
from contextlib import contextmanager
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import connection, models

END = datetime.fromisoformat("2025-06-01T00:00:00+00:00")  # nothing that is made up happened later
NULL = r"\N"
_BUFFER = 4_000_000  # characters of a table that wait for the next COPY

_CONSTRAINTS = """
    SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid = ANY(%s::regclass[]) AND contype IN ('f', 'u') ORDER BY contype DESC, conname
"""
_INDEXES = """
    SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index
    WHERE indrelid = ANY(%s::regclass[]) AND NOT indisprimary
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND conrelid = indrelid)
    ORDER BY 1
"""


class Table:
    """One table that is being filled. Columns that are not named get what the model gives them by default; rows whose
    id is not named are numbered here, so that it does not hang on what a sequence has been through.
    """

    def __init__(self, model: type[models.Model], *names: str):
        fields = [field for field in model._meta.concrete_fields if not field.generated]
        unknown = set(names) - {field.attname for field in fields}
        if unknown:
            raise ValueError(f"{model.__name__} has no column {', '.join(sorted(unknown))}.")
        rest = [field for field in fields if field.attname not in names and not field.primary_key]
        self._own_ids = model._meta.pk.attname not in names
        columns = [
            *(["id"] if self._own_ids else []),
            *(model._meta.get_field(name).column for name in names),
            *(field.column for field in rest),
        ]
        self.model, self.name = model, model._meta.db_table
        self._copy = f"COPY {self.name} ({', '.join(map(connection.ops.quote_name, columns))}) FROM STDIN"
        self._tail = "".join(f"\t{_default(field)}" for field in rest) + "\n"
        self._rows: list[str] = []
        self._size, self._next = 0, 0

    def add(self, *values: str) -> None:
        """One row: the named columns, written as COPY wants them (see `written`)."""
        row = "\t".join(values) + self._tail
        if self._own_ids:
            self._next = self._next or self.next_id()
            row = f"{self._next}\t{row}"
            self._next += 1
        self._rows.append(row)
        self._size += len(row)
        if self._size > _BUFFER:
            self.flush()

    def flush(self) -> None:
        """Send what waits."""
        if self._rows:
            with connection.cursor() as cursor, cursor.copy(self._copy) as copy:
                copy.write("".join(self._rows))
        self._rows, self._size = [], 0
        if self._next:
            self.set_sequence(self._next)

    def next_id(self) -> int:
        """The first id behind every row."""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT coalesce(max(id), 0) + 1 FROM {self.name}")  # noqa: S608
            return cursor.fetchone()[0]

    def set_sequence(self, next_id: int) -> None:
        """What the next row of the site's own gets, unless its sequence is further already."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [self.name])
            (sequence,) = cursor.fetchone()
            cursor.execute(
                "SELECT setval(%s, greatest(%s, last_value + is_called::int), false)"  # noqa: S608
                f" FROM {sequence}",
                [sequence, next_id],
            )


def written(value) -> str:
    """A value as COPY wants it."""
    if value is None:
        return NULL
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, dict | list):
        value = json.dumps(value)
    return str(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _default(field: models.Field) -> str:
    if isinstance(field, models.DateTimeField) and not field.null:
        return str(END)  # not now: the same seed gives the same rows
    if isinstance(field, ArrayField):
        return "{}" if not field.null else NULL
    return written(field.get_default())


@contextmanager
def unhampered(tables: list[Table], largest: Table, rows: int):
    """Take indexes, unique constraints and foreign keys from the tables meanwhile; afterwards they are made and
    checked anew, in one go, which is many times quicker. Call inside a transaction: the tables are locked until its end.

    Where `rows` are few beside what `largest` holds, that would be the slower way, and they stay.
    """
    if largest.model.objects.all()[5 * rows : 5 * rows + 1]:
        yield
        for table in tables:
            table.flush()
        return
    names = [table.name for table in tables]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # what waits for its check would be in the way
        cursor.execute(_CONSTRAINTS, [names])
        constraints = cursor.fetchall()
        for table, name, _ in reversed(constraints):
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        cursor.execute(_INDEXES, [names])
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
        yield
        for table in tables:
            table.flush()
        cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
        for _, definition in indexes:
            cursor.execute(definition)
        for table, name, definition in constraints:
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")  # as they are wherever nobody says otherwise
