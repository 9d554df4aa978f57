"""The form under each comment: one report per person and reason, what is wrong, how many."""

import pytest
from django.test import Client

from comments import limits
from comments.models import Report
from tests.comments.reports.conftest import answer, case_of, send
from tests.factories import make_article, make_comment, make_user

pytestmark = pytest.mark.django_db


def test_under_each_comment_stands_the_same_link_for_everybody(client):
    comment = make_comment()
    page = client.get(comment.article.get_absolute_url()).content.decode()
    assert f'href="/comments/{comment.pk}/report/" rel="nofollow">Report<' in page
    client.force_login(comment.author)
    assert client.get(comment.article.get_absolute_url()).content.decode() == page


def test_a_report_reopens_a_published_comment_and_keeps_it_public(client):
    comment = make_comment(body="Throw your tablets away.")
    reader = make_user()
    client.force_login(reader)
    form = client.get(f"/comments/{comment.pk}/report/").content.decode()
    assert form.count('name="reason"') == 8
    done = send(client, comment, reason="dangerous", note="My uncle did that.")
    assert b"Your report was received" in done.content
    report = Report.objects.get()
    assert (report.reporter, report.reason, report.note.text) == (reader, "dangerous", "My uncle did that.")
    assert report.text_id == comment.text_id
    assert case_of(comment).kinds == ["report"]
    comment.refresh_from_db()
    assert (comment.status, comment.version) == ("published", 2)


def test_with_htmx_form_and_answer_are_parts(client):
    comment = make_comment()
    client.force_login(make_user())
    url, part = f"/comments/{comment.pk}/report/", {"HX-Request": "true"}
    for got in (
        client.get(url, headers=part),
        client.post(url, {"reason": "x"}, headers=part),
        client.post(url, {"reason": "spam"}, headers=part),
    ):
        assert b"data-part" in got.content
        assert b"<html" not in got.content


def test_the_second_report_for_one_reason_is_the_first_and_another_reason_is_another(client):
    comment = make_comment()
    client.force_login(make_user())
    send(client, comment, reason="abuse")
    again = send(client, comment, reason="abuse", note="Again.")
    assert again.status_code == 200
    assert b"You have reported this already" in again.content
    send(client, comment, reason="spam")
    assert sorted(Report.objects.values_list("reason", flat=True)) == ["abuse", "spam"]


@pytest.mark.parametrize("data", [{}, {"reason": "nonsense"}, {"reason": "abuse", "note": "x" * 2_001}])
def test_what_is_wrong_is_said_and_what_was_typed_stays(client, data):
    comment = make_comment()
    client.force_login(make_user())
    data = {"note": "What I typed."} | data
    got = send(client, comment, **data)
    assert got.status_code == 422
    assert data["note"] in got.content.decode()
    assert not Report.objects.exists()


def test_ones_own_comment_cannot_be_reported(client):
    comment = make_comment()
    client.force_login(comment.author)
    got = send(client, comment, reason="abuse", note="Me.")
    assert got.status_code == 403
    assert b"This is your own comment" in got.content
    assert not Report.objects.exists()


@pytest.mark.parametrize("status", ["pending", "rejected"])
def test_what_nobody_can_read_nobody_can_report(client, status):
    comment = make_comment(status=status)
    client.force_login(make_user())
    assert client.get(f"/comments/{comment.pk}/report/").status_code == 404


def test_a_comment_that_went_meanwhile_keeps_what_was_typed(client, moderator, clause):
    comment = make_comment()
    make_comment(parent=comment)  # its place stays
    answer(comment, moderator, "remove", clause=clause)
    client.force_login(make_user())
    got = send(client, comment, reason="abuse", note="What I typed.")
    assert got.status_code == 403
    assert b"no longer public" in got.content
    assert b"What I typed." in got.content


@pytest.mark.parametrize("way", ["withdrawn", "removed"])
def test_what_went_is_not_given_its_authors_name_again(client, moderator, clause, way):
    comment = make_comment(author=make_user(display_name="Zebedee Quux"))
    make_comment(parent=comment)  # its place stays
    comment.refresh_from_db()
    if way == "withdrawn":
        comment.withdraw(by=comment.author, version=comment.version)
    else:
        answer(comment, moderator, "remove", clause=clause)
    client.force_login(make_user())
    for got in (client.get(f"/comments/{comment.pk}/report/"), send(client, comment, reason="abuse")):
        assert got.status_code == 403
        assert "Zebedee" not in got.content.decode()
        assert f"/comments/people/{comment.author_id}/" not in got.content.decode()


@pytest.mark.parametrize(("path", "field"), [("report", "note"), ("appeal", "text")])
def test_a_dead_form_gives_back_what_was_typed(path, field):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(make_user())
    got = strict.post(f"/comments/{make_comment().pk}/{path}/", {field: "What I <b>typed</b>."})
    assert got.status_code == 403
    assert b"What I &lt;b&gt;typed&lt;/b&gt;.</textarea>" in got.content
    foreign = strict.post(
        f"/comments/{make_comment().pk}/{path}/",
        {field: "Not mine."},
        headers={"Origin": "https://evil.example"},
    )
    assert b"Not mine." not in foreign.content


def test_five_reports_a_minute_and_the_text_of_the_sixth_stays(client):
    article = make_article()
    comments = [make_comment(article) for _ in range(6)]
    client.force_login(make_user())
    for comment in comments[:5]:
        assert send(client, comment, reason="spam").status_code == 200
    got = send(client, comments[5], reason="spam", note="What I typed.")
    assert got.status_code == 429
    assert int(got["Retry-After"]) > 0
    assert b"What I typed." in got.content
    assert Report.objects.count() == 5


def test_thirty_reports_a_day(client, monkeypatch):
    comment = make_comment()
    reader = make_user()
    client.force_login(reader)
    monkeypatch.setattr("comments.views.reports.REPORTS", ((limits.DAY, 2),))
    assert [send(client, comment, reason=each).status_code for each in ("spam", "abuse", "off_topic")] == [
        200,
        200,
        429,
    ]
