"""The queue and the card: filters, search, what has arrived, redaction by plain form, claims, who is next."""

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments import desk, onward, search
from comments.filters import Filters
from comments.models import Appeal, Case, Clause, Comment, Decision, Remark, Report
from comments.screening import Finding, Outcome
from healthnews import paging
from tests.factories import make_article, make_comment, make_user, verdict

pytestmark = pytest.mark.django_db


@pytest.fixture
def moderator(client):
    user = make_user("moderator", display_name="Mo Derator")
    client.force_login(user)
    return user


def held(body, *found, **fields) -> Comment:
    """A comment that waits because of `found`: (code, words of the text)."""
    findings = [
        Finding(code, Outcome.HOLD, body.index(words), body.index(words) + len(words))
        for code, words in found
    ]
    return Comment.submit(
        article=fields.get("article") or make_article(),
        by=fields.get("by") or make_user(),
        body=body,
        parent=fields.get("parent"),
        verdict=verdict("hold", *findings),
    )


def page(client, path) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def decide(client, comment, **data):
    data.setdefault("version", comment.version)
    return client.post(f"/moderation/comments/{comment.pk}/decisions/", data)


# The queue


def test_the_queue_is_filtered_by_what_was_found(client, moderator):
    held("Write to ada@example.org.", ("email", "ada@example.org"))
    held("See https://example.org.", ("links", "https://example.org"))
    html = page(client, "/moderation/?reason=email")
    assert "Write to ada" in html
    assert "See https" not in html
    assert "See https" in page(client, "/moderation/?reason=nonsense")
    [row] = desk.queue(Filters(reason="email")).rows
    assert row.reasons == ["E-mail address"]
    assert '<span class="reason">E-mail address</span>' in html


@pytest.mark.parametrize("lane", ["report", "appeal"])
def test_reports_and_appeals_have_an_address_that_leads_to_their_lane(client, moderator, lane):
    answer = client.get(f"/moderation/{lane}s/")
    assert (answer.status_code, answer.url) == (302, f"/moderation/?lane={lane}")
    comment = make_comment(body="About this one.")
    Case.open_for(comment, lane)
    held("Not about this one.")
    html = page(client, answer.url)
    assert "About this one." in html
    assert "Not about this one." not in html


def test_what_an_edit_says_replaces_what_was_found_before(client, moderator):
    author = make_user()
    comment = held("Write to ada@example.org.", ("email", "ada@example.org"), by=author)
    comment.edit("Write to nobody.", by=author, verdict=verdict("publish"), version=1)
    assert Case.objects.get(pk=comment.pk).codes == []
    assert "Write to nobody." not in page(client, "/moderation/?reason=email")


def test_one_articles_queue_goes_by_an_index(client, moderator):
    article = make_article()
    held("Here.", article=article)
    held("Elsewhere.")
    html = page(client, f"/moderation/?article={article.slug}")
    assert "Here." in html
    assert "Elsewhere." not in html
    other, author = make_article(), make_user()
    for n in range(150):
        held(f"Elsewhere, too, {n}.", article=other, by=author)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE comments_case")  # else chance decides between indexes of a few rows
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
    plan = Case.objects.open().filter(article=article)[:25].explain()
    assert "case_queue_of_article" in plan
    assert "Sort" not in plan


def test_counts_are_by_lane_and_stop_at_a_thousand(client, moderator, monkeypatch):
    monkeypatch.setattr(desk, "COUNT_CAP", 2)
    article, author = make_article(), make_user()
    for n in range(4):
        held(f"Waiting {n}.", article=article, by=author)
    Case.open_for(make_comment(article), "report")
    decided = make_comment(article)
    Case.open_for(decided, "edit")
    decided.decide("keep", by=moderator, version=1)  # waits no longer
    assert {lane.name: words for lane, words in desk.counts().lanes} == {
        "CRISIS": "0",
        "ESCALATED": "0",
        "APPEAL": "0",
        "REPORT": "1",
        "EDIT": "0",
        "NEW": "2+",
    }


def test_what_has_arrived_is_told_apart_from_what_was_there(client, moderator):
    held("Was here.")
    mark = desk.now_mark()
    answer = client.get(f"/moderation/waiting/?since={mark}")
    assert answer["Cache-Control"] == "private, no-store"
    assert json.loads(answer.content)["new"] == "0"
    held("Has come.")
    told = json.loads(client.get(f"/moderation/waiting/?since={mark}").content)
    assert (told["new"], told["lanes"]["new"], told["total"]) == ("1", "2", "2")
    assert json.loads(client.get("/moderation/waiting/?since=nonsense").content)["new"] == "0"


