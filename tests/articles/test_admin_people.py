"""People, tags, the disclaimer, logins and the policy's data at the writing desk."""

import pytest
from django.urls import reverse

from accounts.models import User
from articles.models import Disclaimer, Person, Tag
from tests.factories import make_person, make_user

pytestmark = pytest.mark.django_db

NO_CREDENTIALS = {"credentials-TOTAL_FORMS": 0, "credentials-INITIAL_FORMS": 0}


@pytest.fixture
def administrator(client):
    user = make_user("administrator")
    client.force_login(user)
    return user


def test_two_people_of_one_name_get_an_address_each(client, administrator):
    credential = {"credentials-TOTAL_FORMS": 1, "credentials-INITIAL_FORMS": 0, "credentials-0-title": "MD"}
    fields = {
        "name": "Éva Nagy",
        **credential,
        "credentials-0-issuer": "A board",
        "credentials-0-position": 0,
    }
    for _ in range(2):
        assert client.post(reverse("admin:articles_person_add"), fields).status_code == 302
    assert set(Person.objects.values_list("slug", flat=True)) == {"eva-nagy", "eva-nagy-2"}
    assert Person.objects.first().credentials.get().issuer == "A board"


def test_an_editor_cannot_say_whose_login_a_person_is(client):
    client.force_login(make_user("editor"))
    person, user = make_person(), make_user()
    fields = {"name": "Named", "slug": "named", "user": user.pk, **NO_CREDENTIALS}
    client.post(reverse("admin:articles_person_change", args=[person.pk]), fields)
    person.refresh_from_db()
    assert (person.name, person.user) == ("Named", None)


def test_another_spelling_of_a_tag_is_refused_with_its_name(client, administrator):
    Tag.objects.create(name="Sjögren", slug="sjogren")
    page = client.post(reverse("admin:articles_tag_add"), {"name": "SJOGREN"}).content.decode()
    assert "That is the tag “Sjögren”, spelt differently." in page


def test_a_disclaimer_is_added_and_the_old_one_stays(client, administrator):
    client.post(reverse("admin:articles_disclaimer_add"), {"text": "Ask\u202e somebody.\x07"})
    newest, oldest = Disclaimer.objects.all()
    assert (newest.text, newest.created_by) == ("Ask somebody.", administrator)
    assert (
        client.post(reverse("admin:articles_disclaimer_change", args=[oldest.pk]), {"text": "x"}).status_code
        == 403
    )


def test_a_role_opens_the_desk_and_its_loss_closes_it(client, administrator):
    from django.contrib.auth.models import Group

    user = make_user()
    url = reverse("admin:accounts_user_change", args=[user.pk])
    editor = Group.objects.get(name="editor").pk
    client.post(url, {"display_name": "Ed Itor", "groups": [editor], "is_active": "on"})
    user.refresh_from_db()
    assert (user.display_name, user.is_staff, user.is_superuser) == ("Ed Itor", True, False)
    client.post(url, {"display_name": "Ed Itor", "is_active": "on", "is_superuser": "on", "email": "x@y.org"})
    changed = User.objects.get(pk=user.pk)
    assert (changed.is_staff, changed.is_superuser, changed.email) == (False, False, user.email)


def test_a_new_login_has_a_folded_address_and_no_password(client, administrator):
    fields = {"email": "New.One@Example.ORG", "display_name": "New One", "is_active": "on"}
    assert client.post(reverse("admin:accounts_user_add"), fields).status_code == 302
    user = User.objects.get(email="new.one@example.org")
    assert not user.has_usable_password()
    page = client.post(reverse("admin:accounts_user_add"), fields).content.decode()
    assert "already exists" in page


def test_an_administrator_cannot_touch_a_superuser(client, administrator):
    root = User.objects.create_superuser("root@example.org", "x", display_name="Root")
    answer = client.post(reverse("admin:accounts_user_change", args=[root.pk]), {"display_name": "Mine"})
    assert answer.status_code == 403


def test_people_are_found_by_the_beginning_of_address(client, administrator):
    make_user(email="findme@example.org", display_name="Wanted")
    make_user(email="other@example.org", display_name="Unwanted")
    page = client.get(reverse("admin:accounts_user_changelist"), {"q": "FindMe@"}).content.decode()
    assert ">Wanted<" in page and ">Unwanted<" not in page
