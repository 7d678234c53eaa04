"""Empty tables after a test that really committed: Django's TRUNCATE of all of them takes seconds on PostgreSQL.

Rows are deleted where there are any, in one transaction with the guards of append-only tables, which would refuse it;
the post_migrate of a flush that deleted something makes these again (governance.apps). What every migrate makes again
(content types, permissions) stays.
"""

from contextlib import contextmanager
from unittest.mock import patch

from django.db import connection

from governance import guards

KEPT = {"django_content_type", "auth_permission"}


def statements(self, style, tables, *, reset_sequences=False, allow_cascade=False) -> list[str]:
    """In place of `DatabaseOperations.sql_flush`; foreign keys are looked at when the flush commits."""
    names = {table: self.quote_name(table) for table in sorted(set(tables) - KEPT)}
    asked = [f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {name})" for table, name in names.items()]
    with self.connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        deleting = [f"DELETE FROM {names[table]}" for (table,) in cursor.fetchall()]
    return [*guards.dropping(self.connection.vendor), *deleting] if deleting else []


@contextmanager
def quick():
    """While inside, a flush empties tables this way."""
    with patch.object(type(connection.ops), "sql_flush", statements):
        yield
