"""Every payload through every door: the pages that come of it are whole, and nothing in them runs."""

import re
from io import StringIO
from xml.etree import ElementTree
from xml.sax.saxutils import escape

import pytest
from django.core.management import call_command
from django.urls import reverse

from articles.models import Article, Draft, Person, Tag
from comments import jobs, limits
from comments.models import CannedReply, Clause, Comment, Decision, LegalNotice, Report
from healthnews import markup
from tests.articles.test_admin_drafts import fields_of
from tests.factories import make_article, make_comment, make_person, make_user
from tests.healthnews.payloads import assert_whole, payloads, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def hostile(shared):
    found = payloads(shared)
    assert len(found) > 230
    return found


@pytest.fixture(autouse=True)
def nobody_is_too_fast(settings):
    settings.HN_POSTS_A_MINUTE = settings.HN_POSTS_AN_HOUR = 10_000


def whole(answer, *statuses) -> str:
    """The text of an answer that is a whole page of ours."""
    assert answer.status_code in (statuses or (200,)), answer.status_code
    page = answer.content.decode()
    assert_whole(page)
    return page


def thread_pages(client, article) -> list[str]:
    """All pages of a thread, looked at one by one."""
    pages, address = [], f"/articles/{article.slug}/comments/"
    while address:
        pages.append(whole(client.get(address)))
        found = re.search(r'href="([^"]*[?&](?:amp;)?after=[^"]*)"', pages[-1])
        address = found and found[1].replace("&amp;", "&")
        assert len(pages) < 100
    return pages


def seen_words(text: str) -> str:
    return " ".join(markup.tidy(text).split())


def test_comments_are_shown_as_typed_on_every_page_that_holds_them(client, hostile):
    article, moderator = make_article(), make_user("moderator")
    client.force_login(moderator)
    for payload in hostile:
        answer = client.post(f"/articles/{article.slug}/comments/", {"body": payload})
        assert answer.status_code == 303, payload
    last = make_comment(article, body="The last one is still here.")
    pages = thread_pages(client, article)
    text = " ".join(words(page) for page in pages)
    assert "The last one is still here." in text
    for payload in hostile:
        if not re.search(r"[*>]|https?://", payload.replace("<", "")):
            assert seen_words(payload) in text, payload
    for address in (article.get_absolute_url(), f"/articles/{article.slug}/comments/mine/"):
        whole(client.get(address))
    for comment in Comment.objects.filter(article=article).exclude(pk=last.pk)[::8]:
        whole(client.get(f"/articles/{article.slug}/comments/new/?parent={comment.pk}"))
        whole(client.get(f"/moderation/comments/{comment.pk}/"))


def test_edits_and_previews_are_harmless_and_the_form_holds_what_was_typed(client, hostile, monkeypatch):
    monkeypatch.setattr("comments.views.own.EDITS", ())  # more than anybody may change in a minute
    author = make_user()
    comment = make_comment(author=author, status="pending")
    client.force_login(author)
    address = f"/comments/{comment.pk}/edit/"
    for payload in hostile[::5] + hostile[-30:]:
        comment.refresh_from_db()
        answer = client.post(address, {"body": payload, "version": comment.version, "confirm": "1"})
        assert answer.status_code == 303, payload
        page = whole(client.get(address))
        assert seen_words(payload) in words(page)
        refused = client.post(address, {"body": payload * 2 + "y" * 5_000, "version": comment.version})
        assert seen_words(payload) in seen_words(words(whole(refused, 422)))
    whole(client.get(f"/articles/{comment.article.slug}/comments/mine/"))
    client.force_login(make_user("moderator"))
    whole(client.get(f"/moderation/comments/{comment.pk}/"))
    for payload in hostile:
        sent = {"body": payload, "discussion": comment.article.slug, "parent": payload}
        page = whole(client.post("/comments/preview/", sent))
        assert seen_words(payload) in words(page)
        part = client.post("/comments/preview/", sent, headers={"hx-request": "true"}).content.decode()
        assert_whole(f"<title></title>{part}", around=())


