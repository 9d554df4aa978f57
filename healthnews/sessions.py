"""Sessions in the database, as Django keeps them; read as a question whose plan is kept."""

from django.contrib.sessions.backends import db
from django.utils import timezone

from healthnews.questions import Question

_SESSION = Question(
    "session",
    "SELECT session_data FROM django_session WHERE session_key = %(key)s AND expire_date > %(now)s",
    {"key": "varchar", "now": "timestamptz"},
)


class SessionStore(db.SessionStore):
    """Django's; every request of somebody logged in begins by reading one."""

    def load(self) -> dict:
        """What is in it; empty, and without its key, when there is none or its time is over. One query."""
        for (data,) in _SESSION.rows(key=self.session_key, now=timezone.now()):
            return self.decode(data)
        self._session_key = None
        return {}
