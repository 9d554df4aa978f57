"""Two who change the policy at once: the second is told, and keeps what they typed."""

import threading
import time

import pytest
from django.db import connection, transaction

from comments import differences
from comments.models import PolicyVersion
from tests.comments.policy.conftest import DRAFT, fields, form_of, look, row_of
from tests.factories import make_user

pytestmark = pytest.mark.django_db


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
