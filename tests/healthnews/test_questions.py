"""The question that is asked for every reader: its plan is kept where it can be, and it is answered where it cannot."""

import pytest
from django.db import DataError, connection, transaction
from django.test.utils import CaptureQueriesContext

from healthnews import questions
from healthnews.questions import Question

pytestmark = pytest.mark.django_db(transaction=True)
DOUBLE = Question("double", "SELECT %(number)s * 2, %(number)s", {"number": "int"})


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    monkeypatch.setattr(questions, "_keeps", True)
    connection.close()
    yield
    connection.close()


def asked(number=21):
    with CaptureQueriesContext(connection) as questions:
        assert DOUBLE.rows(number=number) == [(2 * number, number)]
    return [each["sql"].split()[0] for each in questions]


def test_the_plan_is_made_once_for_a_connection():
    assert asked() == ["SET", "PREPARE", "EXECUTE"]
    assert asked(4) == ["EXECUTE"]
    connection.close()
    assert asked() == ["SET", "PREPARE", "EXECUTE"]


def test_a_range_too_has_one_plan():
    newest = Question(
        "newest",
        "SELECT id FROM articles_article WHERE publish_at <= %(now)s LIMIT 1",
        {"now": "timestamptz"},
    )
    for _ in range(3):
        newest.rows(now="2026-01-01")
    with connection.cursor() as cursor:
        cursor.execute("SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE name = 'newest'")
        assert cursor.fetchall() == [(3, 0)]


@pytest.mark.parametrize("behind_our_back", ["DEALLOCATE ALL", "DISCARD ALL"])
def test_a_server_that_forgets_statements_is_asked_without_them(behind_our_back):
    asked()
    with connection.cursor() as cursor:
        cursor.execute(behind_our_back)
    assert asked(5) == ["EXECUTE", "SELECT"]
    assert asked(6) == ["SELECT"]


def test_a_pooler_that_gives_us_somebody_elses_connection_is_asked_without_them():
    with connection.cursor() as cursor:
        cursor.execute("PREPARE double (int) AS SELECT $1")
    assert asked(5)[-1] == "SELECT"


def test_a_transaction_is_not_risked():
    with transaction.atomic():
        assert asked() == ["SELECT"]


def test_a_question_that_fails_for_itself_fails():
    asked()
    with pytest.raises(DataError):
        DOUBLE.rows(number=2**30)
    assert questions._keeps
    assert asked() == ["EXECUTE"]


def test_a_connection_that_died_is_replaced():
    asked()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    other.close()
    assert asked()[-3:] == ["SET", "PREPARE", "EXECUTE"]
