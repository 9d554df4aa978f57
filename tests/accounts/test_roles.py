"""Each role has exactly what the table says, after every migrate."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from accounts import roles
from accounts.models import User
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def held_by(user) -> set[str]:
    return set(User.objects.get(pk=user.pk).get_all_permissions())


@pytest.mark.parametrize("role", [role for role in roles.PERMISSIONS if role != roles.ADMINISTRATOR])
def test_a_role_may_exactly_what_the_table_says(role):
    assert held_by(make_user(role)) == set(roles.PERMISSIONS[role])


def test_an_administrator_may_everything_in_our_apps_and_nothing_else():
    everything = {
        f"{permission.content_type.app_label}.{permission.codename}"
        for permission in Permission.objects.select_related("content_type")
        if permission.content_type.app_label in roles.ALL_OF
    }
    held = held_by(make_user(roles.ADMINISTRATOR))
    assert held == everything | set(roles.PERMISSIONS[roles.ADMINISTRATOR])
    assert "accounts.change_user" in held
    assert not any(name.startswith(("auth.", "sessions.", "admin.")) for name in held)


def test_every_permission_of_the_table_exists():
    existing = {
        f"{app}.{codename}"
        for app, codename in Permission.objects.values_list("content_type__app_label", "codename")
    }
    assert {name for names in roles.PERMISSIONS.values() for name in names} <= existing


def test_a_reader_may_nothing():
    assert held_by(make_user()) == set()


def test_migrate_writes_the_table_again():
    group = Group.objects.get(name=roles.MODERATOR)
    group.permissions.set(Permission.objects.filter(codename="delete_user"))
    Group.objects.filter(name=roles.REVIEWER).delete()
    call_command("migrate", verbosity=0)
    assert held_by(make_user(roles.MODERATOR)) == set(roles.PERMISSIONS[roles.MODERATOR])
    assert held_by(make_user(roles.REVIEWER)) == set(roles.PERMISSIONS[roles.REVIEWER])


@pytest.mark.parametrize("role", ["", *roles.PERMISSIONS])
def test_only_moderators_and_administrators_come_to_the_queue_and_others_do_not_learn_of_it(client, role):
    client.force_login(make_user(role))
    may = role in {roles.MODERATOR, roles.ADMINISTRATOR}
    user = make_user(role)
    assert user.is_moderator is may
    assert user.has_perm("comments.moderate") is may
    assert user.is_newsroom is bool(role)


def test_the_guard_sends_the_anonymous_to_log_in_and_hides_from_everybody_else(rf):
    from django.contrib.auth.models import AnonymousUser
    from django.http import Http404, HttpResponse

    @roles.moderator_required
    def desk(request):
        return HttpResponse("the desk")

    request = rf.get("/moderation/")
    request.user = AnonymousUser()
    assert desk(request)["Location"] == "/accounts/login/?next=/moderation/"
    request.user = make_user(roles.EDITOR)
    with pytest.raises(Http404):
        desk(request)
    request.user = make_user(roles.MODERATOR)
    assert desk(request).content == b"the desk"
    request.user = User.objects.create_superuser("boss@example.org", "x")
    assert desk(request).content == b"the desk"
