"""What the tests of notices share."""

import pytest
from django.core import mail
from procrastinate.contrib.django.models import ProcrastinateJob

from comments import jobs
from comments.models import Notice
from tests.factories import make_comment, make_user

INBOX = "/comments/notices/"


@pytest.fixture
def mine():
    """Somebody's published comment."""
    return make_comment(author=make_user(display_name="Ada"))


def kinds(user) -> list[str]:
    return [each.kind for each in Notice.objects.filter(user=user).order_by("pk")]


def queued(task: str) -> list[dict]:
    return list(ProcrastinateJob.objects.filter(task_name=task).values_list("args", flat=True))


def mail_all() -> list:
    """Do the jobs that are queued now; the mails that came of it."""
    mail.outbox.clear()
    for job in ProcrastinateJob.objects.filter(queue_name="mail").order_by("id"):
        {"comments.mail_decision": jobs.mail_decision, "comments.mail_notice": jobs.mail_notice}[
            job.task_name
        ](**job.args)
    return mail.outbox


def page(client, user, address=INBOX) -> str:
    client.force_login(user)
    answer = client.get(address)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    return answer.content.decode()
