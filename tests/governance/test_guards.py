"""Append-only means append-only, whoever writes and in whatever way; on the engine that runs."""

import re
from datetime import date

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import TestCase

from governance import guards, ledger
from governance.events import record
from governance.models import Entry, Event, EventBody
from tests import people
from tests.people import NOON
from transparency.models import Leaf

APPEND_ONLY = (Entry, Event, Leaf)
only_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="INSERT OR REPLACE is SQLite's")
only_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no TRUNCATE")


def post_one(world):
    """One line in the ledger, with its event, body and leaf."""
    line = ledger.draft(
        subject=world.wang_home, rule=world.rules["sweep"], quarter="2026Q3",
        occurred_on=date(2026, 8, 3), raw_tenths=10, source="observation:1",
    )  # fmt: skip
    return post(world, line)


def post(world, line):
    event = record("round.published", village=world.village, about=line, by=world.clerk, at=NOON, rows=[line])
    return ledger.post([line], event=event)[0]


@pytest.fixture
def posted(world):
    """A line and its reversal."""
    post(world, ledger.reversal(post_one(world), source="objection:1"))
    return world


def refused(act, *args):
    """The act fails with the guard's words; what came before it in the test stands."""
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        act(*args)


def execute(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


def rows():
    return [list(model.objects.values_list().order_by("pk")) for model in (*APPEND_ONLY, EventBody)]


@pytest.mark.parametrize("model", APPEND_ONLY)
def test_a_row_cannot_be_saved_again(posted, model):
    refused(model.objects.first().save)


@pytest.mark.parametrize("model", APPEND_ONLY)
def test_rows_cannot_be_updated_in_bulk(posted, model):
    refused(lambda: model.objects.update(village=model.objects.first().village))


@pytest.mark.parametrize("model", APPEND_ONLY)
def test_raw_sql_cannot_update_rows(posted, model):
    refused(execute, f"UPDATE {model._meta.db_table} SET id = id + 1")


@pytest.mark.parametrize("model", APPEND_ONLY)
def test_raw_sql_cannot_delete_rows(posted, model):
    refused(execute, f"DELETE FROM {model._meta.db_table}")


@pytest.mark.parametrize("model", [Entry, Leaf])
def test_the_orm_cannot_delete_rows(posted, model):
    refused(model.objects.filter(pk=model.objects.last().pk).delete)


def test_an_upsert_cannot_change_a_row(posted):
    refused(
        execute,
        "INSERT INTO governance_event SELECT * FROM governance_event WHERE 1 = 1 "
        "ON CONFLICT (id) DO UPDATE SET name = 'another'",
    )


def test_the_private_words_of_an_event_may_be_erased_but_not_changed(posted):
    refused(lambda: EventBody.objects.update(salt=b"another"))
    assert EventBody.objects.all().delete()[0] == 2


@only_sqlite
@pytest.mark.parametrize(
    ("model", "key"),
    [
        (Entry, "id"), (Entry, "key"), (Entry, "source"), (Entry, "reverses_id"), (Event, "id"), (Event, "seq"),
        (Leaf, "id"), (Leaf, "seq"), (EventBody, "id"), (EventBody, "event_id"),
    ],
)  # fmt: skip
def test_replace_cannot_put_another_row_in_the_place_of_one(posted, model, key):
    before = rows()
    refused(execute, replacing(model, key))
    assert rows() == before


def replacing(model, key):
    """A row that differs in every unique column but `key`, and so would push out the one it was made from."""
    fresh = {
        "id": "id + 1000",
        "key": "lower(hex(randomblob(16)))",
        "source": "source || '!'",
        "reverses_id": "NULL",
        "seq": "seq + 1000",
    } | ({"event_id": "event_id + 1000"} if model is EventBody else {})
    del fresh[key]
    columns = [field.column for field in model._meta.concrete_fields]
    values = ", ".join(fresh.get(column, f'"{column}"') for column in columns)
    first = f"WHERE {key} IS NOT NULL ORDER BY id LIMIT 1"
    table = model._meta.db_table
    names = ", ".join(f'"{column}"' for column in columns)
    return f"INSERT OR REPLACE INTO {table} ({names}) SELECT {values} FROM {table} {first}"


@only_sqlite
@pytest.mark.parametrize("model", [*APPEND_ONLY, EventBody])
def test_every_unique_key_of_a_guarded_table_is_listed(db, model):
    table = model._meta.db_table
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, table).values()
    keys = {tuple(one["columns"]) for one in found if one["unique"] or one["primary_key"]}
    listed = [tuple(re.findall(r"(\w+) = NEW", key)) for key in guards.UNIQUE[table]]
    assert sorted(listed) == sorted(keys)


@only_postgresql
@pytest.mark.parametrize("model", APPEND_ONLY)
def test_truncate_is_refused(posted, model):
    execute("SET CONSTRAINTS ALL IMMEDIATE")  # checks that wait for the commit would stop it earlier
    refused(execute, f"TRUNCATE {model._meta.db_table} CASCADE")


class GuardedTables(TestCase):
    """Rolling back is not deleting: an ordinary TestCase leaves nothing behind, without dropping a guard."""

    def test_a_line_is_posted_in_one_test(self):
        post_one(people.build())

    def test_and_the_same_line_in_the_next(self):
        post_one(people.build())


@pytest.mark.parametrize("is_lived_in", [True, False])
def test_emptied_tables_are_guarded(transactional_db, is_lived_in):
    if is_lived_in:
        with transaction.atomic():
            post_one(people.build())
    call_command("flush", interactive=False, verbosity=0)
    assert not Entry.objects.exists()
    with transaction.atomic():
        post_one(people.build())
    refused(execute, "DELETE FROM governance_entry")
