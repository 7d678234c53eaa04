"""Why a backup, a restore or a drill did not happen: a sentence for the operator."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError


class OperationError(Exception):
    """Nothing was changed; the text says what is wrong and what to do."""


@contextmanager
def told() -> Iterator[None]:
    """Let a command end with the sentence of an OperationError, and of a disk that is full or not there."""
    try:
        yield
    except OperationError as error:
        raise CommandError(str(error)) from error
    except OSError as error:
        raise CommandError(f"文件读写不了：{error}。请看看磁盘满没满、文件夹的权限对不对。") from error
