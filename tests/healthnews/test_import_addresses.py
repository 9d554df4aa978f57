"""Old addresses find their article also with what others have hung on them."""

import pytest
from django.contrib.redirects.models import Redirect

from tests.healthnews.test_import_wordpress import article, bring


@pytest.fixture
def imported(db):
    bring()
    return article(101).get_absolute_url()


@pytest.mark.parametrize(
    ("old", "query"),
    [
        ("/blog/2016/05/evas-letter/", ""),
        ("/blog/2016/05/evas-letter/?utm_source=mail&utm_medium=x", "?utm_source=mail&utm_medium=x"),
        ("/blog/2016/05/evas-letter?fbclid=1", "?fbclid=1"),
        ("/blog/2016/05/evas-letter/?replytocom=12", "?replytocom=12"),
        ("/blog/2016/05/evas-letter/?a=%0d%0aSet-Cookie:x", "?a=%0D%0ASet-Cookie%3Ax"),
    ],
)
def test_old_link_leads_to_the_article_whatever_stands_behind_it(imported, client, old, query):
    answer = client.get(old)
    assert (answer.status_code, answer["Location"]) == (301, imported + query)


def test_short_link_leads_there_with_a_campaign_behind_it(imported, client):
    answer = client.get("/?p=101&utm_source=mail")
    assert (answer.status_code, answer["Location"]) == (301, imported)


def test_redirect_that_names_a_query_counts_before_the_one_without(imported, client):
    site = Redirect.objects.first().site
    Redirect.objects.create(site=site, old_path="/blog/2016/05/evas-letter/?page=2", new_path="/other/")
    assert client.get("/blog/2016/05/evas-letter/?page=2")["Location"] == "/other/"
    assert client.get("/blog/2016/05/evas-letter/?page=3")["Location"].startswith(imported)


def test_redirect_to_nowhere_is_gone_with_a_query_too(imported, client):
    Redirect.objects.filter(old_path="/blog/2016/05/evas-letter/").update(new_path="")
    assert client.get("/blog/2016/05/evas-letter/?utm_source=x").status_code == 410


def test_what_is_not_known_stays_not_found(imported, client):
    assert client.get("/blog/nothing/?utm_source=x").status_code == 404
    assert client.get("/blog/nothing/?" + "x" * 5_000).status_code == 404
