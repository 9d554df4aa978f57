"""Nothing that anybody sends to a form of accounts is a 500."""

import pytest

from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db(databases=["default", "limits"])

NASTY = {
    "nul": b"a%00b",
    "64 KB in one line": b"y" * 65536,
    "64 KB address": b"y" * 65536 + b"%40example.org",
    "half a surrogate pair": b"a%ED%A0%80b",
    "broken UTF-8": b"a%FF%FEb%40example.org",
    "nothing": b"",
    "directions": "a\u202eb\u2066".encode(),
}
OPEN = {
    "/accounts/login/": ["login", "password", "remember", "next", "body", "discussion", "parent"],
    "/accounts/signup/": ["display_name", "email", "password1", "next"],
    "/accounts/password/reset/": ["email", "next"],
    "/accounts/logout/": ["next"],
    "/accounts/confirm-email/bad-key/": ["next"],
    "/accounts/password/reset/key/1-set-password/": ["password1", "password2", "next"],
}
CLOSED = {
    "/accounts/profile/": ["display_name"],
    "/accounts/email/": ["email", "action_add", "action_send", "action_remove", "action_primary"],
    "/accounts/password/change/": ["oldpassword", "password1", "password2", "next"],
    "/accounts/reauthenticate/": ["password", "next"],
}
GOOD = {
    "login": b"a%40example.org",
    "email": b"a%40example.org",
    "password": b"wrong",
    "display_name": b"Ada",
    "password1": PASSWORD.replace(" ", "+").encode(),
    "oldpassword": PASSWORD.replace(" ", "+").encode(),
}


def one_nasty_field_at_a_time(client, forms, nasty):
    for url, fields in forms.items():
        for field in fields:
            sent = {name: GOOD.get(name, b"1") for name in fields if not name.startswith("action")} | {
                field: nasty
            }
            body = b"&".join(name.encode() + b"=" + value for name, value in sent.items())
            answer = client.post(url, body, content_type="application/x-www-form-urlencoded")
            assert answer.status_code < 500, (url, field)
            if answer.status_code in {301, 302, 303}:
                assert client.get(answer["Location"]).status_code < 500, (url, field)


@pytest.mark.parametrize("nasty", NASTY.values(), ids=NASTY)
def test_no_open_form_breaks(client, nasty):
    one_nasty_field_at_a_time(client, OPEN, nasty)


@pytest.mark.parametrize("nasty", NASTY.values(), ids=NASTY)
def test_no_form_behind_the_login_breaks(client, nasty):
    client.force_login(make_user())
    one_nasty_field_at_a_time(client, CLOSED, nasty)


@pytest.mark.parametrize(
    "path",
    [
        "password/reset/key/zzzzzzzzzzzzz-key/",
        "password/reset/key/1y2p0ij32e8e7-key/",
        "password/reset/key/0-%FF/",
        "confirm-email/%C3%A9:1:x/",
        "confirm-email/" + "a" * 5000 + "/",
        "login/?next=%FF%FE&email=%00",
        "login/?next=" + "/" * 5000,
        "signup/?email=" + "a" * 5000,
        "%F0%28%8C%28/",
    ],
)
def test_no_address_of_accounts_breaks(client, path):
    assert client.get(f"/accounts/{path}").status_code < 500


@pytest.mark.parametrize(
    "cookie", ['sessionid="a\\000bcdefghijk"', "sessionid=" + "x" * 5000, "sessionid=\xff\xfe12345678"]
)
def test_a_broken_session_cookie_is_nobodys(client, cookie):
    answer = client.get("/accounts/corner/", headers={"cookie": cookie})
    assert answer.status_code == 200
    assert "Log in" in answer.content.decode()
