"""A dry run does everything and keeps nothing, and nobody on the live site waits for it."""

import threading

from django.db import connection, transaction

from articles.models import Article, SiteState, Tag
from healthnews.wordpress import writer
from tests.healthnews.test_import_messy import bring_text, export, item, reply
from tests.healthnews.test_import_wordpress import bring, everything

SAME = "<category domain='post_tag' nicename='sleep'>Sleep</category><dc:creator>zoe</dc:creator>"


def test_dry_run_counts_what_several_items_share_only_once(db, tmp_path):
    who = {"author": "Renée", "author_email": "renee@example.org"}
    content = export(
        *(
            item(n, rest=SAME + reply(n, f"Words {n}.", **who)).replace(f"org/{n}/", "org/same/")
            for n in (1, 2, 3)
        )
    )
    before = everything()
    tried = bring_text(tmp_path, content, dry_run=True)
    assert everything() == before
    done = bring_text(tmp_path, content)
    assert tried | {"dry_run": False} == done
    assert [done["brought"][name] for name in ("authors", "tags", "users", "comments")] == [1, 1, 1, 3]
    assert done["noted"]["old address already leads elsewhere"] == 2


def test_live_site_can_publish_tag_and_comment_between_two_items_of_a_dry_run(transactional_db, monkeypatch):
    """Whoever writes between two items finds no row locked: half a second would be too long."""
    waited, original = [], writer.bring_item

    def somebody_else():
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '500ms'")
                SiteState.bump()
                Tag.objects.get_or_create(key="sleep", defaults={"name": "Sleep", "slug": "sleep"})
        except Exception as error:
            waited.append(error)
        finally:
            connection.close()

    def bring_item(entry, run):
        tally = original(entry, run)
        thread = threading.Thread(target=somebody_else)
        thread.start()
        thread.join()
        return tally

    monkeypatch.setattr(writer, "bring_item", bring_item)
    before = everything()["comments"]
    report = bring(dry_run=True)
    assert waited == [] and report["refused"] == []
    assert everything()["comments"] == before
    assert not Article.objects.filter(source_key__startswith="wp:").exists()