def test_an_emergencys_text_is_on_its_card_only_behind_a_click(client, moderator):
    comment = held("I cannot go on.")
    Case.open_for(comment, "crisis", priority=0)
    Case.objects.update(since=timezone.now() - timedelta(minutes=16))
    queue = page(client, "/moderation/")
    assert "I cannot go on." not in queue
    assert "16 minutes, late" in queue.replace("\xa0", " ")
    card = page(client, f"/moderation/comments/{comment.pk}/")
    veiled = card.index('<details class="veil" data-veil>')
    assert veiled < card.index("I cannot go on.") < card.index('value="publish"') < card.rindex("</details>")
    assert "Authorities told" in card


# Search


def test_search_finds_every_comment_whatever_its_state_accents_or_capitals(client, moderator):
    author = make_user()
    make_comment(body="The Café in Zürich.", author=author)
    removed = make_comment(body="Another café.", author=author)
    removed.decide("remove", by=moderator, version=1, clause=Clause.in_force().first())
    make_comment(status="pending", body="A CAFE that waits.", author=author)
    make_comment(body="Nothing of that kind.", author=author)
    found, after = search.search(Filters(q="cafe"))
    assert [str(each.comment.status) for each in found] == ["pending", "removed", "published"]
    assert after == ""
    assert "The <mark>Café</mark> in <mark>Zürich</mark>." in page(client, "/moderation/?q=caf%C3%A9+zurich")
    assert "No comment holds these words." in page(client, "/moderation/?q=caff")


def test_search_reads_the_text_that_stands_and_the_edit_that_waits(moderator):
    author = make_user()
    comment = make_comment(body="The oldest words.", author=author)
    comment.edit("The newest words.", by=author, verdict=verdict("hold"), version=1)
    assert len(search.search(Filters(q="oldest"))[0]) == len(search.search(Filters(q="newest"))[0]) == 1
    comment.refresh_from_db()
    comment.decide("publish", by=moderator, version=comment.version)
    assert search.search(Filters(q="oldest"))[0] == []


def test_search_is_paged_and_its_queries_do_not_grow(client, moderator):
    article, author, asked = make_article(), make_user(), []
    for size in (5, 45):
        for n in range(size):
            make_comment(article, author, body=f"Tea number {n}.")
        with CaptureQueriesContext(connection) as queries:
            page(client, "/moderation/?q=tea")
        asked.append(len(queries))
    assert asked[0] == asked[1]
    first, after = search.search(Filters(q="tea"))
    second, end = search.search(Filters(q="tea", after=after))
    assert len({each.comment.pk for each in first + second}) == 50
    assert end == ""


def test_search_goes_by_the_index_and_by_author_and_article(client, moderator):
    ada, article = make_user(email="ada@example.org"), make_article()
    make_comment(article, ada, body="Tea of Ada.")
    make_comment(body="Tea of others.")
    for narrowed in ("author=ada%40example.org", f"article={article.slug}"):
        html = page(client, f"/moderation/?q=tea&{narrowed}")
        assert "of Ada." in html
        assert "of others." not in html
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT id FROM comments_commenttext WHERE to_tsvector('simple'::regconfig,"
            " regexp_replace(normalize(body, NFKD), '[\\u0300-\\u036f]', '', 'g')) @@ to_tsquery('simple', 'tea')"
        )
        assert "comment_text_words" in str(cursor.fetchall())


def test_a_search_that_takes_too_long_is_said_in_words(client, moderator, monkeypatch):
    make_comment(body="Tea.")
    monkeypatch.setattr(search, "Words", lambda name: Slow(name))
    monkeypatch.setattr(search, "LONGEST", 50)
    assert "Too many comments hold these words" in page(client, "/moderation/?q=tea")


class Slow(search.Words):
    """The words, after a while."""

    template = "to_tsvector('simple'::regconfig, pg_sleep(2)::text || %(expressions)s)"


