"""The blind second reading: whom it is shown to, what it hides, what it stores."""

import re

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments import sums
from comments.models import Case, Clause, Decision, SecondReading
from comments.models.undoing import undo
from tests.factories import make_article, make_comment, make_user, verdict

pytestmark = pytest.mark.django_db
ADDRESS = "/moderation/second-reading/"


@pytest.fixture
def ann():
    return make_user("moderator", display_name="Ann Moss")


@pytest.fixture
def bob(client):
    user = make_user("moderator", display_name="Bob Reed")
    client.force_login(user)
    return user


@pytest.fixture
def clauses():
    return list(Clause.objects.order_by("-policy__number", "number")[:2])


def is_drawn(pk: int) -> bool:
    return pk * 919 % 1000 < 50


def drawn(action, *, by, comment=None, **why) -> Decision:
    """A decision whose id is one of those that are drawn: the sequence is put to just before one."""
    comment = comment or make_comment(status="pending")
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('comments_decision', 'id'))")
        pk = next(each for each in range(cursor.fetchone()[0] + 1, 10**9) if is_drawn(each))
        cursor.execute("SELECT setval(pg_get_serial_sequence('comments_decision', 'id'), %s, false)", [pk])
    decision = comment.decide(action, by=by, version=comment.version, **why)
    assert decision.pk == pk
    return decision


def shown(client, status=200) -> str:
    answer = client.get(ADDRESS)
    assert answer.status_code == status
    assert answer["Cache-Control"] == "private, no-store"
    return answer.content.decode()


def say(client, decision, action, clause=""):
    return client.post(ADDRESS, {"decision": decision.pk, "action": action, "clause": clause})


def test_one_decision_in_twenty_is_drawn_however_ids_are_spread():
    for step in (1, 2, 3, 4, 10):
        ids = range(1, 20_000 * step, step)
        assert sum(map(is_drawn, ids)) == pytest.approx(len(ids) / 20, rel=0.05)


def test_it_shows_the_text_as_it_was_and_neither_who_decided_nor_what(client, ann, bob, clauses):
    comment = make_comment(status="pending", body="My phone is 020 7946 0018, call me.")
    drawn("publish_redacted", by=ann, comment=comment, redactions=((12, 25),))
    html = shown(client)
    assert "020 7946 0018" in html
    assert "[removed" not in html
    assert "Ann Moss" not in html
    assert "redacted" not in html.replace("publish_redacted", "")  # one of the answers, always
    removed = drawn("remove", by=ann, comment=make_comment(body="Fools, all of you."), clause=clauses[0])
    SecondReading.record(Decision.objects.filter(action="publish_redacted").get(), by=bob, action="publish")
    html = shown(client)
    assert "Fools, all of you." in html
    assert "status--" not in html
    assert f'value="{clauses[0].number}" selected' not in html
    assert f'name="decision" value="{removed.pk}"' in html


def test_an_edit_is_shown_beside_what_was_public_then(client, ann, bob, clauses):
    author = make_user()
    comment = make_comment(author=author, body="The first text.")
    comment.edit("A second text.", by=author, verdict=verdict("hold"), version=1)
    drawn("publish", by=ann, comment=comment)
    html = shown(client)
    assert html.index("The first text.") < html.index("A second text.")


def test_nobody_reads_their_own_decision_or_comment(client, ann, bob):
    drawn("publish", by=bob)
    drawn("publish", by=ann, comment=make_comment(author=bob, status="pending"))
    assert "Nothing waits for a second reading by you." in shown(client)


def test_what_is_not_drawn_old_undone_read_or_no_decision_about_a_text_is_not_shown(
    client, ann, bob, clauses
):
    undo(drawn("publish", by=ann), by=ann)
    drawn("escalate", by=ann)
    SecondReading.record(drawn("publish", by=ann), by=make_user("moderator"), action="publish")
    old = drawn("publish", by=ann)
    Decision.objects.filter(pk=old.pk).update(at=timezone.now() - timezone.timedelta(days=7, minutes=1))
    destroyed = drawn("publish", by=ann)
    destroyed.text.destroyed_at = timezone.now()
    destroyed.text.save()
    plain = make_comment(status="pending").decide("publish", by=ann, version=1)
    while is_drawn(plain.pk):
        plain = make_comment(status="pending").decide("publish", by=ann, version=1)
    assert "Nothing waits for a second reading by you." in shown(client)
    assert say(client, plain, "publish").status_code == 409


@pytest.mark.parametrize(
    ("decided", "said", "with_clause", "agrees"),
    [
        ("publish", "publish", None, True),
        ("publish", "remove", 0, False),
        ("reject", "remove", 0, True),
        ("reject", "remove", 1, False),
        ("reject", "publish", None, False),
        ("return", "return", 0, True),
        ("return", "remove", 0, False),
    ],
)
def test_agreement_is_of_outcome_and_clause(client, ann, bob, clauses, decided, said, with_clause, agrees):
    why = {} if decided == "publish" else {"clause": clauses[0], "message": "Please read clause 1."}
    decision = drawn(decided, by=ann, **why)
    decision.comment.refresh_from_db()
    before = (decision.comment.status, decision.comment.version)
    answer = say(client, decision, said, "" if with_clause is None else clauses[with_clause].number)
    reading = SecondReading.objects.get()
    assert (reading.decision, reading.by, reading.action, reading.agrees) == (decision, bob, said, agrees)
    assert (answer.status_code, answer.url) == (303, f"{ADDRESS}{reading.pk}/")
    html = client.get(answer.url).content.decode()
    assert "Ann Moss" in html
    assert decision.get_action_display() in html
    assert ("You agree" if agrees else "You would have decided otherwise") in html
    decision.comment.refresh_from_db()
    assert (decision.comment.status, decision.comment.version) == before
    today = timezone.localdate()
    found = sums.read(today, today).counts
    key, clause = ("agree" if agrees else "differ"), decision.clause_id
    assert found.of("second", key, clause=clause) == found.of("second") == 1


