"""An appeal is denied, as its button says."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("comments", "0024_fewer_indexes"),
    ]

    operations = [
        migrations.AlterField(
            model_name="decision",
            name="action",
            field=models.CharField(
                choices=[
                    ("submit", "Submitted"),
                    ("edit", "Edited"),
                    ("resubmit", "Sent again"),
                    ("withdraw", "Withdrawn"),
                    ("publish", "Published"),
                    ("publish_redacted", "Published without parts of it"),
                    ("return", "Returned"),
                    ("reject", "Refused"),
                    ("remove", "Removed"),
                    ("restore", "Restored"),
                    ("keep", "Kept as it is"),
                    ("hold", "Taken back to the queue"),
                    ("escalate", "Escalated"),
                    ("uphold", "Appeal denied"),
                    ("overturn", "Appeal granted"),
                    ("undo", "Undone"),
                ],
                max_length=20,
            ),
        ),
    ]
