"""A run that is stopped, in whatever way, is simply run again: then everything is as if it had run once."""

import os
import signal
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import CommandError
from django.db import OperationalError, connection, transaction

from comments.models import Comment, bringing_in
from tests.healthnews.test_import_wordpress import FILE, article, bring, everything

# Dies in the middle of an item, as a machine without power does: no exception, no exit handler.
DYING = """
import os, signal, sys
from django.conf import settings
for database in settings.DATABASES.values():
    database["NAME"] = sys.argv[1]
import django
django.setup()
from comments.models import bringing_in
from django.core.management import call_command
original, left = bringing_in._copy, [int(sys.argv[3])]
def copy(model, rows):
    left[0] -= 1
    if left[0] < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return original(model, rows)
bringing_in._copy = copy
call_command("import_wordpress", sys.argv[2])
"""


def run_once() -> dict:
    """What one undisturbed run leaves; taken back."""
    with transaction.atomic():
        bring()
        result = everything()
        transaction.set_rollback(True)
    return result


# Of the statements that write comments, three for each of two items: texts, comments, decisions.
@pytest.mark.parametrize("count", [0, 2, 4])
def test_run_that_loses_the_database_and_runs_again_is_as_if_it_had_run_once(
    transactional_db, monkeypatch, count
):
    whole = run_once()
    original, left = bringing_in._copy, [count]

    def copy(model, rows):
        left[0] -= 1
        if left[0] < 0:
            raise OperationalError("the server closed the connection unexpectedly")
        return original(model, rows)

    monkeypatch.setattr(bringing_in, "_copy", copy)
    with pytest.raises(CommandError, match="Run it again for the rest"):
        bring()
    assert everything() != whole
    monkeypatch.undo()
    bring()
    assert everything() == whole


@pytest.mark.parametrize("count", [1, 2, 5])
def test_run_that_is_killed_and_runs_again_is_as_if_it_had_run_once(transactional_db, count):
    whole = run_once()
    killed = subprocess.run(
        [sys.executable, "-c", DYING, connection.settings_dict["NAME"], str(FILE), str(count)],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    # No half item: the post whose comments were under way is not there at all, or it is there with all of them.
    assert Comment.objects.count() == (0 if count < 3 else 18)
    if count >= 3:
        assert article(101).is_public()
    bring()
    assert everything() == whole