def test_what_is_missing_is_said_and_what_was_chosen_kept(client, ann, bob, clauses):
    decision = drawn("reject", by=ann, clause=clauses[0])
    answer = say(client, decision, "remove")
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Choose the clause of the policy" in html
    assert re.search(r'value="remove" checked', html)
    answer = say(client, decision, "", clauses[1].number)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Choose what you would do." in html
    assert f'value="{clauses[1].number}" selected' in html
    assert f'name="decision" value="{decision.pk}"' in html
    assert not SecondReading.objects.exists()


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"decision": "x", "action": "publish"},
        {"decision": "-1", "action": "publish"},
        {"decision": "9" * 30, "action": "publish"},
        {"decision": "1", "action": "destroy"},
        {"decision": "1", "action": "remove", "clause": "x"},
        {"decision": "1", "action": "remove", "clause": "999999999999999999999"},
        {"decision": "\x00", "action": "\x00", "clause": "\x00"},
    ],
)
def test_what_no_form_of_ours_sends_is_refused_in_words(client, bob, sent):
    answer = client.post(ADDRESS, sent)
    assert answer.status_code == 422
    assert b'role="alert"' in answer.content


def test_the_second_of_two_readers_is_told(client, ann, bob):
    decision = drawn("publish", by=ann)
    SecondReading.record(decision, by=make_user("moderator"), action="publish")
    answer = say(client, decision, "remove", 1)
    assert answer.status_code == 409
    assert "no longer waits" in answer.content.decode()
    assert SecondReading.objects.count() == 1


def test_the_outcome_is_for_the_reader_and_administrators(client, ann, bob):
    reading = SecondReading.record(drawn("publish", by=ann), by=bob, action="publish")
    for user, status in ((bob, 200), (make_user("administrator"), 200), (make_user("moderator"), 404)):
        client.force_login(user)
        assert client.get(f"{ADDRESS}{reading.pk}/").status_code == status


def test_it_walks_over_the_index_of_drawn_decisions():
    reader, ann, comment = make_user("moderator"), make_user("moderator"), make_comment()
    # As many as it takes for the planner to know that one in twenty is drawn.
    columns = {"comment": comment, "action": "keep", "from_status": "published", "to_status": "published"}
    Decision.objects.bulk_create(Decision(by=ann, **columns) for _ in range(2_000))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE comments_decision")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
        cursor.execute("SET LOCAL enable_sort = off")  # few rows could as well be sorted
    plan = SecondReading.waiting_for(reader)[:1].explain()
    assert "decision_drawn" in plan


def test_queries_do_not_grow(client, ann, bob):
    article, made = make_article(), {}
    for count in (5, 50):
        for _ in range(count):
            drawn("publish", by=ann, comment=make_comment(article, status="pending"))
        shown(client)
        with CaptureQueriesContext(connection) as queries:
            shown(client)
        made[count] = len(queries)
    assert made[5] == made[50]


def test_decisions_of_a_later_hour_come_later(client, ann, bob):
    with time_machine.travel("2026-03-02T09:00Z", tick=False):
        first = drawn("publish", by=ann, comment=make_comment(status="pending"))
    with time_machine.travel("2026-03-02T10:00Z", tick=False):
        drawn("publish", by=ann, comment=make_comment(status="pending"))
        assert SecondReading.waiting_for(bob).first() == first


def test_an_open_emergency_is_not_read_again_and_not_shown_above_an_answer(client, ann, bob):
    comment = make_comment(body="Zebra, I cannot go on.", status="pending")
    drawn("publish", by=ann, comment=comment)
    assert "Zebra" in shown(client)
    Case.open_for(comment, "crisis", priority=0)
    assert "Zebra" not in shown(client)
    comment.refresh_from_db()
    drawn("publish", by=ann, comment=make_comment(parent=comment, body="An answer to it.", status="pending"))
    html = shown(client)
    assert "An answer to it." in html
    assert "Zebra" not in html


def test_nobody_comes_upon_the_text_of_an_emergency_unasked(client, ann, bob):
    comment = make_comment(status="pending", body="I cannot go on like this.")
    Case.open_for(comment, "crisis", priority=0)
    drawn("publish", by=ann, comment=comment, outcome="signposted")
    html = shown(client)
    assert re.search(r'<details class="veil"><summary>[^<]*</summary><section[^>]*><p>I cannot go on', html)


def test_what_was_an_emergency_is_veiled_whatever_is_decided_of_it_later(client, ann, bob, clauses):
    comment = make_comment(author=make_user(), status="pending", body="I cannot go on like this.")
    Case.open_for(comment, "crisis", priority=0)
    comment.decide("reject", by=ann, version=comment.version, clause=clauses[0], outcome="signposted")
    comment.refresh_from_db()
    drawn("restore", by=ann, comment=comment)
    assert re.search(r'<details class="veil">.*<p>I cannot go on', shown(client))
