"""The first question of a request to the database, asked without asking before it whether anybody is there."""

from django.db import InterfaceError, OperationalError, connection


def rows_of(sql: str, params=()) -> list[tuple]:
    """All rows of a query that changes nothing.

    A kept page costs one such question; Django's `SELECT 1` before it, to see whether the connection still lives,
    would be a second one. Here the question itself finds that out, and is asked again over a new connection.
    """
    was_open = connection.connection is not None and not connection.in_atomic_block
    if was_open:
        connection.health_check_done = True
    try:
        return _ask(sql, params)
    except (InterfaceError, OperationalError):
        # A question that took too long is not asked twice: then the connection lives.
        if not (was_open and connection.connection.closed):
            raise
        connection.close()
        return _ask(sql, params)


def _ask(sql, params) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()
