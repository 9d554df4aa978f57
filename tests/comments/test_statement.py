"""The statement of reasons, on the page, as JSON, and in every mail about a decision."""

import json

import pytest
from django.core import mail

from comments import jobs
from comments.models import Appeal, Case, Clause, Comment, Decision, Report
from comments.models.undoing import undo
from comments.screening import Finding, Outcome, wording
from tests.comments.conftest import work
from tests.factories import make_article, make_comment, make_user, verdict

pytestmark = pytest.mark.django_db


@pytest.fixture
def moderator():
    return make_user("moderator")


@pytest.fixture
def clause():
    return Clause.objects.order_by("-policy__number").get(number=3)


def comment_by(name="Ada", status="pending", body="My neighbour Bill has it, call 020 7946 0018."):
    article = make_article(title="Why muscles twitch")
    return make_comment(article, make_user(display_name=name), status=status, body=body)


def statement(client, comment, user=None) -> dict:
    client.force_login(user or comment.author)
    return client.get(f"/comments/{comment.pk}/decision/?format=json").json()


def test_the_author_reads_all_that_the_law_asks_for(client, moderator, clause):
    comment = comment_by()
    comment.decide("reject", by=moderator, version=1, clause=clause, message="Bill did not agree.")
    client.force_login(comment.author)
    page = client.get(f"/comments/{comment.pk}/decision/").content.decode()
    for words in (
        "Your comment is not published.",
        "For all readers, in every country.",
        "Without an end",
        "Nobody complained",
        "A person decided it.",
        clause.title,
        "version 1 of the comments policy",
        clause.legal_ground,
        "Bill did not agree.",
        "My neighbour Bill",
        f"/comments/{comment.pk}/appeal/",
        "out-of-court dispute settlement",
    ):
        assert words in page, words


def test_for_machines_every_field_stands_by_its_name(client, moderator, clause):
    comment = comment_by()
    decision = comment.decide("reject", by=moderator, version=1, clause=clause, message="Bill did not agree.")
    data = statement(client, comment)
    assert data["id"] == decision.pk
    assert (data["action"], data["status_before"], data["status_after"]) == ("reject", "pending", "rejected")
    assert data["restriction"] == {
        "scope": "For all readers, in every country.",
        "duration": "Without an end, unless an appeal or a later decision changes it.",
    }
    assert data["facts"]["text"].startswith("My neighbour Bill")
    assert data["facts"]["source"] == "own"
    assert (data["automated_detection"], data["automated_decision"]) == (False, False)
    assert (data["ground"]["clause"], data["ground"]["policy_version"]) == (3, 1)
    assert data["ground"]["legal_ground"] == clause.legal_ground
    assert data["message"] == "Bill did not agree."
    assert [each["kind"] for each in data["redress"]] == ["appeal", "mail", "out_of_court"]
    assert data["redress"][0]["url"].endswith(f"/comments/{comment.pk}/appeal/")
    assert moderator.display_name not in json.dumps(data)


def test_a_refusal_by_a_program_says_so(client):
    comment = make_comment(status="rejected")
    data = statement(client, comment)
    assert data["automated_decision"]
    assert data["restriction"]
    client.force_login(comment.author)
    assert b"A program decided it." in client.get(f"/comments/{comment.pk}/decision/").content


def test_the_mail_about_a_refusal_by_a_program_is_a_statement_of_reasons():
    body = "Buy pillsonline today."
    found = Finding("listed_words", Outcome.REJECT, 4, 15)
    comment = Comment.submit(
        article=make_article(), by=make_user(), body=body, verdict=verdict("reject", found)
    )
    work()
    [told] = mail.outbox
    assert told.subject.endswith("was not published")
    for words in (
        "A program refused it",
        "A program decided it.",
        *wording.for_author([found.as_record()], "reject"),
        "> Buy pillsonline today.",
        "For all readers, in every country.",
        "Without an end",
        f"/comments/{comment.pk}/appeal/",
        "out-of-court dispute settlement body, or to a court",
        f"/comments/{comment.pk}/decision/",
    ):
        assert words in told.body, words
    assert "\n\n\n" not in told.body


