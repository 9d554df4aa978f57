"""An address that takes forms alone says so to whoever opens it."""

import pytest

from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "way_on"),
    [
        ("/comments/preview/", 'href="/">To the front page'),
        ("/moderation/comments/7/decisions/", 'href="/moderation/">To the queue'),
        ("/moderation/decisions/", 'href="/moderation/">To the queue'),
        ("/moderation/duty/away/", 'href="/moderation/">To the queue'),
    ],
)
def test_it_is_a_page_with_the_way_on(client, address, way_on):
    client.force_login(make_user("administrator"))
    answer = client.get(address)
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "There is nothing to read here" in answer.content.decode()
    assert way_on in answer.content.decode()
    assert "max-age" not in answer.get("Cache-Control", "") or "no-store" in answer["Cache-Control"]


def test_only_the_desk_leads_to_the_desk(client):
    client.force_login(make_user())
    assert "/moderation/" not in client.get("/comments/preview/").content.decode()
