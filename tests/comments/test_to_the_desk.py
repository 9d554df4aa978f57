"""From a discussion to the desk: for moderators, and for nobody else."""

import pytest

from comments.models import Thread
from tests.factories import make_article, make_comment, make_user

pytestmark = pytest.mark.django_db


def page(client, path, **headers) -> str:
    answer = client.get(path, headers=headers)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_only_moderators_are_led_to_cards_and_to_the_switch_without_script(client):
    comment = make_comment()
    new = f"/articles/{comment.article.slug}/comments/new/"
    card, switch = f"/moderation/comments/{comment.pk}/", f"/moderation/threads/{comment.article.pk}/switch/"
    client.force_login(make_user())
    for path in (new, f"/comments/{comment.pk}/report/"):
        assert "/moderation/" not in page(client, path)
    assert "data-desk" not in page(client, new, **{"hx-request": "true"})
    client.force_login(make_user("moderator"))
    assert f'href="{card}"' in page(client, f"/comments/{comment.pk}/report/")
    assert f'href="{switch}"' in page(client, new)
    assert 'data-desk="/moderation/"' in page(client, new, **{"hx-request": "true"})
    Thread.of(comment.article).switch("closed", by=make_user("moderator"), note="")
    assert f'href="{switch}"' in page(client, new)
    # What everybody is sent is the same for all.
    assert (
        "/moderation/"
        not in page(client, f"/articles/{comment.article.slug}/comments/").partition("<main")[2]
    )


def test_a_discussion_is_switched_on_a_page_of_its_own(client):
    article = make_article()
    client.force_login(make_user("moderator"))
    path = f"/moderation/threads/{article.pk}/switch/"
    html = page(client, path)
    assert f'name="next" value="{path}"' in html
    assert f"/moderation/?article={article.slug}" in html
    answer = client.post(path, {"mode": "held", "seen": "open", "next": path})
    assert answer.url == path
    assert Thread.of(article).mode == "held"
    client.force_login(make_user())
    assert client.get(path).status_code == 404
