"""The public numbers: what they come to, what they keep back, and that they are the same for everybody."""

import csv
import re
from datetime import UTC, date, datetime, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from comments import transparency
from comments.models import Appeal, Case, Clause, DayTally, Decision, Report
from comments.transparency import Quarter
from tests.factories import make_article, make_comment, make_user

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 5, 4, 9, tzinfo=UTC)
AFTER = datetime(2026, 7, 3, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def nothing_kept():
    caches["pages"].clear()


@pytest.fixture
def after():
    """It is the next quarter, and the days are tallied when asked."""
    with time_machine.travel(AFTER, tick=False):
        yield lambda: call_command("tally", stdout=StringIO())


@pytest.fixture
def busy():
    """A day of the second quarter of 2026."""
    moderator, other, article = make_user("moderator"), make_user("moderator"), make_article()
    clause, few = Clause.objects.order_by("-policy__number", "number")[:2]
    with time_machine.travel(DAY, tick=False):
        waiting = [make_comment(article, status="pending") for _ in range(13)]
        public = [make_comment(article) for _ in range(20)]
        make_comment(article, status="rejected")
        for comment in public[:6]:
            reporter = make_user()
            Report.objects.create(comment=comment, text=comment.text, reporter=reporter, reason="abuse")
            Case.open_for(comment, "report")
    with time_machine.travel(DAY + timedelta(hours=2), tick=False):
        for comment in waiting[:7]:
            comment.decide("publish", by=moderator, version=1)
        for comment in waiting[7:]:
            comment.decide("reject", by=moderator, version=1, clause=clause)
        for comment in public[:6]:
            comment.decide("remove", by=moderator, version=1, clause=clause)
        removal = public[7].decide("remove", by=moderator, version=1, clause=few)
        Appeal.lodge(removal, by=public[7].author, text="It is true, and I am Jane Roe.")
    with time_machine.travel(DAY + timedelta(hours=5), tick=False):
        public[7].refresh_from_db()
        public[7].decide("overturn", by=other, version=public[7].version)
    return clause, few


def lines(html: str) -> dict[str, str]:
    """What the tables say; a second line of the same words is numbered."""
    found: dict[str, str] = {}
    for what, number in re.findall(r'<th scope="row">(.*?)</th><td>(.*?)</td>', html):
        name = what
        while name in found:
            name += " again"
        found[name] = number
    return found


def test_the_quarter_in_numbers(client, busy, after):
    after()
    clause, few = busy
    html = client.get("/transparency/?quarter=2026-Q2").content.decode()
    said = lines(html)
    assert said["Published at once"] == "20"
    assert said["Read by a person first"] == "13"
    assert said["Refused by a listed word"] == "fewer than 5"
    assert said["Comments received"] == "at least 33"  # 34 would give the one away
    assert said["Published by a person after reading"] == "7"
    assert said["Half of them were read within"] == "2.1 hours"  # counted in steps: right to a tenth
    assert said[str(clause).replace("’", "’")] == "6"
    assert said["It insults or threatens somebody"] == "6"
    assert said["Answered: something was done"] == "6"
    assert said["Half of the reports were answered within"] == "2.1 hours"
    assert said["Appeals received"] == "fewer than 5"
    assert said["Half were answered within"] == "too few to say"
    assert said["After a report"] == "6"
    assert "April to June 2026" in html
    assert "Regulation (EU) 2022/2065" in html


@pytest.mark.parametrize(
    ("parts", "said"),
    [([], "0"), ([0, 0], "0"), ([7, 8], "15"), ([7, 0], "7"), ([7, 4], "at least 7"), ([1, 0], "fewer than 5"),
     ([1, 4], "fewer than 10"), ([5], "5"), ([1_000, 5], "1,005")],
)  # fmt: skip
def test_a_sum_does_not_give_away_what_is_kept_back(parts, said):
    assert transparency.total(parts) == said


@pytest.mark.parametrize("count", range(8))
def test_small_numbers_are_not_told(count):
    assert transparency.few(count) == (str(count) if count == 0 or count >= 5 else "fewer than 5")


def test_nothing_personal_is_in_it(client, busy, after):
    after()
    for address in ("/transparency/?quarter=2026-Q2", "/transparency/2026-Q2.csv"):
        text = client.get(address).content.decode()
        assert "Person " not in text
        assert "example.org" not in text
        assert "Jane Roe" not in text


def test_it_is_the_same_for_everybody_and_kept(client, busy, after):
    after()
    pages = set()
    for user in (None, make_user(), make_user("moderator"), make_user("administrator")):
        someone = Client()
        if user:
            someone.force_login(user)
        answer = someone.get("/transparency/?quarter=2026-Q2")
        assert not answer.cookies
        assert "Cookie" not in answer.get("Vary", "")
        assert "no-store" not in answer["Cache-Control"]
        pages.add(answer.content)
    assert len(pages) == 1
    with CaptureQueriesContext(connection) as queries:
        tag = client.get("/transparency/?quarter=2026-Q2")["ETag"]
    assert len(queries) <= 3
    assert client.get("/transparency/?quarter=2026-Q2", headers={"If-None-Match": tag}).status_code == 304


def test_a_day_that_is_counted_anew_renews_the_page(client, busy, after):
    after()
    tag = client.get("/transparency/?quarter=2026-Q2")["ETag"]
    DayTally.objects.filter(kind="received", key="published").update(count=99)
    after_again = client.get("/transparency/?quarter=2026-Q2", headers={"If-None-Match": tag})
    assert after_again.status_code == 304  # nobody but the tally writes tallies
    call_command("tally", "--from", "2026-05-01", stdout=StringIO())
    answer = client.get("/transparency/?quarter=2026-Q2", headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert lines(answer.content.decode())["Published at once"] == "20"


def test_the_newest_quarter_that_is_over_comes_first_and_the_running_one_says_how_far_it_is(
    client, busy, after
):
    after()
    assert "April to June 2026" in client.get("/transparency/").content.decode()
    html = client.get("/transparency/?quarter=2026-Q3").content.decode()
    assert "counted up to and including 2 July 2026" in html
    assert lines(html)["Published at once"] == "0"


def test_a_site_that_counts_nothing_yet_says_so(client):
    answer = client.get("/transparency/")
    assert answer.status_code == 200
    assert "Nothing has been counted yet." in answer.content.decode()


@pytest.mark.parametrize(
    "query",
    [
        "2026-Q5",
        "2026",
        "1999-Q1",
        "2019-Q1",
        "2030-Q1",
        "2026-Q٢",
        "%3Cscript%3E",
        "9" * 5_000,
        "2026-Q2%0A",
    ],
)
def test_a_quarter_that_does_not_exist_is_answered_in_words(client, busy, after, query):
    after()
    answer = client.get(f"/transparency/?quarter={query}")
    html = answer.content.decode()
    assert answer.status_code == 404
    assert "There are no numbers for" in html
    assert "?quarter=2026-Q2" in html
    assert "<script>" not in html


def test_the_table_says_the_same_as_the_page(client, busy, after):
    after()
    answer = client.get("/transparency/2026-Q2.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert 'filename="transparency-2026-Q2.csv"' in answer["Content-Disposition"]
    rows = list(csv.DictReader(StringIO(answer.content.decode())))
    html = client.get("/transparency/?quarter=2026-Q2").content.decode()
    html = re.sub(r"<figure.*?</figure>", "", html, flags=re.S)
    assert [row["number"] for row in rows] == list(lines(html).values())
    assert {row["quarter"] for row in rows} == {"2026-Q2"}
    for name in ("2030-Q1", "2026-Q5"):
        assert client.get(f"/transparency/{name}.csv").status_code == 404


@pytest.mark.parametrize("address", ["/transparency/", "/transparency/2026-Q2.csv"])
def test_it_is_only_read(address):
    strict = Client(enforce_csrf_checks=True)
    for method in ("POST", "PUT", "DELETE"):
        assert strict.generic(method, address, b"x=1", "application/x-www-form-urlencoded").status_code == 405


def test_the_footer_leads_there(client):
    assert 'href="/transparency/"' in client.get("/").content.decode()


def test_queries_do_not_grow(client, busy, after):
    made = []
    for count in (5, 50):
        Decision.objects.filter(action="submit").update(at=DAY)
        with time_machine.travel(DAY, tick=False):
            article = make_article()
            for _ in range(count):
                make_comment(article)
        call_command("tally", "--from", "2026-04-01", stdout=StringIO())
        with CaptureQueriesContext(connection) as queries:
            client.get("/transparency/?quarter=2026-Q2")
        made.append(len(queries))
    assert made[0] == made[1] <= 8


def test_quarters_have_the_days_of_the_calendar():
    assert Quarter.named("2024-Q1").last == date(2024, 3, 31)
    assert Quarter.named("2026-Q4").next == Quarter(2027, 1)
    for name in ("2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"):
        quarter = Quarter.named(name)
        assert str(quarter) == name
        assert Quarter.of(quarter.first) == Quarter.of(quarter.last) == quarter


# --- Pictures ---


def tallied(day, *rows):
    """Days as the worker would have counted them: (kind, key, clause, count)."""
    DayTally.objects.create(day=day, kind="tallied", count=0)
    DayTally.objects.bulk_create(
        DayTally(day=day, kind=kind, key=key, clause=clause, count=count) for kind, key, clause, count in rows
    )


def pictures(html: str) -> dict[str, str]:
    """The figures of the page, by their key."""
    return dict(re.findall(r'<figure class="plot" id="plot-(\w+)">(.*?)</figure>', html, re.S))


def test_pictures_show_eight_quarters_and_the_clauses_of_one_each_with_its_table(client, after):
    clause, other = Clause.objects.order_by("-policy__number", "number")[:2]
    for year, month in [(2024, 5), (2024, 8), (2025, 2), (2026, 2), (2026, 5)]:
        tallied(
            date(year, month, 3),
            ("received", "published", None, 100 + month),
            ("decided", "publish", None, 50),
            ("decided", "reject", clause, 20),
            ("decided", "reject", other, 10),
            ("decided", "remove", clause, 7),
            ("reversal", "person", clause, 6),
        )
    found = pictures(client.get("/transparency/?quarter=2026-Q2").content.decode())
    assert list(found) == ["received", "decided", "reversal", "clauses"]
    assert all("<svg" in each and "<table" in each for each in found.values())
    assert "2024-Q2" not in found["received"]  # the ninth
    assert lines(found["received"])["2024-Q3"] == "108"
    assert re.search(r"2026-Q2</th><td>50</td><td>30</td><td>7</td>", found["decided"])
    assert "2026-Q1: 6" in found["reversal"]
    assert "2025-Q4: 0" in found["reversal"]
    assert "20 refused, 7 removed" in found["clauses"]
    # What came later is no part of an earlier quarter's page.
    assert (
        "2026-Q2" not in pictures(client.get("/transparency/?quarter=2026-Q1").content.decode())["received"]
    )


@pytest.mark.parametrize("quarter", ["2026-Q1", "2026-Q2"])
def test_no_picture_gives_away_a_number_that_the_tables_keep_back(client, after, quarter):
    """Whatever the small numbers are: the page is the same."""
    clause, few = Clause.objects.order_by("-policy__number", "number")[:2]
    pages = set()
    for small in (1, 2, 3, 4):
        DayTally.objects.all().delete()
        caches["pages"].clear()
        for day in (date(2026, 2, 3), date(2026, 5, 3)):
            tallied(
                day,
                ("received", "published", None, 40),
                ("received", "rejected", None, small),
                ("decided", "publish", None, small),
                ("decided", "reject", clause, 9),
                ("decided", "reject", few, small),
                ("decided", "remove", few, 5 - small),
                ("reversal", "person", clause, small),
            )
        pages.add(client.get(f"/transparency/?quarter={quarter}").content.decode())
    assert len(pages) == 1
    found = pictures(pages.pop())
    assert "at least 9" in found["decided"]
    assert "fewer than 5 refused, fewer than 5 removed" in found["clauses"]
    assert lines(found["reversal"])[quarter] == "fewer than 5"
    assert "No number is large enough to be drawn." in found["reversal"]
    assert "What is fewer than 5 has no bar." in found["received"]
