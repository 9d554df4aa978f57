"""`import_wordpress` on a file of our own and on WordPress's theme unit test: what comes in, as what, and the report."""

import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.redirects.models import Redirect
from django.core.management import CommandError, call_command
from PIL import Image as Pixels

from accounts.models import User
from articles.models import Article, Image, Person, Tag
from comments.models import Case, Comment, Decision, Status, Thread
from healthnews.wordpress import discussion
from tests.factories import make_user, verdict
from tests.healthnews.test_import_body import assert_harmless

FILE = Path(__file__).parents[1] / "fixtures" / "wxr" / "garden-clinic.xml"
SITE = "wp:old.example.org/blog"


def bring(path=FILE, **options) -> dict:
    """Run the command; its JSON report."""
    target = Path(settings.MEDIA_ROOT).parent / "import-report.json"
    call_command(
        "import_wordpress", str(path), report=target, stdout=StringIO(), stderr=StringIO(), **options
    )
    return json.loads(target.read_text("utf-8"))


def article(number) -> Article:
    return Article.objects.get(source_key=f"{SITE}:post:{number}")


def comment(number) -> Comment:
    return Comment.objects.get(source_key=f"{SITE}:comment:{number}")


def everything() -> dict:
    """All that an import can write, by old ids and in reading order: equal for equal imports."""
    old = dict(Comment.objects.values_list("pk", "source_key"))
    return {
        "people": list(Person.objects.order_by("slug").values_list("name", "slug", "source_key")),
        "tags": list(Tag.objects.order_by("key").values_list("name", "slug")),
        "articles": [
            (
                *(
                    one.source_key,
                    one.kind,
                    one.slug,
                    one.title,
                    one.dek,
                    one.body_html,
                    one.edition,
                    one.publish_at,
                ),
                *(one.draft.title, one.draft.body, one.draft.dek, one.versions.count()),
                [line.name for line in one.bylines.all()],
                [line.person.name for line in one.draft.bylines.all()],
                sorted(tag.name for tag in one.draft.tags.all()),
            )
            for one in Article.objects.exclude(source_key=None).order_by("source_key")
        ],
        "comments": [
            (
                *(one.source_key, one.status, one.depth, old.get(one.parent_id), old.get(one.root_id)),
                *(one.posted_at, one.published_at, one.author_id and one.author.email, one.author_name),
                *(one.published_answers, one.text.body, one.text.body_html, one.decisions.count()),
                hasattr(one, "case"),
            )
            for one in Comment.objects.select_related("text", "author").order_by(
                "article__source_key", "path"
            )
        ],
        "users": list(User.objects.order_by("email").values_list("email", "display_name")),
        "threads": list(
            Thread.objects.order_by("article__source_key").values_list(
                "article__source_key", "published_count", "mode"
            )
        ),
        "redirects": list(Redirect.objects.order_by("old_path").values_list("old_path", "new_path")),
    }


# --- Articles ------------------------------------------------------------------------------------------------------


def test_post_comes_in_as_an_article_published_when_it_was(db):
    bring()
    post = article(101)
    assert post.title == "Éva’s letter about sleep & noise"
    assert post.dek == "A letter & its answer."
    assert (post.kind, post.slug, post.edition) == ("article", "evas-letter", 1)
    assert post.publish_at == post.live_version.published_at == datetime(2016, 5, 10, 6, 30, tzinfo=UTC)
    assert post.updated_at is None
    assert [line.name for line in post.bylines.all()] == ["Zoë Ångström"]
    assert sorted(tag.name for tag in post.tags.all()) == ["Noise & quiet", "Sleep"]
    assert post.body_html.startswith(
        "<p>A letter came in May.<br>It was long.</p><h3>What she wrote</h3><ul><li>One"
    )
    assert "<p><em>The open window</em></p>" in post.body_html
    assert_harmless(post.body_html)
    assert "alert" not in post.body_html


def test_page_comes_in_outside_the_lists_with_its_comments_and_closed_as_it_was(db):
    bring()
    page = article(102)
    assert (page.kind, page.is_public()) == ("page", True)
    assert page not in Article.objects.listed()
    assert page.publish_at == datetime(2015, 1, 2, 9, 0, tzinfo=UTC), "local time, by the old site's clock"
    assert page.slug == "about-2", "/about/ is ours already"
    assert "https://video.example.org/watch?v=1&amp;t=2</a>" in page.body
    assert Thread.of(page).mode == Thread.Mode.CLOSED
    assert Thread.of(page).published_count == 2
    assert comment(42).parent == comment(41)


