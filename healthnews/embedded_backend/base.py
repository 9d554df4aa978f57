"""The connection that starts its server."""

from django.db.backends.postgresql import client
from django.db.utils import OperationalError

from healthnews import embedded, patience
from healthnews.patient_backend import base


def _socket(settings_dict: dict, *, verify: bool = False) -> str:
    """The socket directory of the running server. Raises OperationalError with one line when it cannot run."""
    try:
        return embedded.ensure(
            settings_dict["DATA_DIR"], throwaway=settings_dict.get("THROWAWAY", False), verify=verify
        )
    except embedded.EmbeddedError as error:
        if isinstance(error, embedded.SilentError):
            patience.unheard()
        raise OperationalError(str(error)) from error


class DatabaseClient(client.DatabaseClient):
    """`manage.py dbshell`, with the psql that came with the server."""

    @classmethod
    def settings_to_cmd_args_env(cls, settings_dict, parameters):
        here = {**settings_dict, "HOST": _socket(settings_dict)}
        args, env = super().settings_to_cmd_args_env(here, parameters)
        return [str(embedded.binaries() / "psql"), *args[1:]], env


class DatabaseWrapper(base.DatabaseWrapper):
    client_class = DatabaseClient

    def get_connection_params(self):
        # Also what procrastinate's worker asks before it connects by itself.
        return super().get_connection_params() | {"host": _socket(self.settings_dict)}

    def get_new_connection(self, conn_params):
        try:
            return super().get_new_connection(conn_params)
        except self.Database.OperationalError:
            if patience.is_mute():
                raise  # it runs, and to start it would be no help
            # Perhaps the server was killed a moment ago; a second failure is somebody else's fault.
            again = conn_params | {"host": _socket(self.settings_dict, verify=True)}
            return super().get_new_connection(again)
