"""The policy as data: versions that never change, a draft of the next one, proposals, and what readers see of it."""

import threading
import time

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from comments import differences
from comments.models import CannedReply, Clause, PolicyVersion, Proposal, ReplyChange
from comments.policy_forms import Draft
from healthnews.site_state import SiteState
from tests import plain_forms
from tests.factories import make_comment, make_user

pytestmark = pytest.mark.django_db
DRAFT = "/moderation/policy/draft/"


@pytest.fixture
def administrator(client):
    user = make_user("administrator", display_name="Ad Ministrator")
    client.force_login(user)
    return user


def fields(client, url=DRAFT) -> dict:
    """What a browser would send back of the form on this page."""
    return form_of(client.get(url))


def form_of(answer) -> dict:
    return plain_forms.fields(answer, DRAFT)


def look(client, typed):
    return client.post(DRAFT, typed | {"step": "look"})


def publish(client, typed, note="Because readers asked."):
    """Look at the difference, then publish what was looked at, as the two buttons do."""
    looked = form_of(look(client, typed))
    return client.post(DRAFT, looked | {"step": "publish", "note": note})


def row_of(typed, number) -> str:
    return next(k.rpartition("-")[0] for k, v in typed.items() if k.endswith("-number") and v == str(number))


def snapshot(number=1):
    return list(Clause.objects.filter(policy__number=number).order_by("pk").values())


# The draft


def test_a_change_makes_a_new_version_and_leaves_the_old_one_and_its_decisions_alone(client, administrator):
    comment = make_comment(status="pending")
    clause = Clause.objects.get(number=4)
    decision = comment.decide("reject", by=administrator, version=1, clause=clause)
    before = snapshot()
    typed = fields(client)
    typed[f"{row_of(typed, 4)}-wording"] = "Nobody sells here."
    answer = publish(client, typed)
    assert (answer.status_code, answer.url) == (303, "/moderation/policy/")
    new = PolicyVersion.current()
    assert (new.number, new.created_by, new.note) == (2, administrator, "Because readers asked.")
    assert snapshot() == before
    assert new.clauses.get(number=4).wording == "Nobody sells here."
    assert new.clauses.get(number=4).line == clause.pk
    assert new.clauses.count() == len(before)
    decision.refresh_from_db()
    assert (decision.clause, decision.policy.number) == (clause, 1)
    later = make_comment(status="pending")
    later.decide("reject", by=administrator, version=1, clause=new.clauses.get(number=4))
    assert later.decisions.first().policy == new


def test_the_difference_is_shown_before_anything_is_published(client, administrator):
    typed = fields(client)
    typed[f"{row_of(typed, 1)}-guidance"] = "Guidance <b>for the desk</b>."
    html = look(client, typed).content.decode()
    assert "<ins>Guidance" in html and "&lt;b&gt;" in html
    assert "Publish as version 2" in html
    assert "publish" in plain_forms.steps(look(client, typed), DRAFT)
    assert PolicyVersion.objects.count() == 1


def test_only_what_was_looked_at_is_published(client, administrator):
    typed = fields(client)
    typed[f"{row_of(typed, 1)}-title"] = "Be kind"
    seen = form_of(look(client, typed))["seen"]
    typed[f"{row_of(typed, 1)}-title"] = "Be unkind"
    answer = client.post(DRAFT, typed | {"step": "publish", "seen": seen, "note": "x"})
    assert answer.status_code == 422
    assert b"Look at it again" in answer.content and b"Be unkind" in answer.content
    assert PolicyVersion.objects.count() == 1


def test_without_a_note_or_a_difference_nothing_is_published(client, administrator):
    typed = fields(client)
    answer = publish(client, typed)
    assert answer.status_code == 422 and b"Nothing differs" in answer.content
    typed[f"{row_of(typed, 1)}-title"] = "Be kind"
    answer = publish(client, typed, note="  ")
    assert (
        answer.status_code == 422 and b"Say in a sentence" in answer.content and b"Be kind" in answer.content
    )
    assert PolicyVersion.objects.count() == 1


def test_the_second_of_two_administrators_is_told_and_keeps_what_they_typed(client, administrator):
    mine = fields(client)
    mine[f"{row_of(mine, 2)}-title"] = "My own title"
    mine["seen"] = form_of(look(client, mine))["seen"]
    theirs = PolicyVersion.current().content()
    theirs["clauses"][0]["title"] = "Their title"
    quick = make_user("administrator", display_name="Quick Colleague")
    PolicyVersion.publish(theirs, note="Quick.", by=quick, based_on=1)
    answer = client.post(DRAFT, mine | {"step": "publish", "note": "Mine."})
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "Quick Colleague published version 2" in html and "My own title" in html
    assert "<del>Their" not in html and "Their title" in html
    assert PolicyVersion.current().number == 2
    # Looked at beside theirs, it may be published.
    assert client.post(DRAFT, form_of(answer) | {"step": "publish"}).status_code == 303
    now = PolicyVersion.current()
    titles = [clause.title for clause in now.clauses.all()[:2]]
    assert (now.number, titles) == (3, ["Their title", "My own title"])


