"""Composite indexes on viewflow's task table (design/4-architecture.md: its inbox needs seconds without)."""

from django.db import migrations


def _index(name, columns):
    return migrations.RunSQL(
        f"CREATE INDEX IF NOT EXISTS {name} ON viewflow_task ({columns})", f"DROP INDEX IF EXISTS {name}"
    )


class Migration(migrations.Migration):
    dependencies = [("workflows", "0001_initial"), ("viewflow", "0015_task_scheduled")]

    operations = [
        _index("lianping_task_owner_status", "owner_id, status"),
        _index("lianping_task_status_node_created", "status, flow_task, created"),
    ]
