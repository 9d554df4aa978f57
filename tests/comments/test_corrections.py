"""From a comment to the editors and back: sent by one key, seen at the desk, answered when it is corrected."""

import json
import re

import pytest
from django.core import mail
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext
from django.urls import path

from articles.models import Correction
from comments import corrections, jobs
from comments.models import CannedReply, Comment, CorrectionRequest, Decision, Report, Thread
from comments.models.correction import CANNED
from healthnews import urls
from tests.articles.test_admin_corrections import new_edition
from tests.comments.test_reports import work
from tests.factories import make_article, make_comment, make_user
from tests.healthnews.payloads import assert_whole, payloads

pytestmark = pytest.mark.django_db
BODY = """<p>Most twitches are harmless. Magnesium tablets help nearly everybody who has cramps at night.</p>
<p>Coffee makes it worse, and so does little sleep.</p>"""


@pytest.fixture
def moderator(client):
    user = make_user("moderator", display_name="Mo Derator")
    client.force_login(user)
    return user


@pytest.fixture
def article():
    return make_article(title="Twitching", body=BODY)


def comment_on(article, body="> Coffee makes it worse\nNo trial says so: https://example.org/trial.", **more):
    return make_comment(article, make_user(display_name="Ada"), body=body, **more)


def address_of(comment) -> str:
    return f"/moderation/comments/{comment.pk}/correction/"


def send(comment, by=None, **changes) -> CorrectionRequest:
    said = {"passage": "Coffee makes it worse", "claim": "No trial says so."} | changes
    return CorrectionRequest.send(comment, by=by or make_user("moderator"), **said)


def fixed(comment, by=None) -> CorrectionRequest:
    """Sent, and marked as corrected by an editor."""
    request = send(comment, by)
    version = new_edition(comment.article)
    request.correction.fix(by=make_user("editor"), version=version)
    return request


def run() -> int:
    return jobs.take_up_corrections(timestamp=0)