@pytest.mark.parametrize("number", [103, 104, 105, 106])
def test_what_was_not_for_all_comes_in_as_a_draft_only(db, number):
    bring()
    old = article(number)
    assert old.edition == 0 and old.publish_at is None and not old.versions.exists()
    assert old not in Article.objects.public()
    assert old.draft.body.startswith("<p>") and old.draft.bylines.get().person.name == "Zoë Ångström"


def test_scheduled_post_keeps_its_date_whether_it_lies_ahead_or_not(db):
    bring()
    assert article(107).public_state == "scheduled"
    assert article(107).publish_at == datetime(2199, 1, 1, 9, 0, tzinfo=UTC)
    assert article(108).public_state == "live"
    assert article(108).publish_at == datetime(2018, 3, 1, 9, 0, tzinfo=UTC)


def test_authors_are_people_without_login_and_their_addresses_are_nowhere(db):
    bring()
    assert {person.name for person in Person.objects.all()} == {
        "Zoë Ångström",
        "Ivo alert(1)Berg",
        "guest-writer",
    }
    assert not Person.objects.exclude(user=None).exists()
    everywhere = repr(list(Person.objects.values())) + repr(list(User.objects.values()))
    assert "zoe.private@example.org" not in everywhere
    assert not any("@" in person.slug + person.name for person in Person.objects.all())


def test_tag_that_exists_in_another_spelling_is_used(db):
    Tag.objects.create(name="SLEEP", slug="sleep")
    report = bring()
    assert sorted(Tag.objects.values_list("name", flat=True)) == ["Noise & quiet", "SLEEP"]
    assert (report["brought"]["tags"], report["already_here"]["tags"]) == (1, 1)


def test_letters_of_another_script_stay_in_the_address_and_the_old_one_leads_there(db):
    bring()
    greek = article(110)
    assert greek.slug == "ελληνικά"
    old = "/blog/2019/%CE%B5%CE%BB%CE%BB%CE%B7%CE%BD%CE%B9%CE%BA%CE%AC/"
    assert Redirect.objects.get(old_path=old).new_path == greek.get_absolute_url()


# --- Old addresses -------------------------------------------------------------------------------------------------


def test_old_addresses_lead_to_the_new_ones(db, rf):
    from django.contrib.redirects.middleware import RedirectFallbackMiddleware
    from django.http import HttpResponseNotFound

    bring()
    middleware = RedirectFallbackMiddleware(lambda request: HttpResponseNotFound())
    for old, number in {
        "/blog/2016/05/evas-letter/": 101,
        "/?p=101": 101,
        "/?page_id=102": 102,
        "/blog/2019/ελληνικά/": 110,
    }.items():
        answer = middleware(rf.get(old))
        assert (answer.status_code, answer["Location"]) == (301, article(number).get_absolute_url())


def test_only_what_is_public_gets_a_redirect_and_none_hides_a_page_of_ours(db):
    report = bring()
    paths = set(Redirect.objects.values_list("old_path", flat=True))
    assert "/about/" not in paths and "/" not in paths
    assert not [path for path in paths if path.endswith(("103", "104", "105", "106", "107", "password/"))]
    assert {
        "id": "page 102",
        "what": "old address is one of this site's own: no redirect",
        "detail": "/about/",
    } in (report["notes"])


# --- Comments ------------------------------------------------------------------------------------------------------


