"""The page of numbers: plots, tables, days asked for, and what it costs."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments import numbers
from comments.models import Decision
from tests.comments.numbers.conftest import MONDAY, at, counts, held, page, report
from tests.factories import make_article, make_comment, make_user, verdict

pytestmark = pytest.mark.django_db


def test_an_empty_desk_has_words_and_no_plots(client, moderator):
    client.force_login(moderator)
    html = page(client)
    assert html.count("Nothing in this time.") == 11
    assert 'role="img"' not in html


def test_the_page_says_it_in_plots_and_tables_without_style_or_script(client, moderator, clauses):
    client.force_login(moderator)
    with at(MONDAY):
        make_comment(status="pending").decide(
            "reject", by=moderator, version=1, clause=clauses[0], way="key", seconds=5
        )
        held(MONDAY - timedelta(hours=2)).decide("publish", by=moderator, version=1, way="click", seconds=40)
        html = page(client, "?from=2026-03-02&to=2026-03-02")
    assert "half were read within" in html
    assert f"{clauses[0].number}. {clauses[0].title}" in html.replace("&#x27;", "'")
    assert "by key 5 seconds" in html
    assert " style=" not in html
    assert html.count('id="fill-0"') == 1


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?from=tomorrow", "is no day: write it as 2026-07-31."),
        ("?from=2026-02-30", "is no day: write it as 2026-07-31."),
        ("?from=2026-03-02&to=2026-03-01", "The first day is after the last."),
        ("?from=0001-01-01&to=0001-01-02", "The numbers begin in 2000."),
        ("?to=9999-12-31", "The last day has not come yet."),
        ("?from=9999-12-31", "The first day is after the last."),
        ("?from=2025-01-01&to=2026-01-01", "At most 92 days can be shown by day; choose by week for more."),
        ("?from=2020-01-01&to=2026-01-01&by=week", "At most 371 days can be shown by week."),
        ("?by=year", "Choose by day or by week."),
        ("?from=%3Cscript%3E&by[]=1", "is no day: write it as 2026-07-31."),
        ("?from=" + "9" * 5_000, "is no day: write it as 2026-07-31."),
        ("?to=0001-01-01", "The first day is after the last."),
    ],
)
def test_days_that_mean_nothing_are_answered_in_words(client, moderator, query, words):
    client.force_login(moderator)
    with at(MONDAY):
        html = page(client, query, status=422)
    assert words in html
    assert "<script>" not in html
    assert 'role="img"' not in html


def test_what_was_typed_is_kept(client, moderator):
    client.force_login(moderator)
    html = page(client, "?from=2026-13-01&to=2026-01-31&by=week", status=422)
    assert 'value="2026-13-01"' in html
    assert "“2026-13-01” is no day" in html
    assert 'value="2026-01-31"' in html
    assert '<option value="week" selected>' in html


def test_single_peoples_figures_are_for_administrators_and_ones_own(client):
    ann, bob = (
        make_user("moderator", display_name="Ann Moss"),
        make_user("moderator", display_name="Bob Reed"),
    )
    for user in (ann, bob, bob):
        make_comment(status="pending").decide("publish", by=user, version=1, way="key", seconds=6)
    seen = {}
    for user in (ann, make_user("administrator")):
        client.force_login(user)
        seen[user] = page(client).partition("numbers__people")[2]
    mine, everybodys = seen.values()
    assert "Your own" in mine
    assert "Ann Moss" in mine
    assert "Bob Reed" not in mine
    assert '<th scope="row">Bob Reed</th><td>2</td><td>100 %</td><td>6 seconds</td>' in everybodys
    assert "Ann Moss" in everybodys


def test_queries_do_not_grow(client, clauses):
    users = [make_user("moderator") for _ in range(5)]
    client.force_login(make_user("administrator"))
    article = make_article()
    made = {}

    def fill(count):
        for each in range(count):
            author = users[each % 5]
            comment = make_comment(article, status="pending", author=users[0])
            comment.decide(
                "reject", by=users[1 + each % 4], version=1, clause=clauses[each % 3], way="key", seconds=each
            )
            day = timezone.now() - timedelta(days=each % 20)
            Decision.objects.filter(comment=comment, by=author).update(at=day)

    for count in (5, 50):
        fill(count)
        page(client)
        with CaptureQueriesContext(connection) as queries:
            page(client)
        made[count] = len(queries)
    assert made[5] == made[50] <= 17


def test_open_cases_by_lane(moderator):
    make_comment(status="pending")
    report(make_comment())
    plot = next(
        each for each in numbers.read(timezone.localdate(), timezone.localdate()).plots if each.key == "lanes"
    )
    assert {name: cells[0] for name, cells in plot.rows} == {
        "Crisis": "0",
        "Escalated": "0",
        "Appeals": "0",
        "Reports": "1",
        "Edits": "0",
        "New": "1",
    }


def test_a_finding_and_what_led_there(moderator, clauses):
    from comments.models import Comment
    from comments.screening import Finding, Outcome

    with at(MONDAY):
        comment = Comment.submit(
            article=make_article(),
            by=make_user(),
            body="Buy this.",
            verdict=verdict("hold", Finding("links", Outcome.HOLD, 0, 3)),
        )
        comment.decide("reject", by=moderator, version=1, clause=clauses[0])
        make_comment().decide("remove", by=moderator, version=1, clause=clauses[0])
        found = counts()
    assert (found.of("found", "detected"), found.of("found", "own")) == (1, 1)
