"""Staff picks: what holds now, on the comment, and a record of each act."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0004_corrections"),
        ("comments", "0013_case_before"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Pick",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("is_set", models.BooleanField()),
            ],
        ),
        migrations.AddField(
            model_name="comment",
            name="is_picked",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(
                condition=models.Q(("is_picked", True), ("status", "published")),
                fields=["article", "published_at", "id"],
                name="comment_picked",
            ),
        ),
        migrations.AddField(
            model_name="pick",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="pick",
            name="comment",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="comments.comment"
            ),
        ),
        migrations.AddIndex(
            model_name="pick",
            index=models.Index(fields=["comment", "-id"], name="pick_of_comment"),
        ),
    ]
