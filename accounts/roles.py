"""Who may do what: one table, written to the database after each migrate, walked by a test."""

from functools import wraps

from django.contrib.auth.decorators import login_required
from django.http import Http404

from accounts import ended

AUTHOR = "author"
EDITOR = "editor"
REVIEWER = "medical reviewer"
MODERATOR = "moderator"
ADMINISTRATOR = "administrator"

# Role to permissions, as "app.codename". Administrators get every permission of `ALL_OF` besides.
PERMISSIONS: dict[str, tuple[str, ...]] = {
    AUTHOR: (
        "articles.view_article",
        "articles.write_own",
        "articles.view_draft",
        "articles.add_draft",
        "articles.change_draft",
        "articles.view_version",
        "articles.view_person",
        "articles.view_tag",
        "articles.view_image",
        "articles.add_image",
    ),
    EDITOR: (
        "articles.view_article",
        "articles.write_any",
        "articles.publish_version",
        "articles.retire_article",
        "articles.view_draft",
        "articles.add_draft",
        "articles.change_draft",
        "articles.view_version",
        "articles.view_person",
        "articles.add_person",
        "articles.change_person",
        "articles.view_tag",
        "articles.add_tag",
        "articles.change_tag",
        "articles.view_image",
        "articles.add_image",
        "articles.change_image",
        "articles.view_review",
        "articles.view_correction",
        "articles.decide_correction",
    ),
    REVIEWER: (
        "articles.view_article",
        "articles.view_draft",
        "articles.view_version",
        "articles.view_review",
        "articles.add_review",
        "articles.view_person",
        "articles.view_tag",
        "articles.view_image",
    ),
    MODERATOR: ("comments.moderate",),
    ADMINISTRATOR: ("comments.moderate", "comments.administer"),
}
# What else an administrator holds: everything of these apps. Decisions and versions have no change or delete
# screen anywhere, so holding the permission changes nothing about them.
ALL_OF = ("accounts", "articles", "comments", "redirects", "account")


def write_roles(**kwargs) -> None:
    """Make the groups and give them their permissions; may run any number of times."""
    from django.contrib.auth.models import Group, Permission

    by_name = {
        f"{app}.{codename}": pk
        for app, codename, pk in Permission.objects.values_list("content_type__app_label", "codename", "pk")
    }
    for role, wanted in PERMISSIONS.items():
        group, _ = Group.objects.get_or_create(name=role)
        held = {by_name[name] for name in wanted if name in by_name}
        if role == ADMINISTRATOR:
            held |= {pk for name, pk in by_name.items() if name.partition(".")[0] in ALL_OF}
        group.permissions.set(held)


def holds(user, permission: str) -> bool:
    """Whether the user has the permission: by a role, which takes one query that `has_role` keeps, or given apart."""
    roles = (role for role, held in PERMISSIONS.items() if permission in held)
    return any(user.has_role(role) for role in roles) or user.has_perm(permission)


def staff_only(permission: str):
    """A view for holders of the permission: the anonymous go to log in, everybody else gets 404.

    Whoever sends a form when their login has ended is first told so, where they have typed something: it is not lost.
    """

    def decorate(view):
        @login_required
        def logged_in(request, *args, **kwargs):
            if not holds(request.user, permission):
                raise Http404
            return view(request, *args, **kwargs)

        @wraps(view)
        def guarded(request, *args, **kwargs):
            if request.method == "POST" and not request.user.is_authenticated:
                return ended.to_log_in(request)
            return logged_in(request, *args, **kwargs)

        guarded.permission = permission
        return guarded

    return decorate


moderator_required = staff_only("comments.moderate")
administrator_required = staff_only("comments.administer")