def _clause(line, number, **changes):
    return {"line": line, "number": number, "title": f"T{line}", "wording": "w"} | changes


def _policy(*clauses, intro=""):
    return {"intro": intro, "clauses": list(clauses)}


@pytest.mark.parametrize(
    ("mine", "theirs", "both"),
    [
        ([_clause(1, 1), _clause(2, 2, title="M")], [_clause(1, 1, title="T"), _clause(2, 2)], "1T 2M"),
        ([_clause(1, 1, title="M"), _clause(2, 2)], [_clause(1, 1, title="T"), _clause(2, 2)], "1M 2T2"),
        ([_clause(1, 1)], [_clause(1, 1, title="T"), _clause(2, 2)], "1T"),  # I took the second out
        ([_clause(1, 1), _clause(2, 2)], [_clause(2, 2)], "2T2"),  # they took the first out
        ([_clause(1, 1, title="M"), _clause(2, 2)], [_clause(2, 2)], "1M 2T2"),  # and I had changed it
        (
            [_clause(1, 1), _clause(2, 2), _clause(None, 3, title="M")],
            [_clause(1, 1), _clause(2, 2), _clause(7, 4)],
            "1T1 2T2 3M 4T7",
        ),
        ([_clause(1, 2), _clause(2, 1)], [_clause(1, 1, title="T"), _clause(2, 2)], "1T2 2T"),
    ],
)
def test_two_changes_of_one_policy_are_laid_together(mine, theirs, both):
    base = _policy(_clause(1, 1), _clause(2, 2))
    made = differences.merged(base, _policy(*mine, intro="mine"), _policy(*theirs))
    assert " ".join(f"{clause['number']}{clause['title']}" for clause in made["clauses"]) == both
    assert made["intro"] == "mine"


@pytest.mark.django_db(transaction=True)
def test_of_two_that_publish_at_once_the_second_waits_and_is_told():
    users = [make_user("administrator"), make_user("administrator")]
    content, outcomes = PolicyVersion.current().content(), []

    def second():
        try:
            PolicyVersion.publish(content, note="x", by=users[1], based_on=1)
        except Exception as error:
            outcomes.append(type(error).__name__)
        finally:
            connection.close()

    other = threading.Thread(target=second)
    with transaction.atomic():
        PolicyVersion.publish(content, note="x", by=users[0], based_on=1)
        other.start()
        for _ in range(200):
            with connection.cursor() as cursor:
                cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
                if cursor.fetchone()[0]:
                    break
            time.sleep(0.05)
    other.join()
    assert outcomes == ["ChangedMeanwhile"]
    assert PolicyVersion.current().created_by == users[0]


def test_a_link_to_a_clause_leads_to_the_version_that_it_was_named_from(client, administrator):
    author = make_user()
    comment = make_comment(status="pending", author=author)
    clause = Clause.objects.get(number=4)
    comment.decide("reject", by=administrator, version=1, clause=clause)
    assert publish(client, form_of(client.post(DRAFT, fields(client) | {"step": "up:3"}))).status_code == 303
    client.force_login(author)
    html = client.get(f"/articles/{comment.article.slug}/comments/mine/").content.decode()
    assert 'href="/comments-policy/1/#clause-4"' in html
    assert (
        f'id="clause-4" class="clause"><h2>4. {clause.title}'
        in client.get("/comments-policy/1/").content.decode()
    )


def test_clauses_are_added_moved_and_taken_out_without_script(client, administrator):
    typed = fields(client)
    total = int(typed["clause-TOTAL_FORMS"])
    typed = form_of(client.post(DRAFT, typed | {"step": "add"}))
    assert typed["clause-TOTAL_FORMS"] == str(total + 1)
    typed |= {
        f"clause-{total}-title": "No shouting",
        f"clause-{total}-wording": "Capitals are hard to read.",
        f"clause-{total}-severity": "1",
        f"clause-{total}-legal_ground": "The law of typography",
    }
    typed = form_of(client.post(DRAFT, typed | {"step": "up:3"}))  # the fourth before the third
    typed[f"{row_of(typed, 1)}-goes"] = "on"
    assert publish(client, typed).status_code == 303
    old, new = (PolicyVersion.objects.get(number=n).content()["clauses"] for n in (1, 2))
    lines = {clause["number"]: clause["line"] for clause in old}
    now = {clause["number"]: clause["line"] for clause in new}
    assert 1 not in now
    assert (now[3], now[4], now[5]) == (lines[4], lines[3], lines[5])
    added = new[-1]
    assert (added["number"], added["title"]) == (max(lines) + 1, "No shouting")
    assert added["line"] not in lines.values()


