"""Logging in: how long it lasts, what it tells, where it leads."""

import pytest
from django.core.management import call_command
from django.test import Client

from accounts.models import User
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db(databases=["default", "limits"])
URL = "/accounts/login/"
FOURTEEN_DAYS = 14 * 24 * 3600


def log_in(client, user, **fields):
    return client.post(URL, {"login": user.email, "password": PASSWORD} | fields)


def test_without_remember_both_cookies_end_with_the_browser(client):
    answer = log_in(client, make_user())
    assert answer.cookies["sessionid"]["max-age"] == ""
    assert answer.cookies["hn_in"].value == "1"
    assert answer.cookies["hn_in"]["max-age"] == ""
    assert not answer.cookies["hn_in"]["httponly"]
    assert answer.cookies["sessionid"]["httponly"]


def test_with_remember_both_cookies_live_for_fourteen_days(client):
    answer = log_in(client, make_user(), remember="on")
    assert int(answer.cookies["sessionid"]["max-age"]) == FOURTEEN_DAYS
    assert int(answer.cookies["hn_in"]["max-age"]) == FOURTEEN_DAYS


def test_a_short_login_that_is_followed_by_a_long_one_gets_a_long_cookie(client):
    client.cookies["hn_in"] = "1"
    answer = log_in(client, make_user(), remember="on")
    assert int(answer.cookies["hn_in"]["max-age"]) == FOURTEEN_DAYS


def test_remember_me_is_off_and_says_where_it_belongs(client):
    page = client.get(URL).content.decode()
    box = page[page.index('name="remember"') - 40 :][:200]
    assert "checked" not in box
    assert "Only on a computer or phone that is yours alone." in page


def test_logging_out_clears_both_cookies(client):
    log_in(client, make_user())
    answer = client.post("/accounts/logout/")
    assert answer.cookies["hn_in"].value == ""
    assert int(answer.cookies["hn_in"]["max-age"]) == 0
    assert answer.cookies["sessionid"].value == ""


def test_a_cookie_that_outlived_its_session_is_cleared_when_the_corner_is_asked_for(client):
    client.cookies["hn_in"] = "1"
    assert int(client.get("/accounts/corner/").cookies["hn_in"]["max-age"]) == 0


def test_a_wrong_password_and_an_unknown_address_get_the_same_words(client):
    user = make_user()
    wrong = client.post(URL, {"login": user.email, "password": "wrong"}).content.decode()
    unknown = client.post(URL, {"login": "nobody@example.org", "password": "wrong"}).content.decode()
    assert "The e-mail address or the password is wrong." in wrong
    assert "The e-mail address or the password is wrong." in unknown
    assert 'role="alert"' in wrong
    assert f'value="{user.email}"' in wrong


@pytest.mark.parametrize(
    "next_page, place",
    [
        ("/search/?q=a", "/search/?q=a"),
        ("https://elsewhere.example/", "/accounts/profile/"),
        ("//elsewhere.example/", "/accounts/profile/"),
        ("/\\elsewhere.example", "/accounts/profile/"),
        ("http://testserver/search/", "/accounts/profile/"),
        ("javascript:alert(1)", "/accounts/profile/"),
        ("", "/accounts/profile/"),
    ],
)
def test_after_a_login_one_lands_only_on_a_path_of_ours(client, next_page, place):
    assert log_in(client, make_user(), next=next_page)["Location"] == place


def test_the_next_page_survives_a_failed_try(client):
    page = client.post(URL, {"login": "a@example.org", "password": "x", "next": "/search/"}).content.decode()
    assert '<input type="hidden" name="next" value="/search/">' in page


def test_a_closed_account_does_not_get_in(client):
    answer = log_in(client, make_user(is_active=False))
    assert answer["Location"] == "/accounts/inactive/"
    assert "closed" in client.get("/accounts/inactive/").content.decode()
    assert "_auth_user_id" not in client.session


def test_the_first_administrator_is_made_by_a_command_and_logs_in_at_once(client, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    call_command("createsuperuser", "--noinput", email="Boss@Example.org", display_name="The Boss")
    user = User.objects.get(email="boss@example.org")
    assert user.is_superuser and user.is_staff
    assert log_in(client, user)["Location"] == "/accounts/profile/"
    assert client.get("/accounts/profile/").status_code == 200


def test_no_page_for_one_viewer_may_be_kept_by_anybody(client):
    paths = ["login/", "signup/", "password/reset/", "password/reset/done/", "confirm-email/"]
    for path in paths + ["corner/", "password/reset/key/done/"]:
        answer = Client().get(f"/accounts/{path}")
        assert answer.status_code == 200, path
        assert "no-store" in answer.get("Cache-Control", ""), path
        assert "private" in answer["Cache-Control"], path
    log_in(client, make_user())
    for path in ["profile/", "email/", "password/change/", "logout/", "corner/", "reauthenticate/"]:
        answer = client.get(f"/accounts/{path}")
        assert answer.status_code == 200, path
        assert "no-store" in answer.get("Cache-Control", ""), path


def test_every_page_of_allauth_is_in_our_design(client):
    def check(answer, words):
        page = answer.content.decode()
        assert words in page
        assert 'class="masthead"' in page and 'class="account"' in page
        assert "style=" not in page

    check(client.get(URL), "Log in")
    check(client.get("/accounts/signup/"), "Create an account")
    check(client.get("/accounts/password/reset/"), "Forgotten your password?")
    check(client.get("/accounts/password/reset/done/"), "Look into your mail")
    check(client.get("/accounts/password/reset/key/1-bad/"), "This link no longer works")
    check(client.get("/accounts/password/reset/key/done/"), "Your password is changed")
    check(client.get("/accounts/confirm-email/"), "Look into your mail")
    check(client.get("/accounts/confirm-email/bad-key/"), "This link no longer works")
    check(client.get("/accounts/inactive/"), "This account is closed")
    user = make_user()
    log_in(client, user)
    check(client.get("/accounts/logout/"), "Log out?")
    check(client.get("/accounts/email/"), user.email)
    check(client.get("/accounts/password/change/"), "Change your password")
    check(client.get("/accounts/reauthenticate/"), "Your password, please")
    user.set_unusable_password()
    user.save()
    client.force_login(user)
    check(client.get("/accounts/password/set/"), "Choose a password")
