"""The mail of a demo is kept, and read at /demo/mail/; where mail is sent, the page is not there."""

import pytest
from django.core.mail import EmailMessage

URL = "/demo/mail/"


@pytest.fixture
def demo(settings, tmp_path):
    settings.KEEP_MAIL = True
    settings.KEPT_MAIL_DIR = tmp_path / "mail"
    settings.EMAIL_BACKEND = "healthnews.kept_mail.EmailBackend"


def send(subject, body="Hello", to="ada@example.org"):
    EmailMessage(subject, body, "no-reply@example.org", [to]).send()


def test_a_demo_without_mail_says_so(demo, client):
    assert "No mail yet." in client.get(URL).content.decode()


def test_mails_are_shown_newest_first_with_links_and_nothing_else_active(demo, client):
    send("First")
    send(
        "Zweite: Müller & Söhne", "See http://127.0.0.1:8000/accounts/confirm-email/MQ:1a-b_c:x/\n\n<b>no</b>"
    )
    answer = client.get(URL)
    page = answer.content.decode()
    assert page.index("Zweite: Müller &amp; Söhne") < page.index("First")
    assert "ada@example.org" in page
    assert '<a href="http://127.0.0.1:8000/accounts/confirm-email/MQ:1a-b_c:x/"' in page
    assert "&lt;b&gt;no&lt;/b&gt;" in page
    assert "no-store" in answer["Cache-Control"]


def test_a_link_to_localhost_can_be_followed_too(demo, client):
    send("Local", "http://localhost:8000/accounts/login/")
    assert '<a href="http://localhost:8000/accounts/login/"' in client.get(URL).content.decode()


def test_a_mail_of_64_kb_in_one_line_and_one_without_text_are_shown(demo, client, settings):
    send("Long", "y" * 65536)
    settings.KEPT_MAIL_DIR.joinpath("9.eml").write_bytes(b"Content-Type: image/png\n\n\x89PNG")
    settings.KEPT_MAIL_DIR.joinpath("8.eml").write_bytes(
        b"Subject: =?utf-8?q?=ff?=\nDate: never\n\nbroken \xff"
    )
    page = client.get(URL).content.decode()
    assert "y" * 65536 in page
    assert "broken" in page


def test_where_mail_is_sent_there_is_no_such_page(client, settings, db):
    settings.KEEP_MAIL = False
    assert client.get(URL).status_code == 404


@pytest.mark.django_db(databases=["default", "limits"])
def test_what_somebody_who_signs_up_is_sent_can_be_read_there(demo, client):
    client.post(
        "/accounts/signup/",
        {"display_name": "Ada", "email": "ada@example.org", "password1": "a long enough passphrase"},
    )
    page = client.get(URL).content.decode()
    assert "Confirm your e-mail address for Healthnews" in page
    assert '<a href="http://testserver/' not in page, "a host without a dot is no link"
    assert "/accounts/confirm-email/" in page
