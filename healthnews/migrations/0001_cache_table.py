from django.core.management import call_command
from django.db import migrations


def create(apps, schema_editor):
    call_command("createcachetable", database=schema_editor.connection.alias, verbosity=0)


class Migration(migrations.Migration):
    """The table of the default cache, so that `migrate` is all that a new site needs."""

    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
