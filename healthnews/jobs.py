"""Jobs that keep the jobs going."""

import logging

from procrastinate.contrib.django import app
from procrastinate.jobs import Status

_log = logging.getLogger("healthnews.jobs")


@app.periodic(cron="* * * * *")
@app.task(name="healthnews.rescue_stalled", queue="upkeep", queueing_lock="rescue", pass_context=True)
async def rescue_stalled(context, timestamp: int) -> int:
    """Put back what a killed worker left "doing": its heartbeat has stopped. Returns how many.

    A job may so run twice; ours bear it (a mail has the same Message-ID both times).
    """
    manager = context.app.job_manager
    stalled = [job for job in await manager.get_stalled_jobs() if job.id != context.job.id]
    for job in stalled:
        if job.queueing_lock:  # upkeep: it comes again by itself, and a second one cannot be queued
            await manager.finish_job(job, Status.FAILED, delete_job=True)
        else:
            await manager.retry_job(job)
    if stalled:
        _log.warning("took up %d stalled jobs: %s", len(stalled), ", ".join(str(job.id) for job in stalled))
    await manager.prune_stalled_workers(seconds_since_heartbeat=300)
    return len(stalled)


@app.periodic(cron="17 3 * * *")
@app.task(name="healthnews.forget_done", queue="upkeep", queueing_lock="forget", pass_context=True)
async def forget_done(context, timestamp: int) -> None:
    """Delete jobs that were done a week ago; failed ones stay for whoever looks."""
    await context.app.job_manager.delete_old_jobs(nb_hours=7 * 24)