def test_canned_replies_follow_their_clause_to_its_new_number_and_say_why(client, administrator):
    of_two = CannedReply.objects.get(key="no-personal-advice")
    of_three = CannedReply.objects.get(key="personal-data-removed")
    assert (of_two.clause_number, of_three.clause_number) == (2, 3)
    typed = fields(client)
    typed = form_of(client.post(DRAFT, typed | {"step": "up:2"}))  # the third becomes the second
    typed[f"{row_of(typed, 4)}-goes"] = "on"
    assert b"will name none" in look(client, typed).content
    publish(client, typed)
    of_two.refresh_from_db()
    of_three.refresh_from_db()
    assert (of_two.clause_number, of_three.clause_number) == (3, 2)
    assert CannedReply.objects.get(key="no-links-promotion").clause_number is None
    assert ReplyChange.objects.get(reply=of_two).because == "Version 2 of the policy"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"clause-0-title": ""}, "A clause needs a title"),
        ({"clause-0-wording": " "}, "A clause needs words for readers"),
        ({"clause-0-number": "2"}, "Two clauses have the number 2"),
        ({"clause-0-number": "x"}, "whole number"),
        ({"clause-0-number": "9" * 40}, "less than or equal to 99"),
        ({"clause-0-title": "x" * 121}, "at most 120"),
        ({"clause-0-title": "a\x00b"}, "Null characters"),
        ({"clause-0-wording": "x" * 4_001}, "at most 4000"),
        ({"clause-0-severity": "9"}, "Select a valid choice"),
        ({"clause-0-default_reply": "no-such"}, "Select a valid choice"),
        ({"clause-0-default_outcome": "explode"}, "Select a valid choice"),
        ({"clause-TOTAL_FORMS": "0"}, "at least one clause"),
        ({"clause-TOTAL_FORMS": "-1"}, "at least one clause"),
        ({"clause-TOTAL_FORMS": "x"}, "at least one clause"),
        ({"intro": "x" * 4_001}, "at most 4000"),
    ],
)
def test_wrong_input_is_told_in_words_and_what_was_typed_is_kept(client, administrator, wrong, words):
    typed = fields(client) | {"clause-1-guidance": "Half a page of guidance."} | wrong
    answer = client.post(DRAFT, typed | {"step": "publish", "note": "x"})
    assert answer.status_code == 422
    assert words in answer.content.decode()
    if "clause-TOTAL_FORMS" not in wrong:
        assert b"Half a page of guidance." in answer.content
    assert PolicyVersion.objects.count() == 1


@pytest.mark.parametrize(
    "hostile",
    [
        {"clause-TOTAL_FORMS": "9" * 9},
        {"step": "up:99999999999999999999"},
        {"step": "down:x"},
        {"step": "nonsense"},
        {"based_on": "x" * 5_000},
        {"seen": "\x00"},
        {"note": "\x00\u202e"},
        {"proposal": "9" * 30},
        {"answer": "\x00"},
        {"clause-0-line": "99999999"},
        {"clause-0-line": "-1"},
    ],
)
def test_hostile_input_is_no_fault_and_changes_nothing(client, administrator, hostile):
    answer = client.post(DRAFT, fields(client) | {"step": "look"} | hostile)
    assert answer.status_code in {200, 409, 422}
    assert PolicyVersion.objects.count() == 1


def test_a_line_taken_twice_is_a_new_clause(client, administrator):
    typed = fields(client)
    line = typed["clause-0-line"]
    typed["clause-1-line"] = line
    publish(client, typed)
    lines = [clause.line for clause in PolicyVersion.current().clauses.all()]
    assert lines.count(int(line)) == 1 and len(set(lines)) == len(lines)


def test_what_administrators_type_is_never_markup(client, administrator):
    typed = fields(client)
    typed[f"{row_of(typed, 1)}-title"] = "<script>alert(1)</script>"
    typed[f"{row_of(typed, 1)}-wording"] = "<img src=x onerror=alert(1)>"
    publish(client, typed, note="<script>alert(2)</script>")
    for url in (
        "/comments-policy/",
        "/comments-policy/1..2/",
        "/moderation/policy/",
        "/moderation/policy/2/",
        DRAFT,
    ):
        html = client.get(url).content.decode()
        assert "<script>alert" not in html and "<img src=x" not in html, url


# Who may


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


def proposed(by=None, **content):
    changed = PolicyVersion.current().content()
    changed["clauses"][0]["title"] = "Be kind"
    return Proposal.objects.create(
        kind="policy",
        content=changed | {"based_on": 1} | content,
        why="Kinder words.",
        by=by or make_user("moderator", display_name="Mo Derator"),
    )


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


# What readers see


