"""What came from another system and is opened in the desk's editor, in a real browser: nothing of it is lost."""

import re

import pytest
from django.urls import reverse
from PIL import Image as Pixels

from articles.models import Draft
from tests.articles.test_admin_editor import editor, page  # noqa: F401 (fixtures)
from tests.healthnews.test_import_messy import article, bring_text, export, item
from tests.healthnews.test_import_pictures import OLD, attachment

pytestmark = pytest.mark.django_db(transaction=True)

TEXT = f"""Before <em>all</em> of it: [sic], H<sub>2</sub>O.

[caption id="x" align="left"]<a href="{OLD}/one.jpg"><img src="{OLD}/one-300x200.jpg" alt="One"></a> Said <em>so</em>, see <a href="https://example.org/a">there</a>[/caption]

[gallery ids="40,41"]

Words <img src="{OLD}/two.jpg" alt="Two"> in a line.

<table><thead><tr><th>Drug</th><th>Dose</th></tr></thead><tbody><tr><td>A</td><td colspan="2"><strong>5</strong> mg</td></tr></tbody></table>

<figure class="wp-block-table"><table><tbody><tr><td>1</td></tr></tbody></table><figcaption>T</figcaption></figure>

<h2 id="why">Why</h2>
<h3>See <img src="{OLD}/two.jpg" alt="Two"> it</h3>
<blockquote>Quoted.</blockquote>
<ul><li>a<ul><li>b</li></ul></li></ul>
<ol start="3"><li>c</li></ol>
<hr>
The end."""


@pytest.fixture
def draft(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "media"
    folder = tmp_path / "uploads" / "2016" / "05"
    folder.mkdir(parents=True)
    for name in ("one", "two"):
        Pixels.new("RGB", (60, 40), "navy").save(folder / f"{name}.jpg")
    content = export(item(1, body=f"<![CDATA[{TEXT}]]>"), attachment(40, "one"), attachment(41, "two"))
    report = bring_text(tmp_path, content, media=tmp_path / "uploads")
    assert report["refused"] == []
    draft = Draft.objects.get(article=article(1))
    draft.body = draft.body.replace("<hr>", '<hr><div class="callout callout-doctor"><p>Call.</p></div>')
    draft.save()
    return draft


def save(page, draft) -> str:  # noqa: F811
    page.get_by_role("button", name="Save draft").click()
    page.get_by_text("Draft saved.").wait_for()
    return Draft.objects.get(pk=draft.pk).body


def test_saving_it_unchanged_changes_nothing(page, draft):  # noqa: F811
    page.goto(reverse("admin:articles_draft_change", args=[draft.pk]))
    page.get_by_role("textbox", name="Body").get_by_text("The end.").wait_for()
    assert page.get_by_text("what the editor cannot keep").count() == 0
    assert save(page, draft) == draft.body


def test_an_edit_keeps_all_else(page, draft):  # noqa: F811
    """The editor sets words of cells and lists in paragraphs of their own, and rows of a head among the others."""
    page.goto(reverse("admin:articles_draft_change", args=[draft.pk]))
    page.get_by_role("textbox", name="Body").get_by_text("The end.").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Really.")
    saved = save(page, draft)
    assert saved.endswith("<p>The end. Really.</p>")
    loose = r"(?<=<td>|<th>|<li>)<p>|(?<=colspan=\"2\">)<p>|</p>(?=</t[dh]>|</li>|<ul>)|</?t(?:head|body)>"
    assert re.sub(loose, "", saved.replace(" Really.", "")) == re.sub(loose, "", draft.body)