def test_nine_levels_read_in_their_order_and_each_knows_what_it_answers(db):
    bring()
    root = comment(11)
    thread = Comment.objects.filter(article=article(101), path__startswith=root.path).order_by("path")
    assert [one.text.plain.split(",")[0].rstrip(".") for one in thread if one.is_published] == [
        *("One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
    ]
    for level in range(12, 20):
        assert comment(level).parent == comment(level - 1)
        assert comment(level).root == root
        assert comment(level).depth == min(3, level - 11)
    assert root.published_answers == 8


def test_comments_keep_their_state_and_time_and_each_has_a_decision(db):
    report = bring()
    states = {number: comment(number).status for number in (11, 23, 24)}
    assert states == {11: Status.PUBLISHED, 23: Status.PENDING, 24: Status.REJECTED}
    assert comment(11).published_at == comment(11).posted_at == datetime(2016, 5, 11, 11, 0, tzinfo=UTC)
    assert Case.objects.open().get().comment == comment(23)
    assert Case.objects.get().since == datetime(2016, 5, 12, 11, 0, tzinfo=UTC)
    for one in Comment.objects.all():
        decision = one.decisions.get()
        assert decision.is_import and decision.to_status == one.status and decision.actor == "another system"
    assert report["comments"] == {"published": 18, "pending": 1, "rejected": 1}
    assert Thread.of(article(101)).published_count == 16


def test_pings_notes_and_trash_are_left_out_and_counted(db):
    report = bring()
    assert not Comment.objects.filter(source_key__regex=":(25|27|28|29|51)$").exists()
    assert report["left_out"] == {
        "attachments": 1,
        "comments in the trash": 1,
        "comments on what is left out": 1,
        "in the trash": 1,
        "menu items": 1,
        "pingbacks": 1,
        "private notes": 1,
        "terms of post_format": 1,
        "trackbacks": 1,
    }


def test_comment_whose_parent_stays_behind_or_goes_in_circles_begins_a_thread(db):
    report = bring()
    assert [comment(number).parent_id for number in (26, 33, 31)] == [None, None, None]
    assert comment(32).parent == comment(31)
    noted = {(note["id"], note["what"].partition(":")[0]) for note in report["notes"]}
    assert ("comment 26", "answers a comment that is not brought in") in noted
    assert ("comment 33", "answers a comment that is not brought in") in noted
    assert ("comment 31", "answers itself in a circle") in noted


def test_one_user_is_made_per_address_and_nobody_without_one_or_for_spam(db):
    bring()
    assert list(User.objects.order_by("email").values_list("email", "display_name", "display_name_key")) == [
        ("renee@example.org", "Renée O'Hara", None),
        ("waiting@example.org", "Waiting", None),
    ]
    renee = User.objects.get(email="renee@example.org")
    assert not renee.has_usable_password() and not renee.emailaddress_set.exists()
    assert comment(11).author == comment(21).author == renee
    assert comment(12).author is None and comment(12).name == "Level two"
    assert comment(24).author is None and comment(24).author_name == "Spammer"


def test_somebody_who_is_a_member_already_stays_who_they_are(db):
    member = make_user(email="renee@example.org", display_name="Renée of here")
    bring()
    member.refresh_from_db()
    assert comment(11).author == member and member.display_name == "Renée of here"
    assert member.has_usable_password()


def test_address_or_markup_typed_as_a_name_is_printed_nowhere(db):
    bring()
    assert comment(33).name == "Anonymous"
    assert comment(22).name == "Anonymous"
    assert comment(33).posted_at == datetime(2016, 5, 13, 12, 0, tzinfo=UTC), (
        "local time, by the old site's clock"
    )


def test_text_of_a_comment_is_cleaned_and_kept_beside_what_it_was(db):
    bring()
    assert (
        comment(11).text.body_html
        == "<p>One, with <strong>weight</strong>.</p><p>And a second paragraph.</p>"
    )
    hostile = comment(21).text
    assert hostile.body_html == "<p>Later.</p>" and "track.example" in hostile.body
    for one in Comment.objects.all():
        assert_harmless(one.text.body_html)


def test_network_addresses_of_commenters_are_nowhere(db):
    bring()
    assert "192.0.2." not in repr(everything())


def test_times_decide_the_order_among_comments_that_are_here_already(db, tmp_path):
    # An earlier export, in which the last answers and roots were not written yet.
    early = tmp_path / "early.xml"
    text = FILE.read_text("utf-8")
    for number in (21, 12, 13, 14, 15, 16, 17, 18, 19):
        start = text.index(f"<wp:comment><wp:comment_id>{number}<")
        text = text[:start] + text[text.index("</wp:comment>", start) + len("</wp:comment>") :]
    early.write_text(text, "utf-8")
    bring(early)
    reader = make_user()
    answer = Comment.submit(
        article=article(101), by=reader, body="Years later.", verdict=verdict(), parent=comment(11)
    )
    root = Comment.submit(article=article(101), by=reader, body="A new thread.", verdict=verdict())
    assert bring()["brought"]["comments"] == 9
    answers = list(Comment.objects.filter(root=comment(11)).order_by("path"))
    assert answers[0] == comment(12)
    assert answers[-1] == answer
    roots = list(Comment.objects.filter(article=article(101), parent=None).order_by("posted_at", "id"))
    assert roots.index(comment(21)) < roots.index(comment(22)) < roots.index(root) == len(roots) - 1


def test_one_bad_item_stops_nothing_and_is_named(db, monkeypatch):
    original = discussion.bring_in_many

    def sometimes(article, incoming, here):
        if any(one.source_key.endswith(":16") for one in incoming):
            raise ValueError("this one is bad")
        return original(article, incoming, here)

    monkeypatch.setattr(discussion, "bring_in_many", sometimes)
    report = bring()
    assert {line["id"]: line["reason"] for line in report["refused"]} == {
        "comment 16": "ValueError: this one is bad",
    }
    assert report["brought"]["comments"] == 19
    assert comment(17).parent is None
    assert article(110).is_public()


# --- Again, and as if ------------------------------------------------------------------------------------------------


def test_second_run_adds_nothing_and_says_so(db):
    first = bring()
    before, decisions = everything(), Decision.objects.count()
    second = bring()
    assert everything() == before and Decision.objects.count() == decisions
    assert set(second["brought"].values()) == {0}
    assert second["already_here"] == first["brought"]


def test_dry_run_writes_nothing_and_reports_the_same(db):
    before = everything()
    tried = bring(dry_run=True)
    assert everything() == before
    done = bring()
    assert tried | {"dry_run": False} == done


def test_report_on_the_screen_has_the_counts_and_what_was_refused(db):
    out = StringIO()
    call_command("import_wordpress", str(FILE), stdout=out, stderr=StringIO())
    lines = [line.split() for line in out.getvalue().splitlines()]
    assert ["comments", "20", "0"] in lines
    assert ["posts", "9", "0"] in lines
    assert ["pingbacks", "1"] in lines
    assert ["Refused:", "nothing"] in lines
    out = StringIO()
    call_command("import_wordpress", str(FILE), dry_run=True, stdout=out, stderr=StringIO())
    assert out.getvalue().startswith("Nothing was written: this was a dry run.")


def test_progress_is_shown_on_a_terminal_only(db):
    class Terminal(StringIO):
        def isatty(self):
            return True

    quiet, terminal = StringIO(), Terminal()
    call_command("import_wordpress", str(FILE), stdout=StringIO(), stderr=quiet)
    call_command("import_wordpress", str(FILE), stdout=StringIO(), stderr=terminal)
    assert quiet.getvalue() == ""
    assert "Reading" in terminal.getvalue() and "Writing" in terminal.getvalue()
    assert "100 %" in terminal.getvalue()


# --- Refusals --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xd8\xff\xe0JFIF", b"<rss><channel/></rss>", FILE.read_bytes()[:9000]]
)
def test_file_that_cannot_be_used_writes_nothing(db, tmp_path, content):
    path, before = tmp_path / "export.xml", everything()
    path.write_bytes(content)
    with pytest.raises(CommandError):
        bring(path)
    assert everything() == before


