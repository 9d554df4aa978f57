"""The name that a register has, asked for with a request to be verified; emptied with the rest."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("comments", "0015_log"),
    ]

    operations = [
        migrations.AddField(
            model_name="credentialrequest",
            name="registered_name",
            field=models.CharField(blank=True, max_length=200),
        ),
    ]
