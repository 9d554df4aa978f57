"""Indexes that others cover, or that hold nulls alone, cost every comment and decision."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0005_recalled_corrections"),
        ("comments", "0023_sanction_appeals"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="comment",
            name="author",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="comments",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name="comment",
            name="source_key",
            field=models.CharField(max_length=200, null=True),
        ),
        migrations.AlterField(
            model_name="decision",
            name="canned_reply",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="comments.cannedreply",
            ),
        ),
        migrations.AlterField(
            model_name="decision",
            name="clause",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="comments.clause",
            ),
        ),
        migrations.AlterField(
            model_name="decision",
            name="comment",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="decisions",
                to="comments.comment",
            ),
        ),
        migrations.AlterField(
            model_name="decision",
            name="message",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="comments.remark",
            ),
        ),
        migrations.AlterField(
            model_name="decision",
            name="note",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="comments.remark",
            ),
        ),
        migrations.AlterField(
            model_name="decision",
            name="policy",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="comments.policyversion",
            ),
        ),
        migrations.AlterField(
            model_name="decision",
            name="text_before",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="comments.commenttext",
            ),
        ),
        migrations.AlterField(
            model_name="decision",
            name="waiting_before",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="comments.commenttext",
            ),
        ),
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(
                condition=models.Q(("text_before__isnull", False)),
                fields=["text_before"],
                name="decision_text_before",
            ),
        ),
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(
                condition=models.Q(("waiting_before__isnull", False)),
                fields=["waiting_before"],
                name="decision_waiting_before",
            ),
        ),
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(
                condition=models.Q(("clause__isnull", False)), fields=["clause"], name="decision_clause"
            ),
        ),
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(
                condition=models.Q(("canned_reply__isnull", False)),
                fields=["canned_reply"],
                name="decision_canned_reply",
            ),
        ),
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(
                condition=models.Q(("message__isnull", False)), fields=["message"], name="decision_message"
            ),
        ),
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(
                condition=models.Q(("note__isnull", False)), fields=["note"], name="decision_note"
            ),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("source_key__isnull", False)),
                fields=("source_key",),
                name="comment_source_key_once",
            ),
        ),
    ]
