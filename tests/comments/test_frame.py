"""What stands around every page of the desk: what one can take back, and what waits for whom."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from comments import desk, frame
from comments.models import Case, Comment, CredentialRequest, Decision, Proposal, Sanction, SanctionAppeal
from tests.factories import make_comment, make_user

pytestmark = pytest.mark.django_db
PLACES = (
    "",
    "log/",
    "people/",
    "corrections/",
    "replies/",
    "policy/",
    "words/",
    "proposals/",
    "duty/",
    "switches/",
)


@pytest.fixture
def moderator(client):
    user = make_user("moderator", display_name="Mo Derator")
    client.force_login(user)
    return user


def page(client, path) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.content.decode()


def offered(html) -> str:
    """What the key u would take back, in words."""
    found = re.findall(r'<button[^>]*data-key="u">([^<]*)<kbd>', html.partition('class="desk__nav"')[0])
    assert len(found) < 2
    return unescape(found[0]).strip() if found else ""


def decide(client, comment, **data):
    data = {"version": comment.version, "action": "publish", "way": "key"} | data
    return client.post(f"/moderation/comments/{comment.pk}/decisions/", data)


def undo(client, html):
    form = re.search(r'<form class="desk__undo".*?</form>', html, re.S).group()
    fields = {"decisions": re.findall(r'name="decisions" value="([\d ]+)"', form)}
    return client.post(unescape(re.search(r'action="([^"]*)"', form).group(1)), fields)


def test_ones_latest_decision_can_be_taken_back_from_every_page_for_ten_minutes(client, moderator):
    comment = make_comment(status="pending", author=make_user(display_name="Fatima"))
    other = make_comment(status="pending")
    assert offered(page(client, "/moderation/")) == ""
    decide(client, comment)
    for where in (*PLACES, f"comments/{other.pk}/", f"comments/{other.pk}/correction/", "?q=tea"):
        assert offered(page(client, f"/moderation/{where}")) == "Undo: Fatima published", where
    html = page(client, "/moderation/log/")
    assert undo(client, html).url == f"/moderation/comments/{comment.pk}/"
    assert Comment.objects.get(pk=comment.pk).status == "pending"
    assert offered(page(client, "/moderation/")) == ""
    decide(client, Comment.objects.get(pk=comment.pk))
    Decision.objects.update(at=Decision.objects.latest("pk").at - timedelta(minutes=11))
    assert offered(page(client, "/moderation/")) == ""


def test_what_was_decided_together_is_taken_back_together(client, moderator):
    comments = [make_comment(status="pending") for _ in range(3)]
    alone = make_comment(status="pending", author=make_user(display_name="Fatima"))
    decide(client, alone)
    chosen = [f"{each.pk}:{each.version}" for each in comments]
    answer = client.post("/moderation/decisions/", {"comments": chosen, "action": "publish"})
    assert answer.content.decode().count('data-key="u"') == 1  # its own, which says the same
    html = page(client, "/moderation/people/")
    assert offered(html) == "Undo: 3 comments published"
    assert "3 undone" in undo(client, html).content.decode()
    assert set(
        Comment.objects.filter(pk__in=[each.pk for each in comments]).values_list("status", flat=True)
    ) == {"pending"}
    assert offered(page(client, "/moderation/")) == "Undo: Fatima published"


def test_nothing_is_offered_that_could_not_be_taken_back(client, moderator):
    comment = make_comment(status="pending")
    decide(client, comment)
    client.force_login(make_user("moderator"))
    assert offered(page(client, "/moderation/")) == ""
    comment.refresh_from_db()
    decide(client, comment, action="hold")  # decided anew by somebody else
    client.force_login(moderator)
    assert offered(page(client, "/moderation/")) == ""


def test_undo_leads_back_on_the_same_way_through_the_queue(client, moderator):
    comment = make_comment(status="pending")
    path = f"/moderation/comments/{comment.pk}/?article={comment.article.slug}"
    decide(client, comment)
    assert undo(client, page(client, path)).url == path


def test_the_navigation_says_what_waits_for_whom(client, moderator):
    administrator = make_user("administrator")
    crisis, passed = make_comment(status="pending"), make_comment(status="pending")
    with transaction.atomic():
        Case.open_for(crisis, "crisis", priority=0)
        Case.open_for(passed, "escalated")
    for by in (moderator, make_user("moderator")):
        Proposal.objects.create(kind="words", content={"words": ["x"]}, why="", by=by)
    CredentialRequest.ask(
        make_user(), kind="physician", registered_name="", issuer="", reference="1", jurisdiction=""
    )
    html = page(client, "/moderation/log/")
    assert "1 emergency</a>" in html
    assert "escalated</a>" not in html and "Professionals" not in html
    assert 'Proposals <span class="desk__count">1</span>' in html
    client.force_login(administrator)
    html = page(client, "/moderation/log/")
    for words in (
        "1 escalated</a>",
        'Proposals <span class="desk__count">2</span>',
        'Professionals <span class="desk__count">1</span>',
    ):
        assert words in html


def test_it_is_one_query_and_stops_counting(moderator, monkeypatch):
    monkeypatch.setattr(desk, "COUNT_CAP", 2)
    monkeypatch.setattr(frame, "COUNT_CAP", 2)
    with transaction.atomic():
        for _ in range(4):
            Case.open_for(make_comment(status="pending"), "crisis", priority=0)
    assert moderator.is_moderator
    with CaptureQueriesContext(connection) as queries:
        assert frame.frame(moderator).crises == "2+"
    assert len(queries) == 1


def test_an_emergency_that_has_come_in_is_told_apart(client, moderator):
    make_comment(status="pending")
    with transaction.atomic():
        Case.open_for(make_comment(status="pending"), "crisis", priority=0)
    html = page(client, "/moderation/log/")
    since = re.search(r'data-since="([^"]+)"', html).group(1)
    url = f"/moderation/waiting/?since={since}"
    assert client.get(url).json() | {"lanes": 0} == {"lanes": 0, "total": "2", "new": "0", "emergencies": "0"}
    new = make_comment(status="pending")
    told = client.get(url).json()
    assert (told["new"], told["emergencies"]) == ("1", "0")
    with transaction.atomic():
        Case.open_for(new, "crisis", priority=0)
    told = client.get(url).json()
    assert (told["new"], told["emergencies"]) == ("1", "1")


def test_what_no_form_of_the_desk_sent_is_not_offered(client, moderator):
    make_comment(status="pending").decide("publish", by=moderator, version=1)
    assert offered(page(client, "/moderation/")) == ""


def test_appeals_against_sanctions_are_counted_beside_people(client, moderator):
    assert 'People <span class="desk__count">1</span>' not in page(client, "/moderation/")
    reader = make_user()
    held = Sanction.impose("suspend", reader, by=make_user("moderator"), reason="Insults.", days=3)
    appeal = SanctionAppeal.lodge(held, by=reader, text="I was provoked.")
    assert 'People <span class="desk__count">1</span>' in page(client, "/moderation/")
    appeal.reply(by=moderator, grant=False, reason="It stays.")
    assert 'People <span class="desk__count">1</span>' not in page(client, "/moderation/")
