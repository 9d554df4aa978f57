"""What the structured data of a page says, and that it is what the page says."""

import json
import re
from datetime import UTC, datetime

import pytest

from articles.models import Credential, Review
from tests.factories import make_article, make_person

pytestmark = pytest.mark.django_db

HOST = "http://127.0.0.1:8000"


def graph_of(client, path: str) -> dict:
    html = client.get(path).content.decode()
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.S)
    data = json.loads(text)
    return {node["@type"]: node for node in data.get("@graph", [data])}


def test_reviewed_article_is_a_medical_page_about_an_article(client):
    ann = make_person(name="Ann Able", slug="ann", post_nominals="MD")
    article = make_article(
        title="Sleep", dek="Short.", authors=[ann], tags=["Rest"], at=datetime(2020, 3, 5, 10, tzinfo=UTC)
    )
    article.draft.sources.create(title="A source", publisher="NHS", year=2019, url="https://example.org/")
    article.draft.save_version(by=None).publish(
        by=None, kind="update", note="More.", at=datetime(2021, 1, 1, tzinfo=UTC)
    )
    reviewer = make_person(name="Rae Viewer")
    Review.record(article, reviewer=reviewer, by=None, months=12, at=datetime(2022, 2, 2, tzinfo=UTC))
    nodes = graph_of(client, article.get_absolute_url())
    page, text = nodes["MedicalWebPage"], nodes["Article"]
    assert page["lastReviewed"] == "2022-02-02"
    assert page["reviewedBy"] == {"@type": "Person", "name": "Rae Viewer"}
    assert page["mainEntity"]["@id"] == text["@id"] == f"{HOST}{article.get_absolute_url()}#article"
    assert (text["datePublished"], text["dateModified"]) == (
        "2020-03-05T10:00:00+00:00",
        "2021-01-01T00:00:00+00:00",
    )
    assert text["author"] == [
        {"@type": "Person", "name": "Ann Able", "url": f"{HOST}/authors/ann/", "honorificSuffix": "MD"}
    ]
    assert text["citation"][0]["name"] == "A source" and text["citation"][0]["datePublished"] == "2019"
    assert text["keywords"] == ["Rest"]
    names = [step["name"] for step in page["breadcrumb"]["itemListElement"]]
    assert names == ["Healthnews", "Rest", "Sleep"]
    assert nodes["Organization"]["name"] == "Healthnews"


def test_article_without_records_claims_nothing(client):
    article = make_article(dek="")
    nodes = graph_of(client, article.get_absolute_url())
    assert not {"lastReviewed", "reviewedBy", "description"} & set(nodes["MedicalWebPage"])
    assert not {"author", "citation", "image", "keywords"} & set(nodes["Article"])


def test_page_is_no_article_and_no_medical_page(client):
    nodes = graph_of(client, "/about/")
    assert set(nodes) == {"WebPage", "Organization"}
    assert nodes["WebPage"]["url"] == f"{HOST}/about/"


def test_headline_cannot_end_the_script(client):
    article = make_article(title="</script><b>&amp;")
    assert graph_of(client, article.get_absolute_url())["Article"]["headline"] == "</script><b>&amp;"


def test_author_page_describes_a_person_with_credentials(client):
    ann = make_person(name="Ann Able", slug="ann", post_nominals="MD", bio="Writes.")
    Credential.objects.create(person=ann, title="Doctor of Medicine", issuer="A university")
    profile = graph_of(client, "/authors/ann/")["ProfilePage"]
    assert profile["mainEntity"]["name"] == "Ann Able"
    assert profile["mainEntity"]["hasCredential"][0]["recognizedBy"]["name"] == "A university"
    assert "image" not in profile["mainEntity"]