@pytest.mark.parametrize("q", ["'", "\x00", "((", "a" * 500, "-", "%", "\u0301", '"a b'])
def test_nothing_that_can_be_typed_breaks_search_or_filters(client, moderator, q):
    for name in ("q", "reason", "article", "author", "after", "lane"):
        assert client.get("/moderation/", {name: q}).status_code == (400 if "\x00" in q else 200)
    assert client.get("/moderation/waiting/", {"since": q}).status_code in {200, 400}


# The card


def test_every_allowed_action_has_its_button_and_key(client, moderator):
    author, clause = make_user(), Clause.in_force().first()
    waits = held("Waits.", by=author)
    reported = make_comment(author=author)
    Report.objects.create(comment=reported, text=reported.text, reporter=make_user(), reason="abuse")
    Case.open_for(reported, "report")
    removed = make_comment(author=author)
    other = make_user("moderator")
    removed.decide("remove", by=other, version=1, clause=clause)
    Appeal.lodge(removed.decisions.first(), by=author, text="I named nobody.")
    edited = make_comment(author=author)
    edited.edit("Changed.", by=author, verdict=verdict("hold"), version=1)
    keys = {
        "publish": "p",
        "publish_redacted": "x",
        "return": "b",
        "reject": "r",
        "escalate": "e",
        "keep": "l",
    }
    keys |= {"hold": "h", "restore": "s", "uphold": "d", "overturn": "g"}
    for comment in (waits, reported, removed, edited):
        answer = client.get(f"/moderation/comments/{comment.pk}/")
        html = answer.content.decode()
        assert answer.context["allowed"]
        for action in answer.context["allowed"]:
            assert f'value="{action}"' in html
            key = keys.get(action) or ("v" if comment is edited else "r")  # remove
            assert f'data-key="{key}"' in html
            assert f"<kbd>{key}</kbd></button>" in html


def test_every_key_of_a_card_stands_in_the_list_of_keys(client, moderator):
    edited = make_comment(author=(author := make_user()))
    edited.edit("Changed.", by=author, verdict=verdict("hold"), version=1)
    Case.open_for(edited, "report")
    for comment in (held("Waits."), edited):
        cards, _, listed = page(client, f"/moderation/comments/{comment.pk}/").partition('id="desk-help"')
        keys = {*re.findall(r'data-key="(.)"', cards)}
        assert keys >= {"p", "r", "c"}
        assert [key for key in sorted(keys) if f"<kbd>{key}</kbd>" not in listed] == []


def test_the_card_shows_reports_and_hides_who_reported_from_the_author(client, moderator):
    make_user("moderator")
    reporter = make_user(display_name="Rae Porter")
    for author in (make_user(), moderator):
        comment = make_comment(author=author)
        note = Remark.objects.create(text="He names my sister.")
        Report.objects.create(
            comment=comment,
            text=comment.text,
            reporter=reporter,
            reason="personal_data",
            note=note,
            weight=1.5,
        )
        Case.open_for(comment, "report")
        html = page(client, f"/moderation/comments/{comment.pk}/")
        assert "It gives away personal data" in html
        assert "He names my sister." in html
        assert "weight 1.5" in html
        assert ("Rae Porter" in html) == (author is not moderator)


def test_the_card_shows_appeal_change_of_article_and_neighbours(client, moderator):
    author, root = make_user(display_name="Ada"), make_comment()
    make_comment(parent=root, body="What was said before it.")
    comment = make_comment(author=author, parent=root)
    make_comment(parent=root, body="What was said after it.")
    comment.decide("remove", by=make_user("moderator"), version=1, clause=Clause.in_force().first())
    Appeal.lodge(comment.decisions.first(), by=author, text="I named nobody.")
    draft = comment.article.draft
    draft.body = "<p>Twitching is very common.</p>"
    draft.save()
    draft.save_version(by=None).publish(by=None, kind="correction", note="A word was missing.")
    html = page(client, f"/moderation/comments/{comment.pk}/")
    assert "I named nobody." in html
    assert "What was said before it." in html
    assert "What was said after it." in html
    assert "it was written under edition 1, now there is edition 2" in html


def test_the_cards_queries_do_not_grow(client, moderator):
    parent, author = make_comment(), make_user()
    comment = held("Waits.", parent=parent, article=parent.article, by=author)
    Case.open_for(comment, "report")
    asked = []
    for size in (5, 45):
        for _ in range(size):
            make_comment(parent=parent, author=author)
            Report.objects.create(comment=comment, text=comment.text, reporter=make_user(), reason="spam")
            comment.decide("escalate", by=moderator, version=comment.version, note="Look.")
        with CaptureQueriesContext(connection) as queries:
            page(client, f"/moderation/comments/{comment.pk}/")
        asked.append(len(queries))
    assert asked[0] == asked[1]


