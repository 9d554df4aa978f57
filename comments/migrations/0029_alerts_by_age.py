"""Who was mailed of an emergency is found by its age, so that the old ones can go."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("comments", "0028_pick_undo")]

    operations = [
        migrations.AddIndex(model_name="crisisalert", index=models.Index(fields=["at"], name="alert_by_age"))
    ]
