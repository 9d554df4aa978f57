"""The log: every act of the desk, newest first, in pages that lose and repeat nothing; and what it can be asked for."""

import re
from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comments import log
from comments.models import (
    CannedReply,
    CorrectionRequest,
    Credential,
    CredentialRequest,
    Decision,
    Duty,
    ListedWord,
    PersonNote,
    Pick,
    PolicyVersion,
    Proposal,
    Sanction,
    SiteMode,
)
from comments.models.undoing import undo
from tests.factories import make_article, make_comment, make_user

pytestmark = pytest.mark.django_db
ADDRESS = "/moderation/log/"


@pytest.fixture
def moderator(client):
    user = make_user("moderator", display_name="Mo Derator")
    client.force_login(user)
    return user


@pytest.fixture
def administrator():
    return make_user("administrator", display_name="Ad Min")


def lines(html: str) -> list[list[str]]:
    """The cells of each row, without tags."""
    rows = re.findall(r"<tr>(<td>.*?)</tr>", html, re.S)
    cells = [re.findall(r"<td>(.*?)</td>", row, re.S) for row in rows]
    return [[re.sub(r"<[^>]+>", "", cell).strip() for cell in row] for row in cells]


def whats(client, **asked) -> list[str]:
    answer = client.get(ADDRESS, asked)
    assert answer.status_code == 200
    return [row[1] for row in lines(answer.content.decode())]


def everything_done(moderator, administrator) -> None:
    """One act of each kind, by the two of them."""
    comment = make_comment(status="pending", author=make_user(display_name="Ada"))
    comment.decide("publish", by=moderator, version=1)
    comment.refresh_from_db()
    Pick.switch(comment, True, by=moderator, version=comment.version)
    CorrectionRequest.send(comment, by=moderator, passage="", claim="The year is wrong.")
    reader = make_user(display_name="Rea Der")
    PersonNote.write(reader, "Quarrels with everybody.", by=moderator)
    ban = Sanction.impose("ban", reader, by=administrator, reason="Spam.")
    ban.lift(by=administrator, reason="A mistake.")
    nurse = make_user(display_name="Nu Rse")
    asked = {
        "kind": "nurse",
        "registered_name": "Nu Rse",
        "issuer": "A register",
        "reference": "1",
        "jurisdiction": "UK",
    }
    CredentialRequest.ask(nurse, **asked).decline(by=administrator, answer="Not found there.")
    until = datetime.now(UTC).date() + timedelta(days=90)
    label = {"label": "Nurse", "issuer": "A register", "jurisdiction": "UK", "expires_on": until}
    CredentialRequest.ask(nurse, **asked).accept(by=administrator, **label)
    Credential.objects.get().revoke(by=administrator, reason="It has ended.")
    SiteMode.switch("held", by=moderator)
    policy = PolicyVersion.current()
    PolicyVersion.publish(policy.content(), note="As it was.", by=administrator, based_on=policy.number)
    ListedWord.carry_out(ListedWord.plan(["zebra tonic"], "hold"), by=administrator, note="")
    reply = CannedReply.objects.first()
    reply.change(reply.content() | {"body": "Other words."}, by=administrator, revision=reply.revision)
    proposal = Proposal.objects.create(
        kind="words", content={"words": ["snake oil"], "outcome": "hold"}, why="Much of it.", by=moderator
    )
    proposal.decline(by=administrator, answer="It is rare.")
    line = {"weekday": 0, "starts": time(9), "ends": time(17), "time_zone": "Europe/London"}
    Duty.put_on(by=administrator, user=moderator, **line)
    Duty.objects.get().take_off(by=administrator)


WANTED = {
    "Off the roster", "On the roster", "Proposal declined", "Proposal sent", "Canned reply changed", "Word listed",
    "Policy published", "Switched: Open → Every comment is read first", "Taken back: Nurse", "Verified: Nurse",
    "Request to be verified declined", "Ban lifted", "Ban", "Note about a person", "Sent to the editors", "Picked",
    "Published",
}  # fmt: skip


def test_every_kind_of_act_is_in_it_with_who_and_what_about(client, moderator, administrator):
    everything_done(moderator, administrator)
    html = client.get(ADDRESS, {"what": "desk"}).content.decode()
    rows = lines(html)
    assert {row[1] for row in rows} >= WANTED
    by = {row[1]: row[2] for row in rows}
    assert (by["Published"], by["Ban"], by["Off the roster"]) == ("Mo Derator", "Ad Min", "Ad Min")
    about = {row[1]: row[3] for row in rows}
    assert about["Published"].startswith("Ada on ")
    assert about["On the roster"].startswith("Mo Derator: Monday 09:00")
    assert "Quarrels" not in html  # a note is read where the person is
    # Each leads somewhere that there is.
    for url in set(re.findall(r'<td><a href="(/[^"#]*)', html)):
        assert client.get(url).status_code == 200, url
    # Newest first.
    times = re.findall(r'<td><time datetime="([^"]+)"', html)
    assert times == sorted(times, reverse=True)


