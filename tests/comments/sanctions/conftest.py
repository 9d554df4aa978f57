"""What the tests of sanctions share."""

import threading

import pytest
from django.core import mail
from django.db import connection, connections

from comments import jobs
from comments.facts import MayNotWrite
from comments.models import Clause, PolicyVersion, Undecidable
from tests.factories import make_regular, make_user


def clause(number=1):
    return Clause.objects.get(policy=PolicyVersion.current(), number=number)


@pytest.fixture
def administrator():
    return make_user("administrator", display_name="Ad Min")


@pytest.fixture
def reader(client):
    """Somebody logged in, whose comments appear at once."""
    user = make_regular(display_name="Ada")
    client.force_login(user)
    return user


def post(client, article, body="Something kind about sleep.", **data):
    return client.post(f"/articles/{article.slug}/comments/", {"body": body} | data)


def mailed():
    """What the jobs that wait would mail, mailed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE task_name = 'comments.mail_sanction' "
            "RETURNING (args ->> 'sanction_id')::bigint, args ->> 'what'"
        )
        waiting = cursor.fetchall()
    for pk, what in waiting:
        jobs.mail_sanction(sanction_id=pk, what=what)
    return mail.outbox


def all_at_once(*doings):
    """Run them at the same moment; what each gave or raised."""
    together, results = threading.Barrier(len(doings)), {}

    def run(number, doing):
        together.wait()
        try:
            results[number] = doing()
        except (Undecidable, MayNotWrite) as refusal:
            results[number] = refusal
        finally:
            connections["default"].close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(doings)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    return [results[number] for number in range(len(doings))]
