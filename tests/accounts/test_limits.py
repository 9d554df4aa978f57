"""allauth's limits: counted on the shared table, said in words."""

import pytest
from django.db import connections

from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db(databases=["default", "limits"])


def test_too_many_logins_a_minute_get_a_page_of_ours(client):
    for _ in range(30):
        assert client.post("/accounts/login/", {"login": "a@b.example", "password": "x"}).status_code == 200
    answer = client.post("/accounts/login/", {"login": "a@b.example", "password": "x"})
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) == 60
    assert "no-store" in answer["Cache-Control"]
    page = answer.content.decode()
    assert "Too many tries" in page and 'class="masthead"' in page


def test_after_five_wrong_passwords_the_right_one_must_wait_and_a_reset_opens_again(
    client, mailoutbox, link_in
):
    user = make_user()
    for _ in range(5):
        client.post("/accounts/login/", {"login": user.email, "password": "wrong"})
    page = client.post("/accounts/login/", {"login": user.email, "password": PASSWORD}).content.decode()
    assert "Too many failed tries. Please wait five minutes" in page
    client.post("/accounts/password/reset/", {"email": user.email})
    form = client.get(link_in(mailoutbox[0]))["Location"]
    new = "another long enough passphrase"
    client.post(form, {"password1": new, "password2": new})
    answer = client.post("/accounts/login/", {"login": user.email, "password": new})
    assert answer["Location"] == "/accounts/profile/"


def counted(alias):
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT count(*) FROM healthnews_cache WHERE cache_key LIKE %s", ["%login%"])
        return cursor.fetchone()[0]


def test_the_limits_are_counted_on_a_connection_of_their_own(client):
    client.post("/accounts/login/", {"login": "a@b.example", "password": "x"})
    assert counted("limits") > 0
    assert counted("default") == 0, "another connection, that does not see what this test has not committed"


def test_five_resets_a_minute_for_one_address_are_enough(client, mailoutbox):
    user = make_user()
    codes = [client.post("/accounts/password/reset/", {"email": user.email}).status_code for _ in range(6)]
    assert codes == [302] * 5 + [429]
    assert len(mailoutbox) == 5
