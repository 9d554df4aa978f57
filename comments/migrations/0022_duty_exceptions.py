"""Absences and single shifts, by date."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("comments", "0021_taken_back_from_editors"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Away",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("first", models.DateField()),
                ("last", models.DateField()),
            ],
            options={
                "ordering": ["first", "pk"],
            },
        ),
        migrations.RemoveConstraint(
            model_name="duty",
            name="duty_once",
        ),
        migrations.AddField(
            model_name="duty",
            name="on",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="dutychange",
            name="is_away",
            field=models.BooleanField(default=False),
        ),
        migrations.AddConstraint(
            model_name="duty",
            constraint=models.UniqueConstraint(
                fields=("user", "weekday", "on", "starts", "ends", "time_zone"),
                name="duty_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddField(
            model_name="away",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="away",
            constraint=models.CheckConstraint(
                condition=models.Q(("last__gte", models.F("first"))), name="away_ends_later"
            ),
        ),
        migrations.AddConstraint(
            model_name="away",
            constraint=models.UniqueConstraint(fields=("user", "first", "last"), name="away_once"),
        ),
    ]
