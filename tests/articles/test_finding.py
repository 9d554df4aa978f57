"""Archive, topics and authors."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from articles.models import Credential
from tests.factories import make_article, make_person, make_user

pytestmark = pytest.mark.django_db


def titles(html: str) -> list[str]:
    return re.findall(r'__headline"><a href="[^"]*">([^<]*)', html)


def neighbour(html: str, rel: str) -> str:
    found = re.search(rf'rel="{rel}" href="([^"]*)"', html)
    return found.group(1).replace("&amp;", "&") if found else ""


def test_archive_pages_forth_and_back_without_loss(client):
    now = timezone.now()
    for number in range(45):
        make_article(title=f"A{number:02}", at=now - timedelta(hours=number))
    expected = [f"A{number:02}" for number in range(45)]
    seen, address = [], "/articles/"
    while address:
        html = client.get(address).content.decode()
        seen.append(titles(html))
        previous = address
        address = neighbour(html, "next") and "/articles/" + neighbour(html, "next")
    assert sum(seen, []) == expected
    back = client.get("/articles/" + neighbour(client.get(previous).content.decode(), "prev"))
    assert titles(back.content.decode()) == seen[1]


def test_archive_of_a_year_holds_that_year_and_names_only_years_with_articles(client):
    make_article(title="Old", at=datetime(2017, 12, 31, 23, 59, tzinfo=UTC))
    make_article(title="Young", at=datetime(2020, 1, 1, tzinfo=UTC))
    html = client.get("/articles/?year=2017").content.decode()
    assert titles(html) == ["Old"]
    assert re.findall(r'\?year=(\d+)"', html.split("</nav>")[1] + html.split("</nav>")[2])[:2] == [
        "2020",
        "2017",
    ]
    assert "year=2018" not in html and "year=2019" not in html


def test_archive_of_an_empty_year_says_so(client):
    make_article()
    assert "Nothing was published in 1999" in client.get("/articles/?year=1999").content.decode()


def test_lists_hold_neither_pages_nor_what_is_not_public(client):
    ann = make_person(slug="ann")
    make_article(title="Public", authors=[ann], tags=["sleep"])
    make_article(title="A page", kind="page", authors=[ann], tags=["sleep"])
    make_article(title="Draft", publish=False, authors=[ann], tags=["sleep"])
    make_article(title="Tomorrow", at=timezone.now() + timedelta(days=1), authors=[ann], tags=["sleep"])
    gone = make_article(title="Retired", authors=[ann], tags=["sleep"])
    gone.move("retire", by=make_user("editor"))
    for path in (
        "/",
        "/articles/",
        "/tags/sleep/",
        "/authors/ann/",
        "/search/?tag=sleep",
        "/search/?author=ann",
    ):
        assert titles(client.get(path).content.decode()) == ["Public"], path
    for path in ("/search/?q=twitching", "/feed/", "/tags/sleep/feed/", "/authors/ann/feed/"):
        html = client.get(path).content.decode()
        assert "Public" in html
        assert not any(word in html for word in ("A page", "Draft", "Tomorrow", "Retired")), path


def test_topics_and_authors_without_public_articles_are_not_listed(client):
    make_article(tags=["sleep"], authors=[make_person(name="Zoe Seen")])
    make_article(publish=False, tags=["secret"], authors=[make_person(name="Abe Unseen")])
    topics = client.get("/tags/").content.decode()
    assert "/tags/sleep/" in topics and "secret" not in topics
    people = client.get("/authors/").content.decode()
    assert "Zoe Seen" in people and "Abe Unseen" not in people


def test_authors_stand_by_surname_whatever_their_accents(client):
    make_article(
        authors=[make_person(name="Ann Zoll"), make_person(name="Zed Éclair"), make_person(name="Max Adam")]
    )
    html = client.get("/authors/").content.decode()
    assert html.index("Max Adam") < html.index("Zed Éclair") < html.index("Ann Zoll")
    assert re.findall(r'letter__name">(.)<', html) == ["A", "E", "Z"]


def test_author_page_shows_bio_credentials_and_the_part_taken(client):
    ann = make_person(name="Ann Able", slug="ann", bio="First.\n\nSecond.")
    Credential.objects.create(person=ann, title="MD", issuer="A university")
    make_article(title="Written", authors=[ann])
    checked = make_article(title="Checked", publish=False)
    checked.draft.bylines.create(person=ann, role="fact_checker")
    checked.draft.save_version(by=None).publish(by=None, kind="first")
    html = client.get("/authors/ann/").content.decode()
    assert "<p>First.</p><p>Second.</p>" in html and "A university" in html
    assert titles(html) == ["Checked", "Written"]
    assert html.count('row__role">Fact-checker<') == 1 and html.count("row__role") == 1


def test_unknown_topic_and_author_are_404(client):
    assert client.get("/tags/nothing/").status_code == 404
    assert client.get("/authors/nobody/").status_code == 404
    assert client.get("/tags/nothing/feed/").status_code == 404
