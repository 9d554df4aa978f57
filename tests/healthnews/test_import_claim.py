"""Whoever reads the mail of an old commenter's address can make the account theirs; nobody else can."""

import re

import pytest
from django.core import mail
from django.core.cache import cache
from django.db import connections
from django.urls import reverse

from accounts.models import User
from tests.healthnews.test_import_wordpress import bring, comment

PASSWORD = "nobody else would think of this"


# Rate limits are counted on a connection of their own.
pytestmark = pytest.mark.django_db(databases=["default", "limits"])


@pytest.fixture
def renee(db):
    cache.clear()
    bring()
    yield User.objects.get(email="renee@example.org")
    connections["limits"].close()


def link_in(message) -> str:
    return re.search(r"https?://[^/\s]+(/accounts/\S+)", message.body)[1]


def reset(client, address):
    """Ask for the reset, follow the mailed link, set PASSWORD."""
    client.post(reverse("account_reset_password"), {"email": address})
    (message,) = mail.outbox
    assert message.to == ["renee@example.org"]
    mail.outbox.clear()
    form = client.get(link_in(message), follow=True)
    return client.post(form.request["PATH_INFO"], {"password1": PASSWORD, "password2": PASSWORD})


def test_account_of_an_import_lets_nobody_in_until_it_is_claimed(renee, client):
    for guess in ("", "!", renee.password):
        assert not client.login(email=renee.email, password=guess)


def test_commenter_claims_their_account_by_a_password_reset(renee, client):
    assert reset(client, "Renee@example.org").status_code == 302
    renee.refresh_from_db()
    assert renee.check_password(PASSWORD)
    # The address is proved by a mailed link before the first login is let through.
    client.post(reverse("account_login"), {"login": "renee@example.org", "password": PASSWORD})
    if not renee.emailaddress_set.filter(verified=True).exists():
        (message,) = mail.outbox
        assert message.to == ["renee@example.org"]
        client.post(link_in(message))
        assert renee.emailaddress_set.get().verified
        client.post(reverse("account_login"), {"login": "renee@example.org", "password": PASSWORD})
    assert client.session["_auth_user_id"] == str(renee.pk)
    assert comment(11).author == renee


def test_asking_for_the_reset_does_not_tell_whether_an_old_commenter_is_known(renee, client):
    answers = []
    for address in ("renee@example.org", "stranger@example.org"):
        answer = client.post(reverse("account_reset_password"), {"email": address})
        answers.append((answer.status_code, answer.headers.get("Location")))
    assert answers[0] == answers[1]
