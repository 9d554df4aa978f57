"""Pictures of old texts from a copy of the uploads folder: figures of ours, or their captions as words."""

import re
from types import SimpleNamespace

import pytest
from PIL import Image as Pixels

from articles.models import Image
from healthnews.wordpress import body
from tests.healthnews.test_import_messy import article, bring_text, export, item, noted

OLD = "https://old.example.org/wp-content/uploads/2016/05"
SHOWN = '<img src="/media/new.jpg" alt="{}" width="60" height="40">'


def show(source, alt):
    return body.Shown("/media/new.jpg", 60, 40, alt) if "uploads" in source else None


def attachment(number, name, parent=1) -> str:
    return (
        f"<item><title>{name}</title><wp:post_id>{number}</wp:post_id><wp:post_type>attachment</wp:post_type>"
        f"<wp:post_parent>{parent}</wp:post_parent><excerpt:encoded>Caption of {name}</excerpt:encoded>"
        f"<wp:attachment_url>{OLD}/{name}.jpg</wp:attachment_url>"
        "<wp:postmeta><wp:meta_key>_wp_attachment_image_alt</wp:meta_key>"
        f"<wp:meta_value>Alt of {name}</wp:meta_value></wp:postmeta></item>"
    )


@pytest.fixture
def uploads(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    folder = tmp_path / "uploads" / "2016" / "05"
    folder.mkdir(parents=True)
    for name in ("one", "two"):
        Pixels.new("RGB", (60, 40), "navy").save(folder / f"{name}.jpg")
    Pixels.new("RGB", (6, 4), "navy").save(folder / "one-300x200.jpg")
    return tmp_path / "uploads"


@pytest.mark.parametrize(
    "old",
    [
        '[caption id="x"]<a href="f.jpg"><img src="{}" alt="A &gt; B" /></a> Said <em>so</em>[/caption]',
        '<!-- wp:image {{"id":1}} -->\n<figure class="wp-block-image"><img src="{}" alt="A > B"/>'
        "<figcaption>Said <em>so</em></figcaption></figure>\n<!-- /wp:image -->",
        '<figure>\n<a href="x"><img src="{}" alt="A > B"></a>\n<figcaption>\nSaid <em>so</em>\n</figcaption>\n</figure>',
    ],
)
def test_caption_and_block_become_a_figure(old):
    found = body.article(old.format(f"{OLD}/one.jpg"), show)
    said = "<figcaption>Said <em>so</em></figcaption>"
    assert found.html.replace(">", "&gt;") == f"<figure>{SHOWN.format('A &gt; B')}{said}</figure>".replace(
        ">", "&gt;"
    )
    assert found.pictures == []


def test_gallery_block_becomes_figures_side_by_side():
    inner = f'<li class="blocks-gallery-item"><figure><img src="{OLD}/a.jpg" alt="a"><figcaption>A</figcaption></figure></li>'
    other = f'<li class="blocks-gallery-item"><figure><img src="{OLD}/b.jpg" alt="b"></figure></li>'
    text = (
        '<!-- wp:gallery -->\n<figure class="wp-block-gallery"><ul class="blocks-gallery-grid">'
        f"{inner}{other}</ul><figcaption>All</figcaption></figure>\n<!-- /wp:gallery --><p>Then.</p>"
    )
    html = body.article(text, show).html
    assert re.sub(r"\s*\n", "", html) == (
        f"<figure>{SHOWN.format('a')}<figcaption>A</figcaption></figure>"
        f"<figure>{SHOWN.format('b')}</figure><p><em>All</em></p><p>Then.</p>"
    )


def test_picture_in_a_line_stays_in_it_and_one_alone_is_a_figure():
    html = body.article(f'Words <img src="{OLD}/a.jpg"> words.\n\n<img src="{OLD}/b.jpg">', show).html
    assert html == f"<p>Words {SHOWN.format('')} words.</p><figure>{SHOWN.format('')}</figure>"


def test_table_in_a_figure_keeps_its_caption_as_words():
    text = "<figure class='wp-block-table'><table><tbody><tr><td>1</td></tr></tbody></table><figcaption>T</figcaption></figure>"
    assert body.article(text, show).html.endswith("</table><p><em>T</em></p>")


def test_pictures_of_a_text_come_from_the_folder_with_their_words(db, tmp_path, uploads):
    text = (
        f'<![CDATA[<img src="{OLD}/one-300x200.jpg" alt="Here: one">\n\n[gallery ids="41"]\n\n'
        f'<img src="{OLD}/missing.jpg">\n\n<img src="https://elsewhere.example/x.jpg">]]>'
    )
    content = export(item(1, body=text), item(2, body=text), attachment(40, "one"), attachment(41, "two"))
    tried = bring_text(tmp_path, content, media=uploads, dry_run=True)
    assert Image.objects.count() == 0 and not list((tmp_path / "media").rglob("*.jpg"))
    report = bring_text(tmp_path, content, media=uploads)
    assert tried | {"dry_run": False} == report
    assert report["brought"]["pictures"] == 2 and report["noted"] == {"picture in the text not brought": 4}
    one, two = Image.objects.order_by("pk")
    assert (one.width, two.alt, two.caption) == (60, "Alt of two", "Caption of two"), (
        "the full size, not 300x200"
    )
    assert (
        f'<figure><img src="{one.file.url}" alt="Here: one" width="60" height="40"></figure>'
        in article(1).body
    )
    assert f'<figure><img src="{two.file.url}" alt="Alt of two"' in article(2).body
    assert "<figcaption>Caption of two</figcaption>" in article(2).body_html
    assert "old.example.org" not in article(1).body
    assert bring_text(tmp_path, content, media=uploads)["brought"]["pictures"] == 0
    assert Image.objects.count() == 2


def test_picture_of_a_text_is_printed_as_all_others_once_its_widths_are_made(db, client, tmp_path, uploads):
    text = f'<![CDATA[[caption]<img src="{OLD}/one.jpg" alt="One"> Words[/caption]]]>'
    bring_text(tmp_path, export(item(1, body=text), attachment(40, "one")), media=uploads)
    Image.objects.get().make_renditions()
    page = client.get(article(1).get_absolute_url()).content.decode()
    figure = re.search(r"<figure><picture>.*?</figure>", page, re.S)[0]
    assert 'type="image/avif"' in figure and "-60.jpg 60w" in figure
    assert 'width="60" height="40" alt="One"' in figure
    assert "</picture><figcaption>Words</figcaption>" in figure


def test_gallery_without_ids_shows_what_was_uploaded_to_the_article(db, tmp_path, uploads):
    content = export(item(1, body="[gallery]"), attachment(40, "one"), attachment(41, "two", parent=2))
    bring_text(tmp_path, content, media=uploads)
    assert article(1).body.count("<figure>") == 1 and "Caption of one" in article(1).body


def test_full_size_is_found_for_a_smaller_copy_that_no_attachment_names(db, tmp_path, uploads):
    bring_text(
        tmp_path, export(item(1, body=f"<![CDATA[<img src='{OLD}/one-300x200.jpg'>]]>")), media=uploads
    )
    assert Image.objects.get().width == 60


def test_without_the_folder_no_picture_is_shown_and_no_caption_lost(db, tmp_path):
    text = f"<![CDATA[[caption]<img src='{OLD}/one.jpg'> Words[/caption]]]>"
    report = bring_text(tmp_path, export(item(1, body=text), attachment(40, "one")))
    assert article(1).body == "<p><em>Words</em></p>"
    assert ("post 1", "picture in the text not brought") in noted(report)


@pytest.mark.parametrize(
    "place", ["../../../../etc/passwd", "2016/05/../../../private.jpg", "%00.jpg", "x" * 5_000]
)
def test_address_in_a_text_leads_to_nothing_outside_the_folder(db, tmp_path, uploads, place):
    Pixels.new("RGB", (6, 4)).save(tmp_path / "private.jpg")
    text = f"<![CDATA[<img src='https://old.example.org/wp-content/uploads/{place}'>]]>"
    bring_text(tmp_path, export(item(1, body=text)), media=uploads)
    assert Image.objects.count() == 0 and article(1).is_public()


def test_words_of_a_picture_cannot_break_out_of_it():
    def hostile(source, alt):
        return SimpleNamespace(
            url='/media/x.jpg"onerror="alert(1)', width=1, height=1, alt='"><script>alert(1)</script>'
        )

    html = body.article(f'<figure><img src="{OLD}/a.jpg"></figure>', hostile).html
    assert "<script" not in html and '"onerror' not in html
