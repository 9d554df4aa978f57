"""What readers are told of a switch, and when it ends by itself."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("comments", "0016_registered_name"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="switch",
            name="switch_changes",
        ),
        migrations.AddField(
            model_name="sitemode",
            name="until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="sitemode",
            name="words",
            field=models.CharField(blank=True, default="", max_length=300),
        ),
        migrations.AddField(
            model_name="switch",
            name="until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="switch",
            name="words",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="comments.remark"
            ),
        ),
        migrations.AddField(
            model_name="thread",
            name="until",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="thread",
            name="words",
            field=models.CharField(blank=True, default="", max_length=300),
        ),
    ]
