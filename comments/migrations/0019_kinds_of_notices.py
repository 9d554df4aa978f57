"""What administrators are told of, and the answer to a notice of illegal content, are kinds of notices."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("comments", "0018_help_line_emergency"),
    ]

    operations = [
        migrations.AlterField(
            model_name="notice",
            name="kind",
            field=models.CharField(
                choices=[
                    ("published", "A moderator publishes a comment of mine"),
                    ("decided", "A comment of mine is refused, returned, changed, removed or restored"),
                    ("appeal", "An appeal is decided"),
                    ("staff_answer", "The staff or the author of the article answers me"),
                    ("answered", "Another reader answers me"),
                    ("report_answered", "A report of mine is decided"),
                    ("notice_answered", "A notice of illegal content of mine is decided"),
                    ("escalated", "A moderator passes a comment to the administrators"),
                ],
                max_length=16,
            ),
        ),
        migrations.AlterField(
            model_name="preference",
            name="kind",
            field=models.CharField(
                choices=[
                    ("published", "A moderator publishes a comment of mine"),
                    ("decided", "A comment of mine is refused, returned, changed, removed or restored"),
                    ("appeal", "An appeal is decided"),
                    ("staff_answer", "The staff or the author of the article answers me"),
                    ("answered", "Another reader answers me"),
                    ("report_answered", "A report of mine is decided"),
                    ("notice_answered", "A notice of illegal content of mine is decided"),
                    ("escalated", "A moderator passes a comment to the administrators"),
                ],
                max_length=16,
            ),
        ),
    ]
