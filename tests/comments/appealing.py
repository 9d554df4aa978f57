"""What the tests of appeals have in common: deciding as it stands now, and the mails that somebody got."""

from django.core import mail
from procrastinate.contrib.django.models import ProcrastinateJob

from comments import jobs
from comments.models import Decision


def decided(comment, action, by, **given) -> Decision:
    """The decision, about the comment as it is in the database."""
    comment.refresh_from_db()
    return comment.decide(action, by=by, version=comment.version, **given)


def work() -> None:
    """What the worker does with the queued mails, whatever time they wait for."""
    for job in ProcrastinateJob.objects.filter(status="todo", queue_name="mail").order_by("id"):
        getattr(jobs, job.task_name.removeprefix("comments."))(**job.args)
    ProcrastinateJob.objects.filter(queue_name="mail").delete()


def mails_to(user) -> list:
    """All that was mailed to them, the oldest first."""
    return [each for each in mail.outbox if each.to == [user.email]]
