"""An item names its ledger line by the line's key, so that it can be saved before the line is (decision 0013)."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Subquery

MODELS = ("Observation", "HistoricalObservation")


def keep(apps, schema_editor):
    """Fill the new column from the old one."""
    keys = apps.get_model("governance", "Entry").objects.filter(pk=OuterRef("entry_id")).values("key")[:1]
    for name in MODELS:
        model = apps.get_model("workflows", name)
        model.objects.exclude(entry=None).update(line_id=Subquery(keys))
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # else the table cannot be altered any more


class Migration(migrations.Migration):

    dependencies = [
        ("governance", "0002_due_process"),
        ("workflows", "0004_second_ratings"),
    ]

    operations = [
        migrations.AddField(
            model_name="observation",
            name="line",
            field=models.OneToOneField(
                blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="observation",
                to="governance.entry", to_field="key",
            ),
        ),
        migrations.AddField(
            model_name="historicalobservation",
            name="line",
            field=models.ForeignKey(
                blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+", to="governance.entry", to_field="key",
            ),
        ),
        migrations.RunPython(keep, migrations.RunPython.noop),
        *(migrations.RemoveField(name, "entry") for name in MODELS),
        *(migrations.RenameField(name, "line", "entry") for name in MODELS),
    ]
