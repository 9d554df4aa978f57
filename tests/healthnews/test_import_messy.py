"""Exports as they really are: read as well as can be, with an id and a reason for each thing that was wrong."""

import html
import io
import random
from collections import Counter

import pytest
from django.core.management import CommandError

from articles.models import Article
from comments.models import Comment, Thread
from healthnews.wordpress import stream, wxr
from healthnews.wordpress.old import BadItem
from tests.healthnews.test_import_wordpress import bring, everything
from tests.healthnews.test_import_wxr import HEAD

TAIL = "</channel></rss>"


def item(number=1, body="Text.", rest="", title="A title", date="2015-03-01 10:00:00") -> str:
    return (
        f"<item><title>{title}</title><link>https://old.example.org/{number}/</link>"
        f"<content:encoded>{body}</content:encoded><wp:post_id>{number}</wp:post_id>"
        f"<wp:post_date_gmt>{date}</wp:post_date_gmt><wp:status>publish</wp:status>{rest}</item>\n"
    )


def reply(number="", text="Words.", parent=0, minute=0, **more) -> str:
    fields = {"id": number, "content": text, "parent": parent, "approved": 1} | more
    fields.setdefault("date_gmt", f"2015-03-02 {minute // 60:02}:{minute % 60:02}:00")
    inner = "".join(f"<wp:comment_{key}>{value}</wp:comment_{key}>" for key, value in fields.items())
    return f"<wp:comment>{inner}</wp:comment>"


def export(*items, version="1.2") -> str:
    return HEAD.format(version) + "".join(items) + TAIL


def read(content, mended=None) -> list:
    data = content if isinstance(content, bytes) else content.encode()
    return list(wxr.read(io.BytesIO(data), mended=mended))


def bring_text(tmp_path, content, **options) -> dict:
    path = tmp_path / "export.xml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return bring(path, **options)


def article(number) -> Article:
    return Article.objects.get(source_key=f"wp:old.example.org:post:{number}")


def comment(number) -> Comment:
    return Comment.objects.get(source_key=f"wp:old.example.org:comment:{number}")


def noted(report) -> set:
    return {(note["id"], note["what"]) for note in report["notes"]}


# --- Bytes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("UTF-8", "utf-8"),
        ("utf-8", "cp1252"),
        ("", "latin-1"),
        ("ISO-8859-1", "latin-1"),
        ("ISO-8859-1", "utf-8"),
        ("windows-1252", "cp1252"),
        ("us-ascii", "utf-8"),
        ("x-none", "utf-8"),
        ("utf-16", "utf-16"),
        ("utf-8", "utf-8-sig"),
    ],
)
def test_letters_are_read_whatever_the_file_is_and_says_it_is(declared, encoding):
    said = f' encoding="{declared}"' if declared else ""
    content = f"<?xml version='1.0'{said}?>".replace("'", '"') + export(
        item(title="Café à l’eau" if "latin" not in encoding else "Café à l'eau")
    )
    (entry,) = read(content.encode(encoding))
    assert entry.title.replace("’", "'") == "Café à l'eau"


def test_code_page_of_another_script_is_taken_at_its_word_unless_it_is_not_true():
    content = '<?xml version="1.0" encoding="koi8-r"?>' + export(item(title="Ёлка и лёд"))
    for encoding in ("koi8-r", "utf-8"):
        (entry,) = read(content.encode(encoding))
        assert entry.title == "Ёлка и лёд"


def test_bytes_of_two_encodings_in_one_file_are_both_read_and_counted():
    content = export(item(title="Crème"), item(2, title="Brûlée")).encode()
    content = content.replace("Brûlée".encode(), "Brûlée".encode("cp1252"))
    mended = Counter()
    assert [entry.title for entry in read(content, mended)] == ["Crème", "Brûlée"]
    assert mended == {stream.NOT_UTF8: 2}


def test_text_that_was_encoded_twice_is_read_and_one_that_only_looks_so_is_left():
    twice = "L’été, “dehors”".encode().decode("cp1252", "ignore") and "".join(
        stream._WINDOWS[0xDC00 + byte] if byte > 127 else chr(byte) for byte in "L’été, “dehors”".encode()
    )
    first, second = read(export(item(title=twice), item(2, title="„Spaß“ und „Menü“")))
    assert (first.title, first.mended) == ("L’été, “dehors”", True)
    assert (second.title, second.mended) == ("„Spaß“ und „Menü“", False)


def test_letter_that_the_chunks_end_cuts_stays_whole(monkeypatch):
    content = export(item(title="é’😀" * 40)).encode()
    for size in (1, 2, 3, 5, 7, 64):
        monkeypatch.setattr(stream, "CHUNK", size)
        (entry,) = read(content)
        assert entry.title == "é’😀" * 40


def test_blank_lines_warnings_and_marks_before_the_declaration_are_skipped():
    content = '<?xml version="1.0" encoding="UTF-8"?>' + export(item())
    for before in (
        b"\xef\xbb\xbf",
        b"\n\n  \n",
        b"\xef\xbb\xbf\n",
        b"<br />\n<b>Notice</b>: Undefined in x.php\n",
    ):
        assert [entry.id for entry in read(before + content.encode())] == ["1"]


