"""The kinds of column a backup knows: how a value stands in the file, and how each engine takes it back.

A file says the kind of each column itself, so that reading it needs no model: an older file is loaded into the tables
of its time. The file's form is the same for both engines.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from datetime import UTC, date, datetime, time
from decimal import Decimal
from uuid import UUID

from django.db import models
from django.db.models.functions import Cast

_KINDS = {
    "BinaryField": "bytes",
    "BooleanField": "bool",
    "DateField": "date",
    "DateTimeField": "datetime",
    "DecimalField": "decimal",
    "FloatField": "float",
    "JSONField": "json",
    "TimeField": "time",
    "UUIDField": "uuid",
    **dict.fromkeys(("CharField", "FileField", "GenericIPAddressField", "SlugField", "TextField"), "text"),
}
_READ = {
    "bytes": b64decode,
    "date": date.fromisoformat,
    "datetime": datetime.fromisoformat,
    "decimal": Decimal,
    "time": time.fromisoformat,
    "uuid": UUID,
}


def kind_of(field: models.Field) -> str:
    """The kind of a field's column. Raises TypeError for one that nobody has thought about yet."""
    while field.remote_field:
        field = field.target_field
    name = field.get_internal_type()
    if name.endswith("AutoField") or name.endswith("IntegerField"):
        return "int"
    if name not in _KINDS:
        raise TypeError(
            f"{field}: a backup does not know how to keep a {name}; add it to operations/kinds.py"
        )
    return _KINDS[name]


def expression(field: models.Field):
    """What to select so that nothing is lost: JSON as the database's own text (null and "null" differ), and a text
    as it stands, whatever its field would make of it."""
    kind, text = kind_of(field), models.TextField()
    if kind == "json":
        return Cast(field.attname, text)
    plain = models.F(field.attname)
    return models.ExpressionWrapper(plain, text) if kind == "text" else plain


def written(value):
    """A value from the database as JSON takes it; bytes as base64, moments in UTC."""
    if isinstance(value, bytes | memoryview):
        return b64encode(value).decode()
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value) if isinstance(value, UUID | Decimal) else value


def reader(kind: str, ops):
    """How to turn a value of the file into what the engine of `ops` takes; None stays None."""
    read, adapt = _READ.get(kind), _adapters(ops).get(kind)
    if read is None:
        return lambda value: value
    if adapt is None:
        return lambda value: None if value is None else read(value)
    return lambda value: None if value is None else adapt(read(value))


def _adapters(ops) -> dict:
    """SQLite keeps these as text; PostgreSQL takes them as they are."""
    if ops.connection.vendor == "postgresql":
        return {}
    return {
        "datetime": ops.adapt_datetimefield_value,
        "date": str,
        "time": ops.adapt_timefield_value,
        "uuid": lambda value: value.hex,
        "decimal": str,
    }