def run(*arguments):
    """The command as a program: exit code and stderr. Refused before any database is asked."""
    return subprocess.run(
        [sys.executable, "manage.py", "import_wordpress", *map(str, arguments)],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
    )


def test_program_ends_with_1_and_one_line_when_the_file_is_missing_or_foreign(tmp_path):
    foreign = tmp_path / "picture.xml"
    foreign.write_bytes(b"\xff\xd8\xff\xe0JFIF")
    for path in (tmp_path / "missing.xml", tmp_path, foreign):
        ended = run(path)
        assert (ended.returncode, ended.stdout) == (1, "")
        assert ended.stderr.count("\n") == 1 and path.name in ended.stderr


def test_program_ends_with_2_when_it_is_called_wrongly(tmp_path):
    for arguments in (
        (),
        (FILE, "--media", tmp_path / "nowhere"),
        (FILE, "--report", tmp_path / "no" / "r.json"),
    ):
        ended = run(*arguments)
        assert ended.returncode == 2 and "Traceback" not in ended.stderr


# --- Pictures --------------------------------------------------------------------------------------------------------


@pytest.fixture
def uploads(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    folder = tmp_path / "uploads" / "2016" / "05"
    folder.mkdir(parents=True)
    Pixels.new("RGB", (60, 40), "navy").save(folder / "window.jpg")
    return tmp_path / "uploads"


def test_lead_picture_comes_from_the_folder_once_with_its_words(db, uploads):
    report = bring(media=uploads)
    assert report["brought"]["pictures"] == 1
    image = article(101).lead_image
    assert (image.alt, image.caption, image.width) == ("An open window", "Seen from inside", 60)
    assert image.credit == image.licence == "unknown: please check"
    bring(media=uploads)
    assert Image.objects.count() == 1


def test_picture_that_is_none_or_lies_outside_the_folder_is_not_taken(db, uploads, tmp_path):
    (uploads / "2016" / "05" / "window.jpg").write_bytes(b"<svg/>")
    assert bring(media=uploads)["noted"]["lead picture cannot be used"] == 1
    assert Image.objects.count() == 0 and article(101).is_public()


def test_picture_behind_a_link_out_of_the_folder_is_not_taken(db, uploads, tmp_path):
    shutil.move(uploads / "2016" / "05" / "window.jpg", tmp_path / "private.jpg")
    (uploads / "2016" / "05" / "window.jpg").symlink_to(tmp_path / "private.jpg")
    assert bring(media=uploads)["noted"]["lead picture not brought"] == 1


# --- The theme unit test -----------------------------------------------------------------------------------------------


@pytest.fixture
def theme(shared, db):
    """WordPress's own file, brought in: its report and its expected counts."""
    expected = json.loads(shared("wxr/expected.json").read_text("utf-8"))["theme-unit-test.wp52.xml"]
    return bring(shared("wxr/theme-unit-test.wp52.xml")), expected


def test_theme_unit_test_comes_in_with_its_counts(theme):
    report, expected = theme
    kinds = expected["by_type_status"]
    assert report["brought"]["authors"] == expected["authors"]
    assert report["brought"]["posts"] == sum(
        kinds[f"post/{state}"] for state in ("publish", "draft", "future")
    )
    assert report["brought"]["pages"] == kinds["page/publish"]
    assert report["left_out"]["attachments"] == kinds["attachment/inherit"]
    assert report["left_out"]["menu items"] == kinds["nav_menu_item/publish"]
    pings = report["left_out"]["pingbacks"] + report["left_out"]["trackbacks"]
    assert report["brought"]["comments"] + pings == expected["comments"]
    assert report["comments"]["pending"] == expected["comments_by_approved"]["0"]
    assert report["comments"]["published"] + pings == expected["comments_by_approved"]["1"]
    assert Comment.objects.exclude(parent=None).count() == expected["replies"]
    assert report["refused"] == []
    here = {
        number: Comment.objects.filter(
            article__source_key=f"wp:wpthemetestdata.wordpress.com:post:{number}"
        ).count()
        for number in expected["comments_per_post"]
    }
    assert here == expected["comments_per_post"] | {"1149": expected["comments_per_post"]["1149"] - pings}
    assert Comment.objects.filter(article__kind="page").count() == 5


def test_theme_unit_tests_longest_thread_reads_in_order(theme):
    deepest = {one.pk: 0 for one in Comment.objects.all()}
    for one in Comment.objects.select_related("parent").order_by("posted_at"):
        at = one
        while at.parent_id:
            deepest[one.pk] += 1
            at = at.parent
    last = Comment.objects.get(pk=max(deepest, key=deepest.get))
    assert deepest[last.pk] == theme[1]["max_depth"]
    chain = [last]
    while chain[-1].parent_id:
        chain.append(chain[-1].parent)
    chain.reverse()
    in_order = [one for one in Comment.objects.filter(article=last.article).order_by("path") if one in chain]
    assert in_order == chain
    assert [one.depth for one in chain] == [0, 1, 2, *[3] * (len(chain) - 3)]
