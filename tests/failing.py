"""Make the database itself refuse one write, as a full disk would: no code of ours is replaced."""

from contextlib import contextmanager

from django.db import OperationalError, connection

_PG = """
CREATE OR REPLACE FUNCTION disk_is_full() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the disk is full'; END $$
"""


@contextmanager
def no_room_for(act: str, table: str):
    """While inside, `act` (INSERT or UPDATE) on `table` fails."""
    postgres = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        if postgres:
            cursor.execute(_PG)
            cursor.execute(
                f"CREATE TRIGGER no_room BEFORE {act} ON {table} FOR EACH ROW EXECUTE FUNCTION disk_is_full()"
            )
        else:
            cursor.execute(
                f"CREATE TRIGGER no_room BEFORE {act} ON {table} BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
            )
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER no_room{f' ON {table}' if postgres else ''}")


@contextmanager
def away():
    """While inside, the database answers nothing to this connection."""

    def refuse(execute, sql, params, many, context):
        raise OperationalError("the server is away")

    with connection.execute_wrapper(refuse):
        yield
