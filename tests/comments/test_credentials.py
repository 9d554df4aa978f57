"""Verified professionals: who asks, who decides, what stands beside a name and until when."""

import json
import re
from datetime import date, timedelta

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments import jobs
from comments.models import Comment, Credential, CredentialRequest, Mark, Remark, Undecidable
from tests.factories import make_article, make_comment, make_person, make_user, verdict
from tests.healthnews.payloads import assert_whole, payloads

pytestmark = pytest.mark.django_db
ASKED = {
    "kind": "nurse",
    "registered_name": "Nuala Registered",
    "issuer": "Nursing and Midwifery Council",
    "reference": "00X0000Z",
    "jurisdiction": "UK",
}


def in_days(days: int) -> date:
    return timezone.localdate() + timedelta(days=days)


def verify(user, **changes) -> Credential:
    fields = {
        "kind": "nurse",
        "label": "Registered nurse, UK",
        "issuer": "Nursing and Midwifery Council",
        "jurisdiction": "UK",
        "expires_on": in_days(200),
    } | changes
    return Credential.verify(user, by=fields.pop("by", None) or make_user("administrator"), **fields)


def request_of(user=None, **changes) -> CredentialRequest:
    return CredentialRequest.ask(user or make_user(), **(ASKED | changes))


def acceptance(**changes) -> dict:
    return {
        "action": "accept",
        "label": "Registered nurse, UK",
        "issuer": "NMC",
        "jurisdiction": "UK",
        "expires_on": in_days(100).isoformat(),
        "seen": "The register.",
    } | changes


def jobs_of(name: str) -> list[dict]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT args FROM procrastinate_jobs WHERE task_name = %s ORDER BY id", [name])
        return [json.loads(args) for (args,) in cursor.fetchall()]


# The mark


def test_the_mark_is_printed_and_frozen_when_it_is_posted(client):
    nurse, article = make_user(display_name="Nora"), make_article()
    before = make_comment(article, nurse, body="Before anybody looked.")
    credential = verify(nurse)
    comment = make_comment(article, nurse, body="After it.")
    assert (comment.mark, comment.mark_label) == (Mark.EXPERT, "Verified: Registered nurse, UK")
    assert before.mark == ""
    page = client.get(article.get_absolute_url()).content.decode()
    assert page.count("Verified: Registered nurse, UK") == 1
    assert re.search(r'id="comment-\d+" class="comment comment--expert"', page)
    credential.revoke(by=make_user("administrator"), reason="The registration was cancelled.")
    later = make_comment(article, nurse, body="After it was taken back.")
    assert later.mark == ""
    comment.refresh_from_db()
    assert comment.mark_label == "Verified: Registered nurse, UK"


def test_the_last_day_counts_and_the_day_after_gives_no_mark():
    nurse = make_user()
    last = verify(nurse, expires_on=in_days(1)).expires_on
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        assert Credential.objects.in_force(nurse, last).exists()
        assert make_comment(author=nurse).mark == Mark.EXPERT
    with time_machine.travel(timezone.now() + timedelta(days=2), tick=False):
        assert not Credential.objects.in_force(nurse, timezone.localdate()).exists()
        assert make_comment(author=nurse).mark == ""


def test_what_is_written_in_the_past_carries_no_mark_of_today():
    nurse, article = make_user(), make_article()
    verify(nurse)
    long_ago = timezone.now() - timedelta(days=30)
    comment = Comment.submit(article=article, by=nurse, body="x", verdict=verdict(), at=long_ago)
    assert comment.mark == ""


def test_author_and_staff_come_before_the_profession():
    person = make_person(user=make_user("author"), post_nominals="MD")
    article = make_article(authors=[person])
    moderator = make_user("moderator")
    for user in (person.user, moderator):
        verify(user, kind="physician", label="Physician, UK")
    assert make_comment(article, person.user).mark == Mark.AUTHOR
    assert make_comment(article, moderator).mark == Mark.STAFF


