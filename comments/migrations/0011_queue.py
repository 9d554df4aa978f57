"""What waits is found by its article and by what was found in it; the desk searches the words of all comments."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

import comments.models.text

# Of each case its comment's article, and the codes that screening gave to the latest text it read.
FILL = """
    UPDATE comments_case AS waiting SET article_id = comment.article_id
    FROM comments_comment AS comment WHERE comment.id = waiting.comment_id;
    UPDATE comments_case AS waiting SET codes = found.codes
    FROM (
        SELECT latest.comment_id, array_agg(DISTINCT finding ->> 'code') AS codes
        FROM (
            SELECT DISTINCT ON (decision.comment_id) decision.comment_id, decision.findings
            FROM comments_decision AS decision
            JOIN comments_case AS each ON each.comment_id = decision.comment_id AND each.closed_at IS NULL
            WHERE decision.action IN ('submit', 'edit', 'resubmit')
            ORDER BY decision.comment_id, decision.id DESC
        ) AS latest, jsonb_array_elements(latest.findings) AS finding
        GROUP BY latest.comment_id
    ) AS found WHERE found.comment_id = waiting.comment_id;
    SET CONSTRAINTS ALL IMMEDIATE;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0002_image_renditions_and_focus"),
        ("comments", "0010_readers"),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="article",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="articles.article",
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="codes",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=40), default=list, size=None
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="case",
            name="article",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="articles.article",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", True)),
                fields=["article", "lane", "priority", "since", "comment"],
                name="case_queue_of_article",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", True)), fields=["since"], name="case_new"
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(("closed_at__isnull", True)), fields=["codes"], name="case_codes"
            ),
        ),
        migrations.AddIndex(
            model_name="commenttext",
            index=django.contrib.postgres.indexes.GinIndex(
                comments.models.text.Words("body"), name="comment_text_words"
            ),
        ),
    ]