def mails() -> list:
    """The mails that wait as jobs, sent."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args FROM procrastinate_jobs WHERE task_name = 'comments.mail_correction' ORDER BY id"
        )
        rows = cursor.fetchall()
    for (args,) in rows:
        jobs.mail_correction(**json.loads(args))
    return mail.outbox


# What the form begins with


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("> Coffee makes it\n> worse\nNo.\n> Later.", "Coffee makes it worse"),
        ("Hello.\n> > Twice quoted.", "Twice quoted."),
        ("No quote > here", ""),
        ("", ""),
    ],
)
def test_the_first_quote_is_the_passage(text, quote):
    assert corrections.quoted(text) == quote


def test_without_a_quote_it_is_the_sentence_that_shares_most_words():
    text = "Most twitches are harmless. Magnesium tablets help cramps at night. Dose 2.5 mg. See a doctor!"
    assert corrections.nearest("MAGNÉSIUM tablets do not help against cramps", text) == (
        "Magnesium tablets help cramps at night."
    )
    assert corrections.nearest("I like this article", text) == ""
    assert corrections.nearest("", text) == ""
    alike = "Warm milk before sleeping. Warm milk while sleeping."
    assert corrections.nearest("warm milk, sleeping", alike) == "Warm milk before sleeping."


def test_a_long_text_is_cut_between_words():
    cut = corrections.shortened("word " * 300, 500)
    assert len(cut) <= 500
    assert cut.endswith("word…")


def test_links_are_those_that_the_comment_prints(article):
    comment = comment_on(
        article, "See https://example.org/?a=1&b=2, javascript:alert(1) and https://example.org/?a=1&b=2"
    )
    assert corrections.beginning(comment).links == ["https://example.org/?a=1&b=2"]


# Sending


def test_one_button_sends_quote_words_links_and_version_to_the_editors(client, moderator, article):
    comment = comment_on(article)
    page = client.get(address_of(comment)).content.decode()
    assert re.search(r'<button[^>]* data-key="c"', page)
    passage = re.search(r'name="passage"[^>]*>\n(.*?)</textarea>', page, re.S)[1]
    note = re.search(r'name="note"[^>]*>\n(.*?)</textarea>', page, re.S)[1]
    assert passage == "Coffee makes it worse"
    assert note == "No trial says so: https://example.org/trial."
    answer = client.post(address_of(comment), {"passage": passage, "note": note})
    assert (answer.status_code, answer.url) == (303, f"/moderation/comments/{comment.pk}/")
    correction = Correction.objects.get()
    assert (correction.article, correction.version) == (article, article.live_version)
    assert (correction.passage, correction.claim) == (passage, note)
    assert correction.links == ["https://example.org/trial"]
    request = CorrectionRequest.objects.get()
    assert (request.comment, request.by) == (comment, moderator)


def test_the_part_for_the_card_is_the_form_and_then_what_became_of_it(article, moderator):
    comment = comment_on(article, "Magnesium tablets do not help anybody with cramps.")
    needs = {"comment": comment, "csrf_token": "t"}
    html = render_to_string("moderation/_correction.html", needs | {"correction_request": None})
    assert "Magnesium tablets help nearly everybody who has cramps at night." in html
    send(comment, moderator)
    request = CorrectionRequest.objects.of(comment)
    html = render_to_string("moderation/_correction.html", needs | {"correction_request": request})
    assert 'name="passage"' not in html
    assert "Not looked at yet" in html
    assert "Mo Derator" in html


def test_the_part_asks_nothing_when_the_article_is_at_hand(article):
    comment = Comment.objects.select_related("article", "text", "waiting_text").get(pk=comment_on(article).pk)
    with CaptureQueriesContext(connection) as queries:
        render_to_string("moderation/_correction.html", {"comment": comment, "correction_request": None})
    assert len(queries) == 0


def test_it_is_sent_once(client, moderator, article):
    comment = comment_on(article)
    for status in (303, 409):
        answer = client.post(address_of(comment), {"passage": "Typed <b>", "note": "Again."})
        assert answer.status_code == status
    page = answer.content.decode()
    assert "sent to the editors already" in page
    assert "Typed &lt;b&gt;" in page
    assert Correction.objects.count() == 1


def test_what_was_sent_by_mistake_is_taken_back_and_can_be_sent_again(client, moderator, article):
    comment = comment_on(article)
    send(comment, moderator)
    card = f"/moderation/comments/{comment.pk}/"
    assert "Take it back from the editors" in client.get(card).content.decode()
    got = client.post(address_of(comment), {"take_back": "1"})
    assert (got.status_code, got.url) == (303, card)
    first = CorrectionRequest.objects.get()
    assert (first.taken_back_by, first.correction.state) == (moderator, "recalled")
    page = client.get(card).content.decode()
    assert "Send it to the editors" in page
    assert "Taken back from the editors" in client.get("/moderation/log/").content.decode()
    assert "Taken back" in client.get("/moderation/corrections/").content.decode()
    assert "<b>0</b> with the editors" in client.get("/moderation/corrections/").content.decode()
    # The editors have nothing to do with it any more.
    editor = make_user("editor")
    with pytest.raises(ValueError, match="Mo Derator has decided this already: taken back"):
        first.correction.accept(by=editor)
    client.force_login(editor)
    record = client.get(f"/admin/articles/correction/{first.correction_id}/change/").content.decode()
    assert "Taken back" in record
    assert "Somebody works on it" not in record
    send(comment, moderator)
    assert CorrectionRequest.objects.of(comment).correction.state == "open"


def test_what_an_editor_works_on_is_not_taken_back(client, moderator, article):
    comment = comment_on(article)
    send(comment, moderator)
    correction = Correction.objects.get()
    correction.accept(by=make_user("editor", display_name="Edda"))
    assert (
        "Take it back from the editors"
        not in client.get(f"/moderation/comments/{comment.pk}/").content.decode()
    )
    got = client.post(address_of(comment), {"take_back": "1"})
    assert got.status_code == 409
    assert "Edda has decided this already: being worked on." in got.content.decode()
    assert CorrectionRequest.objects.get().taken_back_at is None


def test_what_was_never_sent_is_not_taken_back(client, moderator, article):
    got = client.post(address_of(comment_on(article)), {"take_back": "1"})
    assert got.status_code == 409
    assert "never sent" in got.content.decode()


def test_what_its_author_took_back_is_not_sent(client, moderator, article):
    comment = comment_on(article)
    comment.withdraw(by=comment.author, version=comment.version)
    assert "Its author has taken this comment back." in client.get(address_of(comment)).content.decode()
    assert client.post(address_of(comment), {"passage": "x"}).status_code == 409
    assert not Correction.objects.exists()


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "Quote the passage"),
        ({"passage": " ", "note": "\u202e"}, "Quote the passage"),
        ({"passage": "x" * 501, "note": "kept"}, "The passage of the article: "),
        ({"passage": "kept", "note": "x" * 1_001}, "What is wrong with it: "),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(client, moderator, article, sent, words):
    answer = client.post(address_of(comment_on(article)), sent)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert words in page
    assert "kept" not in sent.values() or "\nkept</textarea>" in page
    assert not Correction.objects.exists()


def test_only_moderators_send_and_see(client, article):
    comment = comment_on(article)
    for address in (address_of(comment), "/moderation/corrections/"):
        assert client.get(address).url.startswith("/accounts/login/")
        for role in ("", "author", "editor", "medical reviewer"):
            client.force_login(make_user(role))
            assert client.get(address).status_code == 404
            assert client.post(address, {"passage": "x"}).status_code in {404, 405}
        client.logout()
    client.force_login(make_user("moderator"))
    assert client.get("/moderation/comments/99999999999999999999/correction/").status_code == 404
    assert not Correction.objects.exists()


def test_what_strangers_type_is_harmless_at_both_desks(client, moderator, article, shared):
    editor = make_user("editor")
    for payload in payloads(shared)[::9]:
        client.force_login(moderator)
        comment = comment_on(article, f"> {payload}\n{payload}", status="pending")
        assert_whole(client.get(address_of(comment)).content.decode())
        assert_whole(
            client.post(address_of(comment), {"passage": payload, "note": payload * 600}).content.decode()
        )
        begun = corrections.beginning(comment)
        assert client.post(
            address_of(comment), {"passage": begun.passage, "note": begun.note}
        ).status_code in {303, 422}
        assert_whole(client.get(address_of(comment)).content.decode())
        client.force_login(editor)
        correction = Correction.objects.first()
        page = f"/admin/articles/correction/{correction.pk}/change/"
        assert_whole(client.get(page).content.decode(), around=("h1",))
        assert client.post(page, {"action": "decline", "answer": payload}).status_code in {302, 422}
    assert Correction.objects.count() > 10
    assert_whole(client.get("/admin/articles/correction/").content.decode(), around=("h1",))
    client.force_login(moderator)
    assert_whole(client.get("/moderation/corrections/").content.decode())


# What became of it


def test_when_it_is_corrected_the_commenter_is_answered_and_told(article, moderator, settings):
    comment = comment_on(article)
    before = Thread.of(article)
    request = fixed(comment, moderator)
    assert run() == 1
    request.refresh_from_db()
    answer = request.answer
    assert (answer.parent, answer.author, answer.status) == (comment, moderator, "published")
    assert answer.mark == "staff"
    assert answer.text.body.startswith("Thank you, Ada:")
    assert answer.text.body.endswith(f"{settings.SITE_URL}/articles/{article.slug}/")
    assert (Thread.of(article).published_count, Thread.of(article).version > before.version) == (2, True)
    decision = Decision.objects.get(comment=answer)
    assert (decision.by, decision.canned_reply.key) == (moderator, CANNED)
    assert CannedReply.objects.get(key=CANNED).use_count == 1
    [message] = mails()
    assert message.to == [comment.author.email]
    assert message.subject == "“Twitching” was corrected: thank you"
    assert f"{settings.SITE_URL}/articles/{article.slug}/" in message.body
    assert "A number was wrong." in message.body
    assert f"/comments/{answer.pk}/" in message.body
    assert message.extra_headers["Message-ID"].startswith(f"<correction-{request.pk}.")


def test_it_happens_once_however_often_the_job_runs(article):
    fixed(comment_on(article))
    assert [run(), run()] == [1, 0]
    assert Comment.objects.count() == 2
    assert len(mails()) == 1


def test_what_is_still_with_the_editors_is_left_alone(article):
    request = send(comment_on(article))
    assert run() == 0
    request.correction.accept(by=make_user("editor"))
    assert run() == 0
    request.refresh_from_db()
    assert request.answered_at is None


def test_what_was_declined_is_seen_at_the_desk_and_nobody_is_written_to(client, moderator, article):
    request = send(comment_on(article), moderator)
    request.correction.decline(by=make_user("editor"), answer="The <guideline> says it too.")
    assert run() == 1
    assert mails() == []
    assert Comment.objects.count() == 1
    page = client.get("/moderation/corrections/").content.decode()
    assert "Nothing to correct" in page
    assert "The &lt;guideline&gt; says it too." in page
    assert "<b>0</b> with the editors" in page
    assert "<b>1</b> came back in the last week" in page


def difference(request, slug, pair):
    """Stands for the page with the difference between two editions."""


def test_the_link_leads_to_the_difference_where_there_is_such_a_page(article, monkeypatch, settings):
    request = fixed(comment_on(article))
    request = CorrectionRequest.objects.select_related("comment__article", "correction").get(pk=request.pk)
    assert request.where == f"/articles/{article.slug}/"
    page = path("articles/<slug:slug>/history/<str:pair>/", difference)
    settings.ROOT_URLCONF = type("Addresses", (), {"urlpatterns": [page, *urls.urlpatterns]})
    assert request.where == f"/articles/{article.slug}/history/1..2/"


def withdrawn(comment, moderator):
    comment.withdraw(by=comment.author, version=comment.version)


def out_of_use(comment, moderator):
    CannedReply.objects.filter(key=CANNED).update(is_active=False)


def no_moderator(comment, moderator):
    moderator.groups.clear()


@pytest.mark.parametrize("happened", [withdrawn, out_of_use, no_moderator])
def test_where_an_answer_has_no_place_the_commenter_is_told_by_mail_alone(client, article, happened):
    comment, moderator = comment_on(article), make_user("moderator")
    request = fixed(comment, moderator)
    happened(comment, moderator)
    assert run() == 1
    request.refresh_from_db()
    assert request.answered_at is not None
    assert request.answer is None
    [message] = mails()
    assert "answered under your comment" not in message.body
    client.force_login(make_user("moderator"))
    assert "no answer was published" in client.get("/moderation/corrections/").content.decode()


def test_who_takes_it_back_while_the_thread_is_waited_for_gets_no_answer_under_it(article, monkeypatch):
    comment, lock = comment_on(article), Thread.lock
    request = fixed(comment)

    def somebody_was_first(ids):
        monkeypatch.setattr(Thread, "lock", lock)
        comment.withdraw(by=comment.author, version=comment.version)
        lock(ids)

    monkeypatch.setattr(Thread, "lock", somebody_was_first)
    assert run() == 1
    request.refresh_from_db()
    assert request.answer is None
    assert Comment.objects.count() == 1


def test_who_never_signed_up_gets_no_mail(article):
    comment = comment_on(article)
    comment.author.set_unusable_password()
    comment.author.save()
    fixed(comment)
    run()
    assert mails() == []


def test_one_that_fails_does_not_keep_the_others_waiting(article, monkeypatch, caplog):
    first, second = fixed(comment_on(article)), fixed(comment_on(article, "Another one."))
    whole = CorrectionRequest._publish_answer

    def failing(self, site_url):
        if self.pk == first.pk:
            raise RuntimeError("no")
        return whole(self, site_url)

    monkeypatch.setattr(CorrectionRequest, "_publish_answer", failing)
    assert run() == 1
    assert f"correction request {first.pk} could not be taken up" in caplog.text
    monkeypatch.undo()
    assert run() == 1
    assert CorrectionRequest.objects.filter(answer__isnull=False).count() == 2
    assert second.pk > first.pk


# The list


def test_the_list_is_paged_by_cursor_and_costs_the_same(client, moderator, article):
    counts = []
    for size in (5, 45):
        for number in range(size):
            send(make_comment(article, moderator, body=f"Wrong {size} {number}."), moderator)
        with CaptureQueriesContext(connection) as queries:
            client.get("/moderation/corrections/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
    seen, address = [], "/moderation/corrections/"
    while address:
        page = client.get(address).content.decode()
        seen += re.findall(r'queue__who"><a href="/moderation/comments/(\d+)/', page)
        found = re.search(r'paging__after" href="([^"]+)"', page)
        address = found and "/moderation/corrections/" + found[1].replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == 50


def test_the_list_shows_one_state_or_all(client, moderator, article):
    send(comment_on(article), moderator, claim="Still open.")
    done = send(comment_on(article, "Another."), moderator, claim="Worked on.")
    done.correction.accept(by=make_user("editor"))
    page = client.get("/moderation/corrections/?state=accepted").content.decode()
    assert "Worked on." in page
    assert "Still open." not in page
    for asked in ({"state": "x", "after": "x"}, {"after": "OTk5OTk5OTk5OTk5OTk5OTk5OTk5"}):
        page = client.get("/moderation/corrections/", asked).content.decode()
        assert "Worked on." in page
        assert "Still open." in page


def test_an_older_site_gets_the_reply_that_is_published_by_itself_and_no_other():
    from healthnews import fresh_site

    CannedReply.objects.filter(key__in=[CANNED, "please-civil"]).delete()
    fresh_site.write()
    assert CannedReply.objects.filter(key=CANNED).count() == 1
    assert not CannedReply.objects.filter(key="please-civil").exists()
    CannedReply.objects.filter(key=CANNED).update(body="In our words.")
    fresh_site.write()
    assert CannedReply.objects.get(key=CANNED).body == "In our words."


# What readers say in their reports


def reported(comment, note="The dose is wrong, see https://example.org/dose.", reason="mistake") -> Report:
    return Report.file(comment, reason=reason, by=make_user(display_name="Rita"), note=note)[0]


def test_what_a_report_says_is_wrong_goes_to_the_editors_with_its_links(client, moderator, article):
    comment = comment_on(article, "I was there in May: https://example.org/may.")
    report = reported(comment, "Magnesium tablets do not help cramps, see https://example.org/dose.")
    reported(comment, "It is rude.", "abuse")
    form = client.get(address_of(comment)).content.decode()
    assert "Magnesium tablets do not help cramps, see" in form
    client.post(address_of(comment), {"as_begun": "1"})
    correction = Correction.objects.get()
    assert correction.claim.startswith(report.note.text)
    assert "I was there in May" in correction.claim
    assert "It is rude." not in correction.claim
    assert correction.passage == "Magnesium tablets help nearly everybody who has cramps at night."
    assert correction.links == ["https://example.org/dose", "https://example.org/may"]


def test_what_was_answered_already_is_not_sent(client, moderator, article):
    comment = comment_on(article, "I was there in May.")
    reported(comment)
    comment.refresh_from_db()
    comment.decide("keep", by=moderator, version=comment.version)
    client.post(address_of(comment), {"as_begun": "1"})
    assert Correction.objects.get().claim == "I was there in May."


def test_whoever_reported_the_mistake_is_told_when_it_is_corrected(moderator, article):
    comment = comment_on(article)
    report, other = reported(comment), reported(comment, "It is rude.", "abuse")
    fixed(comment, moderator)
    assert run() == 1
    run()
    work()
    told = [each for each in mail.outbox if "was corrected" in each.subject]
    assert {address for each in told for address in each.to} == {comment.author.email, report.reporter.email}
    assert other.reporter.email not in str([each.to for each in told])
    [letter] = [each for each in told if each.to == [report.reporter.email]]
    assert "you reported" in letter.body
    assert comment.text.plain not in letter.body