def test_posting_costs_a_reader_one_query_more_whatever_they_hold():
    article, counts = make_article(), []
    for held in (0, 1, 5):
        user = make_user()
        for _ in range(held):
            verify(user)
        make_comment(article, user)
        user = type(user).objects.get(pk=user.pk)
        with CaptureQueriesContext(connection) as queries:
            make_comment(article, user)
        asked = [query["sql"] for query in queries if "comments_credential" in query["sql"]]
        assert len(asked) == 1
        counts.append(len(queries))
    assert len(set(counts)) == 1


def test_each_discussion_says_once_who_is_not_verified(client):
    article = make_article()
    for _ in range(3):
        make_comment(article)
    words = (
        "Readers here are not verified as health professionals unless “Verified” stands beside their name."
    )
    for address in (article.get_absolute_url(), f"/articles/{article.slug}/comments/"):
        assert client.get(address).content.decode().count(words) == 1


# The door


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"expires_on": date(2020, 1, 1)}, "on a day to come"),
        ({"expires_on": date(3026, 1, 1)}, "within five years"),
        ({"label": "  "}, "how it is to be printed"),
        ({"label": "x" * 101}, "at most 100"),
    ],
)
def test_a_credential_lacks_nothing(changes, words):
    with pytest.raises(Undecidable, match=words):
        verify(make_user(), **changes)
    assert not Credential.objects.exists()


def test_nobody_verifies_themselves():
    boss = make_user("administrator")
    with pytest.raises(Undecidable, match="Somebody else"):
        verify(boss, by=boss)


def test_it_is_taken_back_once_with_a_reason():
    credential, boss = verify(make_user()), make_user("administrator")
    with pytest.raises(Undecidable, match="why"):
        credential.revoke(by=boss, reason=" ")
    credential.revoke(by=boss, reason="Struck off.")
    with pytest.raises(Undecidable, match="already"):
        Credential.objects.get().revoke(by=boss, reason="Again.")
    assert Credential.objects.get().revoked_because.text == "Struck off."


def test_one_request_waits_for_each_person():
    user = make_user()
    request_of(user)
    with pytest.raises(Undecidable, match="waits already"):
        request_of(user)
    with pytest.raises(IntegrityError), transaction.atomic():
        CredentialRequest.objects.create(user=user, kind="nurse")


def test_who_asks_again_and_again_is_asked_to_write():
    user, boss = make_user(), make_user("administrator")
    for _ in range(3):
        request_of(user).decline(by=boss, answer="Not found.")
    with pytest.raises(Undecidable, match="several times"):
        request_of(user)
    CredentialRequest.objects.update(created_at=timezone.now() - timedelta(days=31))
    request_of(user)


# What the reader does


def test_a_reader_asks_and_sees_that_it_waits(client):
    user = make_user()
    client.force_login(user)
    assert b"Ask to be verified" in client.get("/comments/credential/").content
    assert client.post("/comments/credential/", ASKED).status_code == 303
    request = CredentialRequest.objects.get()
    assert (request.user, request.kind, request.reference) == (user, "nurse", "00X0000Z")
    page = client.get("/comments/credential/").content.decode()
    assert "You asked on" in page
    assert '<form method="post" action="/comments/credential/"' not in page
    answer = client.post("/comments/credential/", ASKED | {"reference": "typed again"})
    assert answer.status_code == 409
    assert "waits already" in answer.content.decode()
    assert "typed again" in answer.content.decode()
    assert CredentialRequest.objects.count() == 1
    assert answer["Cache-Control"] == "private, no-store"


def test_what_is_missing_is_said_and_what_was_typed_is_kept(client):
    client.force_login(make_user())
    for wrong in ({}, {"kind": "wizard"}, {"issuer": "x" * 300}, {"issuer": "\x00\u202e"}):
        answer = client.post("/comments/credential/", {"reference": "kept <b>"} | wrong)
        assert answer.status_code == 422
        assert "kept &lt;b&gt;" in answer.content.decode()
    assert not CredentialRequest.objects.exists()