def test_names_of_readers_are_refused_in_words_or_shown_as_typed(client, hostile):
    user, article = make_user(), make_article()
    comment = make_comment(article, user)
    client.force_login(user)
    taken = 0
    for payload in hostile:
        answer = client.post("/accounts/profile/", {"display_name": payload})
        if answer.status_code == 303:
            taken += 1
            whole(client.get("/accounts/profile/"))
            page = whole(client.get(article.get_absolute_url()))
            user.refresh_from_db()
            assert " ".join(user.display_name.split()) in words(page)
        else:
            whole(answer, 422)
    assert taken > 20
    client.force_login(make_user("moderator"))
    whole(client.get(f"/moderation/comments/{comment.pk}/"))
    whole(client.get("/moderation/log/"))


def test_headlines_bylines_topics_and_bios_are_harmless_wherever_they_are_printed(client, hostile):
    step = hostile[::8] + hostile[-32:]
    articles = []
    for number, payload in enumerate(step):
        short = markup.tidy(payload)
        person = make_person(name=short[:110], bio=payload, job_title=short[:110], post_nominals=short[:70])
        tag = Tag.objects.get_or_create(
            key=Tag.make_key(short[:70]),
            defaults={"name": short[:70], "slug": f"tag-{number}", "description": payload},
        )[0]
        article = make_article(
            title=short[:180] or "x", dek=short[:250], body=markup.article_body(payload + "<p>The end.</p>"),
            authors=[person], publish=False, lead_caption=short[:200],
        )  # fmt: skip
        article.draft.tags.set([tag])
        article.draft.sources.create(title=short[:180] or "x", publisher=short[:90], kind="page", position=1)
        article.draft.save_version(by=None).publish(by=None, kind="first")
        articles.append(Article.objects.get(pk=article.pk))
        whole(client.get(articles[-1].get_absolute_url()))
        whole(client.get(person.get_absolute_url()))
        whole(client.get(tag.get_absolute_url()))
    for address in ("/", "/articles/", "/tags/", "/authors/", "/search/?q=end"):
        whole(client.get(address))
    for address in ("/feed/", "/sitemap.xml", articles[0].draft.tags.get().get_absolute_url() + "feed/"):
        ElementTree.fromstring(client.get(address).content)  # noqa: S314  our own feed
    client.force_login(make_user("editor"))
    for name in ("draft", "article", "version", "person", "tag"):
        page = client.get(reverse(f"admin:articles_{name}_changelist"))
        assert_whole(page.content.decode(), around=("h1",))


def test_the_desk_of_the_editors_shows_what_was_typed_and_runs_none_of_it(client, hostile):
    client.force_login(make_user("editor"))
    draft = make_article(publish=False).draft
    address = reverse("admin:articles_draft_change", args=[draft.pk])
    for payload in hostile[86::7] + hostile[-32:]:
        draft = Draft.objects.get(pk=draft.pk)
        sent = fields_of(
            draft, title=payload[:180], dek=payload[:250], body=payload, lead_caption=payload[:90]
        )
        answer = client.post(address, sent, follow=True)
        assert answer.status_code == 200
        assert_whole(answer.content.decode(), around=("h1",))
    person = make_person()
    address = reverse("admin:articles_person_change", args=[person.pk])
    for payload in hostile[::20] + hostile[-32:]:
        sent = {"name": payload[:110], "slug": person.slug, "bio": payload, "credentials-TOTAL_FORMS": 0}
        answer = client.post(address, sent | {"credentials-INITIAL_FORMS": 0}, follow=True)
        assert answer.status_code == 200
        assert_whole(answer.content.decode(), around=("h1",))
        whole(client.get(Person.objects.get(pk=person.pk).get_absolute_url()))


def test_a_question_to_the_search_is_printed_as_it_was_asked(client, hostile):
    make_article(title="Alert and script", body="<p>alert script img svg onerror</p>")
    for payload in hostile:
        whole(client.get("/search/", {"q": payload}))
    for payload in hostile[::6]:
        for name in ("tag", "author", "year", "after"):
            whole(client.get("/search/", {"q": "alert", name: payload}))
        whole(client.get("/articles/", {"year": payload, "after": payload, "before": payload}))


