"""Notices and mails of the day are found by their age, so that the old ones can go."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("comments", "0011_queue")]

    operations = [
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(condition=Q(read_at__isnull=False), fields=["at"], name="notice_read_by_age"),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(condition=Q(read_at__isnull=True), fields=["at"], name="notice_unread_by_age"),
        ),
        migrations.AddIndex(model_name="digest", index=models.Index(fields=["day"], name="digest_by_age")),
    ]
