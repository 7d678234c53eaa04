"""Callbacks of a commit that fail one at a time, but for the notes of governance.vouching.

Those wait among the callbacks and are looked for by their type there: wrapped, no event would vouch for anything.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from django.db import connections
from due_work_harness.integrations.django.callbacks import DjangoCallbacks, django_callback_breaker

from governance import vouching

NOTES = (vouching._Noted, vouching._Taken)


@contextmanager
def callback_breaker(fail_at: int | None) -> Iterator[DjangoCallbacks]:
    """Count the callbacks that do something, and fail the chosen one."""
    kind = type(connections["default"])
    plain = kind.on_commit
    with django_callback_breaker(fail_at) as callbacks:
        counted = kind.on_commit

        def on_commit(self, func, robust=False):
            return (plain if isinstance(func, NOTES) else counted)(self, func, robust=robust)

        with mock.patch.object(kind, "on_commit", on_commit):
            yield callbacks
