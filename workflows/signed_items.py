"""Which items a month's signature covers: the event of the signature vouches for all of them together."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

from governance import verifying
from governance.verifying import AllSaid, Found
from transparency.leaf import canonical
from workflows.models import Observation, Signature, Signed

_TABLE = Signed._meta.db_table


def cover(signature: Signature, items: Iterable[Observation]) -> dict[str, str]:
    """Write what a signature covers; returns its digest for the event of the signature."""
    rows = [Signed(signature=signature, observation=item, turn=item.turn) for item in items]
    Signed.objects.bulk_create(rows)
    return {f"{_TABLE}:{signature.key}": _digest((row.observation.key, row.turn) for row in rows)}


def register() -> None:
    """Let the verification compare it."""
    verifying.ALSO.append(check)


def check(found: Found, said: AllSaid) -> None:
    """Compare what each signature of a village covers with what its event says; one query."""
    covered: dict[str, list[tuple]] = {}
    rows = Signed.objects.filter(signature__village=found.village).order_by("pk")
    for key, *item in rows.values_list("signature__key", "observation__key", "turn").iterator(2000):
        covered.setdefault(f"{_TABLE}:{key}", []).append(tuple(item))
        found.rows += 1
    told = {name: one.digest for name, one in said.rows.items() if name.startswith(f"{_TABLE}:")}
    for name in sorted(covered.keys() | told.keys()):
        if told.get(name) != _digest(covered.get(name, [])):
            found.broken(
                _TABLE, f"signature={name.partition(':')[2]}", "这次签字管到哪几条，和当时记的不一样"
            )


def _digest(items: Iterable[tuple]) -> str:
    said = sorted([str(key), turn] for key, turn in items)
    return f"1:{sha256(canonical(said)).hexdigest()}"