def on_appeal(comment, moderator, action, refused_by, **given):
    comment.decide(action, by=moderator, version=comment.version, **given)
    Appeal.lodge(Decision.in_force(comment), by=comment.author, text="No.")
    work()
    mail.outbox.clear()
    comment.refresh_from_db()
    comment.decide(refused_by, by=make_user("moderator"), version=comment.version)
    work()
    return [each.body for each in mail.outbox if each.to == [comment.author.email]]


def test_what_is_upheld_names_the_rule_that_it_was_decided_by(client, moderator, clause):
    comment = comment_by(status="published")
    [told] = on_appeal(comment, moderator, "remove", "uphold", clause=clause)
    assert "the decision stays as it was. Your comment was taken down." in told
    assert f"{clause.number}. {clause.title}" in told and "(version 1)" in told
    data = statement(client, comment)
    assert data["outcome"] == "Your appeal was not granted. Your comment was taken down."
    assert (data["ground"]["clause"], data["ground"]["policy_version"]) == (3, 1)
    for address in (f"/comments/{comment.pk}/decision/", "/comments/mine/"):
        assert clause.title in client.get(address).content.decode(), address


def test_what_stays_out_on_appeal_names_the_rule_and_the_parts(client, moderator, clause):
    comment = comment_by()
    given = {"clause": clause, "redactions": ((31, 44),)}
    [told] = on_appeal(comment, moderator, "publish_redacted", "keep", **given)
    assert "the decision stays as it was. Your comment is published without parts of it." in told
    assert f"{clause.number}. {clause.title}" in told
    data = statement(client, comment)
    assert data["ground"]["clause"] == 3
    assert data["facts"]["removed"] == [{"start": 31, "end": 44, "text": "020 7946 0018"}]


def test_what_a_check_had_found_is_said(client, moderator, clause):
    comment = comment_by()
    Case.objects.filter(pk=comment.pk).update(is_detected=True)
    comment.decide("reject", by=moderator, version=1, clause=clause)
    assert statement(client, comment)["automated_detection"]


@pytest.mark.parametrize(("reason", "source"), [("abuse", "report"), ("illegal", "notice")])
def test_the_source_is_named_and_who_it_was_is_not(client, moderator, clause, reason, source):
    comment, reporter = comment_by(status="published"), make_user(display_name="Rapporteur")
    Report.file(comment, reason=reason, by=reporter, note="Because of Bill.")
    comment.refresh_from_db()
    comment.decide("remove", by=moderator, version=comment.version, clause=clause)
    text = json.dumps(statement(client, comment))
    assert f'"source": "{source}"' in text
    assert "Rapporteur" not in text and "Because of Bill." not in text


def test_moderators_get_any_statement_and_others_do_not_learn_of_it(client, moderator, clause):
    comment = comment_by()
    decision = comment.decide("reject", by=moderator, version=1, clause=clause)
    url = f"/moderation/decisions/{decision.pk}.json"
    assert client.get(url).status_code == 302
    client.force_login(comment.author)
    assert client.get(url).status_code == 404
    client.force_login(make_user("moderator"))
    assert client.get(url).json()["id"] == decision.pk
    assert client.get("/moderation/decisions/999999999.json").status_code == 404


def test_a_reporter_gets_a_short_answer_without_the_text(client, moderator, clause):
    comment, reporter = comment_by(status="published"), make_user()
    Report.file(comment, reason="personal_data", by=reporter)
    client.force_login(reporter)
    url = f"/comments/{comment.pk}/decision/"
    assert b"It has not been answered yet." in client.get(url).content
    comment.refresh_from_db()
    comment.decide("remove", by=moderator, version=comment.version, clause=clause, message="To Ada alone.")
    page = client.get(url).content.decode()
    assert "no longer public" in page and clause.title in page
    assert "To Ada alone." not in page and "neighbour Bill" not in page
    assert "neighbour Bill" not in client.get(f"{url}?format=json").content.decode()


