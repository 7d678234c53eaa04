"""A migration may not break the version before, which goes on working while it is run."""

import pytest
from django.apps import apps
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState

from governance.models import Event
from governance.online import AddIndexOnline
from operations import linting
from operations.linting.rules import BIG

TEXT = models.CharField(max_length=20)


def before() -> ProjectState:
    """Two tables of the version before: one small, one that grows."""
    state = ProjectState()
    for name in ("Area", "Entry"):
        state.add_model(
            ModelState(
                "governance", name,
                [
                    ("id", models.BigAutoField(primary_key=True)),
                    ("name", models.CharField(max_length=20, null=True)),
                    ("size", models.IntegerField(db_default=0)),
                ],
            )
        )  # fmt: skip
    return state


def said(*operations, **attributes) -> list[linting.Finding]:
    """What the linter says of a migration with these operations."""
    kind = type("Migration", (migrations.Migration,), {"operations": list(operations), **attributes})
    return list(linting.findings(kind("0099_sample", "governance"), before()))


def add(field, model="area"):
    return migrations.AddField(model, "extra", field)


def alter(field, name="name", model="area"):
    return migrations.AlterField(model, name, field)


def constraint():
    return models.UniqueConstraint(fields=["name"], name="one_name")


def index():
    return models.Index(fields=["name"], name="by_name")


def nothing(apps, schema_editor):
    """A data migration."""


BREAKS = {
    "a column that goes": migrations.RemoveField("area", "name"),
    "a table that goes": migrations.DeleteModel("area"),
    "a column with another name": migrations.RenameField("area", "name", "title"),
    "a table with another name": migrations.RenameModel("area", "Part"),
    "a table stored elsewhere": migrations.AlterModelTable("area", "parts"),
    "a column that must be filled": add(models.CharField(max_length=20)),
    "a column that only the program fills": add(models.BooleanField(default=False)),
    "an index with a column on a big table": add(models.IntegerField(null=True, db_index=True), "entry"),
    "a reference from a big table": add(
        models.ForeignKey("governance.area", models.PROTECT, null=True), "entry"
    ),
    "no longer empty": alter(models.CharField(max_length=20, default="")),
    "shorter": alter(models.CharField(max_length=10, null=True)),
    "a number where a text was": alter(models.IntegerField(null=True)),
    "its default gone": alter(models.IntegerField(), "size"),
    "smaller numbers": alter(models.SmallIntegerField(db_default=0), "size"),
    "unique from now on": alter(models.CharField(max_length=20, null=True, unique=True)),
    "an index on a big table": migrations.AddIndex("entry", index()),
    "an index on a column of a big table": alter(
        models.CharField(max_length=20, null=True, db_index=True), "name", "entry"
    ),
    "a new constraint": migrations.AddConstraint("area", constraint()),
    "SQL that cannot be taken back": migrations.RunSQL("SELECT 1"),
    "SQL that takes away": migrations.RunSQL("ALTER TABLE a DROP COLUMN b", migrations.RunSQL.noop),
    "SQL that changes rows": migrations.RunSQL("UPDATE a SET b = 1", migrations.RunSQL.noop),
    "SQL that locks": migrations.RunSQL("CREATE INDEX a ON b (c)", migrations.RunSQL.noop),
    "SQL that must be filled": migrations.RunSQL(
        "ALTER TABLE a ADD COLUMN b int NOT NULL", migrations.RunSQL.noop
    ),
    "harmless SQL with more behind it": migrations.RunSQL("SELECT 1; DELETE FROM a", migrations.RunSQL.noop),
    "a column that goes behind the models' back": migrations.SeparateDatabaseAndState(
        database_operations=[migrations.RemoveField("area", "name")]
    ),
    "a column of another name under the same field": alter(
        models.CharField(max_length=20, null=True, db_column="title")
    ),
    "a big table written anew": alter(models.BigIntegerField(db_default=0), "size", "entry"),
    "an index that locks nothing, in a transaction": AddIndexOnline("entry", index()),
}
FITS = {
    "a new table": migrations.CreateModel("Part", [("id", models.BigAutoField(primary_key=True))]),
    "a column that may be empty": add(models.CharField(max_length=20, null=True)),
    "a column that the database fills": add(models.BooleanField(default=False, db_default=False)),
    "many to many": add(models.ManyToManyField("governance.entry")),
    "longer": alter(models.CharField(max_length=40, null=True)),
    "a text without an end": alter(models.TextField(null=True)),
    "larger numbers": alter(models.BigIntegerField(db_default=0), "size"),
    "an index on a small table": migrations.AddIndex("area", index()),
    "SQL that changes nothing": migrations.RunSQL("ANALYZE governance_entry", migrations.RunSQL.noop),
    "fields forgotten, columns kept": migrations.SeparateDatabaseAndState(
        state_operations=[migrations.RemoveField("area", "name")]
    ),
    "a longer text on a big table": alter(models.CharField(max_length=40, null=True), "name", "entry"),
    "another word on the screen": migrations.AlterModelOptions("area", {"verbose_name": "片"}),
    "an index that goes": migrations.RemoveIndex("area", "old"),
}