# Redaction by plain form


def test_ticked_stretches_and_typed_words_are_taken_out(client, moderator):
    comment = held("Dr Ölçer 😀: ring 020 7946 0018, ask for Dr Ölçer.", ("phone", "020 7946 0018"))
    html = page(client, f"/moderation/comments/{comment.pk}/")
    assert 'name="span" id="span-17-30" value="17-30" checked' in html
    answer = decide(client, comment, action="publish_redacted", span=["17-30"], take_out="Dr Ölçer")
    assert answer.status_code == 303
    comment.refresh_from_db()
    gone = "[removed: personal data]"
    assert comment.text.body == f"{gone} 😀: ring {gone}, ask for {gone}."
    assert comment.decisions.first().redactions == [[17, 30], [0, 8], [40, 48]]


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"take_out": "Dr Nobody"}, "“Dr Nobody” does not stand in the comment"),
        ({"span": "x"}, "mark it again"),
        ({"span": "5-9999"}, "does not lie in this text"),
        ({}, "Mark what is to be taken out"),
    ],
)
def test_what_cannot_be_taken_out_is_said_and_what_was_typed_is_kept(client, moderator, sent, words):
    comment = held("Ask Dr Smith.")
    answer = decide(client, comment, action="publish_redacted", message="Dear Ada,", **sent)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert words in html
    assert "Dear Ada,</textarea>" in html
    assert sent.get("take_out", "") in html
    comment.refresh_from_db()
    assert comment.status == "pending"


# Nothing decided blind


def test_a_text_changed_after_the_card_was_opened_is_shown_and_not_published(client, moderator):
    author = make_user(display_name="Ada")
    comment = held("A harmless text.", by=author)
    comment.edit("Buy my tea at example.com.", by=author, verdict=verdict("hold"), version=1)
    for action in ("publish", "publish_redacted"):
        data = {"action": action, "version": 1, "message": "My long message.", "take_out": "harmless"}
        html = decide(client, comment, **data)
        assert html.status_code == 409
        assert "Ada changed the text" in html.content.decode()
        assert "Buy my tea" in html.content.decode()
        assert "My long message." in html.content.decode()
    assert Comment.objects.get(pk=comment.pk).status == "pending"
    assert decide(client, comment, action="publish", version="").status_code == 422


def test_a_decision_keeps_how_it_was_made_and_how_long_it_took(client, moderator):
    comment = held("Waits.")
    opened = int(timezone.now().timestamp()) - 7
    decide(client, comment, action="publish", way="key", opened=opened)
    decision = comment.decisions.first()
    assert decision.way == "key"
    assert 7 <= decision.seconds <= 9


# Undo


def test_after_deciding_a_bar_on_the_next_card_undoes_it(client, moderator):
    first, second = held("First."), held("Second.")
    following = decide(client, first, action="publish", way="key")
    assert following.url == f"/moderation/comments/{second.pk}/"
    html = page(client, following.url)
    decision = first.decisions.first()
    undo = f"/moderation/decisions/{decision.pk}/undo/"
    assert f'action="{undo}"' in html
    assert "published <kbd>u</kbd>" in html
    assert client.post(undo).url == f"/moderation/comments/{first.pk}/"
    first.refresh_from_db()
    assert first.status == "pending"


def test_the_card_offers_undo_while_it_is_possible(client, moderator):
    comment = held("Waits.")
    comment.decide("publish", by=moderator, version=1)
    path = f"/moderation/comments/{comment.pk}/"
    assert "Undo this" in page(client, path)
    Decision.objects.filter(by=moderator).update(at=timezone.now() - timedelta(minutes=11))
    assert "Undo this" not in page(client, path)


# Who is next, and who looks


