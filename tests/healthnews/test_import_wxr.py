"""The streaming reader: pure, on files and on bytes."""

import io
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from healthnews.wordpress import wxr

FILE = Path(__file__).parents[1] / "fixtures" / "wxr" / "garden-clinic.xml"
HEAD = (
    '<rss version="2.0" xmlns:wp="http://wordpress.org/export/{0}/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><link>https://old.example.org</link>'
    "<wp:wxr_version>{0}</wp:wxr_version>"
)
BOMB = """<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]>
<rss><channel><title>&d;</title></channel></rss>"""
EXTERNAL = """<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<rss><channel><title>&x;</title></channel></rss>"""
HOSTILE = {
    "empty": (b"", "empty"),
    "blank": (b"  \n ", "empty"),
    "a picture": (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(range(256)) * 4, "not XML"),
    "words": (b"Dear Sir, please find enclosed", "not XML"),
    "a page": (b"<!DOCTYPE html><html><body><p>Hello</p></body></html>", "not a WordPress export"),
    "another feed": (
        b"<rss><channel><item><title>x</title></item></channel></rss>",
        "not a WordPress export",
    ),
    "a bomb": (BOMB.encode(), "entities"),
    "an external entity": (EXTERNAL.encode(), "entities"),
    "another document": (b"<feed><item><title>x</title></item></feed>", "begins with <feed>"),
    "no items, no version": (b"<rss><channel></channel></rss>", "not a WordPress export"),
    "the beginning only": (HEAD.format("1.2").encode(), "cut short"),
    "a compressed file": (b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\xed\xbd", "not XML"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_file_that_is_no_export_is_refused_in_one_line(name):
    content, words = HOSTILE[name]
    with pytest.raises(wxr.Unreadable, match=words) as refusal:
        wxr.survey(io.BytesIO(content))
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_file_that_was_cut_short_is_refused_wherever_it_ends(share):
    whole = FILE.read_bytes().rstrip()
    with pytest.raises(wxr.Unreadable, match="cut short"):
        wxr.survey(io.BytesIO(whole[: int(len(whole) * share)]))


def test_survey_finds_authors_site_files_and_the_old_clock():
    with FILE.open("rb") as file:
        found = wxr.survey(file)
    assert found.site == "old.example.org/blog"
    assert found.authors["zoe"].name == "Zoë Ångström"
    assert {"zoe", "ivo@example.org", "guest-writer"} == set(found.authors)
    assert found.files["40"].alt == "An open window"
    assert found.offset == timedelta(hours=2)
    assert (found.items, found.comments) == (13, 25)


def test_no_address_of_an_author_or_network_of_a_commenter_is_even_read():
    with FILE.open("rb") as file:
        entries = repr(list(wxr.read(file)))
    assert "zoe.private@example.org" not in entries
    assert "192.0.2." not in entries


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2"])
def test_every_version_of_the_format_is_read(version):
    item = "<item><title>A</title><wp:post_id>7</wp:post_id><wp:post_type>page</wp:post_type></item>"
    content = HEAD.format(version) + item + "</channel></rss>"
    (read,) = wxr.read(io.BytesIO(content.encode()))
    assert (read.id, read.type, read.title) == ("7", "page", "A")


def test_what_old_exports_have_before_and_between_does_no_harm():
    item = "<item><title>A\x08B\x00</title><wp:post_id>7</wp:post_id></item>"
    content = (
        b"\xef\xbb\xbf\n\n<?xml version='1.0'?>" + (HEAD.format("1.1") + item).encode() + b"</channel></rss>"
    )
    (read,) = wxr.read(io.BytesIO(content))
    assert read.title == "AB"


def test_times_that_wordpress_leaves_at_zero_are_unknown():
    comment = "<wp:comment><wp:comment_id>1</wp:comment_id><wp:comment_date_gmt>{}</wp:comment_date_gmt></wp:comment>"
    for text, at in {
        "0000-00-00 00:00:00": None,
        "soon": None,
        "2012-09-03 17:18:04": datetime(2012, 9, 3, 17, 18, 4, tzinfo=UTC),
    }.items():
        content = HEAD.format("1.2") + f"<item>{comment.format(text)}</item></channel></rss>"
        (read,) = wxr.read(io.BytesIO(content.encode()))
        assert read.comments[0].at == at


def test_long_file_is_read_in_the_memory_of_one_item():
    item = (
        f"<item><wp:post_id>1</wp:post_id><content:encoded>{'x' * 20_000}</content:encoded></item>".encode()
    )

    class Endless(io.RawIOBase):
        """Two thousand items, 40 MB, never in memory at once."""

        def __init__(self):
            self.parts = iter([HEAD.format("1.2").encode(), *[item] * 2_000, b"</channel></rss>"])

        def read(self, size=-1):
            return next(self.parts, b"")

    tracemalloc.start()
    count = sum(1 for _ in wxr.read(Endless()))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 2_000
    assert peak < 5_000_000
