"""Key rotation: seal anew, under the primary key, whatever an older key of FIELD_KEYS still seals.

The words stay what they are, so nothing that an event vouches for changes, and no version is added to a history.
Once nothing is left, the old key can be taken out of FIELD_KEYS. Source: design/5-trust.md, Access.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.apps import apps
from django.db import connection, models, transaction

from governance import second_factors
from governance.crypto import keyring
from governance.fields import EncryptedTextField
from governance.models import EventBody

_CHUNK = 500


def rotate() -> Iterator[tuple[str, int]]:
    """Reseal table after table; yields (table, how many rows). Raises crypto.DecryptionError for what does not open.

    A chunk of rows is one transaction, so it may be stopped and begun again at any time.
    """
    for model in apps.get_models():
        if fields := [
            field for field in model._meta.concrete_fields if isinstance(field, EncryptedTextField)
        ]:
            yield model._meta.db_table, sum(_reseal(model, fields, keys) for keys in _chunks(model, fields))
    yield "mfa_authenticator", second_factors.reseal()


def _chunks(model: type[models.Model], fields: list[EncryptedTextField]) -> Iterator[list[int]]:
    """Numbers of rows in which some text is under another key than the primary."""
    names, old = [field.attname for field in fields], []
    rows = model._base_manager.order_by("pk").values_list("pk", *names).iterator(_CHUNK)
    for pk, *sealed in rows:
        if any(one is not None and not keyring().is_current(bytes(one)) for one in sealed):
            old.append(pk)
    for start in range(0, len(old), _CHUNK):
        yield old[start : start + _CHUNK]


@transaction.atomic
def _reseal(model: type[models.Model], fields: list[EncryptedTextField], keys: list[int]) -> int:
    rows = list(model._base_manager.select_for_update(no_key=True).filter(pk__in=keys))
    if model is EventBody:  # its table takes no UPDATE: the same row goes in again
        for row in rows:
            row.content  # noqa: B018 -- opened while it is still there
        EventBody.objects.filter(pk__in=keys).delete()
        EventBody.objects.bulk_create(rows)
        return len(rows)
    for row in rows:
        _write(model, fields, row)
    return len(rows)


def _write(model: type[models.Model], fields: list[EncryptedTextField], row: models.Model) -> None:
    """Past the ORM and past history: the row says the same as before."""
    quote = connection.ops.quote_name
    values = [field.get_db_prep_save(field.pre_save(row, add=False), connection) for field in fields]
    columns = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {quote(model._meta.db_table)} SET {columns} WHERE {quote(model._meta.pk.column)} = %s",
            [*values, row.pk],
        )
