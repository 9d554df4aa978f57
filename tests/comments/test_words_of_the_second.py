"""Whoever is second at a sanction keeps what they typed."""

import pytest

from comments.models import Sanction, SanctionAppeal
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def sanction():
    return Sanction.impose("read_first", make_user(), by=make_user("moderator"), reason="Adverts.")


def test_who_answers_an_appeal_second_keeps_the_answer(client, sanction):
    appeal = SanctionAppeal.lodge(sanction, by=sanction.user, text="No adverts.")
    appeal.reply(by=make_user("moderator"), grant=False, reason="They were.")
    client.force_login(make_user("moderator"))
    answer = client.post(
        f"/moderation/sanctions/appeals/{appeal.pk}/", {"grant": "1", "reason": "I <i>believe</i> them."}
    )
    assert answer.status_code == 409
    assert "I &lt;i&gt;believe&lt;/i&gt; them." in answer.content.decode()


def test_why_a_sanction_is_lifted_does_not_become_why_one_is_imposed(client, sanction):
    sanction.lift(by=make_user("moderator"), reason="Over.")
    client.force_login(make_user("moderator"))
    answer = client.post(f"/moderation/sanctions/{sanction.pk}/lift/", {"reason": "It was a mistake."})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "It was a mistake." in page
    assert (
        'maxlength="5000" required>It was a mistake.</textarea></div>\n<div class="field"><label for="sanction-clause"'
        not in page
    )