def test_the_next_card_skips_what_others_look_at(client, moderator):
    first, second, third = held("First."), held("Second."), held("Third.")
    other = make_user("moderator")
    Case.objects.get(pk=second.pk).claim(by=other)
    assert decide(client, first, action="publish").url == f"/moderation/comments/{third.pk}/"
    assert client.get(f"/moderation/comments/{first.pk}/next/").url == f"/moderation/comments/{third.pk}/"
    assert client.get(f"/moderation/comments/{third.pk}/before/").url == f"/moderation/comments/{second.pk}/"
    Case.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))  # that browser has died
    assert client.get(f"/moderation/comments/{first.pk}/next/").url == f"/moderation/comments/{second.pk}/"


def test_what_waited_already_and_becomes_an_emergency_is_next_and_its_clock_begins_then(client, moderator):
    hours = timezone.now() - timedelta(hours=5)
    skipped, read, waits = held("An emergency that was skipped."), held("Read now."), held("I give up.")
    Case.open_for(skipped, "crisis", priority=0)
    Case.objects.update(since=hours)
    danger = verdict("hold", Finding("self_harm", Outcome.HOLD, 0, 4))
    opened = int(timezone.now().timestamp()) - 60
    began = timezone.now()
    waits.edit("I want to end it all.", by=waits.author, version=1, verdict=danger)
    case = Case.objects.get(pk=waits.pk)
    assert (case.kinds, case.since >= began) == (["new", "crisis"], True)
    assert onward.next_case(moderator, after=Case.objects.get(pk=read.pk), opened=opened) == waits.pk
    assert desk.arrived(paging.encode(began - timedelta(seconds=1))) == "1"
    since = case.since
    waits.edit("I do.", by=waits.author, version=2, verdict=danger)
    assert Case.objects.get(pk=waits.pk).since == since


def test_an_emergency_that_came_in_meanwhile_is_next(client, moderator):
    old = held("An emergency that was skipped.")
    Case.open_for(old, "crisis", priority=0)
    Case.objects.filter(pk=old.pk).update(since=timezone.now() - timedelta(hours=1))
    first, second = held("First."), held("Second.")
    opened = int(timezone.now().timestamp()) - 5
    assert decide(client, first, action="publish", opened=opened).url.endswith(f"/{second.pk}/")
    third, new = held("Third."), held("I cannot go on.")
    Case.open_for(new, "crisis", priority=0)
    assert decide(client, second, action="publish", opened=opened).url.endswith(f"/{new.pk}/")
    assert third.pk


def test_a_claim_that_is_renewed_hears_what_was_decided_elsewhere(client, moderator):
    comment = held("Waits.")
    page(client, f"/moderation/comments/{comment.pk}/")
    comment.decide("publish", by=make_user("moderator", display_name="Quick Colleague"), version=1)
    answer = client.post(f"/moderation/comments/{comment.pk}/claim/")
    assert answer.status_code == 409
    assert "Quick Colleague already decided this comment: published" in answer.content.decode()


# In bulk


@pytest.mark.parametrize(
    ("clause", "words"), [("", "Choose the clause"), ("99", "The policy has no clause 99.")]
)
def test_what_was_ticked_is_ticked_still_when_something_is_wrong(client, moderator, clause, words):
    first, second = held("First of two."), held("Second of two.")
    held("Never ticked.")
    chosen = [f"{first.pk}:1", f"{second.pk}:1"]
    answer = client.post(
        "/moderation/decisions/",
        {"comments": chosen, "action": "reject", "message": "Spam.", "clause": clause},
    )
    html = answer.content.decode()
    assert answer.status_code == 422
    assert words in html
    for value in chosen:
        assert f'value="{value}"' in html
    assert html.count(" checked>") == 2
    assert 'value="Spam."' in html
    assert "Never ticked." not in html


def test_bulk_with_a_canned_message_writes_to_each_author(client, moderator):
    ada, bo = make_user(display_name="Ada"), make_user(display_name="Bo")
    comments = [held("Buy this.", by=ada), held("Buy that.", by=bo)]
    data = {"comments": [f"{each.pk}:1" for each in comments], "action": "reject", "clause": 4}
    html = client.post("/moderation/decisions/", data | {"canned_reply": "no-links-promotion"})
    assert html.status_code == 200
    told = [each.decisions.first().message.text for each in comments]
    assert "Ada" in told[0]
    assert "Bo" in told[1]


# What should not be come upon


