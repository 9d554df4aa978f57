"""The demo newsroom: what it promises to hold, and that none of it shows what it should not.

Loaded once for all tests here, in a transaction that is taken back at the end; the tests only read.
"""

import re
from collections import Counter
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import User
from articles.models import Article, Draft, Person, Tag, Version
from comments import pruning, screening, waiting
from comments.counts import recount
from comments.models import Case, Comment, Credential, Decision, Duty, Notice, Sanction, Thread
from healthnews.demo import loader
from healthnews.fresh_site import load
from healthnews.markup import text_of
from tests import factories

SCHEDULED = "type-2-diabetes-first-months"
DRAFTS = {"sore-throat", "cramps-at-night"}
# What a thread's file says a comment waits for, and the finding that screening has for it.
WHY = {
    "email": "email",
    "first_comment": "newcomer",
    "length": "length",
    "link": "links",
    "listed_word": "listed_words",
    "pace": "pace",
    "personal_advice": "personal_advice",
    "phone": "phone",
    "repeats": "repeats",
    "thread_held": "thread_held",
}
pytestmark = pytest.mark.django_db
LISTS = ["/", "/articles/", "/tags/", "/authors/", "/feed/", "/sitemap.xml"]


@pytest.fixture(scope="module", autouse=True)
def newsroom(django_db_setup, django_db_blocker):
    """The demo, loaded once; each test runs on a savepoint of its transaction."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("seed_demo", verbosity=0)
        yield
        transaction.set_rollback(True)


def files(folder):
    """The content files of a folder, parsed, by slug."""
    return {path.stem: load(f"{folder}/{path.name}") for path in (loader.FOLDER / folder).glob("*.toml")}


def page(address):
    """What a stranger gets there."""
    response = Client().get(address)
    assert response.status_code == 200, address
    return response.content.decode()


def live():
    return [article.slug for article in Article.objects.listed()]


def test_the_newsroom_is_as_large_as_it_says():
    assert len(live()) >= 14
    assert Person.objects.count() == 5
    assert len(load("people.toml")["reader"]) >= 30
    assert Comment.objects.count() >= 250
    assert Thread.objects.get(article__slug="muscle-twitching").published_count >= 120
    readme = (loader.FOLDER.parents[1] / "README.md").read_text(encoding="utf-8")
    assert f"{len(live())} articles and {Comment.objects.count()} comments" in readme


def test_every_finished_article_has_a_readable_length():
    for article in Article.objects.filter(source_key__isnull=False, edition__gt=0):
        assert 500 <= len(text_of(article.body).split()) <= 1200, article.slug


@pytest.mark.parametrize("state", ["live", "newer", "scheduled", "never"])
def test_the_desk_has_drafts_in_every_state(state):
    assert Draft.objects.in_state(state).filter(article__kind="article").exists()


def test_one_article_is_overdue_and_says_so():
    today = timezone.localdate()
    overdue = [article.slug for article in Article.objects.listed() if article.dates.is_overdue(today)]
    assert overdue == ["iron-deficiency"]
    assert "was due for medical review on" in page("/articles/iron-deficiency/")


def test_corrections_are_on_record():
    corrected = Version.objects.filter(kind="correction").values_list("article__slug", flat=True)
    assert set(corrected) >= {"muscle-twitching", "sunburn-and-skin-checks"}


def test_every_source_is_there_and_referred_to():
    for slug, article in files("articles").items():
        numbers = {str(number) for number in range(1, len(article["sources"]) + 1)}
        assert set(re.findall(r'href="#source-(\d+)"', article["body"])) == numbers, slug
        assert all(left == right for left, right in re.findall(r'#source-(\d+)">\[(\d+)\]', article["body"]))


def test_every_change_finds_the_words_that_it_changed():
    for slug, article in files("articles").items():
        body = article["body"]
        for change in sorted(article.get("changes", []), key=lambda each: each["days_ago"]):
            for edit in change["edits"]:
                assert body.count(edit["now"]) == 1, (slug, edit["now"])
                body = body.replace(edit["now"], edit["was"])
        for edit in article.get("newer_draft", {}).get("edits", []):
            assert article["body"].count(edit["was"]) == 1, (slug, edit["was"])


def test_every_page_of_the_newsroom_answers():
    for address in [*LISTS, "/about/", "/privacy/", "/comments-policy/", "/search/?q=twitching"]:
        page(address)
    for slug in live():
        assert 'id="source-1"' in page(f"/articles/{slug}/")
        page(f"/articles/{slug}/comments/?sort=newest")
        page(f"/articles/{slug}/comments/new/")
    for tag in Tag.objects.all():
        page(f"/tags/{tag.slug}/")
        page(f"/tags/{tag.slug}/feed/")
    for person in Person.objects.all():
        page(f"/authors/{person.slug}/")
        page(f"/authors/{person.slug}/feed/")


def test_what_is_not_public_is_nowhere():
    hidden = Article.objects.filter(slug__in={SCHEDULED, *DRAFTS})
    assert len(hidden) == 3
    addresses = [*LISTS]
    for article in hidden:
        assert Client().get(f"/articles/{article.slug}/").status_code == 404
        assert Client().get(f"/articles/{article.slug}/comments/").status_code == 404
        addresses.append(f"/search/?q={article.title.split()[0]}")
    for things in (Tag.objects.filter(drafts__article__in=hidden).distinct(), Person.objects.all()):
        folder = "tags" if things.model is Tag else "authors"
        for each in things:
            addresses += [f"/{folder}/{each.slug}/", f"/{folder}/{each.slug}/feed/"]
    for address in addresses:
        shown = page(address)
        for article in hidden:
            assert article.slug not in shown and article.title not in shown, address


def test_the_scheduled_article_appears_at_its_minute():
    due = Article.objects.get(slug=SCHEDULED).publish_at
    assert timezone.now() < due
    assert SCHEDULED in {article.slug for article in Article.objects.listed(due)}
    assert SCHEDULED not in {article.slug for article in Article.objects.listed(due - timedelta(seconds=1))}


def test_the_newer_draft_does_not_show():
    draft = Draft.objects.get(article__slug="low-back-pain")
    assert draft.is_newer and "whenever the telephone rings" in draft.body
    assert "whenever the telephone rings" not in page("/articles/low-back-pain/").split('id="comments"')[0]


def test_each_comment_waits_for_what_its_file_says():
    seen = Counter()
    for slug, thread in files("threads").items():
        for line in thread["comment"]:
            if line["status"] != "pending":
                continue
            comment = Comment.objects.get(article__slug=slug, text__body=line["body"].strip())
            codes = {finding["code"] for finding in comment.decisions.get(action="submit").findings}
            assert comment.status == "pending" and WHY[line["why"]] in codes, (slug, line["key"], codes)
            seen[WHY[line["why"]]] += 1
    assert set(seen) == set(WHY.values())
    edits = Case.objects.open().filter(kinds=["edit"]).count()
    assert edits == 1 and Case.objects.open().count() == seen.total() + edits


def test_spam_and_insults_are_refused_with_a_clause():
    for action in ("reject", "remove"):
        decisions = Decision.objects.filter(action=action)
        assert decisions.exists() and not decisions.filter(clause=None).exists()
    assert not Comment.objects.published().filter(author__display_name="BackFix Pro").exists()


def test_no_public_comment_gives_away_how_to_reach_somebody():
    codes = [
        finding.code
        for body in Comment.objects.published().values_list("text__body", flat=True)
        for finding in screening.screen(screening.Facts(text=body)).findings
    ]
    assert codes and not {"email", "phone"} & set(codes)


def test_the_emergency_is_answered_by_staff_within_a_quarter_of_an_hour():
    asked = Comment.objects.get(text__body__contains="my left arm feels strange")
    answer = asked.answers.order_by("posted_at").first()
    assert answer.mark == "staff" and answer.posted_at - asked.posted_at < timedelta(minutes=15)
    assert "emergency number" in answer.text.body


def test_everybody_writes_after_what_they_answer_and_nobody_in_the_future():
    now = timezone.now()
    for comment in Comment.objects.select_related("parent", "article"):
        assert comment.article.publish_at < comment.posted_at < now
        assert comment.parent is None or comment.parent.posted_at < comment.posted_at
        if comment.parent is not None and comment.parent.published_at:
            assert comment.parent.published_at <= comment.posted_at, comment.parent.text.body
    assert not Decision.objects.filter(at__gt=now).exists()


def test_every_count_is_right():
    assert not any(recount(dry_run=True).values())


def test_a_second_load_changes_nothing(capsys):
    tables = (Article, Version, Comment, Decision, Person, User)
    before = [table.objects.count() for table in tables]
    call_command("seed_demo")
    assert "already here" in capsys.readouterr().out
    assert [table.objects.count() for table in tables] == before


def test_it_refuses_a_database_that_holds_other_content():
    Article.objects.filter(source_key__startswith="demo:").update(source_key=None)
    factories.make_article(title="Of somebody else")
    before = Article.objects.count()
    with pytest.raises(CommandError, match="holds other content"):
        call_command("seed_demo")
    assert Article.objects.count() == before


def test_one_reader_is_a_verified_professional_and_says_so_since_then():
    credential = Credential.objects.get()
    assert (credential.kind, credential.verified_by.email) == ("nurse", "admin@example.org")
    assert credential in Credential.objects.in_force(credential.user, timezone.localdate())
    assert "invented" in credential.issuer and credential.jurisdiction
    said = Comment.objects.filter(author=credential.user, status="published")
    since = [each for each in said if timezone.localdate(each.posted_at) >= credential.verified_on]
    assert len(since) >= 3 and len(since) < len(said)
    assert {(each.mark, each.mark_label) for each in since} == {("expert", "Verified: Registered nurse, UK")}
    assert {each.mark for each in said if each not in since} == {""}, "marks are frozen at posting"
    assert '<span class="comment__mark">Verified: Registered nurse, UK</span>' in page("/articles/hay-fever/")
    assert not Comment.objects.filter(mark="expert").exclude(author=credential.user).exists()


def test_the_inboxes_hold_what_a_real_one_would_hold_by_now():
    now = timezone.now()
    assert Notice.objects.exists()
    assert not Notice.objects.filter(read_at__isnull=False, at__lt=now - pruning.READ).exists()
    assert not Notice.objects.filter(read_at__isnull=True, at__lt=now - pruning.UNREAD).exists()


def test_the_desk_has_a_roster_and_a_past_that_is_mailed_to_nobody():
    assert {duty.user.email for duty in Duty.objects.select_related("user")} == {
        "moderator@example.org",
        "moderator2@example.org",
    }
    held = Sanction.objects.select_related("user", "comment").get()
    assert held.comment.author == held.user
    assert held.comment.status == "rejected"
    assert not Sanction.objects.in_force().exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'comments.mail_sanction'")
        assert cursor.fetchone() == (0,)
    assert not Comment.objects.filter(
        author=held.user, posted_at__gt=held.starts_at, posted_at__lt=held.ends_at
    ).exists()


def test_readers_are_told_how_long_a_review_usually_takes():
    assert waiting.usual_wait().startswith("In the last week half of the comments were read within")
    assert [
        thread.article.slug for thread in Thread.objects.filter(mode="held").select_related("article")
    ] == ["panic-attacks"]


def test_a_thread_of_the_demo_has_a_staff_pick():
    assert "1 staff pick<" in page("/articles/muscle-twitching/")
