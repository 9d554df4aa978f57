"""A large file is read and written in the memory of one item. (How fast: README.md beside the importer.)"""

import json
import subprocess
import sys

from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from comments.models import Case, Comment, CommentText, Decision, PolicyVersion, Thread
from comments.models.bringing_in import Incoming, bring_in_many
from healthnews.wordpress import writer
from tests.factories import make_article
from tests.fixtures.wxr.make_big import write
from tests.healthnews.test_import_messy import bring_text

MEASURE = """
import json, resource, sys
from collections import Counter
from healthnews.wordpress import wxr
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
with open(sys.argv[1], "rb") as file:
    found = wxr.survey(file)
    file.seek(0)
    items = Counter(type(entry).__name__ for entry in wxr.read(file))
grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print(json.dumps([found.comments, items["OldItem"] == found.items, grown]))
"""


def test_forty_megabytes_are_read_twice_in_a_few_of_memory(tmp_path):
    path = tmp_path / "big.xml"
    count = write(path, 40_000_000)
    out = subprocess.run(
        [sys.executable, "-c", MEASURE, str(path)], cwd=settings.BASE_DIR, capture_output=True, text=True
    )
    comments, complete, grown = json.loads(out.stdout)
    assert (comments, complete) == (count, True)
    assert grown < 20_000  # kilobytes


def incoming(count: int) -> list[Incoming]:
    return [
        Incoming(
            source_key=f"wp:{count}:comment:{n}",
            status=("published", "pending", "rejected")[n % 3],
            at=timezone.now(),
            body=f"Text {n}",
            body_html=f"<p>Text {n}<script>x</script></p>",
            parent=f"wp:{count}:comment:{n - 1}" if n % 5 else "",
        )
        for n in range(count)
    ]


def test_door_for_many_takes_the_same_statements_for_five_and_five_hundred(db, monkeypatch):
    asked, counts = [], []
    original = PolicyVersion.current.__func__
    monkeypatch.setattr(PolicyVersion, "current", classmethod(lambda cls: asked.append(1) or original(cls)))
    for count in (5, 500):
        article = make_article()
        Thread.objects.create(article=article)
        with CaptureQueriesContext(connection) as queries:
            bring_in_many(article, incoming(count), {})
        counts.append(len(queries))
        here = Comment.objects.filter(article=article)
        assert here.count() == Decision.objects.filter(comment__in=here).count() == count
        assert Case.objects.filter(comment__in=here).count() == sum(n % 3 == 1 for n in range(count))
    assert counts[0] == counts[1] < 20 and len(asked) == 2
    assert not CommentText.objects.filter(body_html__contains="script").exists()


def test_item_takes_a_few_statements_however_many_comments_it_has(db, tmp_path, monkeypatch):
    """They were sixty once, and an article cost as much as thirty comments."""
    counts, original = {}, writer.bring_item

    def counting(item, run):
        with CaptureQueriesContext(connection) as queries:
            tally = original(item, run)
        counts[len(item.comments)] = len(queries)
        return tally

    monkeypatch.setattr(writer, "bring_item", counting)
    path = tmp_path / "made.xml"
    write(path, 300_000, comments_each=50)
    bring_text(tmp_path, path.read_bytes())
    assert min(counts) < 20 and max(counts) > 60
    assert max(counts.values()) <= 40


def test_made_up_export_comes_in_whole(db, tmp_path):
    path = tmp_path / "made.xml"
    count = write(path, 400_000, comments_each=20)
    report = bring_text(tmp_path, path.read_bytes())
    assert report["brought"]["comments"] == count == Comment.objects.count() and report["refused"] == []
