"""Whether this process lives, and whether it can serve; for load balancers, supervisors and people."""

from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse
from django.views.decorators.cache import never_cache

from healthnews.http import read_only

_migrated = False  # once true for this process: nobody migrates backwards under a running site


@read_only
@never_cache
def live(request):
    """`/healthz/live`: 200 for as long as the process answers at all; asks nobody."""
    return HttpResponse("ok\n", "text/plain; charset=utf-8")


@read_only
@never_cache
def ready(request):
    """`/healthz/ready`: 200, or 503 with one line for each reason why not."""
    reasons = [*not_collected(), *_reasons()]
    text = "\n".join(reasons) or "ok"
    return HttpResponse(f"{text}\n", "text/plain; charset=utf-8", status=503 if reasons else 200)


def not_collected() -> list[str]:
    """What to do when this process knows no static files: then every page would be a 500."""
    try:
        staticfiles_storage.url("healthnews/css/base.css")
    except ValueError:
        return ["The static files are not collected: run manage.py collectstatic, then start again."]
    return []


def _reasons() -> list[str]:
    """Why this process cannot serve; empty when it can."""
    global _migrated
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if not _migrated:
            executor = MigrationExecutor(connection)
            waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
            if waiting:
                return [f"{len(waiting)} migrations are not applied: run manage.py migrate."]
            _migrated = True
    except Exception as error:  # whatever it is, the answer is 503 and never a 500
        return [f"The database does not answer ({type(error).__name__})."]
    return []
