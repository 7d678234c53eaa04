"""Each row is what the latest event about it said; each live row is what its newest version says; none is missing.

A row with a history is checked through it: every version has its event, and the live row must equal the newest.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.db import models

from governance.crypto import DecryptionError
from governance.events import (
    WORDS_HEX_BEFORE,
    columns_of,
    digest,
    plain,
    row_name,
    words_hash_before,
    words_of,
)  # fmt: skip
from governance.models import Event
from governance.verifying.cards import is_of_set
from governance.verifying.found import AllSaid, Found, Said
from transparency.leaf import NotCanonicalError


def check(found: Found, said: AllSaid) -> None:
    """Compare every row that has a DIGEST with what was said of it, then look for rows that are gone."""
    left = dict(said.rows)
    for event in said.erased:
        _compare(found, event, left.pop(row_name(event), None))
    for model in digested():
        with found.naming(model):
            check_model(found, model, left)
    tables = {model._meta.db_table for model in digested() if not hasattr(model, "history")}
    tables |= {model.history.model._meta.db_table for model in digested() if hasattr(model, "history")}
    for name in left:
        table, _, row = name.partition(":")
        if table in tables:
            found.broken(table, row, "这一行不见了")


def check_model(found: Found, model: type[models.Model], left: dict[str, Said]) -> None:
    """Compare the rows of one table and its history; takes from `left` what is said of them."""
    if hasattr(model, "history"):
        _check_tracked(found, model, left)
        return
    for row in _rows(model, found):
        _compare(found, row, left.pop(row_name(row), None))


def digested() -> list[type[models.Model]]:
    """The models whose rows events vouch for."""
    return [model for model in apps.get_models() if hasattr(model, "DIGEST") and model is not Event]


def _rows(model: type[models.Model], found: Found) -> Iterator[models.Model]:
    path = getattr(getattr(model, "instance_type", model), "VILLAGE", "village")
    return found.reading(model._base_manager.filter(**{path: found.village}).order_by("pk"))


def _check_tracked(found: Found, model: type[models.Model], left: dict[str, Said]) -> None:
    """Every version as its event said, and the live row as its newest version."""
    newest: dict[int, models.Model] = {}
    for version in _rows(model.history.model, found):
        name = row_name(version)
        if not (is_of_set(version) and name not in left):
            _compare(found, version, left.pop(name, None))
        newest[version.id] = version
    for row in _rows(model, found):
        left.pop(row_name(row), None)
        found.rows += 1
        version = newest.pop(row.pk, None)
        if version is None or version.history_type == "-":
            found.broken(model._meta.db_table, row.key, "有这一行，历史里没有")
        else:
            _compare_with_newest(found, row, version)
    for version in newest.values():
        if version.history_type != "-":
            found.broken(model._meta.db_table, version.key, "历史里有，这一行不见了")


def _compare(found: Found, row: models.Model, said: Said | None) -> None:
    """One row with the word of its event."""
    table, name, why = row._meta.db_table, row_name(row).partition(":")[2], ""
    found.rows += 1
    try:
        if said is None:
            why = "没有哪个事件记着它"
        elif not _is_as_said(row, said):
            why = f"和第{said.event}号事件记的不一样"
    except DecryptionError:
        why = "加密的字解不开"
    except (NotCanonicalError, TypeError, ValueError, AttributeError):
        why = "里面的值读不懂"
    except KeyError:
        why = "是没见过的摘要版本记的"
    if why:
        found.broken(table, name, why)


def _is_as_said(row: models.Model, said: Said) -> bool:
    version, columns, *words = said.digest.split(":")
    now = digest(row, said.salt or b"", int(version)).split(":")
    if now[:2] != [version, columns]:
        return False
    if not words:  # a column for words that came later is empty in what was said before
        return not any(words_of(row).values())
    if said.salt and len(words[0]) == WORDS_HEX_BEFORE:
        return words == [words_hash_before(words_of(row), said.salt)]
    return not said.salt or words == now[2:]


def _compare_with_newest(found: Found, row: models.Model, version: models.Model) -> None:
    """The live row with its newest version, column by column, so that the break can say which."""
    try:
        differ = [
            column
            for column in columns_of(row)[1]
            if plain(getattr(row, column)) != plain(getattr(version, column))
        ]
        here, there = words_of(row), words_of(version)
        differ += [column for column in here if here[column] != there.get(column)]
    except (DecryptionError, ValueError, TypeError, AttributeError):
        differ = ["有一列读不懂，"]
    for column in differ:
        found.broken(row._meta.db_table, row.key, f"{column}和它历史里最新的一版不一样")
