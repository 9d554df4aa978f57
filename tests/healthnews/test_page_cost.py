"""How many queries the article's page takes: what `make bench` has an aim for (docs/bench.md)."""

import pytest
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from articles.models import Article

pytestmark = pytest.mark.django_db
MOST = 8


@pytest.mark.parametrize("comments", [0, 30, 400])
def test_an_article_page_takes_few_queries_and_one_when_it_is_kept(client, comments):
    call_command("generate", articles=1, comments=comments, verbosity=0)
    address = Article.objects.filter(kind="article").get().get_absolute_url()
    caches["pages"].clear()
    with CaptureQueriesContext(connection) as made:
        first = client.get(address)
    with CaptureQueriesContext(connection) as kept:
        again = client.get(address)
    assert again.content == first.content
    assert len(made) <= MOST, "\n".join(query["sql"][:200] for query in made)
    assert len(kept) == 1
