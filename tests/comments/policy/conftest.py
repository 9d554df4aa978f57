"""What the tests of the policy at the desk share."""

import pytest

from comments.models import PolicyVersion, Proposal
from tests import plain_forms
from tests.factories import make_user

DRAFT = "/moderation/policy/draft/"


@pytest.fixture
def administrator(client):
    user = make_user("administrator", display_name="Ad Ministrator")
    client.force_login(user)
    return user


def fields(client, url=DRAFT) -> dict:
    """What a browser would send back of the form on this page."""
    return form_of(client.get(url))


def form_of(answer) -> dict:
    return plain_forms.fields(answer, DRAFT)


def look(client, typed):
    return client.post(DRAFT, typed | {"step": "look"})


def publish(client, typed, note="Because readers asked."):
    """Look at the difference, then publish what was looked at, as the two buttons do."""
    looked = form_of(look(client, typed))
    return client.post(DRAFT, looked | {"step": "publish", "note": note})


def row_of(typed, number) -> str:
    return next(k.rpartition("-")[0] for k, v in typed.items() if k.endswith("-number") and v == str(number))


def proposed(by=None, **content):
    changed = PolicyVersion.current().content()
    changed["clauses"][0]["title"] = "Be kind"
    return Proposal.objects.create(
        kind="policy",
        content=changed | {"based_on": 1} | content,
        why="Kinder words.",
        by=by or make_user("moderator", display_name="Mo Derator"),
    )