def test_the_desk_of_the_moderators_and_its_mails_are_harmless(client, hostile, settings, tmp_path):
    settings.KEEP_MAIL, settings.KEPT_MAIL_DIR = True, tmp_path
    settings.EMAIL_BACKEND = "healthnews.kept_mail.EmailBackend"
    moderator, author, article = make_user("moderator"), make_user(), make_article()
    client.force_login(moderator)
    CannedReply.objects.filter(is_active=True).update(body=OWN_REPLY)
    for number, payload in enumerate(hostile[::8] + hostile[-32:]):
        comment = make_comment(article, author, status="pending", body=payload)
        sent = {"version": comment.version, "note": payload}
        publish = number % 2
        sent |= {"action": "publish", "reply": payload} if publish else {"action": "reject", "clause": 1}
        sent |= {} if publish else {"message": payload}
        address = f"/moderation/comments/{comment.pk}/"
        whole(client.get(address))
        whole(client.post(f"{address}decisions/", sent | {"action": payload}), 422)
        assert client.post(f"{address}decisions/", sent).status_code == 303
        whole(client.get(address))
    for decision in Decision.objects.exclude(action="submit"):
        jobs.mail_decision(decision_id=decision.pk)
    for address in ("/moderation/", "/moderation/log/", "/moderation/replies/", "/demo/mail/"):
        whole(client.get(address))
    thread_pages(client, article)
    client.force_login(author)
    whole(client.get(f"/articles/{article.slug}/comments/mine/"))


def test_reports_notices_and_appeals_are_harmless_for_everybody_who_reads_them(
    client, hostile, settings, tmp_path, monkeypatch
):
    settings.KEEP_MAIL, settings.KEPT_MAIL_DIR = True, tmp_path
    settings.EMAIL_BACKEND = "healthnews.kept_mail.EmailBackend"
    monkeypatch.setattr(limits, "spend", lambda *args: None)
    article, author, clause = make_article(), make_user(), Clause.objects.get(number=1)
    moderator, other = make_user("moderator"), make_user("moderator")
    parts = {"hx-request": "true"}
    for number, payload in enumerate(each[:1_900] for each in hostile[::16] + hostile[-32:]):
        comment, reader = make_comment(article, author, body=f"Comment {number}."), make_user()
        address, typed = f"/comments/{comment.pk}/", markup.tidy(payload)
        client.logout()
        notice = {"reason": "illegal", "note": payload, "good_faith": "on", "email": "a@example.org"}
        notice |= {"name": typed[:120].strip() or "x", "provision": typed[:300]}
        whole(client.post(f"{address}report/", notice | {"email": payload}), 422)
        whole(client.post(f"{address}report/", notice))
        client.force_login(reader)
        page = whole(client.post(f"{address}report/", {"reason": payload, "note": payload}), 422)
        assert seen_words(payload) in seen_words(words(page))
        sent = {"reason": "abuse", "note": payload}
        part = client.post(f"{address}report/", sent, headers=parts).content.decode()
        assert_whole(f"<title></title>{part}", around=())
        comment.refresh_from_db()
        comment.decide("remove", by=moderator, version=comment.version, clause=clause, message=typed)
        whole(client.get(f"{address}decision/"))
        client.force_login(author)
        page = whole(client.get(f"{address}decision/"))
        assert "\n" in typed or seen_words(payload) in words(page)
        assert client.get(f"{address}decision/?format=json").json()["message"] == typed
        refused = client.post(f"{address}appeal/", {"text": payload + "y" * 2_000})
        assert seen_words(payload) in seen_words(words(whole(refused, 422)))
        assert client.post(f"{address}appeal/", {"text": payload}).status_code == 303
        comment.refresh_from_db()
        comment.decide("overturn", by=other, version=comment.version, message=typed)
    for decision in Decision.objects.exclude(action="submit"):
        jobs.mail_decision(decision_id=decision.pk)
    for report in Report.objects.all():
        jobs.mail_report_answered(report_id=report.pk, decision_id=report.answered_by_id)
    for notice in LegalNotice.objects.all():
        jobs.acknowledge_notice(notice_id=notice.pk)
    for address in ("/demo/mail/", "/comments/mine/", "/comments/help/"):
        whole(client.get(address))
    client.force_login(make_user())
    for payload in hostile[:60]:
        whole(client.get("/comments/help/", {"country": payload}, headers={"Accept-Language": "en-GB"}))


