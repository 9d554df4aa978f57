"""Atom feeds and the sitemap: stable ids, honest dates, 304 for what has not changed."""

from datetime import UTC, datetime
from urllib.parse import quote
from xml.etree import ElementTree

import pytest

from articles.views import sitemap
from tests.factories import make_article, make_person, make_user

pytestmark = pytest.mark.django_db

ATOM = {"a": "http://www.w3.org/2005/Atom"}
MAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
LONG_AGO = datetime(2020, 3, 5, 10, tzinfo=UTC)


def entries(client, path="/feed/"):
    response = client.get(path)
    assert response["Content-Type"].startswith("application/atom+xml")
    return ElementTree.fromstring(response.content).findall("a:entry", ATOM)  # noqa: S314 our own


def text(entry, name: str) -> str:
    return entry.findtext(f"a:{name}", namespaces=ATOM)


def addresses(client, path="/sitemap.xml") -> dict[str, str]:
    tree = ElementTree.fromstring(client.get(path).content)  # noqa: S314 our own
    return {
        url.findtext("s:loc", namespaces=MAP).removeprefix("http://127.0.0.1:8000"): url.findtext(
            "s:lastmod", "", namespaces=MAP
        )
        for url in tree
    }


def test_entry_has_id_dates_authors_summary_and_topics(client):
    article = make_article(
        title="Rest & sleep",
        dek="Less < more",
        at=LONG_AGO,
        authors=[make_person(name="Ann Able", post_nominals="MD"), make_person(name="Ben Baker")],
        tags=["Sleep"],
    )
    (entry,) = entries(client)
    assert text(entry, "id") == f"tag:127.0.0.1,2020-03-05:article/{article.pk}"
    assert text(entry, "title") == "Rest & sleep"
    assert text(entry, "summary") == "Less &lt; more"  # HTML, as its type says
    assert text(entry, "published") == text(entry, "updated") == "2020-03-05T10:00:00+00:00"
    names = [author.findtext("a:name", namespaces=ATOM) for author in entry.findall("a:author", ATOM)]
    assert names == ["Ann Able, MD", "Ben Baker"]
    assert entry.find("a:category", ATOM).get("term") == "Sleep"


def test_typo_moves_no_date_and_an_update_moves_it_while_the_id_stays(client):
    article = make_article(at=LONG_AGO)
    first = [text(entries(client)[0], name) for name in ("id", "updated")]
    article.draft.save_version(by=None).publish(by=None, kind="typo", at=datetime(2021, 1, 1, tzinfo=UTC))
    assert [text(entries(client)[0], name) for name in ("id", "updated")] == first
    article.draft.save_version(by=None).publish(
        by=None, kind="update", note="New.", at=datetime(2022, 1, 1, tzinfo=UTC)
    )
    assert text(entries(client)[0], "id") == first[0]
    assert text(entries(client)[0], "updated") == "2022-01-01T00:00:00+00:00"
    assert addresses(client)[article.get_absolute_url()] == "2022-01-01"


def test_feed_answers_304_by_date_too(client):
    make_article(at=LONG_AGO)
    response = client.get("/feed/")
    assert response["Last-Modified"] == "Thu, 05 Mar 2020 10:00:00 GMT"
    again = client.get("/feed/", headers={"If-Modified-Since": response["Last-Modified"]})
    assert again.status_code == 304


def test_control_characters_in_a_title_do_not_break_the_feed(client):
    make_article(title="Odd\x0btitle", dek="\x01x")
    assert text(entries(client)[0], "title") == "Oddtitle"


def test_feed_of_a_topic_or_author_holds_theirs_alone(client):
    ann = make_person(slug="ann")
    make_article(title="Hers", authors=[ann])
    make_article(title="Tagged", tags=["sleep"])
    assert [text(entry, "title") for entry in entries(client, "/authors/ann/feed/")] == ["Hers"]
    assert [text(entry, "title") for entry in entries(client, "/tags/sleep/feed/")] == ["Tagged"]


def test_empty_feed_is_a_feed(client):
    assert entries(client) == []


def test_sitemap_names_what_is_public_and_nothing_else(client):
    article = make_article(at=LONG_AGO, tags=["sleep"], authors=[make_person(slug="ann")])
    hidden = make_article(publish=False, tags=["secret"])
    gone = make_article()
    gone.move("retire", by=make_user("editor"))
    found = addresses(client)
    assert found[article.get_absolute_url()] == "2020-03-05"
    assert found["/about/"] and "/pages/about/" not in found
    assert {"/", "/articles/", "/tags/sleep/", "/authors/ann/", "/privacy/"} <= set(found)
    assert found["/"] == found["/tags/sleep/"] == ""
    assert not {hidden.get_absolute_url(), gone.get_absolute_url(), "/tags/secret/"} & set(found)


def test_sitemap_that_grew_too_long_becomes_an_index_of_years(client, monkeypatch):
    monkeypatch.setattr(sitemap, "MOST", 2)
    made = [make_article(at=datetime(year, 6, 1, tzinfo=UTC)) for year in (2018, 2018, 2020)]
    parts = list(addresses(client))
    assert parts == ["/sitemap.xml?part=rest", "/sitemap.xml?part=2020", "/sitemap.xml?part=2018"]
    named = set().union(*(addresses(client, part) for part in parts))
    assert {article.get_absolute_url() for article in made} | {"/about/"} <= named
    assert client.get("/sitemap.xml?part=2019").status_code == 404


def test_address_with_letters_of_another_script_is_written_as_a_link(client):
    article = make_article(slug="сон")
    assert quote("/articles/сон/") in addresses(client)
    assert client.get(article.get_absolute_url()).status_code == 200
