"""Choosing a new password, changing password and address."""

import pytest
from django.test import Client

from accounts.models import User
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db(databases=["default", "limits"])
NEW = "another long enough passphrase"


def logged_in(user):
    client = Client()
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    return client


def change_address(client, email):
    """Ask for another address, and give the password that is asked for in between."""
    answer = client.post("/accounts/email/", {"action_add": "", "email": email})
    return client.post(answer["Location"], {"password": PASSWORD}, follow=True)


def test_a_forgotten_password_is_replaced_by_the_mailed_link(client, mailoutbox, link_in):
    user = make_user(display_name="A & B")
    elsewhere = logged_in(user)
    answer = client.post("/accounts/password/reset/", {"email": user.email.upper()})
    assert answer["Location"] == "/accounts/password/reset/done/"
    mail = mailoutbox[0]
    assert mail.to == [user.email]
    assert "Hello A & B," in mail.body
    assert "Healthnews\nhttp://127.0.0.1:8000" in mail.body
    answer = client.get(link_in(mail))
    form = answer["Location"]
    assert "set-password" in form, "the key must not stay in the address"
    page = client.get(form).content.decode()
    assert "Choose a new password" in page
    answer = client.post(form, {"password1": NEW, "password2": NEW})
    assert answer["Location"] == "/accounts/password/reset/key/done/"
    assert "new password" in mailoutbox[1].subject
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert elsewhere.get("/accounts/profile/").status_code == 302, "other logins have ended"
    assert "no longer works" in Client().get(link_in(mail)).content.decode()


def test_asking_for_an_unknown_address_looks_the_same_and_sends_another_mail(client, mailoutbox):
    known = client.post("/accounts/password/reset/", {"email": make_user().email}, follow=True)
    unknown = client.post("/accounts/password/reset/", {"email": "nobody@example.org"}, follow=True)
    assert known.redirect_chain == unknown.redirect_chain
    assert known.content == unknown.content
    assert mailoutbox[1].to == ["nobody@example.org"]
    assert "No account" in mailoutbox[1].subject


def test_a_password_is_changed_with_the_old_one_and_the_login_stays(mailoutbox):
    user = make_user()
    client, url = logged_in(user), "/accounts/password/change/"
    wrong = client.post(url, {"oldpassword": "no", "password1": NEW, "password2": NEW}).content.decode()
    assert "This is not your password now." in wrong
    unequal = client.post(url, {"oldpassword": PASSWORD, "password1": NEW, "password2": "x"}).content.decode()
    assert "id_password2_error" in unequal
    weak = client.post(url, {"oldpassword": PASSWORD, "password1": "1234", "password2": "1234"})
    assert "id_password1_error" in weak.content.decode()
    answer = client.post(url, {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}, follow=True)
    assert "Your password is changed." in answer.content.decode()
    assert answer.request["PATH_INFO"] == "/accounts/profile/"
    assert mailoutbox[0].to == [user.email] and "password" in mailoutbox[0].subject


def test_an_address_changes_only_when_the_new_one_is_verified(mailoutbox, link_in):
    user = make_user(email="old@example.org")
    client = logged_in(user)
    answer = change_address(client, "New@example.org")
    page = answer.content.decode()
    assert "new@example.org" in page and "not confirmed yet" in page
    assert mailoutbox[0].to == ["new@example.org"]
    user.refresh_from_db()
    assert user.email == "old@example.org"
    client.post(link_in(mailoutbox[0]))
    user.refresh_from_db()
    assert user.email == "new@example.org"
    assert list(user.emailaddress_set.values_list("email", "verified")) == [("new@example.org", True)]
    assert mailoutbox[1].to == ["old@example.org"], "the old address is told"
    assert "new@example.org" in mailoutbox[1].body


def test_changing_the_address_asks_for_the_password_first(mailoutbox):
    client = logged_in(make_user())
    answer = client.post("/accounts/email/", {"action_add": "", "email": "new@example.org"})
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    page = client.post(answer["Location"], {"password": "wrong"}).content.decode()
    assert "This is not your password." in page
    assert not mailoutbox
    client.post(answer["Location"], {"password": PASSWORD})
    assert [mail.to for mail in mailoutbox] == [["new@example.org"]], "what was asked for is then done"


def test_an_address_that_is_the_login_of_somebody_else_cannot_be_taken_over(mailoutbox, link_in):
    imported = User.objects.create_user("imported@example.org", None)
    client = logged_in(make_user(email="mine@example.org"))
    change_address(client, "imported@example.org")
    answer = client.post(link_in(mailoutbox[0]), follow=True)
    assert answer.status_code == 200
    assert "belongs to another account" in answer.content.decode()
    assert User.objects.get(email="imported@example.org") == imported


def test_somebody_whom_an_import_made_claims_the_account_by_a_new_password(client, mailoutbox, link_in):
    user = User.objects.create_user("imported@example.org", None)
    client.post("/accounts/password/reset/", {"email": user.email})
    form = client.get(link_in(mailoutbox[0]))["Location"]
    client.post(form, {"password1": NEW, "password2": NEW})
    answer = client.post("/accounts/login/", {"login": user.email, "password": NEW})
    assert answer["Location"] == "/accounts/profile/"
