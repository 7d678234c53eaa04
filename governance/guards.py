"""Database triggers that make tables append-only, whoever writes: ORM, raw SQL or a console.

Listed here once; made after every migrate on both engines. SQLite needs a guard before INSERT too, since
INSERT OR REPLACE deletes whatever row shares a unique key, without firing a DELETE trigger; PostgreSQL needs
one for TRUNCATE.
"""

from django.db import connections

APPEND_ONLY = [
    "transparency_leaf",
    "transparency_epoch",
    "transparency_checkpoint",
    "transparency_cosignature",
    "governance_entry",
    "governance_event",
]
# Its rows may be deleted (erasure, PIPL 47) but never changed.
NO_UPDATE = ["governance_eventbody"]
# Every unique key of these tables: when a new row meets one that is there, REPLACE would take that one away.
UNIQUE = {
    "transparency_leaf": ["id = NEW.id", "village = NEW.village AND seq = NEW.seq"],
    "transparency_epoch": ["id = NEW.id", "village = NEW.village AND number = NEW.number"],
    "transparency_checkpoint": [
        "id = NEW.id",
        "village = NEW.village AND epoch = NEW.epoch AND size = NEW.size",
    ],
    "transparency_cosignature": [
        "id = NEW.id",
        "checkpoint_id = NEW.checkpoint_id AND witness = NEW.witness",
    ],
    "governance_entry": [
        "id = NEW.id",
        "key = NEW.key",
        "reverses_id = NEW.reverses_id",
        "village_id = NEW.village_id AND source = NEW.source AND reverses_id IS NULL AND NEW.reverses_id IS NULL",
    ],
    "governance_event": ["id = NEW.id", "village_id = NEW.village_id AND seq = NEW.seq"],
    "governance_eventbody": ["id = NEW.id", "event_id = NEW.event_id"],
}

_FUNCTION = """
CREATE OR REPLACE FUNCTION lianping_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only: correct by a new row', TG_TABLE_NAME USING ERRCODE = 'raise_exception'; END $$;
"""


def install(using="default", **_):
    """Make every guard trigger that can be made; safe to repeat."""
    connection = connections[using]
    existing = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_FUNCTION)
        for sql in _statements(connection.vendor, existing):
            cursor.execute(sql)


def drop(using="default"):
    """Take the guards away, as who owns the database can; for tests of what is noticed then."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for sql in dropping(connection.vendor):
            cursor.execute(sql)


def dropping(vendor):
    """The statements that take the guards away; the next migrate or flush makes them again."""
    for table in APPEND_ONLY + NO_UPDATE:
        on = f" ON {table}" if vendor == "postgresql" else ""
        for act in ("update", "delete", "insert", "truncate"):
            yield f"DROP TRIGGER IF EXISTS {table}_no_{act}{on}"


def _statements(vendor, existing):
    for table, acts in [(t, ("UPDATE", "DELETE")) for t in APPEND_ONLY] + [
        (t, ("UPDATE",)) for t in NO_UPDATE
    ]:
        if table not in existing:
            continue
        for act in acts:
            yield from (_pg if vendor == "postgresql" else _sqlite)(table, act)
        if vendor == "postgresql":
            yield from _pg(table, "TRUNCATE", each="STATEMENT")
        else:
            yield from _sqlite_replace(table)


def _pg(table, act, each="ROW"):
    name = f"{table}_no_{act.lower()}"
    yield f"DROP TRIGGER IF EXISTS {name} ON {table}"
    yield f"CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH {each} EXECUTE FUNCTION lianping_refuse()"


def _sqlite(table, act):
    yield (
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_{act.lower()} BEFORE {act} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only: correct by a new row'); END"
    )


def _sqlite_replace(table):
    meets = " OR ".join(f"EXISTS (SELECT 1 FROM {table} WHERE {key})" for key in UNIQUE[table])
    yield (
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_insert BEFORE INSERT ON {table} WHEN {meets} "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only: correct by a new row'); END"
    )
