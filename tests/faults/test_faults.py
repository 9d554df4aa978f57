"""The script itself, with one round of each kind (python -m tests.faults makes twenty)."""

import json
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from comments.models import Case, Comment
from tests.factories import make_article, make_comment
from tests.faults import checks
from tests.faults.processes import ROOT

SHORT = ("--rounds", "1", "--away", "2", "--frozen", "12", "--hurry", "--seed", "1")


def test_whoever_is_killed_nothing_acknowledged_is_lost_and_nothing_is_half_done():
    env = {name: value for name, value in os.environ.items() if name != "HN_TEST_DIR"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults", *SHORT],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    table = json.loads(done.stdout[done.stdout.index("{") :])
    assert table["wrong"] == 0
    assert set(table["rounds"]) >= {"web", "worker", "database", "import"}
    assert min(table["acknowledged"].values()) > 0
    assert table["mail"]["cut when the server had it"] == 1  # and it was sent again, else that were wrong


@pytest.mark.django_db
def test_the_checks_see_what_is_half_done():
    comment, article = make_comment(status="pending"), make_article()
    told = SimpleNamespace(comments=[(comment.pk, "too")], decisions=[], editions=[])
    assert checks.acknowledged(told) + checks.whole_comments() + checks.whole_articles() == []
    told.comments.append((comment.pk + 1, "gone"))
    told.decisions.append((comment.pk, "An answer."))
    told.editions.append((article.pk, "A note."))
    assert len(checks.acknowledged(told)) == 4
    Case.objects.all().delete()
    Comment.objects.update(published_answers=7)
    comment.decisions.all().delete()
    assert len(checks.whole_comments()) == 3
    type(article).objects.filter(pk=article.pk).update(title="Half")
    assert len(checks.whole_articles()) == 1
    Comment.objects.update(source_key="wp:a.example:comment:1")
    type(article).objects.filter(pk=article.pk).update(source_key="wp:a.example:post:1")
    assert checks.whole_items("a.example", 2, 1, all_there=False) != []
    assert len(checks.whole_items("a.example", 2, 0, all_there=True)) == 1