def test_the_anonymous_are_sent_to_log_in(client):
    for method in (client.get, client.post):
        assert method("/comments/credential/").url == "/accounts/login/?next=/comments/credential/"


# What administrators do


def test_only_administrators_work_requests(client):
    asked, credential = request_of(), verify(make_user())
    addresses = [
        "/moderation/credentials/",
        f"/moderation/credentials/requests/{asked.pk}/",
        f"/moderation/credentials/{credential.pk}/revoke/",
    ]
    for role in ("", "author", "editor", "medical reviewer", "moderator"):
        client.force_login(make_user(role))
        for address in addresses:
            assert client.get(address).status_code == 404, (role, address)
            assert client.post(address, acceptance(answer="x")).status_code in {404, 405}, (role, address)
    client.force_login(make_user("moderator"))
    assert "/moderation/credentials/" not in client.get("/moderation/").content.decode()
    client.force_login(make_user("administrator"))
    for address in addresses:
        assert client.get(address).status_code == 200
    assert "/moderation/credentials/" in client.get("/moderation/").content.decode()
    asked.refresh_from_db()
    credential.refresh_from_db()
    assert asked.decided_at is None
    assert credential.revoked_at is None


def test_an_administrator_accepts_and_the_details_are_gone_and_the_person_is_mailed(client):
    user, boss = make_user(display_name="Nora"), make_user("administrator")
    asked = request_of(user)
    client.force_login(boss)
    page = client.get("/moderation/credentials/").content.decode()
    assert "Nora" in page
    assert "Nursing and Midwifery Council" in page
    page = client.get(f"/moderation/credentials/requests/{asked.pk}/").content.decode()
    assert 'value="Nurse, UK"' in page
    assert "00X0000Z" in page
    # An entry can be copied: whoever verifies compares the name, and is told how to know that it is the same person.
    assert "Nuala Registered" in page
    assert "Anybody can copy a public entry" in page
    sent = acceptance(seen="Found in the public register.")
    assert client.post(f"/moderation/credentials/requests/{asked.pk}/", sent).status_code == 303
    credential = Credential.objects.get()
    assert (credential.user, credential.verified_by, credential.verified_on) == (user, boss, in_days(0))
    assert (credential.expires_on, credential.seen.text) == (in_days(100), "Found in the public register.")
    asked.refresh_from_db()
    assert (asked.registered_name, asked.issuer, asked.reference, asked.jurisdiction) == ("", "", "", "")
    assert asked.destroyed_because == "decided"
    assert (asked.credential, asked.decided_by) == (credential, boss)
    [args] = jobs_of("comments.mail_credential_answer")
    assert args == {"request_id": asked.pk}
    jobs.mail_credential_answer(**args)
    [message] = mail.outbox
    assert message.to == [user.email]
    assert "verified" in message.subject
    assert "Verified: Registered nurse, UK" in message.body
    assert "&" not in message.body
    assert message.extra_headers["Message-ID"].startswith(f"<credential-request-{asked.pk}.")
    page = client.get(f"/moderation/credentials/requests/{asked.pk}/").content.decode()
    assert "details of the request were deleted" in page
    client.force_login(user)
    assert "Verified: Registered nurse, UK" in client.get("/comments/credential/").content.decode()


