"""A pick, or its end, can be undone like a decision: which act that undid, and of which version it was."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("comments", "0027_answers_to_notices")]

    operations = [
        migrations.AddField(
            model_name="pick",
            name="version",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="pick",
            name="undoes",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="undone_by",
                to="comments.pick",
            ),
        ),
    ]