OWN_REPLY = "<script>alert(1)</script> {{ name }} <img src=x onerror=alert(1)>"


def test_what_an_import_brings_is_harmless(client, hostile, tmp_path):
    # Section marks inside section marks are the reader's business (test_import_wxr.py).
    hostile = [text for text in hostile if "<![CDATA[" not in text]
    file = tmp_path / "old.xml"
    file.write_text(_export(hostile), "utf-8")
    call_command("import_wordpress", str(file), stdout=StringIO(), stderr=StringIO())
    articles = list(Article.objects.filter(source_key__startswith="wp:"))
    assert len(articles) == len(hostile)
    for article in articles:
        page = whole(client.get(article.get_absolute_url()))
        assert (
            "A comment that is still here." in page
        )  # an open <script> may have taken the end of its own text
    for address in ("/", "/articles/", "/tags/", "/authors/", "/search/?q=end"):
        whole(client.get(address))


def _cdata(text: str) -> str:
    """As an exporter writes it; what XML cannot hold is left out."""
    text = "".join(
        char
        for char in text
        if char in "\t\n" or "\x20" <= char < "\ud800" or "\ue000" <= char < "\ufffe" or char > "\uffff"
    )
    return "<![CDATA[" + text.replace("]]>", "]]]]><![CDATA[>") + "]]>"


def _export(texts: list[str]) -> str:
    items = []
    for number, text in enumerate(texts, 1):
        comments = "".join(
            f"<wp:comment><wp:comment_id>{number}{place}</wp:comment_id><wp:comment_author>{_cdata(name)}"
            "</wp:comment_author><wp:comment_date_gmt>2016-05-11 06:30:00</wp:comment_date_gmt>"
            f"<wp:comment_content>{_cdata(content)}</wp:comment_content><wp:comment_approved>1"
            "</wp:comment_approved><wp:comment_parent>0</wp:comment_parent></wp:comment>"
            for place, (name, content) in enumerate(
                [(text[:100], text), ("Ann", "A comment that is still here.")]
            )
        )
        items.append(
            f"<item><title>{_cdata(text[:150])}</title><link>https://old.example.org/{number}/</link>"
            f"<dc:creator>zoe</dc:creator><content:encoded>{_cdata(text + chr(10) + '<p>The end of it.</p>')}"
            f"</content:encoded><wp:post_id>{number}</wp:post_id><wp:post_date_gmt>2016-05-10 06:30:00"
            f"</wp:post_date_gmt><wp:post_name>post-{number}</wp:post_name><wp:status>publish</wp:status>"
            f'<wp:post_type>post</wp:post_type><category domain="post_tag" nicename="t{number}">'
            f"{_cdata(text[:60])}</category>{comments}</item>"
        )
    spaces = {
        "excerpt": "http://wordpress.org/export/1.2/excerpt/",
        "content": "http://purl.org/rss/1.0/modules/content/",
        "dc": "http://purl.org/dc/elements/1.1/",
        "wp": "http://wordpress.org/export/1.2/",
    }
    names = " ".join(f'xmlns:{name}="{address}"' for name, address in spaces.items())
    author = f"<wp:author><wp:author_login>zoe</wp:author_login><wp:author_display_name>{_cdata(texts[0])}</wp:author_display_name></wp:author>"
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" {names}><channel><title>{escape(texts[1])}</title>'
        "<link>https://old.example.org</link><wp:wxr_version>1.2</wp:wxr_version>"
        "<wp:base_site_url>https://old.example.org</wp:base_site_url>"
        f"<wp:base_blog_url>https://old.example.org</wp:base_blog_url>{author}{''.join(items)}</channel></rss>"
    )
