"""Who is logged in."""

from allauth.account.auth_backends import AuthenticationBackend
from django.db import connection

from accounts.models import User
from healthnews.questions import Question

_COLUMNS = [field.attname for field in User._meta.concrete_fields]
_WITH_ROLES = Question(
    "user_with_roles",
    f"""
    SELECT {", ".join(f"person.{field.column}" for field in User._meta.concrete_fields)}, ARRAY(
        SELECT name FROM auth_group JOIN accounts_user_groups ON group_id = auth_group.id WHERE user_id = person.id
    ) FROM accounts_user AS person WHERE person.id = %(user)s
    """,  # noqa: S608  words of our own
    {"user": "bigint"},
)


class Backend(AuthenticationBackend):
    """allauth's, which finds people together with their roles: nearly every page that is made for somebody asks them."""

    def get_user(self, user_id):
        """The user of a session, as `has_role` wants them; None when they may not log in any more. One query."""
        for *values, role_names in _WITH_ROLES.rows(user=user_id):
            user = User.from_db(connection.alias, _COLUMNS, values)
            user.held_roles = set(role_names)
            return user if self.user_can_authenticate(user) else None
        return None
