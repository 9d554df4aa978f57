"""A decision that takes parts out says so in plain words."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("comments", "0019_kinds_of_notices"),
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
                    ("uphold", "Appeal refused"),
                    ("overturn", "Appeal granted"),
                    ("undo", "Undone"),
                ],
                max_length=20,
            ),
        ),
    ]
