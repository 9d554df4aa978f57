"""People whom one does not want to read, and all one's own comments in one place."""

import re
from datetime import timedelta

import pytest
from django.core.cache import caches
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import names
from comments.models import Clause, Comment, Hidden, Notice
from tests.factories import make_article, make_comment, make_user

pytestmark = pytest.mark.django_db


def test_a_person_is_hidden_and_shown_again_without_script(client, reader):
    loud = make_user(display_name="Loud Larry")
    comment = make_comment(author=loud)
    report = client.get(f"/comments/{comment.pk}/report/").content.decode()
    assert f"/comments/people/{loud.pk}/hide/" in report
    assert b"Hide Loud Larry?" in client.get(f"/comments/people/{loud.pk}/hide/").content
    assert client.post(f"/comments/people/{loud.pk}/hide/").status_code == 303
    client.post(f"/comments/people/{loud.pk}/hide/")
    assert Hidden.objects.filter(by=reader, person=loud).count() == 1
    assert b"Loud Larry" in client.get("/comments/people/hidden/").content
    part = client.get(
        f"/articles/{comment.article.slug}/comments/new/", headers={"HX-Request": "true"}
    ).content.decode()
    assert f'data-hidden="{comment.pk}"' in part
    client.post(f"/comments/people/{loud.pk}/hide/", {"show": "1"})
    assert not Hidden.objects.exists()


def test_without_script_a_stylesheet_of_ones_own_folds_them(client, reader):
    loud = make_user(display_name="Loud Larry")
    comment = make_comment(author=loud)
    others = [
        make_comment(comment.article),
        make_comment(author=loud),
        make_comment(comment.article, loud, status="pending"),
    ]
    Hidden.hide(loud, by=reader)
    address = f"/articles/{comment.article.slug}/comments/hidden.css"
    for page in (comment.article.get_absolute_url(), f"/articles/{comment.article.slug}/comments/"):
        html = client.get(page).content.decode()
        assert f'<noscript><link rel="stylesheet" href="{address}"></noscript>' in html
    got = client.get(address)
    rules = got.content.decode()
    assert got["Content-Type"] == "text/css; charset=utf-8"
    assert "no-store" in got["Cache-Control"]
    assert f":is(#comment-{comment.pk}):not(:target) > :not(.comment__head) {{ display: none; }}" in rules
    for each in others:
        assert f"#comment-{each.pk}" not in rules
    Hidden.show(loud, by=reader)
    assert client.get(address).content == b""


def test_for_the_anonymous_it_is_empty_and_asks_the_database_nothing(client, django_assert_num_queries):
    comment = make_comment()
    Hidden.hide(comment.author, by=make_user())
    with django_assert_num_queries(0):
        assert client.get(f"/articles/{comment.article.slug}/comments/hidden.css").content == b""


@pytest.mark.parametrize("role", ["moderator", "editor", "administrator"])
def test_people_of_the_site_cannot_be_hidden(client, reader, role):
    staff = make_user(role)
    comment = make_comment(author=staff)
    got = client.post(f"/comments/people/{staff.pk}/hide/")
    assert got.status_code == 403
    assert b"cannot be hidden" in got.content
    assert not Hidden.objects.exists()
    assert b"/hide/" not in client.get(f"/comments/{comment.pk}/report/").content


def test_the_foot_of_a_readers_comment_leads_to_hiding_them_and_is_everybodys(client, reader):
    loud, article = make_user(display_name="Loud <Larry>"), make_article()
    comment, by_staff = make_comment(article, loud), make_comment(article, make_user("moderator"))
    gone = make_comment(article, loud, status="pending")
    for url in (article.get_absolute_url(), f"/articles/{article.slug}/comments/"):
        html = Client().get(url).content.decode()
        assert html == client.get(url).content.decode()
        assert f'href="/comments/{comment.pk}/hide/"' in html
        assert f"/comments/{by_staff.pk}/hide/" not in html
        assert f"/people/{loud.pk}/" not in html  # numbers of users are nobody's business
    got = client.get(f"/comments/{comment.pk}/hide/", follow=True)
    assert "Hide Loud &lt;Larry&gt;?" in got.content.decode()
    assert not Hidden.objects.exists()  # only the question
    assert client.get(f"/comments/{gone.pk}/hide/").status_code == 404
    imported = make_comment(article)
    Comment.objects.filter(pk=imported.pk).update(author=None, author_name="Old Name")
    assert client.get(f"/comments/{imported.pk}/hide/").status_code == 404
    caches["pages"].clear()
    assert f"/comments/{imported.pk}/hide/" not in client.get(url).content.decode()
    login = Client().get(f"/comments/{comment.pk}/hide/")
    assert login.status_code == 302
    assert login.url.startswith("/accounts/login/?next=")


def test_whoever_hides_somebody_finds_back_to_the_discussion(client, reader):
    comment = make_comment(author=make_user(display_name="Loud <Larry>"))
    back = f'href="{comment.get_absolute_url()}">Back to the discussion'
    question = client.get(f"/comments/{comment.pk}/hide/", follow=True)
    assert back in question.content.decode()
    done = client.post(question.request["PATH_INFO"] + "?" + question.request["QUERY_STRING"], follow=True)
    assert back in done.content.decode()
    assert "Loud &lt;Larry&gt; is hidden from now on." in done.content.decode()
    for pk in ("x", "9" * 30, "\x00", str(make_comment(status="pending").pk)):
        assert (
            "Back to the discussion"
            not in client.get("/comments/people/hidden/", {"comment": pk}).content.decode()
        )


