"""What became of it: the commenter is answered when it is corrected, and so is who reported it."""

import json

import pytest
from django.core import mail
from django.db import connection
from django.urls import path

from articles.models import Correction
from comments import jobs
from comments.models import CannedReply, Comment, CorrectionRequest, Decision, Report, Thread
from comments.models.correction import CANNED
from healthnews import urls
from tests.articles.test_admin_corrections import new_edition
from tests.comments.conftest import work
from tests.comments.corrections.conftest import address_of, comment_on, send
from tests.factories import make_user

pytestmark = pytest.mark.django_db


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


def reported(comment, note="The dose is wrong, see https://example.org/dose.", reason="mistake") -> Report:
    return Report.file(comment, reason=reason, by=make_user(display_name="Rita"), note=note)[0]


# What readers say in their reports


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
