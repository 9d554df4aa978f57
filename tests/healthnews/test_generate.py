"""`manage.py generate`: bulk data that looks as if it had come through the doors."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from accounts.models import User
from articles.models import Article, Draft, Version
from comments import paths
from comments.counts import recount
from comments.models import Case, Comment, CommentText, Decision, Status, Thread
from healthnews import markup
from tests import factories

pytestmark = pytest.mark.django_db


def generate(articles=6, comments=400, **options) -> None:
    call_command("generate", articles=articles, comments=comments, verbosity=0, **options)


def digests() -> dict[str, str]:
    """What every table of the site holds, in one word each."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table.startswith(("accounts_", "articles_", "comments_")):
                cursor.execute(f"SELECT md5(string_agg(t::text, ' ' ORDER BY t::text)) FROM {table} AS t")  # noqa: S608
                (found[table],) = cursor.fetchone()
    return found


def digests_of_a_run(**options) -> dict[str, str]:
    with transaction.atomic():
        generate(**options)
        found = digests()
        transaction.set_rollback(True)
    return found


def test_the_same_seed_gives_the_same_rows_and_another_seed_gives_others():
    first = digests_of_a_run(pending=20, seed=7)
    assert digests_of_a_run(pending=20, seed=7) == first
    other = digests_of_a_run(pending=20, seed=8)
    assert other["comments_comment"] != first["comments_comment"]
    assert other["articles_article"] != first["articles_article"]


def test_that_as_much_is_made_as_was_asked_for():
    before = Article.objects.count()
    generate(articles=7, comments=500, on_one_article=200, pending=33)
    assert Article.objects.count() == before + 7
    assert Comment.objects.count() == CommentText.objects.count() == Decision.objects.count() == 500
    assert Comment.objects.filter(status=Status.PENDING).count() == 33
    assert set(Case.objects.values_list("pk", flat=True)) == set(
        Comment.objects.filter(status=Status.PENDING).values_list("pk", flat=True)
    )
    first = Article.objects.filter(kind="article").earliest("pk")
    assert Comment.objects.filter(article=first).count() == 200


def test_that_a_recount_finds_nothing_wrong():
    generate(comments=600, pending=50)
    assert set(recount().values()) == {0}
    assert Comment.objects.filter(published_answers__gt=3).exists()


def test_that_every_comment_is_where_its_door_would_have_put_it():
    generate(articles=2, comments=400, pending=40)
    comments = {each.pk: each for each in Comment.objects.select_related("text", "parent")}
    for comment in comments.values():
        place = paths.place(comment.posted_at, comment.pk, comment.parent)
        assert (comment.root_id, comment.depth, comment.path) == (place.root, place.depth, place.path)
        assert comment.parent is None or comment.posted_at >= comment.parent.posted_at
        assert comment.parent is None or comment.parent.status == Status.PUBLISHED
        assert comment.text.comment_id == comment.pk
        assert comment.text.body_html == markup.comment(comment.text.body)
    assert {each.depth for each in comments.values()} == {0, 1, 2, 3}
    published = Comment.objects.published()
    for thread in Thread.objects.all():
        assert thread.published_count == published.filter(article=thread.pk).count()


def test_that_an_article_is_what_its_draft_and_version_say():
    generate(articles=3, comments=0)
    for article in Article.objects.filter(kind="article").select_related("live_version"):
        draft = Draft.objects.get(article=article)
        assert draft.snapshot() == article.live_version.snapshot
        assert article.body_html == markup.printed_body(article.body) == markup.article_body(article.body)
        stored = Article.objects.values_list("search", flat=True).get(pk=article.pk)
        Version.objects.filter(pk=article.live_version_id).update(edition=None)
        Article.objects.filter(pk=article.pk).update(edition=0)
        article.live_version.publish(by=None, kind="first", at=article.publish_at)
        # Positions differ where the door and the bulk join the parts; words and weights do not.
        again = Article.objects.values_list("search", flat=True).get(pk=article.pk)
        assert {word.partition(":")[0] for word in stored.split()} == {
            word.partition(":")[0] for word in again.split()
        }


def test_that_every_page_of_it_works(client):
    generate(articles=30, comments=500, on_one_article=200, pending=30)
    article = Article.objects.filter(kind="article").earliest("pk")
    page = client.get(article.get_absolute_url()).content.decode()
    assert article.title in page and page.count('class="comment') > 50
    byline, tag = article.bylines.first(), article.tags.first()
    for address in (tag.get_absolute_url(), byline.person.get_absolute_url()):
        assert article.title in client.get(address).content.decode()
    newest = Article.objects.listed().first()
    for address in ("/", "/articles/", f"/search/?q={newest.title}"):
        assert newest.title in client.get(address).content.decode()
    client.force_login(factories.make_user("moderator"))
    queue = client.get("/moderation/").content.decode()
    assert "30" in queue and "Fewer than three published comments" in queue
    waiting = Case.objects.first()
    assert (
        waiting.comment.text.body[:40] in client.get(f"/moderation/comments/{waiting.pk}/").content.decode()
    )


def test_that_the_site_goes_on_behind_the_last_id():
    generate(pending=5)
    article = Article.objects.filter(kind="article").latest("pk")
    last = Comment.objects.latest("pk")
    comment = factories.make_comment(article)
    assert comment.pk > last.pk and comment.text_id > last.text_id
    assert factories.make_comment(parent=comment).pk == comment.pk + 1
    assert factories.make_article().pk > article.pk
    before = Comment.objects.count()
    generate(articles=2, comments=50, pending=5)  # few beside what is there: by another way
    assert Comment.objects.count() == before + 50
    assert set(recount().values()) == {0}


def shape_of_tables() -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'")
        indexes = cursor.fetchall()
        cursor.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
        )
        return sorted(indexes + cursor.fetchall())


def test_that_indexes_and_keys_are_what_they_were():
    before = shape_of_tables()
    generate()
    assert shape_of_tables() == before


@pytest.mark.parametrize(
    "options",
    [
        {"articles": 0, "comments": 5},
        {"articles": 2, "comments": 5, "on_one_article": 6},
        {"articles": 1, "comments": 5, "on_one_article": 4},
        {"articles": 2, "comments": 5, "pending": 6},
    ],
)
def test_that_parts_larger_than_the_whole_are_wrong_usage(options):
    with pytest.raises(CommandError):
        generate(**options)
    assert not User.objects.exists()


def test_that_it_says_what_it_made(capsys):
    generate(articles=2, comments=50, on_one_article=30, pending=3)
    said = capsys.readouterr().out
    slug = Article.objects.filter(kind="article").earliest("pk").slug
    assert (
        "2 articles and 50 comments (3 waiting)" in said and f"30 comments are at /articles/{slug}/" in said
    )
