"""The queue: filters, counts, what has arrived, what is decided in bulk, and what it does not show."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from comments import desk
from comments.filters import Filters
from comments.models import Case
from tests.comments.desk.conftest import held, page
from tests.factories import make_article, make_comment, make_user, verdict

pytestmark = pytest.mark.django_db


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