def test_an_administrator_declines_with_a_word_that_is_mailed(client):
    user = make_user()
    asked = request_of(user)
    client.force_login(make_user("administrator"))
    address = f"/moderation/credentials/requests/{asked.pk}/"
    assert client.post(address, {"action": "decline", "answer": " "}).status_code == 422
    assert client.post(address, {"action": "decline", "answer": "No entry <under> it."}).status_code == 303
    asked.refresh_from_db()
    assert asked.credential is None
    assert asked.reference == ""
    jobs.mail_credential_answer(**jobs_of("comments.mail_credential_answer")[0])
    [message] = mail.outbox
    assert "No entry <under> it." in message.body
    assert "/comments/credential/" in message.body
    client.force_login(user)
    assert "No entry &lt;under&gt; it." in client.get("/comments/credential/").content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"expires_on": ""},
        {"expires_on": "soon"},
        {"expires_on": "9999-99-99"},
        {"expires_on": "0001-01-01"},
        {"label": ""},
        {"label": "x" * 101},
        {"issuer": "\x00"},
    ],
)
def test_a_wrong_acceptance_says_what_is_wrong_and_keeps_what_was_typed(client, wrong):
    asked = request_of()
    client.force_login(make_user("administrator"))
    answer = client.post(
        f"/moderation/credentials/requests/{asked.pk}/", acceptance(seen="typed <b>") | wrong
    )
    assert answer.status_code in {409, 422}
    assert "typed &lt;b&gt;" in answer.content.decode()
    assert "notice--error" in answer.content.decode()
    assert not Credential.objects.exists()
    asked.refresh_from_db()
    assert asked.reference == "00X0000Z"


def test_the_second_administrator_is_told_who_was_first(client):
    asked = request_of()
    CredentialRequest.objects.get(pk=asked.pk).decline(
        by=make_user("administrator", display_name="Ann"), answer="No."
    )
    with pytest.raises(Undecidable, match="Ann has decided"):
        asked.decline(by=make_user("administrator"), answer="No.")
    client.force_login(make_user("administrator"))
    answer = client.post(f"/moderation/credentials/requests/{asked.pk}/", acceptance())
    assert answer.status_code == 409
    assert "Ann has decided this already" in answer.content.decode()
    assert len(jobs_of("comments.mail_credential_answer")) == 1
    assert not Credential.objects.exists()


def test_taking_back_is_mailed_with_the_reason(client):
    user = make_user()
    credential = verify(user)
    client.force_login(make_user("administrator"))
    address = f"/moderation/credentials/{credential.pk}/revoke/"
    assert client.post(address, {"answer": ""}).status_code == 422
    assert client.post(address, {"answer": "The registration has lapsed."}).status_code == 303
    assert client.post(address, {"answer": "Again."}).status_code == 409
    jobs.mail_revocation(**jobs_of("comments.mail_revocation")[0])
    [message] = mail.outbox
    assert message.to == [user.email]
    assert "The registration has lapsed." in message.body
    assert Remark.objects.filter(text="Again.").count() == 0
    assert client.get("/moderation/credentials/999999999999999999999/revoke/").status_code == 404


def test_what_runs_out_soon_is_listed_next_first_and_the_rest_is_not(client):
    client.force_login(make_user("administrator"))
    assert "Nothing runs out" in client.get("/moderation/credentials/?show=running-out").content.decode()
    for name, days in (("Late", 50), ("Soon", 5), ("Far", 100)):
        verify(make_user(display_name=name), expires_on=in_days(days))
    revoked = verify(make_user(display_name="Gone"), expires_on=in_days(6))
    revoked.revoke(by=make_user("administrator"), reason="x")
    page = client.get("/moderation/credentials/?show=running-out").content.decode()
    assert page.index("Soon") < page.index("Late")
    assert "Far" not in page
    assert "Gone" not in page
    assert "taken back" in client.get("/moderation/credentials/?show=all").content.decode()