def test_people_are_found_by_name_where_they_have_something_in_public(client, reader):
    def person(name, role="", **changes):
        user = make_user(role, display_name=name, display_name_key=names.fold(name))
        make_comment(author=user, **changes)
        return user

    larry, hidden = person("Lárry <Loud>"), person("Larry Hidden")
    person("Larry Waits", status="pending")
    person("Larry Staff", "editor")
    make_user(display_name="Larry Silent", display_name_key="larrysilent")
    Hidden.hide(hidden, by=reader)

    def found(words):
        html = client.get("/comments/people/hidden/", {"q": words}).content.decode()
        return re.findall(r'<b>([^<]+)</b> <a href="/comments/people/(\d+)/hide/">', html)

    assert found("larry") == [("Lárry &lt;Loud&gt;", str(larry.pk))]
    assert found("arry") == []
    assert found("\x00%_") == []
    assert found("") == []
    for n in range(21):
        person(f"Many {n:02}")
    assert len(found("many")) == 20
    assert "There are more" in client.get("/comments/people/hidden/?q=many").content.decode()


def test_nobody_can_hide_themselves(client, reader):
    make_comment(author=reader)
    assert client.post(f"/comments/people/{reader.pk}/hide/").status_code == 403


def test_numbers_tell_nothing_of_users_who_never_wrote(client, reader):
    silent, held = make_user(), make_user()
    make_comment(author=held, status="pending")
    for pk in (silent.pk, held.pk, 10**15):
        assert client.get(f"/comments/people/{pk}/hide/").status_code == 404


def test_the_list_is_ones_own(client, reader):
    loud, other = make_user(display_name="Loud Larry"), make_user()
    make_comment(author=loud)
    Hidden.hide(loud, by=other)
    assert b"Loud Larry" not in client.get("/comments/people/hidden/").content
    client.logout()
    assert client.get("/comments/people/hidden/").status_code == 302


# /comments/mine/


def test_all_ones_comments_by_cursor_with_state_and_what_one_can_do(client, reader):
    articles = [make_article(title=f"Subject {n}") for n in range(3)]
    made = [make_comment(articles[n % 3], reader, body=f"Thought {n}.") for n in range(60)]
    for n, comment in enumerate(made):
        Comment.objects.filter(pk=comment.pk).update(posted_at=timezone.now() - timedelta(hours=100 - n // 2))
    foreign = make_comment(articles[0], body="Not mine.")
    seen, address = [], "/comments/mine/"
    while address:
        page = client.get(address).content.decode()
        found = [each for each in range(60) if f"Thought {each}." in page]
        seen.append(found)
        link = page.partition('paging__after" href="')[2].partition('"')[0]
        address = link and f"/comments/mine/{link}"
    assert [len(each) for each in seen] == [25, 25, 10]
    assert sorted(sum(seen, [])) == list(range(60))
    assert foreign.text.body not in page
    assert "on <a" in page and "Subject" in page


def test_a_refused_comment_says_by_which_rule_and_leads_to_decision_and_appeal(client, reader):
    comment = make_comment(author=reader, status="pending")
    clause = Clause.objects.get(number=4)
    comment.decide("reject", by=make_user("moderator"), version=1, clause=clause, message="No adverts.")
    page = client.get("/comments/mine/").content.decode()
    for words in (
        clause.title,
        "No adverts.",
        f"/comments/{comment.pk}/decision/",
        f"/comments/{comment.pk}/appeal/",
    ):
        assert words in page


def test_returned_drafts_name_the_rule_and_lead_to_the_text(client, reader):
    comment = make_comment(author=reader, status="pending", body="My neighbour Bill has it.")
    clause = Clause.objects.get(number=3)
    comment.decide(
        "return", by=make_user("moderator"), version=1, clause=clause, message="Without Bill, please."
    )
    page = client.get("/comments/mine/").content.decode()
    for words in (
        clause.title,
        "Without Bill, please.",
        f"/comments/{comment.pk}/edit/",
        "My neighbour Bill",
    ):
        assert words in page


def test_twenty_comments_cost_the_queries_of_two(client, reader):
    asked = {}
    for count in (2, 20):
        while Comment.objects.filter(author=reader).count() < count:
            make_comment(author=reader, status="pending")
        with CaptureQueriesContext(connection) as queries:
            client.get("/comments/mine/")
        asked[count] = len(queries)
    assert asked[2] == asked[20]


def test_a_busy_comment_is_read_as_cheaply_as_a_quiet_one(client, reader):
    """Counted in rows: of its answers none is read, however many there are."""
    comment = make_comment(author=reader)
    rows = []

    def counted(execute, sql, params, many, context):
        done = execute(sql, params, many, context)
        rows.append(max(0, context["cursor"].rowcount))
        return done

    asked = {}
    for count in (1, 15):
        while Comment.objects.filter(parent=comment).count() < count:
            make_comment(parent=comment)
        Notice.objects.all().delete()
        rows.clear()
        with connection.execute_wrapper(counted):
            page = client.get("/comments/mine/").content.decode()
        assert f"/comments/{comment.pk}/edit/" not in page  # it is answered
        asked[count] = sum(rows)
    assert asked[1] == asked[15]


def test_the_profile_leads_there_and_the_anonymous_log_in(client, reader):
    profile = client.get("/accounts/profile/").content.decode()
    assert "/comments/mine/" in profile
    assert "/comments/people/hidden/" in profile
    client.logout()
    assert client.get("/comments/mine/").url.startswith("/accounts/login/")


def test_an_answer_by_somebody_hidden_tells_nobody(db):
    reader, writer, other = make_user(), make_user(), make_user()
    comment = make_comment(author=reader)
    Hidden.hide(writer, by=reader)
    make_comment(author=writer, parent=comment)
    assert not Notice.objects.filter(user=reader).exists()
    make_comment(author=other, parent=comment)
    assert Notice.objects.filter(user=reader).count() == 1