def test_control_characters_go_also_those_that_are_written_as_numbers():
    (entry,) = read(export(item(title="A\x08B&#8;C&#x0;D&#xD800;E&#11;F\ufffeG", body="<![CDATA[x\x1by]]>")))
    assert (entry.title, entry.body) == ("ABCDEFG", "xy")


# --- XML -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("<![CDATA[a]]]]><![CDATA[>b]]>", "a]]>b"),
        # What stands before the escape looks like a tag that a text would belong to.
        (
            '<![CDATA[<svg><![CDATA[><image href="]]]]><![CDATA[><i>]]>',
            '<svg><![CDATA[><image href="]]><i>',
        ),
        (
            "<![CDATA[<script>//<![CDATA[\nx()\n//]]>\n</script> after]]>",
            "<script>//<![CDATA[\nx()\n//]]>\n</script> after",
        ),
        ("<![CDATA[/* ]]> */ one <![CDATA[ two ]]> three]]>", "/* ]]> */ one <![CDATA[ two ]]> three"),
        ("a <![CDATA[b]]> c", "a b c"),
        ("<![CDATA[a]]> b", "a b"),
        ("<p>Not <b class='x'>escaped</b>.<br/></p>", '<p>Not <b class="x">escaped</b>.<br></p>'),
        ("Fish & chips &amp; peas &nbsp;&eacute;&bogus; &#146;", "Fish & chips & peas \xa0é&bogus; ’"),
        ("<![CDATA[Fish &amp; &eacute;]]>", "Fish &amp; &eacute;"),
        ("<![CDATA[&lt;item> </item> <item]]>", "&lt;item> </item> <item"),
        ("", ""),
    ],
)
def test_text_is_read_however_it_was_put_into_the_file(written, text, monkeypatch):
    for chunk, ahead in ((stream.CHUNK, stream.AHEAD), (3, 400), (1, 400)):
        monkeypatch.setattr(stream, "CHUNK", chunk)
        monkeypatch.setattr(stream, "AHEAD", ahead)
        first, second = read(export(item(body=written), item(2, body="<![CDATA[next]]>")))
        assert (first.body, second.body) == (text, "next")


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ("<item><title>Bad</b></title></item>", "mismatched tag"),
        ("<item><wp:post_id>9</wp:post_id><title <x></item>", "not well-formed"),
        (
            "<item><title>Bad</title><content:encoded><![CDATA[never ends</content:encoded></item>\n",
            "a text in it does not end",
        ),
        ("<item><title>Bad</title>", "the next item begins in it"),
    ],
)
def test_broken_item_is_named_and_the_next_are_read(db, tmp_path, broken, reason):
    report = bring_text(tmp_path, export(item(1), broken, item(2), item(3)))
    (refused,) = report["refused"]
    assert reason in refused["reason"]
    assert refused["id"] in {"item “Bad”", "item 9", "item no. 2"}
    assert [article(number).is_public() for number in (1, 2, 3)] == [True] * 3


def test_items_without_their_tags_come_in_with_what_they_have(db, tmp_path):
    bare = "<item><title>Only a title</title><wp:post_id>5</wp:post_id></item>"
    nothing = "<item><wp:status>publish</wp:status></item>"
    report = bring_text(tmp_path, export(bare, nothing, item(6)))
    assert article(5).draft.title == "Only a title" and not article(5).is_public()
    assert [line["reason"] for line in report["refused"]] == ["it has no id, no title and no text"]
    assert article(6).is_public()


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2"])
def test_prefix_that_nobody_declared_is_read_all_the_same(version):
    content = export(item(rest="<media:thumb url='x'/><wp:post_type>page</wp:post_type>"), version=version)
    (entry,) = read(content.replace(' xmlns:content="http://purl.org/rss/1.0/modules/content/"', ""))
    assert (entry.type, entry.body) == ("page", "Text.")


def test_noise_in_a_file_never_does_more_than_refuse_an_item():
    clean = export(*(item(n, rest=reply(n)) for n in range(1, 9)))
    rnd = random.Random(4)
    for _ in range(300):
        data = bytearray(clean.encode())
        for _ in range(rnd.randint(1, 8)):
            data[rnd.randrange(len(data))] = rnd.randrange(256)
        try:
            entries = read(bytes(data))
        except wxr.Unreadable as refusal:
            assert "\n" not in str(refusal)
        else:
            assert all(isinstance(entry, BadItem) or entry.id is not None for entry in entries)


# --- Ids -----------------------------------------------------------------------------------------------------------


def test_what_has_no_id_gets_one_that_is_the_same_in_the_next_run(db, tmp_path):
    nameless = item(
        "", rest=reply("", "First.", minute=1) + reply("abc", "Second.", minute=2), title="Nameless"
    )
    report = bring_text(tmp_path, export(nameless))
    assert {what for _, what in noted(report)} == {
        "has no id: one was made for it",
        "has no usable id ('abc'): one was made for it",
    }
    assert Article.objects.get(title="Nameless").is_public()
    assert [one.text.body for one in Comment.objects.order_by("path")] == ["First.", "Second."]
    before = everything()
    assert set(bring_text(tmp_path, export(nameless))["brought"].values()) == {0}
    assert everything() == before