def test_what_was_destroyed_is_gone_from_the_statement(client, moderator, clause):
    comment = comment_by()
    decision = comment.decide("reject", by=moderator, version=1, clause=clause, message="Bill did not agree.")
    for text in (decision.text, decision.message):
        text.destroyed_at = comment.posted_at
        text.save()
    data = statement(client, comment)
    assert (data["facts"]["text"], data["message"]) == (None, None)
    assert data["ground"]["clause"] == 3


# Mails

PUBLIC = "can now be read by everybody"
MAILS = {
    "publish": ("pending", {}, "was published", [PUBLIC], ["Appeal until"]),
    "publish_redacted": (
        "pending",
        {"redactions": ((31, 44),)},
        "was published without parts of it",
        ["We have taken out", "- 020 7946 0018", "Appeal until", "out-of-court"],
        [PUBLIC],
    ),
    "return": (
        "pending",
        {"clause": 3, "message": "Without Bill, please."},
        "was returned to you",
        ["once you have changed it", "/edit/", "Without Bill, please.", "3. No personal data", "Until you have changed it"],
        ["Appeal until", PUBLIC],
    ),
    "reject": (
        "pending",
        {"clause": 3, "message": "Bill did not agree."},
        "was not published",
        ["decided not to publish it", "3. No personal data", "version 1", "Legal ground: Data protection law", "Bill did not agree.", "> My neighbour Bill", "Appeal until", "A person decided it."],
        [PUBLIC],
    ),
    "remove": (
        "published",
        {"clause": 3},
        "was taken down",
        ["taken down your comment", "Appeal until", "For all readers", "Without an end"],
        [PUBLIC],
    ),
    "hold": (
        "published",
        {},
        "is being read again",
        ["being read again by a moderator", "Until a moderator has read it."],
        [PUBLIC, "Appeal until"],
    ),
}  # fmt: skip


def numbered(given: dict) -> dict:
    if "clause" in given:
        return given | {"clause": Clause.objects.order_by("-policy__number").get(number=given["clause"])}
    return given


@pytest.mark.parametrize("action", MAILS)
def test_each_action_has_words_of_its_own(moderator, action):
    status, given, subject, there, not_there = MAILS[action]
    comment = comment_by(status=status)
    decision = comment.decide(action, by=moderator, version=1, **numbered(given))
    work()
    [told] = mail.outbox
    assert told.subject == f"Your comment on “Why muscles twitch” {subject}"
    assert told.body.startswith("Hello Ada,")
    for words in there:
        assert words in told.body, words
    for words in not_there:
        assert words not in told.body, words
    assert ("statement of reasons" in told.body) is (action != "publish")
    assert "\n\n\n\n" not in told.body
    jobs.mail_decision(decision_id=decision.pk)
    assert mail.outbox == [told]


def test_what_was_restored_is_told(moderator, clause):
    comment = comment_by(status="published")
    comment.decide("remove", by=moderator, version=1, clause=clause)
    comment.decide("restore", by=moderator, version=comment.version)
    work()
    assert mail.outbox[-1].subject.endswith("is back")
    assert "is public again, in its old place" in mail.outbox[-1].body


@pytest.mark.parametrize(
    ("action", "subject", "words"),
    [
        ("publish", "was published", "the change to your comment"),
        ("reject", "was not published", "The comment stays as it was"),
        ("keep", "was not taken over", "The comment stays as it was"),
    ],
)
def test_what_was_decided_about_a_change_is_told(moderator, clause, action, subject, words):
    comment = comment_by(status="published")
    comment.edit("With a link https://example.org", by=comment.author, verdict=verdict("hold"), version=1)
    given = {"clause": clause} if action == "reject" else {}
    comment.decide(action, by=moderator, version=comment.version, **given)
    work()
    [told] = mail.outbox
    assert told.subject == f"The change to your comment on “Why muscles twitch” {subject}"
    assert words in told.body
    assert "> With a link" in told.body


