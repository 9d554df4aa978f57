"""Where somebody in need can turn to: who is shown the lines, where they stand, and for how long."""

from datetime import timedelta

import pytest
from django.contrib.admin.sites import site
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from comments import help, waiting
from comments.models import Case, Clause, Comment, Decision, HelpLine, undoing
from comments.screening import Finding, Outcome
from tests.comments.conftest import send
from tests.factories import make_article, make_comment, make_user, verdict

pytestmark = pytest.mark.django_db


def in_crisis(author, article=None) -> Comment:
    """What screening found, as `submit()` and the door of the lane leave it."""
    found = Finding("self_harm", Outcome.HOLD)
    comment = Comment.submit(
        article=article or make_article(), by=author, body="I cannot go on.", verdict=verdict("hold", found)
    )
    Case.open_for(comment, "crisis", priority=0, codes=["self_harm"])
    return comment


def test_the_author_alone_sees_where_to_turn(client, reader, article):
    in_crisis(reader, article)
    places = (
        "/comments/mine/",
        f"/articles/{article.slug}/comments/mine/",
        f"/articles/{article.slug}/comments/new/",
    )
    for address in places:
        part = {"HX-Request": "true"} if address.endswith("new/") else None
        page = client.get(address, headers=part).content.decode()
        assert "You do not have to be alone with this" in page, address
        assert page.index("data-crisis") < page.index("I cannot go on."), "above the answer"
    assert "You do not have to be" not in client.get(article.get_absolute_url()).content.decode()
    client.force_login(make_user())
    for address in places:
        part = {"HX-Request": "true"} if address.endswith("new/") else None
        assert b"data-crisis" not in client.get(address, headers=part).content


def test_the_part_that_answers_a_post_has_them_first(client, reader, article, monkeypatch):
    submit = Comment.submit

    def submit_a_crisis(**given):
        comment = submit(**given)
        Case.open_for(comment, "crisis", priority=0)
        return comment

    monkeypatch.setattr(Comment, "submit", submit_a_crisis)
    page = send(client, article, "I cannot go on.", part=True).content.decode()
    assert page.index("data-crisis") < page.index("I cannot go on.")


def test_what_a_stranger_says_of_it_shows_its_author_nothing(client, reader, article):
    comment = make_comment(article, reader)
    sent = Client().post(f"/comments/{comment.pk}/report/", {"reason": "danger"})
    assert sent.status_code == 200 and "crisis" in Case.objects.get(pk=comment.pk).kinds
    for address in ("/comments/mine/", f"/articles/{article.slug}/comments/mine/"):
        assert b"data-crisis" not in client.get(address).content
    moderator = make_user("moderator")
    comment.refresh_from_db()
    comment.decide("keep", by=moderator, version=comment.version, outcome="authorities", message="Call 112.")
    assert b"data-crisis" in client.get("/comments/mine/").content  # a person has read it


def test_without_an_emergency_nobody_is_shown_any(client, reader, article):
    make_comment(article, reader, status="pending")
    assert b"data-crisis" not in client.get("/comments/mine/").content


def test_after_a_false_alarm_the_box_goes(client, reader, article):
    comment = in_crisis(reader, article)
    comment.decide("publish", by=make_user("moderator"), version=1, outcome="false_alarm")
    assert b"data-crisis" not in client.get("/comments/mine/").content


@pytest.mark.parametrize("outcome", ["answered", "signposted", "authorities"])
def test_otherwise_it_stays_for_a_week_and_nothing_reproaches(client, reader, article, outcome):
    comment, moderator = in_crisis(reader, article), make_user("moderator")
    given = {"clause": Clause.in_force().get(number=6), "message": "We have read this. Please ring them."}
    decision = comment.decide("return", by=moderator, version=1, outcome=outcome, **given)
    page = client.get(f"/articles/{article.slug}/comments/mine/").content.decode()
    panel, message, rule = (
        page.index(each) for each in ("data-crisis", "We have read this.", "It was decided by rule 6")
    )
    assert panel < message < rule
    assert "Returned to you." not in page
    Decision.objects.filter(pk=decision.pk).update(at=timezone.now() - timedelta(days=8))
    assert b"data-crisis" not in client.get("/comments/mine/").content