def test_two_items_of_one_id_both_come_in_and_a_second_copy_does_not(db, tmp_path):
    other = item(1, title="Other").replace("org/1/", "org/other/")
    content = export(item(1), other, item(1))
    report = bring_text(tmp_path, content)
    assert sorted(Article.objects.exclude(source_key=None).values_list("title", flat=True)) == [
        "A title",
        "Other",
    ]
    assert report["refused"] == [{"id": "post 1", "reason": "it stands in the file twice"}]
    assert "has the id of another item: one was made for it" in {what for _, what in noted(report)}
    assert set(bring_text(tmp_path, content)["brought"].values()) == {0}


def test_two_comments_of_one_id_both_come_in_and_a_second_copy_does_not(db, tmp_path):
    here = (
        reply(7, "One.", minute=1)
        + reply(7, "Another.", minute=2)
        + reply(7, "One.", minute=1)
        + reply(8, "To it.", 7, 3)
    )
    there = reply(7, "Elsewhere.", minute=4) + reply(9, "To that.", 7, 5)
    content = export(item(1, rest=here), item(2, rest=there))
    tried = bring_text(tmp_path, content, dry_run=True)
    report = bring_text(tmp_path, content)
    assert tried | {"dry_run": False} == report
    assert report["refused"] == [{"id": "comment 7", "reason": "it stands in the file twice"}]
    assert comment(8).parent == comment(7) and comment(7).text.body == "One."
    assert comment(9).parent.text.body == "Elsewhere." and comment(9).parent.article == article(2)
    before = everything()
    assert set(bring_text(tmp_path, content)["brought"].values()) == {0}
    assert everything() == before


def test_forty_levels_upside_down_with_a_circle_and_a_lost_parent_read_in_order(db, tmp_path):
    chain = [reply(n, f"Level {n}.", n - 1, n) for n in range(1, 41)]
    odd = [reply(50, "Lost.", 999, 50), reply(51, "Round.", 52, 51), reply(52, "And round.", 51, 52)]
    report = bring_text(tmp_path, export(item(1, rest="".join(chain[::-1] + odd))))
    thread = Comment.objects.filter(path__startswith=comment(1).path).order_by("path")
    assert [one.text.body for one in thread] == [f"Level {n}." for n in range(1, 41)]
    assert all(comment(n).parent == comment(n - 1) for n in range(2, 41))
    assert {one.depth for one in thread} == {0, 1, 2, 3}
    assert comment(50).parent is None and comment(51).parent is None and comment(52).parent == comment(51)
    assert ("comment 50", "answers a comment that is not brought in: begins a thread now") in noted(report)
    assert ("comment 51", "answers itself in a circle: begins a thread now") in noted(report)
    # The counts that the door wrote are those that a recount finds.
    from comments.counts import recount

    assert not any(recount().values())
    assert Thread.of(article(1)).published_count == 43


def test_answers_that_come_later_are_counted_at_what_is_here(db, tmp_path):
    from comments.counts import recount

    bring_text(tmp_path, export(item(1, rest=reply(1, "Root.", minute=1) + reply(2, "Answer.", 1, 2))))
    more = "".join(reply(n, f"More {n}.", n - 1, n) for n in range(3, 9))
    both = reply(1, "Root.", minute=1) + reply(2, "Answer.", 1, 2)
    bring_text(tmp_path, export(item(1, rest=both + more)))
    assert comment(1).published_answers == 7 and comment(2).published_answers == 6
    assert not any(recount().values())


def test_what_was_wrong_with_the_file_itself_stands_in_the_report(db, tmp_path):
    content = export(item(1, title="Crème\x08", rest=reply(4, html.escape("VoilÃ\xa0 !"), minute=1))).encode()
    report = bring_text(tmp_path, content.replace("Crème".encode(), "Crème".encode("latin-1")))
    assert ("the file", stream.NOT_UTF8) in noted(report) and ("the file", stream.CONTROLS) in noted(report)
    assert ("comment 4", "its letters were encoded twice: mended") in noted(report)
    assert article(1).title == "Crème" and comment(4).text.body == "Voilà !"


def test_article_without_a_date_is_a_draft_because_none_is_made_up(db, tmp_path):
    report = bring_text(tmp_path, export(item(1, date="0000-00-00 00:00:00", rest=reply(1, minute=3))))
    assert article(1).edition == 0 and report["states"] == {"draft, was without a date": 1}
    assert comment(1).article == article(1)


@pytest.mark.parametrize("end", [0, 40, 400, -1, -len(TAIL), -len(TAIL) - 30])
def test_file_that_ends_too_early_writes_nothing(db, tmp_path, end):
    before = everything()
    with pytest.raises(CommandError) as refusal:
        bring_text(tmp_path, export(item(1), item(2)).encode()[:end])
    assert "\n" not in str(refusal.value)
    assert everything() == before
