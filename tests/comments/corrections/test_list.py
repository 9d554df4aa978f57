"""The list of what was sent, and the reply by which it is answered."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comments.models import CannedReply
from comments.models.correction import CANNED
from tests.comments.corrections.conftest import comment_on, send
from tests.factories import make_comment, make_user

pytestmark = pytest.mark.django_db


def test_the_list_is_paged_by_cursor_and_costs_the_same(client, moderator, article):
    counts = []
    for size in (5, 45):
        for number in range(size):
            send(make_comment(article, moderator, body=f"Wrong {size} {number}."), moderator)
        with CaptureQueriesContext(connection) as queries:
            client.get("/moderation/corrections/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
    seen, address = [], "/moderation/corrections/"
    while address:
        page = client.get(address).content.decode()
        seen += re.findall(r'queue__who"><a href="/moderation/comments/(\d+)/', page)
        found = re.search(r'paging__after" href="([^"]+)"', page)
        address = found and "/moderation/corrections/" + found[1].replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == 50


def test_the_list_shows_one_state_or_all(client, moderator, article):
    send(comment_on(article), moderator, claim="Still open.")
    done = send(comment_on(article, "Another."), moderator, claim="Worked on.")
    done.correction.accept(by=make_user("editor"))
    page = client.get("/moderation/corrections/?state=accepted").content.decode()
    assert "Worked on." in page
    assert "Still open." not in page
    for asked in ({"state": "x", "after": "x"}, {"after": "OTk5OTk5OTk5OTk5OTk5OTk5OTk5"}):
        page = client.get("/moderation/corrections/", asked).content.decode()
        assert "Worked on." in page
        assert "Still open." in page


def test_an_older_site_gets_the_reply_that_is_published_by_itself_and_no_other():
    from healthnews import fresh_site

    CannedReply.objects.filter(key__in=[CANNED, "please-civil"]).delete()
    fresh_site.write()
    assert CannedReply.objects.filter(key=CANNED).count() == 1
    assert not CannedReply.objects.filter(key="please-civil").exists()
    CannedReply.objects.filter(key=CANNED).update(body="In our words.")
    fresh_site.write()
    assert CannedReply.objects.get(key=CANNED).body == "In our words."
