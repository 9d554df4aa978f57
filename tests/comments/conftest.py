"""What the tests of comments share."""

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from comments import jobs
from comments.models import Clause
from tests.factories import make_article, make_user


@pytest.fixture
def moderator():
    return make_user("moderator", display_name="Mo Derator")


@pytest.fixture
def clause():
    """The first clause of the policy in force."""
    return Clause.objects.order_by("-policy__number", "number").first()


@pytest.fixture
def article():
    return make_article()


@pytest.fixture
def reader(client):
    """Somebody logged in."""
    user = make_user()
    client.force_login(user)
    return user


def send(client, article, body, part=False, **data):
    """The answer to a comment as it is sent from the page (`part`: by htmx)."""
    headers = {"HX-Request": "true"} if part else None
    return client.post(f"/articles/{article.slug}/comments/", {"body": body} | data, headers=headers)


def work() -> None:
    """What the worker does with the queued mails, whatever time they wait for."""
    for job in ProcrastinateJob.objects.filter(status="todo", queue_name="mail").order_by("id"):
        task = getattr(jobs, job.task_name.removeprefix("comments."))
        task(**job.args)
    ProcrastinateJob.objects.filter(queue_name="mail").delete()