@pytest.mark.parametrize("show", ["waiting", "running-out", "all"])
def test_lists_are_paged_by_cursor_and_cost_the_same(client, show):
    client.force_login(make_user("administrator"))
    boss, counts = make_user("administrator"), []
    for size in (5, 45):
        for _ in range(size):
            user = make_user()
            if show == "waiting":
                request_of(user)
            else:
                verify(user, by=boss, expires_on=in_days(30))
        with CaptureQueriesContext(connection) as queries:
            page = client.get(f"/moderation/credentials/?show={show}").content.decode()
        counts.append(len(queries))
    assert counts[0] == counts[1]
    seen, address = [], f"/moderation/credentials/?show={show}"
    while address:
        page = client.get(address).content.decode()
        seen += re.findall(r'href="/moderation/credentials/(?:requests/)?(\d+)/', page)
        found = re.search(r'paging__after" href="([^"]+)"', page)
        address = found and "/moderation/credentials/" + found[1].replace("&amp;", "&")
    assert len(seen) == len(set(seen)) == 50


@pytest.mark.parametrize("after", ["x", "MTIz", "OTk5OTk5OTk5OTk5OTk5OTk5OS4x", "MC4w", "Ni41"])
def test_a_cursor_that_cannot_be_read_is_the_first_page(client, after):
    client.force_login(make_user("administrator"))
    for show in ("waiting", "running-out", "all", "no such"):
        assert client.get("/moderation/credentials/", {"show": show, "after": after}).status_code == 200


def test_what_strangers_type_is_harmless_on_every_page_and_in_mails(client, shared):
    boss, user = make_user("administrator"), make_user()
    for payload in payloads(shared)[::9]:
        CredentialRequest.objects.all().delete()
        client.force_login(user)
        sent = {"kind": "other", "registered_name": payload, "issuer": payload, "reference": payload}
        sent["jurisdiction"] = payload[:90]
        answer = client.post("/comments/credential/", sent)
        assert answer.status_code in {303, 422}, payload
        assert_whole(client.get("/comments/credential/").content.decode())
        if answer.status_code == 422:
            assert_whole(answer.content.decode())
            continue
        client.force_login(boss)
        asked = CredentialRequest.objects.get()
        address = f"/moderation/credentials/requests/{asked.pk}/"
        for page in (address, "/moderation/credentials/"):
            assert_whole(client.get(page).content.decode())
        wrong = acceptance(label=payload, issuer=payload, seen=payload, expires_on=payload)
        assert_whole(client.post(address, wrong).content.decode())
        answer = client.post(address, {"action": "decline", "answer": payload})
        assert answer.status_code in {303, 422}
        if answer.status_code == 303:
            jobs.mail_credential_answer(request_id=asked.pk)
        client.force_login(user)
        assert_whole(client.get("/comments/credential/").content.decode())
    assert len(mail.outbox) > 10


def test_a_label_is_printed_as_it_was_typed(client):
    nurse, article = make_user(), make_article()
    verify(nurse, label='Nurse <b>&amp;</b> "x"')
    make_comment(article, nurse)
    page = client.get(article.get_absolute_url()).content.decode()
    assert "Verified: Nurse &lt;b&gt;&amp;amp;&lt;/b&gt; &quot;x&quot;" in page


def test_whoever_carries_a_mark_no_more_reads_that_and_why(client):
    user = make_user()
    client.force_login(user)
    assert "ended on" not in client.get("/comments/credential/").content.decode()
    credential = verify(user)
    held = client.get("/comments/credential/").content.decode()
    assert "Your name carries" in held and "taken back" not in held
    credential.revoke(by=make_user("administrator"), reason="The <register> says otherwise.")
    html = client.get("/comments/credential/").content.decode()
    assert "“Verified: Registered nurse, UK” was taken back on" in html
    assert "The &lt;register&gt; says otherwise." in html and "Your name carries" not in html
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        again = verify(user, expires_on=in_days(3))
    with time_machine.travel(timezone.now() + timedelta(days=9)):
        client.force_login(user)
        html = client.get("/comments/credential/").content.decode()
    assert f"ended on {again.expires_on:%-d %B %Y}. To carry it again, ask anew." in html
    assert "The &lt;register&gt;" not in html
