"""An emergency stays veiled whatever it waits for later."""

from django.db import migrations, models

# Whatever is or was in the crisis lane: by its case now, or by what a decision had found.
_MARK = """
    UPDATE comments_case AS held SET was_crisis = true
    WHERE 'crisis' = ANY (kinds) OR EXISTS (
        SELECT FROM comments_decision AS made WHERE made.comment_id = held.comment_id
        AND (made.outcome <> '' OR made.case_before -> 'kinds' ? 'crisis')
    )
"""


class Migration(migrations.Migration):
    dependencies = [("comments", "0025_denied")]

    operations = [
        migrations.AddField(
            model_name="case",
            name="was_crisis",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.RunSQL(_MARK, migrations.RunSQL.noop),
    ]