def test_undone_after_the_mail_one_sentence_follows(moderator, clause, settings):
    settings.HN_UNDO_SECONDS = 0
    comment = comment_by()
    decision = comment.decide("reject", by=moderator, version=1, clause=clause)
    jobs.mail_decision(decision_id=decision.pk)
    record = undo(decision, by=moderator)
    jobs.mail_decision(decision_id=record.pk)
    told = mail.outbox[1]
    assert told.subject.endswith("a decision was taken back")
    assert "we have taken it back" in told.body
    assert "A moderator will read it again." in told.body
    assert "neighbour Bill" not in told.body


def found(code, body, words) -> Finding:
    return Finding(code, Outcome.HOLD, body.index(words), body.index(words) + len(words))


@pytest.fixture
def with_a_number(moderator, clause):
    """Refused by a moderator, after a program had found a telephone number."""
    body = "My neighbour Bill has it, call 020 7946 0018."
    comment = Comment.submit(
        article=make_article(),
        by=make_user(display_name="Ada"),
        body=body,
        verdict=verdict("hold", found("phone", body, "020 7946 0018")),
    )
    comment.decide("reject", by=moderator, version=1, clause=clause)
    return comment


def test_what_a_program_found_is_said_of_what_a_person_decided(client, with_a_number):
    data = statement(client, with_a_number)
    [finding] = data["facts"]["findings"]
    assert (finding["code"], data["automated_detection"]) == ("phone", True)
    assert data["facts"]["text"][finding["start"] : finding["end"]] == "020 7946 0018"
    words = "A program noticed something in it first: It seemed to contain a telephone number."
    assert words in client.get(f"/comments/{with_a_number.pk}/decision/").content.decode()
    work()
    [letter] = [each for each in mail.outbox if each.to == [with_a_number.author.email]]
    assert words in letter.body


def test_how_things_go_here_is_not_what_was_found(client, moderator, clause):
    comment = Comment.submit(
        article=make_article(),
        by=make_user(),
        body="Fools.",
        verdict=verdict("hold", Finding("thread_held", Outcome.HOLD)),
    )
    comment.decide("reject", by=moderator, version=1, clause=clause)
    work()
    [letter] = [each for each in mail.outbox if each.to == [comment.author.email]]
    assert "A program left it to a person to read; it had found nothing in the text itself." in letter.body
    assert "discussion is read by a moderator" not in letter.body


def test_what_an_edit_has_mended_was_not_detected(client, moderator, clause, with_a_number):
    body = "Call 020 7946 0018."
    comment = Comment.submit(
        article=make_article(),
        by=make_user(),
        body=body,
        verdict=verdict("hold", found("phone", body, "020 7946 0018")),
    )
    comment.edit("Call nobody.", by=comment.author, verdict=verdict("publish"), version=1)
    comment.decide("reject", by=moderator, version=comment.version, clause=clause)
    data = statement(client, comment)
    assert (data["automated_detection"], data["facts"]["findings"]) == (False, [])


def test_what_was_found_once_is_not_said_when_readers_brought_it_here(client, moderator, clause):
    body = "See https://example.org."
    comment = Comment.submit(
        article=make_article(),
        by=make_user(),
        body=body,
        verdict=verdict("hold", found("links", body, "https://example.org")),
    )
    comment.decide("publish", by=moderator, version=1)
    Report.file(comment, reason="spam", by=make_user())
    comment.refresh_from_db()
    comment.decide("remove", by=moderator, version=comment.version, clause=clause)
    data = statement(client, comment)
    assert (data["automated_detection"], data["facts"]["findings"]) == (False, [])
    page = client.get(f"/comments/{comment.pk}/decision/").content.decode()
    assert "No program had pointed it out." in page and "found anything" not in page


def test_that_one_is_read_first_is_said_once():
    found = [{"code": code, "outcome": "hold"} for code in ("author_record", "read_first", "links")]
    assert wording.for_author(found[:1]) != wording.for_author(found[1:2])
    assert wording.for_author(found) == wording.for_author(found[1:])