def test_an_open_emergencys_text_is_nowhere_else_on_the_desk(client, moderator):
    """Not beside the cards of its author and its neighbours, not above its answers, not among what was found."""
    author, first = make_user(), make_comment()
    crisis = make_comment(parent=first, author=author, body="Zebra, I cannot go on.")
    Case.open_for(crisis, "crisis", priority=0)
    of_the_author = held("Something else.", by=author)
    beside = make_comment(parent=first, body="An answer beside it.")
    below = make_comment(parent=crisis, body="An answer to it.")
    paths = [f"/moderation/comments/{each.pk}/" for each in (of_the_author, beside, below)]
    paths += [f"/moderation/people/{author.pk}/", "/moderation/?q=zebra"]
    for path in paths:
        html = page(client, path)
        assert "annot go on" not in html, path
        assert "The text may be distressing" in html, path
        assert f'href="/moderation/comments/{crisis.pk}/' in html, path
    crisis.refresh_from_db()
    crisis.decide("keep", by=moderator, version=crisis.version, outcome="answered")
    for path in paths:
        assert "annot go on" in page(client, path), path


def test_an_emergency_is_sent_to_the_editors_only_by_who_has_opened_it(client, moderator):
    crisis, other = make_comment(body="I cannot go on."), make_comment()
    Case.open_for(crisis, "crisis", priority=0)
    card = page(client, f"/moderation/comments/{crisis.pk}/")
    button = f'action="/moderation/comments/{crisis.pk}/correction/"'
    assert card.count(button) == 1
    assert card.index('<details class="veil"') < card.index(button) < card.index("<aside")
    card = page(client, f"/moderation/comments/{other.pk}/")
    assert card.index("<aside") < card.index(f'action="/moderation/comments/{other.pk}/correction/"')


# What is somebody else's to decide


def appealed(by) -> Comment:
    """A comment that `by` has removed, and whose author appeals."""
    comment = make_comment(author=make_user())
    comment.decide("remove", by=by, version=1, clause=Clause.in_force().first())
    Appeal.lodge(comment.decisions.first(), by=comment.author, text="I named nobody.")
    comment.refresh_from_db()
    return comment


def test_what_a_moderator_may_not_decide_has_a_sentence_in_place_of_forms(client, moderator):
    own = held("My own.", by=moderator)
    appeal = appealed(by=moderator)
    for comment in (own, appeal):  # there is nobody else
        assert 'name="action"' in page(client, f"/moderation/comments/{comment.pk}/")
    make_user("moderator")
    html = page(client, f"/moderation/comments/{own.pk}/")
    assert "This is your own comment: another moderator has to decide about it." in html
    assert 'name="action"' not in html
    answer = client.get(f"/moderation/comments/{appeal.pk}/")
    html = answer.content.decode()
    assert "The appeal is against your own decision: another moderator has to answer it." in html
    assert answer.context["allowed"] == ["escalate"]
    assert 'value="overturn"' not in html
    client.force_login(make_user("moderator"))
    for comment in (own, appeal):
        html = page(client, f"/moderation/comments/{comment.pk}/")
        assert "another moderator has to" not in html
        assert 'name="action"' in html


def test_nobody_is_led_to_what_they_may_not_decide(moderator):
    appeal, own = appealed(by=moderator), held("My own.", by=moderator)
    last = held("Somebody else's.")
    # There is nobody else: it is theirs.
    assert [onward.next_case(moderator), onward.next_case(moderator, after=appeal.case)] == [
        appeal.pk,
        own.pk,
    ]
    other = make_user("moderator")
    assert [onward.next_case(moderator), onward.next_case(moderator, after=last.case)] == [last.pk, None]
    Case.open_for(own, "crisis", priority=0)
    assert onward.next_case(moderator, after=last.case, opened=0) is None
    assert [onward.next_case(other), onward.next_case(other, after=Case.objects.get(pk=own.pk))] == [
        own.pk,
        appeal.pk,
    ]
    # Passed on to the administrators it is still an appeal against their own decision.
    appeal.decide("escalate", by=other, version=appeal.version)
    assert onward.next_case(moderator) == last.pk
    last.decide("publish", by=other, version=last.version)
    assert onward.next_case(moderator) is None


def test_who_is_next_is_one_query_but_for_what_is_ones_own(moderator):
    make_user("moderator")
    held("Somebody else's.")
    assert moderator.is_moderator  # asked before any page of the desk is shown, and kept
    with CaptureQueriesContext(connection) as queries:
        assert onward.next_case(moderator)
    assert len(queries) == 1
