"""Who is logged in."""

from allauth.account.auth_backends import AuthenticationBackend

from accounts.models import User

_WITH_ROLES = """
    SELECT accounts_user.*, ARRAY(
        SELECT name FROM auth_group JOIN accounts_user_groups ON group_id = auth_group.id WHERE user_id = accounts_user.id
    ) AS role_names FROM accounts_user WHERE id = %s
"""


class Backend(AuthenticationBackend):
    """allauth's, which finds people together with their roles: nearly every page that is made for somebody asks them."""

    def get_user(self, user_id):
        """The user of a session, as `has_role` wants them; None when they may not log in any more. One query."""
        user = next(iter(User.objects.raw(_WITH_ROLES, [user_id])), None)
        if user is None or not self.user_can_authenticate(user):
            return None
        user.held_roles = set(user.role_names)
        return user
