"""The files that rows name: each must lie under MEDIA_ROOT, unless an erasure took it away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from django.apps import apps
from django.core.files.storage import default_storage

from governance.models import Subject
from rights import personal
from rights.models import Erasure


class Stored(NamedTuple):
    """A row and its file."""

    table: str
    key: UUID
    path: Path
    sha256: str


def named() -> Iterator[Stored]:
    """Every row that names a file and says its hash."""
    for model in apps.get_models():
        if {"stored_as", "sha256"} <= {field.name for field in model._meta.fields}:
            rows = model._base_manager.exclude(stored_as="").values_list("key", "stored_as", "sha256")
            for key, stored_as, sha256 in rows.iterator():
                yield Stored(model._meta.db_table, key, Path(default_storage.path(stored_as)), sha256)


def erased() -> set[UUID]:
    """Keys of the rows of households whose data were erased: the row stays, its file went."""
    homes = Subject.objects.filter(erasures__state=Erasure.State.DONE, erasures__member=None)
    return {row.key for home in homes for row in personal.with_files(home)}


def missing() -> list[Stored]:
    """Rows whose file is not there. Asked twice: what an erasure takes away while we look is no fault."""
    return sorted(_missing() & _missing())


def _missing() -> set[Stored]:
    lost = {one for one in named() if not one.path.exists()}
    gone = erased() if lost else set()
    return {one for one in lost if one.key not in gone}
