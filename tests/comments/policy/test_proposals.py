"""Who may: moderators propose, administrators take up or decline."""

import pytest

from comments.models import PolicyVersion, Proposal
from tests.comments.policy.conftest import DRAFT, fields, form_of, look, proposed, publish, row_of
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("url", ["/moderation/policy/", "/moderation/policy/1/", DRAFT])
def test_the_desk_is_for_moderators(client, url):
    assert client.get(url).url.startswith("/accounts/login/")
    for role in ("", "author", "editor", "medical reviewer"):
        client.force_login(make_user(role))
        assert client.get(url).status_code == 404
        assert client.post(url).status_code in {404, 405}
    client.force_login(make_user("moderator"))
    assert client.get(url).status_code == 200


def test_a_moderator_proposes_and_cannot_publish(client):
    moderator = make_user("moderator", display_name="Mo Derator")
    client.force_login(moderator)
    assert b"Propose a change" in client.get("/moderation/policy/").content
    typed = fields(client)
    typed[f"{row_of(typed, 1)}-title"] = "Be kind"
    assert publish(client, typed).status_code == 404
    assert PolicyVersion.objects.count() == 1
    seen = form_of(look(client, typed))["seen"]
    answer = client.post(DRAFT, typed | {"step": "propose", "seen": seen, "note": "Kinder words."})
    assert (answer.status_code, answer.url) == (303, "/moderation/proposals/")
    assert PolicyVersion.objects.count() == 1
    proposal = Proposal.objects.get()
    assert (proposal.by, proposal.why, proposal.state) == (moderator, "Kinder words.", "open")
    assert b"<ins>kind</ins>" in client.get(f"/moderation/proposals/{proposal.pk}/").content


def test_an_administrator_takes_a_proposal_up_and_the_proposer_reads_the_word(client, administrator):
    proposal = proposed()
    assert b"1 proposal</a> waits for an answer" in client.get("/moderation/policy/").content
    url = f"{DRAFT}?proposal={proposal.pk}"
    page = client.get(url)
    assert b"Mo Derator" in page.content and b"Be kind" in page.content
    typed = form_of(page) | {"answer": "Well said."}
    assert publish(client, typed).status_code == 303
    assert PolicyVersion.current().clauses.get(number=1).title == "Be kind"
    client.force_login(proposal.by)
    html = client.get("/moderation/proposals/").content.decode()
    assert "Taken up" in html and "Well said." in html and "Ad Ministrator" in html


def test_a_proposal_from_an_older_version_is_laid_on_the_newer_one(client, administrator):
    proposal = proposed()
    theirs = PolicyVersion.current().content()
    theirs["intro"] = "A new introduction."
    theirs["clauses"][0]["wording"] = "Newer words."
    PolicyVersion.publish(theirs, note="x", by=administrator, based_on=1)
    page = client.get(f"{DRAFT}?proposal={proposal.pk}")
    html = page.content.decode()
    assert "published version 2</b>" in html or "published version 2 meanwhile" in html
    assert (
        "<ins>kind</ins>" in html and "introduction.</del>" not in html and "Newer words.</del>" not in html
    )
    assert client.post(DRAFT, form_of(page) | {"step": "publish"}).status_code == 303
    now = PolicyVersion.current()
    assert (now.number, now.intro) == (3, "A new introduction.")
    first = now.clauses.get(number=1)
    assert (first.title, first.wording) == ("Be kind", "Newer words.")


def test_a_proposal_is_declined_with_a_word_once(client, administrator):
    proposal = proposed()
    url = f"/moderation/proposals/{proposal.pk}/"
    answer = client.post(url, {"answer": " "})
    assert answer.status_code == 422 and b"Say in a word why" in answer.content
    assert client.post(url, {"answer": "Not \x00now."}).status_code == 303
    proposal.refresh_from_db()
    assert (proposal.state, proposal.answer, proposal.answered_by) == ("declined", "Not now.", administrator)
    client.force_login(make_user("administrator"))
    answer = client.post(url, {"answer": "Again."})
    assert answer.status_code == 409 and b"Ad Ministrator answered this proposal first" in answer.content
    proposal.refresh_from_db()
    assert proposal.answer == "Not now."


def test_a_moderator_sees_own_proposals_only_and_answers_none(client):
    mine, theirs = proposed(), proposed(by=make_user("moderator"))
    client.force_login(mine.by)
    html = client.get("/moderation/proposals/").content.decode()
    assert f"/moderation/proposals/{mine.pk}/" in html
    assert f"/moderation/proposals/{theirs.pk}/" not in html
    assert client.get(f"/moderation/proposals/{theirs.pk}/").status_code == 404
    client.post(f"/moderation/proposals/{mine.pk}/", {"answer": "I agree with myself."})
    mine.refresh_from_db()
    assert mine.is_open
