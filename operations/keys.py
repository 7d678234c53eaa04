"""Which keys a backup needs, said without telling them: an id, and a fingerprint that leads to no key."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Sequence

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import models

from governance import second_factors
from governance.crypto import parse_key
from governance.fields import EncryptedTextField
from operations import tables
from operations.errors import OperationError
from transparency import signing

_INDEX = "BLIND_INDEX_KEY"
_PURPOSE = b"lianping/backup/v1"


def finder(model: type[models.Model]) -> Callable[[Sequence], Iterator[str]]:
    """What finds the ids of the keys in a row of a table."""
    if model is Authenticator:
        place = [field.name for field in tables.fields(model)].index("data")
        return lambda row: map(id_of, second_factors.sealed_in(json.loads(row[place])))
    sealed = [n for n, field in enumerate(tables.fields(model)) if isinstance(field, EncryptedTextField)]
    return lambda row: (id_of(row[n]) for n in sealed if row[n] is not None)


def id_of(sealed: bytes) -> str:
    """Under which key a text is sealed."""
    return bytes(sealed[1 : 1 + sealed[0]]).decode("ascii", "replace") if len(sealed) else ""


def describe(used: set[str]) -> dict:
    """What the manifest says of keys: those in use, the index key, and the log's public keys."""
    return {
        "fields": {
            key_id: _fingerprint(key_id, settings.FIELD_KEYS.get(key_id)) for key_id in sorted(used - {""})
        },
        "index": _fingerprint(_INDEX, settings.BLIND_INDEX_KEY),
        "log": [one.vkey for one in signing.verifiers(settings.LOG_ORIGIN)],
    }


def check(said: dict) -> None:
    """Raises OperationError when a key that the file needs is missing here, or is another under the same name."""
    for key_id, fingerprint in said["fields"].items():
        if key_id not in settings.FIELD_KEYS:
            raise OperationError(
                f"备份里的字有一部分是用密钥“{key_id}”加密的，FIELD_KEYS里没有它。"
                "请从保管密钥的地方把它加回来；没有它，这些字谁也读不出来。"
            )
        if fingerprint and _fingerprint(key_id, settings.FIELD_KEYS[key_id]) != fingerprint:
            raise OperationError(f"FIELD_KEYS里的密钥“{key_id}”和备份时用的不是同一把。请核对，别另造一把。")
    if _fingerprint(_INDEX, settings.BLIND_INDEX_KEY) != said["index"]:
        raise OperationError(f"{_INDEX}和备份时用的不是同一把：恢复以后，按名字、电话会找不到人。请核对。")


def is_other_signer(said: dict) -> bool:
    """Whether the log would be signed here by none of the keys that signed it before."""
    return not {_public(one) for one in said["log"]} & {_public(one) for one in describe(set())["log"]}


def _public(vkey: str) -> str:
    return vkey.rpartition("+")[2]


def _fingerprint(name: str, text: str | None) -> str:
    """Eight bytes of an HMAC under the key itself: tells two keys apart and nothing else."""
    if text is None:
        return ""
    return hmac.digest(parse_key(name, text), _PURPOSE, hashlib.sha256)[:8].hex()
