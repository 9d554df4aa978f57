"""The emergency number stands by itself among help lines."""

from django.db import migrations, models


def mark(apps, schema_editor):
    """The lines of a fresh site were named like this; who has renamed theirs ticks the box."""
    apps.get_model("comments", "HelpLine").objects.filter(name="Emergency services").update(is_emergency=True)


class Migration(migrations.Migration):
    dependencies = [("comments", "0017_switch_words_and_end")]

    operations = [
        migrations.AddField(
            model_name="helpline",
            name="is_emergency",
            field=models.BooleanField(
                default=False,
                help_text="Stands first where somebody may be in danger at once, before the lines that listen.",
                verbose_name="emergency number",
            ),
        ),
        migrations.RunPython(mark, migrations.RunPython.noop),
    ]
