"""The profile and the account corner."""

import pytest

from accounts import roles
from accounts.models import User
from tests.factories import make_user

pytestmark = pytest.mark.django_db(databases=["default", "limits"])
URL = "/accounts/profile/"


def test_the_anonymous_are_sent_to_log_in(client):
    assert client.get(URL)["Location"] == "/accounts/login/?next=/accounts/profile/"


def test_the_profile_shows_name_address_and_the_ways_on(client):
    user = make_user(display_name="Ada <b>")
    client.force_login(user)
    page = client.get(URL).content.decode()
    assert 'value="Ada &lt;b&gt;"' in page
    assert user.email in page
    for href in ("/accounts/email/", "/accounts/password/change/"):
        assert f'href="{href}"' in page
    assert '<form method="post" action="/accounts/logout/">' in page


def test_a_name_is_changed_and_kept_from_others(client):
    user = make_user(display_name="Ada")
    client.force_login(user)
    answer = client.post(URL, {"display_name": "  Ada\u202e   Lovelace "})
    assert answer.status_code == 303
    user.refresh_from_db()
    assert (user.display_name, user.display_name_key) == ("Ada Lovelace", "adalovelace")
    assert "Your display name is changed." in client.get(URL).content.decode()
    client.force_login(make_user())
    answer = client.post(URL, {"display_name": "ada lovelace"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Somebody has this name" in page and 'value="ada lovelace"' in page


@pytest.mark.parametrize("name", ["Healthnews", "Moderator", "Dr Jane Smith"])
def test_only_who_works_here_may_sound_like_it(client, name):
    client.force_login(make_user(display_name="Ada"))
    answer = client.post(URL, {"display_name": name})
    assert answer.status_code == 422
    assert "Choose a name" in answer.content.decode() and f'value="{name}"' in answer.content.decode()
    assert User.objects.get().display_name == "Ada"
    client.force_login(make_user(roles.AUTHOR))
    assert client.post(URL, {"display_name": name}).status_code == 303


def test_ones_own_name_in_other_letters_is_free(client):
    user = make_user()
    client.force_login(user)
    client.post(URL, {"display_name": "Ada"})
    assert client.post(URL, {"display_name": "ADA"}).status_code == 303


@pytest.mark.parametrize(
    "name", ["", "   ", "…", "x" * 61, "a\x00b", "z" + "\u0301" * 40, "y" * 65536, "\u200b\u200d"]
)
def test_a_name_that_cannot_be_shown_is_refused_in_words(client, name):
    user = make_user(display_name="Before")
    client.force_login(user)
    answer = client.post(URL, {"display_name": name})
    assert answer.status_code == 422
    assert "id_display_name_error" in answer.content.decode()
    user.refresh_from_db()
    assert user.display_name == "Before"


def test_an_address_is_no_name_and_what_was_typed_stays(client):
    user = make_user(display_name="Before")
    client.force_login(user)
    for name in ("https://evil.example/verify", "evil.example", "me@evil.example"):
        answer = client.post(URL, {"display_name": name})
        assert answer.status_code == 422
        assert "does not look like a web or e-mail address" in answer.content.decode()
        assert f'value="{name}"' in answer.content.decode()
    user.refresh_from_db()
    assert user.display_name == "Before"


def test_a_name_taken_in_the_same_moment_is_an_error_beside_the_field(client, monkeypatch):
    User.objects.create_user("first@example.org", None).rename("Ada")
    user = make_user(display_name="Before")
    client.force_login(user)
    # The look before the leap sees nothing: the other one is not committed yet.
    monkeypatch.setattr("accounts.forms._free_name", lambda typed, me=None: (typed, "ada"))
    answer = client.post(URL, {"display_name": "Ada"})
    assert answer.status_code == 422
    assert "Somebody has this name" in answer.content.decode()
    user.refresh_from_db()
    assert user.display_name == "Before"


def test_the_corner_of_the_anonymous_is_a_link_and_no_redirect(client):
    answer = client.get("/accounts/corner/")
    assert answer.status_code == 200
    assert 'href="/accounts/login/"' in answer.content.decode()
    assert "form" not in answer.content.decode()


@pytest.mark.parametrize(
    "role, moderation, newsroom",
    [
        ("", False, False),
        (roles.AUTHOR, False, True),
        (roles.MODERATOR, True, True),
        (roles.ADMINISTRATOR, True, True),
    ],
)
def test_the_corner_offers_what_the_role_may_open(client, role, moderation, newsroom):
    user = make_user(role)
    client.force_login(user)
    answer = client.get("/accounts/corner/")
    part = answer.content.decode()
    assert "<html" not in part
    assert user.display_name in part and 'href="/accounts/profile/"' in part
    assert 'method="post" action="/accounts/logout/"' in part and "csrfmiddlewaretoken" in part
    assert ('href="/moderation/"' in part) is moderation
    assert ('href="/admin/"' in part) is newsroom
    assert "private" in answer["Cache-Control"] and "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize(
    ("role", "links"),
    [
        ("", []),
        ("moderator", ["/moderation/"]),
        ("editor", ["/admin/"]),
        ("administrator", ["/moderation/", "/admin/"]),
    ],
)
def test_without_script_the_head_of_ones_own_pages_leads_to_desk_notices_and_out(client, role, links):
    client.force_login(make_user(role, display_name="Rita Reader"))
    for path in ("/accounts/profile/", "/comments/mine/", "/comments/notices/", "/accounts/email/"):
        html = client.get(path).content.decode()
        head = html[html.index('<header class="masthead">') : html.index("</header>")]
        for link in ["/comments/notices/", "/accounts/logout/", "/accounts/profile/", *links]:
            assert f'"{link}"' in head, (path, link)
        assert "Log in" not in head
        assert "Rita Reader" in head
        assert ('href="/moderation/"' in head, 'href="/admin/"' in head) == (
            "/moderation/" in links,
            "/admin/" in links or role == "moderator",
        )


def test_a_page_of_ones_own_that_a_stranger_may_see_offers_the_login(client):
    html = client.get("/accounts/login/").content.decode()
    head = html[html.index('<header class="masthead">') : html.index("</header>")]
    assert 'href="/accounts/login/"' in head


def test_a_shared_page_does_not_say_log_in_to_whoever_is_logged_in(client):
    client.force_login(make_user())
    html = client.get("/").content.decode()
    head = html[html.index('<header class="masthead">') : html.index("</header>")]
    assert "Log in" not in head
    assert ">Your account</a>" in head
