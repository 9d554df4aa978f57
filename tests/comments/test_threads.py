"""Reading a thread: order, paging, permalinks, and that its cost does not grow."""

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments import lines, threads
from comments.models import Clause, Comment, CommentText, Thread
from comments.models.undoing import undo
from tests.factories import make_article, make_comment, make_user, verdict

pytestmark = pytest.mark.django_db
START = timezone.now() - timedelta(days=30)


def write(article, author, parent=None, minutes=0, body="Something."):
    return Comment.submit(
        article=article,
        by=author,
        body=body,
        parent=parent,
        verdict=verdict(),
        at=START + timedelta(minutes=minutes),
    )


def ids(html):
    return [int(found) for found in re.findall(r'<article id="comment-(\d+)"', html)]


@pytest.fixture
def reader():
    return make_user()


def follow(client, url, word):
    """The ids of all pages from `url` on, following the link that says `word`."""
    found = []
    while url:
        html = client.get(url).content.decode()
        found.append(ids(html))
        link = re.search(rf'<a class="paging__{word}" href="([^"#]+)', html)
        url = link and link.group(1).replace("&amp;", "&")
    return found


def test_roots_come_in_pages_both_ways_and_in_both_orders(client, reader):
    article = make_article()
    made = [write(article, reader, minutes=n // 2).pk for n in range(60)]  # two to a minute: the id decides
    url = f"/articles/{article.slug}/comments/"
    pages = follow(client, url, "after")
    assert [len(page) for page in pages] == [25, 25, 10]
    assert sum(pages, []) == made
    assert sum(follow(client, f"{url}?sort=newest", "after"), []) == made[::-1]
    last = client.get(f"/comments/{made[-1]}/").url
    back = follow(client, last.partition("#")[0], "before")
    assert set(sum(back, [])) == set(made)


def test_a_cursor_that_cannot_be_read_is_the_first_page(client, reader):
    article = make_article()
    first = write(article, reader).pk
    for cursor in ("x", "-1", "9" * 400, "AAAA", "é", "MS4y.", "%27--"):
        for name in ("after", "before"):
            answer = client.get(f"/articles/{article.slug}/comments/", {name: cursor})
            assert (answer.status_code, ids(answer.content.decode())) == (200, [first])
        answer = client.get(f"/articles/{article.slug}/comments/", {"root": first, "after": cursor})
        assert (answer.status_code, ids(answer.content.decode())) == (200, [first])
    assert client.get(f"/articles/{article.slug}/comments/?root={'9' * 30}").status_code == 200


def test_ten_answers_of_a_root_come_at_once_and_the_rest_behind_a_link(client, reader):
    article = make_article()
    root = write(article, reader)
    answers = [write(article, reader, root, minutes=n + 1).pk for n in range(40)]
    html = client.get(f"/articles/{article.slug}/comments/").content.decode()
    assert ids(html) == [root.pk, *answers[:10]]
    assert "30 more answers" in html
    more = re.search(r'branch__more"><a href="([^"]+)"', html).group(1).replace("&amp;", "&")
    pages = follow(client, more, "after")
    assert pages == [[root.pk, *answers[10:35]], [root.pk, *answers[35:]]]


def test_a_permalink_opens_a_page_with_the_comment_and_what_it_hangs_on(client, reader):
    article = make_article()
    for n in range(30):
        write(article, reader, minutes=n)
    root = write(article, reader, minutes=40)
    line = [root]
    for n in range(8):
        line.append(write(article, reader, line[-1], minutes=50 + n))
    for _ in range(30):
        write(article, reader, root, minutes=41)
    for comment in (root, line[3], line[-1]):
        where = client.get(f"/comments/{comment.pk}/")
        assert where.status_code == 302
        assert where.url.endswith(f"#comment-{comment.pk}")
        html = client.get(where.url.partition("#")[0]).content.decode()
        assert comment.pk in ids(html)
        assert root.pk in ids(html)
        # Its true parent too, even where both hang on the last level.
        assert comment.parent_id is None or comment.parent_id in ids(html)


def test_an_answer_says_whom_it_answers_and_the_fifth_level_hangs_on_the_fourth(client, reader):
    article = make_article()
    line = [write(article, make_user(display_name=f"Name{n}"), minutes=n) for n in range(1)]
    for n in range(1, 7):
        line.append(write(article, make_user(display_name=f"Name{n}"), line[-1], minutes=n))
    html = client.get(f"/articles/{article.slug}/comments/").content.decode()
    depths = [int(depth) for depth in re.findall(r'data-depth="(\d)"', html)]
    assert depths == [0, 1, 2, 3, 3, 3, 3]
    assert f'in reply to <a href="#comment-{line[5].pk}">Name5</a>' in html


def test_every_field_of_a_printed_comment_is_escaped():
    evil = "\"'><script>alert(1)</script>&"
    texts = {"name": evil, "mark": evil, "mark_label": evil, "parent_name": evil, "parent_href": evil}
    numbers = {"id": 1, "depth": 0, "parent_id": 2, "before_update": True}
    for gone in ("", evil):
        made = lines.Line(body="<p>ok</p>", gone=gone, day="1 May", iso="2026-05-01", **texts, **numbers)
        html = made.printed(evil, True)
        assert "<script" not in html and "\"'>" not in html, html
        assert html.count("<") == html.count(">")


def test_what_is_new_since_a_visit_comes_in_the_order_of_publication(client, reader):
    article = make_article()
    old = write(article, reader, body="Old news.")
    late = make_comment(
        article=article, author=reader, status="pending", body="Posted long ago, published now."
    )
    Comment.objects.filter(pk=late.pk).update(posted_at=START)
    seen = int(timezone.now().timestamp() * 1000)
    fresh = [make_comment(parent=old, author=reader, body=f"Fresh {n}.").pk for n in range(30)]
    Comment.objects.get(pk=late.pk).decide("publish", by=make_user("moderator"), version=1)
    url = f"/articles/{article.slug}/comments/?since={seen}"
    assert follow(client, url, "after") == [fresh[:25], [*fresh[25:], late.pk]]
    later = int(timezone.now().timestamp() * 1000) + 1000
    assert b"Nothing new." in client.get(f"/articles/{article.slug}/comments/?since={later}").content
    for since in ("x", "-1", "9" * 15, "9" * 40, "²"):
        assert client.get(f"/articles/{article.slug}/comments/", {"since": since}).status_code == 200


def test_answers_can_be_folded_away_without_script(client, reader):
    root = make_comment()
    make_comment(parent=root, author=reader)
    html = client.get(f"/articles/{root.article.slug}/comments/").content.decode()
    assert '<details class="branch__answers" open><summary>1 answer</summary>' in html


def test_a_removed_comment_with_answers_shows_that_it_was_there_and_nothing_of_it(client, reader):
    root = make_comment(body="Something rude.", author=make_user(display_name="Rude Person"))
    make_comment(parent=root, body="That was rude.")
    root.decide("remove", by=make_user("moderator"), version=1, clause=Clause.objects.get(number=1))
    html = client.get(f"/articles/{root.article.slug}/comments/").content.decode()
    assert "removed by a moderator" in html
    assert "That was rude." in html
    assert "Something rude" not in html
    assert "Rude Person" not in html


def test_an_answer_names_a_removed_parent_without_a_link_that_leads_nowhere(client, reader):
    parent = make_comment(author=make_user(display_name="Gone Person"))
    answer = make_comment(parent=parent, status="pending", author=reader)
    parent.decide("remove", by=make_user("moderator"), version=1, clause=Clause.objects.get(number=1))
    client.force_login(reader)
    html = client.get(f"/articles/{answer.article.slug}/comments/mine/").content.decode()
    assert "in reply to a comment that is not shown" in html
    assert f"/comments/{parent.pk}/" not in html


def test_waiting_comments_are_on_no_shared_page(client, reader):
    comment = make_comment(status="pending", body="Nobody may read this yet.", author=reader)
    for user in (None, reader, make_user("moderator")):
        if user:
            client.force_login(user)
        for url in (comment.article.get_absolute_url(), f"/articles/{comment.article.slug}/comments/"):
            assert b"Nobody may read this yet" not in client.get(url).content
    client.logout()
    assert client.get(f"/comments/{comment.pk}/").status_code == 404


def test_shared_pages_are_the_same_bytes_for_everybody(client, reader):
    comment = make_comment()
    urls = (comment.article.get_absolute_url(), f"/articles/{comment.article.slug}/comments/?sort=newest")
    seen = {}
    for who in (None, reader, comment.author, make_user("moderator"), make_user("administrator")):
        client.logout()
        if who:
            client.force_login(who)
        for url in urls:
            answer = client.get(url)
            assert not answer.cookies
            assert "Cookie" not in answer.get("Vary", "")
            assert b"csrfmiddlewaretoken" not in answer.content
            seen.setdefault(url, set()).add(answer.content)
    assert [len(bodies) for bodies in seen.values()] == [1, 1]


def test_a_kept_page_is_validated_by_its_etag_and_renewed_by_a_comment(client, reader):
    article = make_article()
    url = article.get_absolute_url()
    tag = client.get(url)["ETag"]
    assert client.get(url, headers={"If-None-Match": tag}).status_code == 304
    make_comment(article=article, body="A new thought.")
    answer = client.get(url, headers={"If-None-Match": tag})
    assert answer.status_code == 200
    assert b"A new thought." in answer.content


def test_a_kept_page_says_what_became_of_a_comment_that_keeps_its_place(client, reader):
    root = make_comment(author=reader)
    make_comment(author=reader, parent=root)
    url, moderator, clause = root.article.get_absolute_url(), make_user("moderator"), Clause.objects.first()
    given = {"by": moderator, "clause": clause, "message": "Shorter."}
    for action, said in (("hold", "is being read by"), ("return", "is being changed by")):
        root.decide(action, version=root.version, **given)
        assert f"This comment {said}" in client.get(url).content.decode()
    root.edit("Shorter.", by=reader, verdict=verdict(), version=root.version)
    assert "This comment is being read by" in client.get(url).content.decode()
    refused = root.decide("reject", version=root.version, **given)
    assert "This comment was not published." in client.get(url).content.decode()
    undo(refused, by=moderator)
    assert "This comment is being read by" in client.get(url).content.decode()


def test_queries_do_not_grow_with_the_thread(client, reader):
    counts = []
    for size in (5, 50):
        article = make_article()
        roots = [write(article, reader, minutes=n) for n in range(size)]
        for root in roots:
            for n in range(3):
                write(article, reader, root, minutes=100 + n)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(article.get_absolute_url()).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 14


def fill(article, author, root, count):
    """Published answers under one root, written at once: the doors would take minutes for ten thousand."""
    from comments.models.comment import _next_id
    from comments.paths import place

    comments, texts = [], []
    for n in range(count):
        pk, at = _next_id(), START + timedelta(seconds=n + 1)
        where = place(at, pk, root)
        texts.append(CommentText(comment_id=pk, body="x", body_html="<p>x</p>"))
        comments.append(
            Comment(
                pk=pk,
                article=article,
                author=author,
                parent=root,
                root_id=where.root,
                depth=1,
                path=where.path,
                status="published",
                posted_at=at,
                published_at=at,
            )
        )
    for comment, text in zip(comments, CommentText.objects.bulk_create(texts, 1000), strict=True):
        comment.text = text
    Comment.objects.bulk_create(comments, 1000)
    Comment.objects.filter(pk=root.pk).update(published_answers=count)
    Thread.changed(article.pk, published=count)


def rows_read(run):
    """Queries, and rows that PostgreSQL touched for them, by EXPLAIN ANALYZE."""
    with CaptureQueriesContext(connection) as queries:
        run()
    total = 0

    def walk(node):
        nonlocal total
        if "Scan" in node["Node Type"]:
            total += (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
        for child in node.get("Plans", []):
            walk(child)

    with connection.cursor() as cursor:
        for query in queries.captured_queries:
            if query["sql"].lstrip().startswith("SELECT"):
                cursor.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + query["sql"])
                plan = cursor.fetchone()[0]
                walk((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"])
    return len(queries), total


def test_ten_thousand_answers_under_one_root_cost_what_ten_cost(reader):
    """The whole point of design decision 7: queries and rows read are bounded, whatever the thread."""
    costs = {}
    for size in (11, 10_000):
        article = make_article()
        root = write(article, reader)
        fill(article, reader, root, size)
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE comments_comment, comments_commenttext")
        middle = Comment.objects.filter(root=root).order_by("path")[min(size, 5_000) - 1]
        costs[size] = [
            rows_read(lambda article=article: threads.page_of_roots(article)),
            rows_read(lambda article=article, root=root: threads.page_of_answers(article, root.pk)),
            rows_read(lambda middle=middle: threads.address_of(middle)),
        ]
    for few, many in zip(costs[11], costs[10_000], strict=True):
        assert many[0] == few[0]
        assert many[1] <= few[1] + 120, costs