@pytest.mark.parametrize("operation", BREAKS.values(), ids=BREAKS)
def test_what_the_version_before_could_not_work_beside_is_refused(operation):
    state = before()
    if isinstance(operation, migrations.RemoveIndex):
        state.add_index("governance", "area", index())
    found = said(operation)
    assert len(found) == 1
    assert not found[0].waived


@pytest.mark.parametrize("operation", FITS.values(), ids=FITS)
def test_what_it_does_not_notice_is_allowed(operation):
    if isinstance(operation, migrations.RemoveIndex):
        assert said(migrations.AddIndex("area", models.Index(fields=["name"], name="old")), operation) == []
    else:
        assert said(operation) == []


def test_a_table_of_the_same_migration_may_still_change():
    new = migrations.CreateModel("Part", [("id", models.BigAutoField(primary_key=True)), ("name", TEXT)])
    assert said(new, add(TEXT, "part"), migrations.AddConstraint("part", constraint())) == []


def test_an_index_that_locks_nothing_is_built_outside_a_transaction():
    assert said(AddIndexOnline("entry", index()), atomic=False) == []


def test_a_constraint_that_goes_has_a_reason():
    added = migrations.AddConstraint("area", constraint())
    assert len(said(added, migrations.RemoveConstraint("area", "one_name"))) == 2


def test_taking_away_is_allowed_with_a_reason_and_since_when():
    [found] = said(BREAKS["a column that goes"], CONTRACTS="door_order is not read any more; since 0.3")
    assert found.waived == "door_order is not read any more; since 0.3"
    assert "写明了" in str(found)


@pytest.mark.parametrize("reason", ["yes", "not used", "; since 0.3", "it is not used any more"])
def test_a_reason_that_says_nothing_allows_nothing(reason):
    named, found = said(BREAKS["a column that goes"], CONTRACTS=reason)
    assert named.operation == "CONTRACTS"
    assert not found.waived


def test_a_change_of_rows_goes_in_chunks_and_back():
    assert len(said(migrations.RunPython(nothing))) == 2
    assert len(said(migrations.RunPython(nothing, nothing))) == 1
    assert said(migrations.RunPython(nothing, nothing), atomic=False) == []


@pytest.mark.usefixtures("needs_migrations")
def test_every_migration_since_the_first_release_lets_the_version_before_work():
    refused = [str(one) for key in linting.ours() for one in linting.lint(key) if not one.waived]
    assert refused == []


@pytest.mark.usefixtures("needs_migrations")
def test_every_app_of_ours_has_a_baseline_and_every_big_table_is_there():
    own = {config.label for config in apps.get_app_configs() if "site-packages" not in config.path}
    migrated = {app for app, _ in MigrationLoader(None).disk_migrations}
    assert set(linting.BASELINE) == (own & migrated) - {"fieldapp"}  # the last is of the tests
    assert [label for label in BIG if not apps.get_model(label)] == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("needs_migrations")
def test_an_index_is_built_while_people_work():
    """On PostgreSQL CONCURRENTLY cannot run inside a transaction: that it runs at all outside one is the proof."""
    operation = AddIndexOnline("event", models.Index(fields=["role"], name="online_sample"))
    old = MigrationLoader(connection).project_state()
    new = old.clone()
    operation.state_forwards("governance", new)
    for forwards, there in ((True, True), (False, False)):
        with connection.schema_editor(atomic=False) as editor:
            move = operation.database_forwards if forwards else operation.database_backwards
            move("governance", editor, *((old, new) if forwards else (new, old)))
        with connection.cursor() as cursor:
            found = connection.introspection.get_constraints(cursor, Event._meta.db_table)
        assert ("online_sample" in found) is there
