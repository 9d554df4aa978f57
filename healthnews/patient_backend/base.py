"""The connection that does not wait for ever for a server that says nothing."""

from types import SimpleNamespace

import psycopg
from django.db.backends.postgresql import base

from healthnews import patience


class DatabaseWrapper(base.DatabaseWrapper):
    # The driver with another `connect`: Django names the class of its connections nowhere else.
    Database = SimpleNamespace(**(vars(psycopg) | {"connect": patience.Connection.connect}))

    def get_connection_params(self):
        was_mute = patience.is_mute()
        patience.ask()  # the first step of connecting
        short = {"connect_timeout": patience.PROBE} if was_mute else {}
        return super().get_connection_params() | short

    def get_new_connection(self, conn_params):
        try:
            connection = super().get_new_connection(conn_params)
        except psycopg.errors.ConnectionTimeout:
            patience.unheard()
            raise
        except psycopg.OperationalError:
            patience.heard()  # no: it is gone, or starting, and says so
            raise
        patience.heard()
        return connection