def test_a_decision_that_was_taken_back_did_not_end_it(client, reader, article):
    comment, moderator = in_crisis(reader, article), make_user("moderator")
    decision = comment.decide("publish", by=moderator, version=1, outcome="false_alarm")
    undoing.undo(decision, by=moderator)
    assert b"data-crisis" in client.get("/comments/mine/").content


def test_the_box_is_the_first_thing_in_the_comment_and_names_it(client, reader, article):
    comment = in_crisis(reader, article)
    moderator = make_user("moderator")
    for _ in range(5):
        make_comment(article, status="pending").decide("publish", by=moderator, version=1)
    assert waiting.usual_wait()
    page = client.get(f"/articles/{article.slug}/comments/mine/").content.decode()
    head = f'id="comment-{comment.pk}" class="comment comment--own" data-depth="0" data-status="pending"'
    names = f'tabindex="-1" aria-labelledby="help-title-{comment.pk}"'
    start = page.index(f"{head} {names}")
    assert page.index("data-crisis") < page.index('class="comment__head"', start)
    assert page.count(f'id="help-title-{comment.pk}"') == page.count(f'id="help-lines-{comment.pk}"') == 1
    assert "In the last week" not in page


def test_what_was_found_besides_is_no_reproach_beside_the_lines(client, reader, article):
    text = "I want to die and I have the pills here. Should I take them? Write to me at ada@example.org."
    assert send(client, article, text).status_code == 303
    page = client.get("/comments/mine/").content.decode()
    assert "data-crisis" in page
    assert "may ask for personal" not in page
    assert "e-mail address" not in page
    assert "reads this before all else" in page


def test_for_sudden_illness_the_emergency_number_comes_first_and_for_despair_who_listens(
    client, reader, article
):
    mother = "My mother is unconscious on the floor and not breathing. What should I do?"
    me = "I want to die and I have the pills here."
    for text, first, second in ((mother, ">911<", ">988<"), (me, ">988<", ">911<")):
        send(client, article, text)
        page = client.get("/comments/mine/", headers={"Accept-Language": "en-US"}).content.decode()
        assert page.index(first) < page.index(second), text


@pytest.mark.parametrize(
    ("language", "phone"),
    [
        ("en-GB,en;q=0.9", "116 123"),
        ("de,en-US;q=0.7", "988"),
        ("zh-Hant-AU", "13 11 14"),
        ("de-DE", "0800 1110111"),
        ("en", "112"),
        ("xx-XX", "112"),
        ("", "112"),
        ("-" * 5_000, "112"),
    ],
)
def test_the_country_is_that_of_the_browser(client, language, phone):
    page = client.get("/comments/help/", headers={"Accept-Language": language}).content.decode()
    assert phone in page
    assert (phone == "112" and "findahelpline.com" in page) or "findahelpline.com" not in page


def test_the_country_can_be_chosen(client):
    page = client.get("/comments/help/?country=IE", headers={"Accept-Language": "en-US"}).content.decode()
    assert "samaritans.org/ireland" in page
    assert '<a class="help__phone" href="tel:116123">' in page
    page = client.get("/comments/help/?country=", headers={"Accept-Language": "en-US"}).content.decode()
    assert "findahelpline.com" in page


def test_regions():
    assert help.regions("de-CH, fr-FR;q=0.5, en") == ["CH", "FR"]


def test_a_fresh_site_has_lines_and_a_change_is_not_undone():
    assert HelpLine.objects.filter(country="GB", phone="116 123").exists()
    HelpLine.objects.exclude(country="US").delete()
    call_command("migrate", verbosity=0)
    assert set(HelpLine.objects.values_list("country", flat=True)) == {"US"}


def test_administrators_keep_the_lines(client):
    client.force_login(make_user("moderator"))
    assert client.get("/admin/comments/helpline/").status_code in {302, 403, 404}
    client.force_login(make_user("administrator"))
    line = {"name": "Talk", "phone": "1234", "country": "zz", "hours": "", "url": "", "position": 0}
    assert client.post("/admin/comments/helpline/add/", line).status_code == 302
    assert HelpLine.objects.get(country="ZZ").dialled == "1234"
    for wrong in ({"country": "1!"}, {"phone": "call us"}, {"phone": ""}, {"url": "javascript:alert(1)"}):
        assert client.post("/admin/comments/helpline/add/", line | wrong).status_code == 200, wrong
    assert HelpLine in site._registry
