"""A run that is stopped, in whatever way, is simply run again: then everything is as if it had run once."""

import os
import signal
import subprocess
import sys

import psycopg
import pytest
from django.conf import settings
from django.contrib.redirects.models import Redirect
from django.core.management import CommandError
from django.db import OperationalError, connection, transaction

from accounts.models import User
from articles.models import Article, ArticleByline, Draft, Image, Person, Tag, Version
from comments import paths
from comments.models import Case, Comment, CommentText, Decision, Thread, bringing_in
from tests.healthnews.test_import_wordpress import FILE, article, bring

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


# When a row was written, and what is drawn by lot: nothing that two runs could have in common.
UNLIKE = {
    "created_at",
    "edited_at",
    "uploaded_at",
    "date_joined",
    "password",
    "last_login",
    "search",
    "snapshot",
}


def everything() -> dict[str, list]:
    """Every row of every table that an import writes, without ids: those of others are named by what they are."""
    models = (User, Person, Tag, Article, Draft, Version, ArticleByline, Image, CommentText, Comment)
    models += (Decision, Case, Thread, Redirect)
    names = {
        User: dict(User.objects.values_list("pk", "email")),
        Person: dict(Person.objects.values_list("pk", "source_key")),
        Tag: dict(Tag.objects.values_list("pk", "key")),
        Article: dict(Article.objects.values_list("pk", "source_key")),
        Comment: dict(Comment.objects.values_list("pk", "source_key")),
        CommentText: dict(CommentText.objects.values_list("pk", "comment__source_key")),
        Version: {one.pk: (one.article.source_key, one.number) for one in Version.objects.all()},
    }

    def plain(field, row):
        value = getattr(row, field.attname)
        if field.name == "path":
            return [names[Comment][pk] for pk in paths.ids(value)]
        return names[field.related_model].get(value) if field.related_model in names else value

    dump = {}
    for model in models:
        fields = [one for one in model._meta.concrete_fields if one.name not in UNLIKE]
        # A key that is another row's is that row's name; one of its own says nothing.
        fields = [one for one in fields if not one.primary_key or one.related_model]
        dump[model.__name__] = sorted(
            repr([(one.name, plain(one, row)) for one in fields]) for row in model.objects.all()
        )
    return dump


def run_once() -> dict:
    """What one undisturbed run leaves; taken back."""
    with transaction.atomic():
        bring()
        result = everything()
        transaction.set_rollback(True)
    assert len(result["Comment"]) == len(result["Decision"]) == 20
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


def test_run_whose_connection_dies_while_comments_are_written_stops_there(transactional_db, monkeypatch):
    whole = run_once()
    original, died = bringing_in._copy, []

    def copy(model, rows):
        return original(model, dying(rows) if model is Comment and not died else rows)

    def dying(rows):
        yield from rows
        died.append(connection.connection.info.backend_pid)
        with psycopg.connect(**connection.get_connection_params()) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", died)

    monkeypatch.setattr(bringing_in, "_copy", copy)
    with pytest.raises(CommandError, match="Run it again for the rest"):
        bring()
    assert died and Comment.objects.count() == 0
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
