"""A decision keeps why its comment waited, so that undoing it puts that back whatever has come in since; what was redacted
is found by an index."""

from django.db import migrations, models

# What can still be undone: decisions of the last ten minutes, whose case stands closed as it was.
FILL = """
    UPDATE comments_decision AS decision SET case_before = jsonb_build_object(
        'kinds', to_jsonb(waited.kinds), 'priority', waited.priority, 'codes', to_jsonb(waited.codes),
        'is_detected', waited.is_detected, 'since', to_jsonb(waited.since)
    )
    FROM comments_case AS waited
    WHERE waited.comment_id = decision.comment_id AND waited.closed_at IS NOT NULL
        AND decision.closed_case AND decision.at > now() - interval '10 minutes';
"""


class Migration(migrations.Migration):
    dependencies = [("comments", "0012_pruning")]

    operations = [
        migrations.AddField(model_name="decision", name="case_before", field=models.JSONField(null=True)),
        migrations.AddIndex(
            model_name="decision",
            index=models.Index(
                condition=models.Q(("action", "publish_redacted")), fields=["id"], name="decision_redacted"
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
