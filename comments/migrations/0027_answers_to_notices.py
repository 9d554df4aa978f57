"""That the answer to a notice by somebody without a login was mailed, and when."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("comments", "0026_was_crisis")]

    operations = [
        migrations.AddField(
            model_name="legalnotice",
            name="answer_mailed",
            field=models.ForeignKey(
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="comments.decision",
            ),
        ),
        migrations.AddField(
            model_name="legalnotice",
            name="answer_mailed_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
    ]
