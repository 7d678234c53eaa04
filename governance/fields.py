"""Model fields for personal words: encrypted at rest, found again only by a blind index.

A model with such fields carries `key = UUIDField(default=uuid4, editable=False)`, made before the insert:
the text is bound to that key and to the field's purpose, not to a table, so the historical copies of
django-simple-history, which carry the live row's key, open by themselves (design 5, "Access").
"""

import re
import unicodedata
from uuid import UUID

from django.core import checks, validators
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from governance.crypto import keyring


class _OpenedOnAccess(DeferredAttribute):
    """Holds bytes as they came from the database until somebody reads them, then the text."""

    def __get__(self, instance, cls=None):
        value = super().__get__(instance, cls)
        if isinstance(value, bytes | memoryview):
            value = self.field.opened(value, instance.key)
            instance.__dict__[self.field.attname] = value
        return value

    def __set__(self, instance, value):
        # Having __set__ makes this a data descriptor: __get__ runs although the value is in __dict__.
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.Field):
    """Text that is sealed by governance.crypto on its way to the database; str on the instance.

    `purpose` ("member.name") is part of what is authenticated: changing it makes old rows unreadable.
    Reading opens lazily and raises crypto.DecryptionError. Each save seals anew under the primary key, so
    loading and saving is all that a key rotation needs. `values()` gives the sealed bytes; `only()` should
    name `key` too, or each read costs a query. The one lookup is `isnull`; search goes through a
    BlindIndexField. `update()` and `bulk_update()` know no row key and are refused.
    """

    descriptor_class = _OpenedOnAccess

    def __init__(self, *args, purpose, **kwargs):
        super().__init__(*args, **kwargs)
        self.purpose = purpose
        if self.max_length is not None:
            self.validators.append(validators.MaxLengthValidator(self.max_length))

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "purpose": self.purpose}

    def check(self, **kwargs):
        return [*super().check(**kwargs), *self._check_key()]

    def _check_key(self):
        try:
            found = isinstance(self.model._meta.get_field("key"), models.UUIDField)
        except FieldDoesNotExist:
            found = False
        if found:
            return []
        return [checks.Error("A model with an EncryptedTextField needs a UUIDField named key.", obj=self)]

    def opened(self, sealed: bytes | memoryview, key: UUID) -> str:
        """The text of what `values()` gave, for the row with this key; raises crypto.DecryptionError."""
        return keyring().decrypt(bytes(sealed), self.purpose, key)

    def get_internal_type(self):
        return "BinaryField"

    def get_lookup(self, lookup_name):
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None

    def to_python(self, value):
        return value if value is None else str(value)

    def pre_save(self, model_instance, add):
        text = self.to_python(getattr(model_instance, self.attname))
        return text if text is None else keyring().encrypt(text, self.purpose, model_instance.key)

    def get_db_prep_save(self, value, connection):
        if isinstance(value, str):
            raise TypeError(
                f"{self.purpose}: no row to seal this text for; set it on an instance and save it."
            )
        return super().get_db_prep_save(value, connection)

    def get_db_prep_value(self, value, connection, prepared=False):
        if isinstance(value, str):
            value = b""  # a constraint asks the database whether it is null: the text itself stays here
        return value if value is None else connection.Database.Binary(value)

    def formfield(self, **kwargs):
        empty = {"empty_value": None} if self.null else {}
        return super().formfield(**{"max_length": self.max_length, **empty, **kwargs})


class BlindIndexField(models.BinaryField):
    """Keyed hash of another field's text, by which exactly that text is found: filter(name_index="王芳").

    Computed from `source` at each save (with `update_fields`, name both fields); null when the source is
    null or empty. Spaces, width and the writing of phone numbers do not matter, see crypto.normalise.
    """

    def __init__(self, *args, source, purpose, **kwargs):
        kwargs.setdefault("max_length", 32)
        kwargs.setdefault("db_index", True)
        super().__init__(*args, **kwargs)
        self.source = source
        self.purpose = purpose

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "source": self.source, "purpose": self.purpose}

    def pre_save(self, model_instance, add):
        index = self.get_prep_value(getattr(model_instance, self.source) or None)
        setattr(model_instance, self.attname, index)
        return index

    def get_prep_value(self, value):
        return keyring().blind_index(value, self.purpose) if isinstance(value, str) else value


class SortKeyField(models.CharField):
    """Another field's text with its numbers padded, so that the database sorts 2号 before 10号.

    Computed from `source` at each save (with `update_fields`, name both fields).
    """

    DIGITS = 6

    def __init__(self, *args, source, **kwargs):
        kwargs.setdefault("max_length", 200)
        kwargs.setdefault("editable", False)
        kwargs.setdefault("db_default", "")
        super().__init__(*args, **kwargs)
        self.source = source

    def deconstruct(self):
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "source": self.source}

    def pre_save(self, model_instance, add):
        text = unicodedata.normalize("NFKC", getattr(model_instance, self.source))
        key = re.sub(r"\d+", lambda number: number[0].zfill(self.DIGITS), text)
        setattr(model_instance, self.attname, key)
        return key