@pytest.mark.parametrize(
    ("what", "wanted"),
    [
        ("publish", {"Published"}),
        ("restore", set()),
        ("screening", {"Submitted (pending)"}),
        ("picks", {"Picked"}),
        ("switches", {"Switched: Open → Every comment is read first"}),
        ("corrections", {"Sent to the editors"}),
        ("duty", {"On the roster", "Off the roster"}),
        ("people", {"Ban", "Ban lifted", "Note about a person", "Request to be verified declined", "Verified: Nurse",
                    "Taken back: Nurse"}),
        ("rules", {"Policy published", "Word listed", "Canned reply changed", "Proposal sent", "Proposal declined"}),
    ],
)  # fmt: skip
def test_it_can_be_asked_for_one_kind(client, moderator, administrator, what, wanted):
    PolicyVersion.objects.update(created_at="2020-01-01T00:00Z")
    everything_done(moderator, administrator)
    assert set(whats(client, what=what, **{"from": "2020-01-02"})) == wanted


def test_by_whom_and_when(client, moderator, administrator):
    everything_done(moderator, administrator)
    mine = client.get(ADDRESS, {"by": moderator.pk}).content.decode()
    assert {row[2] for row in lines(mine)} == {"Mo Derator"}
    assert f'<option value="{moderator.pk}" selected>' in mine
    Decision.objects.update(at="2021-03-28T12:00Z")
    of_that_day = {"Published", "Submitted (pending)"}
    assert set(whats(client, **{"from": "2021-03-28", "to": "2021-03-28"})) == of_that_day
    assert "Published" not in whats(client, **{"from": "2021-03-29"})
    assert whats(client, to="2021-03-27") == []


def test_who_left_the_desk_can_still_be_asked_for(client, moderator, administrator):
    make_comment(status="pending").decide("publish", by=administrator, version=1)
    administrator.groups.clear()
    html = client.get(ADDRESS, {"by": administrator.pk}).content.decode()
    assert [row[1] for row in lines(html)] == ["Published"]
    assert f'<option value="{administrator.pk}" selected>Ad Min' in html


def test_pages_lose_and_repeat_nothing_even_within_one_moment(client, moderator):
    article = make_article()
    comments = [make_comment(article=article) for _ in range(70)]
    for comment in comments:
        Pick.switch(comment, True, by=moderator, version=comment.version)
    moment = datetime(2026, 3, 1, 12, tzinfo=UTC)
    Decision.objects.update(at=moment)
    Pick.objects.update(at=moment)
    seen, after = [], ""
    while True:
        page, after = log.read(
            moderator, kind="", first=moment, last=moment + timedelta(seconds=1), after=after
        )
        seen += [(each.what, each.url) for each in page]
        if not after:
            break
        assert len(page) == log.ROWS
    assert len(seen) == len(set(seen)) == 140


def test_earlier_and_newest_keep_what_was_asked(client, moderator):
    article = make_article()
    for _ in range(60):
        make_comment(article=article)
    html = client.get(ADDRESS, {"what": "screening"}).content.decode()
    earlier = re.search(r'rel="next" href="\?([^"]+)"', html)[1]
    assert "what=screening" in earlier
    second = client.get(f"{ADDRESS}?{earlier.replace('&amp;', '&')}").content.decode()
    assert len(lines(second)) == 10
    assert 'href="?what=screening">Newest' in second
    assert "Earlier" not in second


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"what": "nonsense"}, "Choose from the list what"),
        ({"by": "x"}, "Choose from the list who"),
        ({"by": "9" * 40}, "less than or equal"),
        ({"from": "yesterday"}, "is no day"),
        ({"from": "2026-02-02", "to": "2026-02-01"}, "after the last"),
    ],
)
def test_what_cannot_be_asked_is_said(client, moderator, asked, words):
    answer = client.get(ADDRESS, asked)
    assert (answer.status_code, words in answer.content.decode()) == (422, True)


@pytest.mark.parametrize(
    "asked",
    [{"after": "x"}, {"after": "9" * 200}, {"to": "9999-12-31"}, {"from": "0001-01-01"}, {"by": "1"}],
)  # fmt: skip
def test_what_is_odd_is_no_500(client, moderator, asked):
    assert client.get(ADDRESS, asked).status_code == 200


def test_an_undone_decision_is_two_lines(client, moderator):
    undo(make_comment(status="pending").decide("publish", by=moderator, version=1), by=moderator)
    assert whats(client, what="desk")[:2] == ["Undone", "Published"]


def test_as_many_queries_for_fifty_as_for_five(client, moderator, administrator):
    counts = []
    for many in (5, 45):
        for _ in range(many):
            comment = make_comment(article=make_article(), author=make_user())
            Pick.switch(comment, True, by=moderator, version=comment.version)
            PersonNote.write(make_user(), "Kind.", by=moderator)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(ADDRESS)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 24


def test_nobody_learns_from_it_that_there_are_notes_about_them(client, moderator, administrator):
    PersonNote.write(moderator, "Quarrels with readers.", by=administrator)
    PersonNote.write(administrator, "Is often away.", by=moderator)
    for viewer, about in ((moderator, "Ad Min"), (administrator, "Mo Derator")):
        client.force_login(viewer)
        for what in ("", "desk", "people"):
            rows = lines(client.get(ADDRESS, {"what": what}).content.decode())
            assert [row[3] for row in rows if row[1] == "Note about a person"] == [about]


def test_others_do_not_see_it(client):
    assert client.get(ADDRESS).status_code == 302
    client.force_login(make_user())
    assert client.get(ADDRESS).status_code == 404