def test_readers_see_the_current_one_older_ones_and_what_changed_but_no_guidance(client, administrator):
    typed = fields(client)
    old_title = typed[f"{row_of(typed, 1)}-title"]
    typed[f"{row_of(typed, 1)}-title"] = "Be kind"
    typed[f"{row_of(typed, 1)}-guidance"] = "Secret guidance."
    publish(client, typed)
    client.logout()
    current = client.get("/comments-policy/").content.decode()
    assert "Version 2, in force" in current and "Be kind" in current and "older version" not in current
    assert "Legal ground: Data protection law" in current
    assert 'href="/comments-policy/1/"' in current and "Because readers asked." in current
    assert client.get("/comments-policy/2/").content.decode().count("older version") == 0
    older = client.get("/comments-policy/1/").content.decode()
    assert "This is an older version." in older and old_title in older and "Be kind" not in older
    change = client.get("/comments-policy/1..2/").content.decode()
    assert "<ins>kind</ins>" in change and "Secret guidance" not in change
    for page in (current, older, change):
        assert "Secret" not in page


@pytest.mark.parametrize(
    "url",
    ["/comments-policy/7/", "/comments-policy/1..7/", "/comments-policy/1..1/", "/comments-policy/0/"]
    + [f"/comments-policy/{'9' * 30}/"],
)
def test_versions_that_are_not_there_are_404(client, url):
    assert client.get(url).status_code == 404


def test_a_difference_backwards_is_404(client, administrator):
    PolicyVersion.publish(PolicyVersion.current().content(), note="x", by=administrator, based_on=1)
    assert client.get("/comments-policy/1..2/").status_code == 200
    assert client.get("/comments-policy/2..1/").status_code == 404


def test_the_public_pages_are_the_same_for_everybody_and_kept_until_the_policy_changes(client, administrator):
    content = PolicyVersion.current().content()
    PolicyVersion.publish(content | {"intro": "Two."}, note="x", by=administrator, based_on=1)
    for url in ("/comments-policy/", "/comments-policy/1/", "/comments-policy/1..2/"):
        mine = client.get(url)
        client.logout()
        anybody = client.get(url)
        assert mine.content == anybody.content
        assert "Cookie" not in anybody.get("Vary", "") and not anybody.cookies
        assert client.get(url, headers={"If-None-Match": anybody["ETag"]}).status_code == 304
        client.force_login(administrator)
    etag, site = client.get("/comments-policy/1/")["ETag"], SiteState.current()
    PolicyVersion.publish(content | {"intro": "Three."}, note="x", by=administrator, based_on=2)
    assert client.get("/comments-policy/1/")["ETag"] != etag
    assert SiteState.current() == site + 1
    assert b"Three." in client.get("/comments-policy/").content


def test_queries_do_not_grow_with_versions_and_clauses(client, administrator):
    counts = []
    for size in (5, 30):
        content = PolicyVersion.current().content()
        number = PolicyVersion.current().number
        content["clauses"] = [
            {
                **content["clauses"][0],
                "line": None,
                "number": n + 1,
                "title": f"Clause {n}",
                "default_reply": "please-civil",
            }
            for n in range(size)
        ]
        PolicyVersion.publish(content, note="x", by=administrator, based_on=number)
        for _ in range(size):
            last = PolicyVersion.current()
            PolicyVersion.publish(last.content(), note="x", by=administrator, based_on=last.number)
            proposed(based_on=1)
        sizes = []
        for url in (
            "/comments-policy/",
            "/comments-policy/1..2/",
            "/moderation/policy/",
            f"/moderation/policy/{number + 1}/",
            DRAFT,
            "/moderation/proposals/",
        ):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(url).status_code == 200
            sizes.append(len(queries))
        counts.append(sizes)
    assert [a for a, b in zip(*counts, strict=True) if a != b and a != 1] == [], counts


def test_a_fresh_sites_policy_and_replies_are_not_written_again_over_changes(administrator):
    from healthnews import fresh_site

    content = PolicyVersion.current().content()
    PolicyVersion.publish(content | {"intro": "Ours."}, note="x", by=administrator, based_on=1)
    reply, many = CannedReply.objects.get(key="please-civil"), CannedReply.objects.count()
    reply.change(reply.content() | {"body": "Ours.", "is_active": False}, by=administrator, revision=1)
    fresh_site.write()
    assert PolicyVersion.current().intro == "Ours."
    assert CannedReply.objects.get(key="please-civil").body == "Ours."
    assert not CannedReply.objects.get(key="please-civil").is_active
    assert CannedReply.objects.count() == many


def test_a_draft_of_what_is_in_force_differs_in_nothing():
    current = PolicyVersion.current()
    draft = Draft.of(current.content(), current, based_on=1)
    assert draft.is_valid()
    assert draft.changes(draft.content()) == []
