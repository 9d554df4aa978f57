"""The writing desk: drafts, versions, publishing. The public page changes by publishing and by nothing else."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from articles.models import Article, Draft, Review, Version
from tests.factories import make_article, make_person, make_user

pytestmark = pytest.mark.django_db


def fields_of(draft=None, *, bylines=(), sources=(), **changes) -> dict:
    """What the browser would post for a draft's form."""
    fields = {
        "title": draft.title if draft else "Hiccups",
        "dek": draft.dek if draft else "",
        "slug": draft.slug if draft else "",
        "body": draft.body if draft else "<p>They pass.</p>",
        "revision": draft.revision if draft else "",
        "kind": "article",
        "lead_alt": "",
        "lead_caption": "",
        "_continue": "Save draft",
    }
    for prefix, rows in (("bylines", bylines), ("sources", sources)):
        fields |= {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": 0}
        for place, row in enumerate(rows):
            fields |= {f"{prefix}-{place}-{name}": value for name, value in row.items()}
    return fields | changes


def address(draft) -> str:
    return reverse("admin:articles_draft_change", args=[draft.pk])


@pytest.fixture
def editor(client):
    user = make_user("editor")
    client.force_login(user)
    return user


def test_adding_a_draft_makes_its_article_with_an_address_from_the_headline(client, editor):
    person = make_person()
    answer = client.post(
        reverse("admin:articles_draft_add"),
        fields_of(
            bylines=[{"position": "", "person": person.pk, "role": "author"}],
            sources=[{"position": "", "title": "Hiccups", "kind": "page", "publisher": "NHS"}],
        ),
    )
    draft = Draft.objects.get(title="Hiccups")
    assert answer.url == address(draft)
    assert draft.article.slug == draft.slug == "hiccups"
    assert draft.article.created_by == draft.edited_by == editor
    assert not draft.article.is_public()
    assert [byline.person for byline in draft.bylines.all()] == [person]
    assert [(source.position, source.title) for source in draft.sources.all()] == [(1, "Hiccups")]


def test_saving_a_draft_and_a_version_never_changes_the_public_page(client, editor):
    article = make_article(title="Before", body="<p>Old words.</p>")
    page = client.get(article.get_absolute_url()).content
    client.post(address(article.draft), fields_of(article.draft, title="After", body="<p>New words.</p>"))
    draft = Draft.objects.get(article=article)
    assert (draft.title, draft.body, draft.revision) == ("After", "<p>New words.</p>", 1)
    assert draft.public_state == "live, draft newer"
    client.post(address(draft), fields_of(draft, _version="Save as version"))
    assert article.versions.count() == 2
    assert client.get(article.get_absolute_url()).content == page


def test_publishing_a_version_changes_the_public_page(client, editor):
    article = make_article(title="Before", body="<p>Old words.</p>")
    body = '<p>New words.</p><div class="callout callout-doctor"><p>Call somebody.</p></div>'
    answer = client.post(address(article.draft), fields_of(article.draft, body=body, _publish="Publish…"))
    assert "/publish/" in answer.url
    confirmation = client.get(answer.url).content.decode()
    assert "<del>Old</del><ins>New</ins>" in confirmation
    answer = client.post(answer.url, {"kind": "update", "note": "Newer words.", "edition": 1}, follow=True)
    assert "is live as edition 2" in answer.content.decode()
    page = client.get(article.get_absolute_url()).content.decode()
    assert "New words." in page and "Old words." not in page
    assert '<div class="callout callout-doctor"><p class="callout__label">See a doctor</p>' in page


def test_a_line_break_around_the_text_is_no_change_of_its_formatting(client, editor):
    article = make_article(body="<p>Old words.</p>\n", dek="Before.")
    for body, differs in (("<p>Old words.</p>", False), ("<p>Old <em>words</em>.</p>", True)):
        draft = Draft.objects.get(article=article)
        answer = client.post(address(draft), fields_of(draft, dek="After.", body=body, _publish="Publish…"))
        confirmation = client.get(answer.url).content.decode()
        assert "<del>Before.</del><ins>After.</ins>" in confirmation
        assert ("links or formatting of the text" in confirmation) is differs


def test_publishing_without_a_note_says_what_is_missing(client, editor):
    article = make_article()
    version = article.draft.save_version(by=editor)
    url = reverse("admin:articles_version_publish", args=[version.pk])
    page = client.post(url, {"kind": "correction", "note": " ", "edition": 1})
    assert page.status_code == 200
    assert "Say in one public sentence what has changed." in page.content.decode()
    assert Article.objects.get(pk=article.pk).edition == 1


def test_publishing_over_somebody_elses_publication_asks_to_look_again(client, editor):
    article = make_article()
    version = article.draft.save_version(by=editor)
    article.draft.save_version(by=editor).publish(by=editor, kind="update", note="Faster.")
    url = reverse("admin:articles_version_publish", args=[version.pk])
    page = client.post(url, {"kind": "update", "note": "Slower.", "edition": 1}).content.decode()
    assert "Another version was published since" in page
    assert 'name="edition" value="2"' in page
    assert Article.objects.get(pk=article.pk).edition == 2


def test_a_first_publication_can_be_scheduled_but_not_in_the_past(client, editor):
    article = make_article(publish=False)
    version = article.draft.save_version(by=editor)
    url = reverse("admin:articles_version_publish", args=[version.pk])
    at = timezone.now().replace(second=0, microsecond=0)
    page = client.post(url, {"at": f"{at - timedelta(days=1):%Y-%m-%dT%H:%M}", "edition": 0})
    assert "This time has passed" in page.content.decode()
    client.post(url, {"at": f"{at + timedelta(days=1):%Y-%m-%dT%H:%M}", "edition": 0})
    article.refresh_from_db()
    assert article.publish_at == at + timedelta(days=1)
    assert article.public_state == "scheduled"


def test_the_second_of_two_editors_is_told_and_keeps_what_they_typed(client, editor):
    article = make_article(title="Shared", body="<p>One two three.</p>")
    opened = fields_of(article.draft)
    other = make_user("editor", display_name="Quick Quill")
    client.force_login(other)
    client.post(address(article.draft), opened | {"body": "<p>One two four.</p>"})
    client.force_login(editor)
    sources = {
        "sources-TOTAL_FORMS": 1,
        "sources-0-title": "Kept source",
        "sources-0-kind": "page",
        "sources-0-position": "",
    }
    answer = client.post(address(article.draft), opened | sources | {"body": "<p>One five three.</p>"})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Quick Quill saved this draft at" in page
    assert "&lt;p&gt;One five three.&lt;/p&gt;" in page and "Kept source" in page
    assert "<ins>five</ins>" in page and "<del>four.</del>" in page
    assert Draft.objects.get(article=article).body == "<p>One two four.</p>"
    # Having seen theirs, one may save.
    revision = re.search(r'name="revision" value="(\d+)"', page)[1]
    client.post(
        address(article.draft), opened | sources | {"body": "<p>One five four.</p>", "revision": revision}
    )
    draft = Draft.objects.get(article=article)
    assert (draft.body, draft.revision, draft.sources.count()) == ("<p>One five four.</p>", 2, 1)


def test_a_form_without_its_revision_saves_nothing(client, editor):
    article = make_article(title="Kept")
    page = client.post(address(article.draft), fields_of(article.draft, title="Lost", revision=""))
    assert page.status_code == 200
    assert Draft.objects.get(article=article).title == "Kept"


def test_rows_of_a_draft_are_exactly_the_rows_of_the_form(client, editor):
    first, second = make_person(), make_person()
    article = make_article(authors=[first])
    row = article.draft.bylines.get()
    client.post(
        address(article.draft),
        fields_of(
            article.draft,
            bylines=[
                {"id": row.pk, "position": 0, "person": first.pk, "role": "author", "DELETE": "on"},
                {"id": "999999", "position": "", "person": second.pk, "role": "editor"},
            ],
        ),
    )
    assert [(line.person, line.role) for line in article.draft.bylines.all()] == [(second, "editor")]


def test_what_an_article_cannot_hold_is_removed_and_named(client, editor):
    article = make_article()
    dirty = '<p style="color:red" onclick="x()">Hello</p><script>alert(1)</script><font>there</font>'
    answer = client.post(address(article.draft), fields_of(article.draft, body=dirty), follow=True)
    assert Draft.objects.get(article=article).body == "<p>Hello</p>there"
    page = answer.content.decode()
    assert "&lt;font&gt;, &lt;script&gt;" in page and "onclick, style" in page


def test_more_than_eight_tags_are_saved_with_a_warning(client, editor):
    article = make_article(tags=[f"Topic {number}" for number in range(9)])
    tags = list(article.draft.tags.values_list("pk", flat=True))
    page = client.post(address(article.draft), fields_of(article.draft, tags=tags), follow=True)
    assert "More than 8 tags" in page.content.decode()
    assert article.draft.tags.count() == 9


def test_another_articles_address_is_refused_in_words(client, editor):
    taken, article = make_article(), make_article(publish=False)
    page = client.post(address(article.draft), fields_of(article.draft, slug=taken.slug))
    assert "Another article has this address." in page.content.decode()


def test_the_address_of_a_published_article_stays(client, editor):
    article = make_article()
    client.post(address(article.draft), fields_of(article.draft, slug="elsewhere"))
    assert Draft.objects.get(article=article).slug == article.slug


def test_restoring_a_version_brings_its_text_back_and_keeps_what_the_draft_said(client, editor):
    person = make_person()
    article = make_article(title="First", authors=[person], tags=["Nerves"])
    client.post(address(article.draft), fields_of(article.draft, title="Second"))
    version = article.versions.get(number=1)
    answer = client.post(reverse("admin:articles_version_restore", args=[version.pk]), follow=True)
    draft = Draft.objects.get(article=article)
    assert (draft.title, draft.bylines.get().person, draft.tags.get().name) == ("First", person, "Nerves")
    assert article.versions.get(number=2).title == "Second"
    assert "kept as version 2" in answer.content.decode()
    assert Article.objects.get(pk=article.pk).edition == 1


def test_retiring_needs_a_reason_and_can_be_taken_back(client, editor):
    article = make_article()
    url = reverse("admin:articles_article_move", args=[article.pk])
    assert "errorlist" in client.post(url, {"action": "retire", "note": " "}).content.decode()
    client.post(url, {"action": "retire", "note": "Superseded."})
    assert client.get(article.get_absolute_url()).status_code == 410
    page = client.post(url, {"action": "retire", "note": "Again."}).content.decode()
    assert "cannot be changed by" in page
    client.post(url, {"action": "restore", "note": "Wrongly retired."})
    assert client.get(article.get_absolute_url()).status_code == 200
    assert [move.note for move in article.status_changes.all()] == ["Wrongly retired.", "Superseded."]


def test_a_reviewer_records_a_review_but_not_of_an_own_piece(client):
    reviewer = make_user("medical reviewer")
    person = make_person(user=reviewer)
    client.force_login(reviewer)
    own, other = make_article(authors=[person]), make_article()
    for article in (own, other):
        url = reverse("admin:articles_article_review", args=[article.pk])
        assert f'value="{person.pk}" selected' in client.get(url).content.decode()
        page = client.post(url, {"reviewer": person.pk, "months": 12}, follow=True)
        words = "cannot review it" if article is own else "The next review is due"
        assert words in page.content.decode()
    assert [review.article for review in Review.objects.all()] == [other]
    # Nor under somebody else's name.
    url = reverse("admin:articles_article_review", args=[own.pk])
    page = client.post(url, {"reviewer": make_person().pk, "months": 12}).content.decode()
    assert "somebody else has to record" in page


def test_an_author_sees_and_opens_own_drafts_only(client):
    author = make_user("author")
    own = make_article(title="Mine alone", created_by=author, publish=False)
    other = make_article(title="Not mine", created_by=make_user("author"), publish=False)
    version = other.draft.save_version(by=None)
    client.force_login(author)
    page = client.get(reverse("admin:articles_draft_changelist")).content.decode()
    assert "Mine alone" in page and "Not mine" not in page
    index = client.get(reverse("admin:index")).content.decode()
    assert "Mine alone" in index and "Not mine" not in index
    assert client.get(address(own.draft)).status_code == 200
    assert client.get(address(other.draft)).status_code == 404
    assert client.post(address(other.draft), fields_of(other.draft, title="Taken")).status_code == 404
    for name in ("change", "restore"):
        url = reverse(f"admin:articles_version_{name}", args=[version.pk])
        assert client.get(url).status_code == client.post(url).status_code == 404
    assert Draft.objects.get(article=other).title == "Not mine"


def test_an_author_cannot_publish_even_by_posting_the_button(client):
    author = make_user("author")
    own = make_article(created_by=author, publish=False)
    client.force_login(author)
    answer = client.post(address(own.draft), fields_of(own.draft, _publish="Publish…"))
    assert answer.url == address(own.draft)
    version = own.draft.save_version(by=author)
    url = reverse("admin:articles_version_publish", args=[version.pk])
    assert client.post(url, {"edition": 0}).status_code == 403
    assert not Article.objects.get(pk=own.pk).is_public()


def test_an_author_starts_articles_never_pages(client):
    client.force_login(make_user("author"))
    client.post(reverse("admin:articles_draft_add"), fields_of(kind="page"))
    assert Draft.objects.get(title="Hiccups").article.kind == "article"


def test_a_version_is_read_as_it_would_be_printed(client, editor):
    body = '<div class="callout callout-emergency"><p>Call.</p></div>'
    article = make_article(body=body, authors=[make_person(name="Ana Writer", post_nominals="MD")])
    page = client.get(reverse("admin:articles_version_change", args=[article.live_version_id]))
    assert '<p class="callout__label">Emergency</p>' in page.content.decode()
    assert "Ana Writer, MD" in page.content.decode()


@pytest.mark.parametrize("state", ["never", "live", "newer", "scheduled", "retired", "nonsense"])
def test_drafts_are_filtered_by_what_the_public_has(client, editor, state):
    make_article(title="Shown never", publish=False)
    make_article(title="Shown live")
    make_article(title="Shown newer").draft.save()
    make_article(title="Shown scheduled", at=timezone.now() + timedelta(days=1))
    make_article(title="Shown retired").move("retire", by=editor, note="x")
    page = client.get(reverse("admin:articles_draft_changelist"), {"state": state}).content.decode()
    shown = set(re.findall(r">Shown (\w+)</a>", page))
    expected = {"live": {"live", "newer"}, "nonsense": {"never", "live", "newer", "scheduled", "retired"}}
    assert shown == expected.get(state, {state})


@pytest.mark.parametrize("model", ["draft", "article", "version", "image", "person", "tag"])
def test_lists_cost_the_same_for_5_and_for_50(client, editor, model, django_assert_num_queries):
    def fill(count):
        for _ in range(count):
            make_article(authors=[make_person()], tags=[f"Tag {Version.objects.count()}"], created_by=editor)

    url = reverse(f"admin:articles_{model}_changelist")
    fill(5)
    client.get(url)
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    fill(45)
    with django_assert_num_queries(len(few)):
        client.get(url)


@pytest.mark.parametrize(
    "changes",
    [
        {"title": "a\x00b"},
        {"body": "x" * 65536 + "\ud7ff" + "<p>" * 2000},
        {"lead_image": "9" * 40},
        {"tags": ["9" * 40, "x"]},
        {"revision": "9" * 40},
        {"bylines-TOTAL_FORMS": "x"},
        {"title": "\u0958" * 200},
        {"slug": "../../x"},
    ],
)
def test_odd_input_is_answered_with_the_form(client, editor, changes):
    article = make_article()
    answer = client.post(address(article.draft), fields_of(article.draft, **changes))
    assert answer.status_code in {200, 302}


@pytest.mark.parametrize("pk", ["9" * 40, "x", "0", "-1"])
@pytest.mark.parametrize("model", ["draft", "version", "article"])
def test_rows_that_do_not_exist_are_404(client, editor, model, pk):
    assert client.get(f"/admin/articles/{model}/{pk}/change/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_of_editors_who_save_at_the_same_moment_exactly_one_wins():
    article = make_article(title="Contested")
    form, editors = fields_of(article.draft), [make_user("editor") for _ in range(4)]

    def save(user) -> int:
        client = Client()
        client.force_login(user)
        try:
            return client.post(address(article.draft), form | {"title": user.display_name}).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(editors)) as pool:
        answers = list(pool.map(save, editors))
    assert sorted(answers) == [200, 200, 200, 302]
    draft = Draft.objects.get(article=article)
    assert draft.revision == 1
    assert draft.title == draft.edited_by.display_name == editors[answers.index(302)].display_name
