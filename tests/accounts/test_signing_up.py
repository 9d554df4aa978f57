"""Signing up: a name, an address that is verified, and no telling who has an account."""

import threading

import pytest
from django.db import connection
from django.test import Client

from accounts.models import User
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db(databases=["default", "limits"])
URL = "/accounts/signup/"


def new(**changes):
    return {"display_name": "Ada L.", "email": "Ada@Example.org", "password1": PASSWORD} | changes


def test_somebody_signs_up_verifies_logs_in_and_logs_out(client, mailoutbox, link_in):
    answer = client.post(URL, new())
    assert answer.status_code == 302
    assert "Look into your mail" in client.get(answer["Location"]).content.decode()
    user = User.objects.get(email="ada@example.org")
    assert (user.display_name, user.display_name_key) == ("Ada L.", "adal")
    mail = mailoutbox[0]
    assert mail.to == ["ada@example.org"]
    assert "Healthnews" in mail.subject and "Hello Ada L.," in mail.body
    assert not mail.alternatives

    page = client.get(link_in(mail)).content.decode()
    assert "ada@example.org" in page
    assert not user.emailaddress_set.get().verified, "a link that a mail scanner follows must not verify"
    answer = client.post(link_in(mail))
    assert answer["Location"] == "/accounts/login/"
    assert user.emailaddress_set.get().verified

    answer = client.post("/accounts/login/", {"login": " ADA@example.org ", "password": PASSWORD})
    assert answer["Location"] == "/accounts/profile/"
    assert "Ada L." in client.get("/accounts/profile/").content.decode()
    assert client.get("/accounts/logout/").status_code == 200
    assert "_auth_user_id" in client.session, "a GET logs nobody out"
    assert client.post("/accounts/logout/")["Location"] == "/"
    assert "_auth_user_id" not in client.session


def test_the_password_is_asked_once_and_fields_have_labels_and_autocomplete(client):
    page = client.get(URL).content.decode()
    assert page.count('type="password"') == 1
    assert 'autocomplete="new-password"' in page
    assert 'autocomplete="nickname"' in page
    assert 'autocomplete="email"' in page
    assert "placeholder" not in page.partition("<main")[2]


def test_what_is_missing_or_wrong_is_said_beside_each_field_in_our_words(client):
    page = client.post(URL, {"email": "x"}).content.decode()
    assert page.count("Please fill this in.") == 2
    assert "This is not an e-mail address." in page
    assert 'role="alert"' in page and "please look at what is marked" in page


def test_nobody_logs_in_before_the_address_is_verified(client, mailoutbox):
    client.post(URL, new())
    answer = Client().post("/accounts/login/", {"login": "ada@example.org", "password": PASSWORD})
    assert answer["Location"] == "/accounts/confirm-email/"


def test_signing_up_with_a_known_address_looks_the_same_and_sends_another_mail(client, mailoutbox):
    make_user(email="known@example.org")
    unknown = client.post(URL, new(email="unknown@example.org"), follow=True)
    known = Client().post(URL, new(email="Known@example.org", display_name="Bo"), follow=True)
    assert unknown.redirect_chain == known.redirect_chain
    assert unknown.content == known.content
    assert [mail.to for mail in mailoutbox] == [["unknown@example.org"], ["known@example.org"]]
    assert "already" in mailoutbox[1].subject
    assert "/accounts/password/reset/" in mailoutbox[1].body
    assert User.objects.filter(email="known@example.org").count() == 1


def test_the_name_of_a_try_with_a_known_address_is_taken_like_any_other(client):
    make_user(email="known@example.org")
    client.post(URL, new(email="known@example.org", display_name="Probe"))
    client.post(URL, new(email="unknown@example.org", display_name="Probe two"))
    for name in ("Probe", "Probe two"):
        page = client.post(URL, new(email="third@example.org", display_name=name)).content.decode()
        assert "Somebody has this name" in page


@pytest.mark.parametrize("name", ["ada l", "ADA-L", "Àdà L.", "Аdа L", "a d a l"])
def test_a_name_that_reads_like_a_taken_one_is_refused_beside_its_field(client, name):
    client.post(URL, new())
    answer = Client().post(URL, new(email="other@example.org", display_name=name))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert '<ul class="errorlist" id="id_display_name_error">' in page
    assert 'aria-describedby="id_display_name_helptext id_display_name_error"' in page or (
        'aria-describedby="id_display_name_error id_display_name_helptext"' in page
    )
    assert 'aria-invalid="true"' in page
    assert "<title>Error: " in page
    assert 'value="other@example.org"' in page
    assert User.objects.count() == 1


def test_names_of_people_whom_an_import_made_are_nobodys_to_keep(client):
    make_user(display_name="Ada L.")
    assert client.post(URL, new()).status_code == 302


def test_an_address_that_the_column_cannot_hold_is_refused_in_words(client):
    long = "a" * 60 + "@" + ".".join(["b" * 60] * 4) + ".org"
    assert 254 < len(long) < 320
    for url in (URL, "/accounts/password/reset/"):
        page = client.post(url, new(email=long)).content.decode()
        assert "at most 254 characters" in page


@pytest.mark.django_db(transaction=True, databases=["default", "limits"])
@pytest.mark.parametrize("changes", [{"email": "second@example.org"}, {"display_name": "Somebody Else"}])
def test_two_who_want_one_name_or_one_address_at_the_same_moment_get_words(monkeypatch, changes):
    from accounts.adapter import AccountAdapter

    both, answers = threading.Barrier(2, timeout=20), []
    save, passed = AccountAdapter.save_user, threading.local()

    def meet_and_save(self, *args, **kwargs):
        if not getattr(passed, "once", False):
            passed.once = True
            both.wait()
        return save(self, *args, **kwargs)

    monkeypatch.setattr(AccountAdapter, "save_user", meet_and_save)

    def sign_up(**fields):
        answers.append(Client().post(URL, new(**fields)))
        from django.db import connections

        connections.close_all()

    threads = [
        threading.Thread(target=sign_up),
        threading.Thread(target=sign_up, kwargs=changes),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    codes = sorted(answer.status_code for answer in answers)
    assert codes == ([200, 302] if "email" in changes else [302, 302])
    assert User.objects.count() == 1
    connection.close()
