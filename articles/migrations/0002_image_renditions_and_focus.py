from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="image",
            name="focus",
            field=models.CharField(
                blank=True,
                choices=[
                    (None, "The middle"),
                    ("top", "The top"),
                    ("bottom", "The bottom"),
                    ("left", "The left side"),
                    ("right", "The right side"),
                ],
                default="",
                help_text="Lists and portraits show a part of the picture. This part stays.",
                max_length=10,
                verbose_name="keep in sight",
            ),
        ),
        migrations.AddField(
            model_name="image",
            name="renditions",
            field=models.JSONField(default=dict, editable=False),
        ),
    ]
