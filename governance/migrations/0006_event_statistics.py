"""Which acts are done in which role: without it PostgreSQL takes the two for independent, and reads a year of events
one by one in search of a name and a role that never meet (oversight.changes)."""

from django.db import migrations


def make(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE STATISTICS IF NOT EXISTS event_name_role (mcv) ON name, role FROM governance_event"
        )


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP STATISTICS IF EXISTS event_name_role")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("governance", "0005_jobs_and_pulses")]
    operations = [migrations.RunPython(make, drop)]
