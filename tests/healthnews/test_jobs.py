"""The worker, as a real process on the real database."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, connections
from procrastinate.contrib.django import app

from comments import jobs
from healthnews.jobs import rescue_stalled
from tests.factories import make_comment, make_user

ROOT = Path(__file__).resolve().parents[2]


def statuses():
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, status::text FROM procrastinate_jobs ORDER BY id")
        return cursor.fetchall()


def worker(*arguments):
    settings = connection.settings_dict
    script = (
        "import tests.settings as s; s.DATABASES['default']['NAME'] = {name!r};"
        "from django.core.management import execute_from_command_line as run; run(['manage.py', 'procrastinate', *{args!r}])"
    ).format(name=settings["NAME"], args=["worker", *arguments])
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
    return subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, env=env, stderr=subprocess.PIPE, text=True
    )


@pytest.mark.django_db(transaction=True)
def test_a_worker_does_what_was_decided_and_what_a_killed_one_left(settings):
    settings.HN_UNDO_SECONDS = 0
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")  # no flush between tests empties it
    comment = make_comment(status="pending")
    comment.decide("publish", by=make_user("moderator"), version=1)
    assert statuses() == [("comments.mail_decision", "todo")]
    # As a worker leaves it that was killed in the middle: doing, and its heartbeat has stopped.
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour') RETURNING id"
        )
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s, attempts = 1", cursor.fetchone()
        )
    process = worker("--concurrency", "1")
    try:
        deadline = time.monotonic() + 100
        while ("comments.mail_decision", "succeeded") not in statuses():
            assert time.monotonic() < deadline, statuses()
            assert process.poll() is None, process.stderr.read()
            time.sleep(0.5)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)
        process.stderr.close()


@pytest.mark.django_db(transaction=True)
def test_upkeep_that_was_killed_twice_does_not_keep_a_mail_waiting():
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")
        cursor.execute(
            "INSERT INTO procrastinate_jobs (task_name, queue_name, queueing_lock, args, status) VALUES"
            " ('healthnews.rescue_stalled', 'upkeep', 'rescue', '{}', 'doing'),"
            " ('healthnews.rescue_stalled', 'upkeep', 'rescue', '{}', 'doing'),"
            " ('comments.mail_decision', 'mail', NULL, '{}', 'doing'),"
            " ('healthnews.rescue_stalled', 'upkeep', 'rescue', '{}', 'doing') RETURNING id"
        )
        running = cursor.fetchall()[-1][0]

    async def rescue():
        found = await rescue_stalled.func(SimpleNamespace(app=app, job=SimpleNamespace(id=running)), 0)
        await sync_to_async(connections.close_all)()  # it had a thread, and with it a connection, of its own
        return found

    # In a thread of its own: what drives a browser leaves a running loop in this one.
    with ThreadPoolExecutor(1) as threads:
        assert threads.submit(asyncio.run, rescue()).result() == 3
    assert statuses() == [("comments.mail_decision", "todo"), ("healthnews.rescue_stalled", "doing")]


@pytest.mark.django_db
def test_a_job_whose_decision_is_gone_does_nothing(mailoutbox):
    jobs.mail_decision(decision_id=10**9)
    assert mailoutbox == []
