"""The home page and the old addresses that lead to it."""

from datetime import timedelta

import pytest
from django.contrib.redirects.models import Redirect
from django.utils import timezone

from tests.factories import make_article, make_comment, make_user

pytestmark = pytest.mark.django_db


def home(client) -> str:
    response = client.get("/")
    assert response.status_code == 200
    return response.content.decode()


def test_fresh_site_says_that_nothing_is_published(client):
    assert "Nothing has been published yet." in home(client)


def test_newest_article_leads_and_topics_follow(client):
    now = timezone.now()
    make_article(title="Older", at=now - timedelta(days=2), tags=["Sleep"])
    make_article(title="Newest", at=now - timedelta(days=1), tags=["Sleep", "Rest"])
    html = home(client)
    assert html.index("Newest</a></h2>") < html.index("Older</a></h3>")
    assert html.index(">Sleep</a></h3>") < html.index(">Rest</a></h3>")


def test_comment_is_counted_at_once(client):
    article = make_article()
    assert "comment" not in home(client).split("<main")[1].split("</main>")[0]
    make_comment(article)
    assert ">1 comment<" in home(client)


def test_retired_article_leaves_and_scheduled_one_comes_at_its_minute(client, time_machine_at):
    article = make_article(title="Soon gone")
    make_article(title="Tomorrow's", at=timezone.now() + timedelta(days=1))
    assert "Soon gone" in home(client) and "Tomorrow" not in home(client)
    article.move("retire", by=make_user("editor"))
    assert "Soon gone" not in home(client)
    with time_machine_at(timezone.now() + timedelta(days=1, minutes=1)):
        assert "Tomorrow&#x27;s" in home(client)


def test_retitled_article_shows_its_new_headline(client):
    article = make_article(title="Before")
    home(client)
    article.draft.title = "After"
    article.draft.save()
    article.draft.save_version(by=None).publish(by=None, kind="typo")
    assert "After" in home(client) and "Before" not in home(client)


@pytest.mark.parametrize("name", ["p", "page_id", "attachment_id"])
def test_wordpress_address_leads_to_where_the_article_went(client, name):
    Redirect.objects.create(site_id=1, old_path=f"/?{name}=123", new_path="/articles/twitching/")
    response = client.get(f"/?{name}=123")
    assert response.status_code == 301 and response["Location"] == "/articles/twitching/"
    assert client.get(f"/?{name}=124").status_code == 200
    assert client.get(f"/?{name}={'9' * 5000}").status_code == 200


def test_wordpress_address_of_what_was_left_out_is_gone(client):
    Redirect.objects.create(site_id=1, old_path="/?p=5", new_path="")
    assert client.get("/?p=5").status_code == 410


@pytest.fixture
def time_machine_at():
    import time_machine

    return lambda at: time_machine.travel(at, tick=False)
