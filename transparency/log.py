"""Append to a village's log: the only writer of its two tables."""

from collections.abc import Iterable

from django.db import IntegrityError, transaction

from transparency.leaf import leaf_data
from transparency.merkle import Frontier, leaf_hash
from transparency.models import Leaf, Log


def append(village: str, leaves: Iterable[tuple[str, str, bytes]], origin: str) -> list[int]:
    """Append (kind, period, commit) leaves to the log of a village, all in one go.

    Must run inside the caller's transaction: the head stays locked until it ends, so no leaf is
    ever lost or doubled. Returns the sequence numbers. Source: design/5-trust.md, RFC 6962.
    """
    head = lock(village)
    rows = [
        Leaf(village=village, seq=head.size + i, kind=kind, period=period, commit=commit)
        for i, (kind, period, commit) in enumerate(leaves)
    ]
    frontier = Frontier.from_bytes(bytes(head.frontier))
    log = f"{origin}/{village}"
    frontier.extend(
        leaf_hash(leaf_data(log, row.seq, row.kind, row.period, bytes(row.commit))) for row in rows
    )
    Leaf.objects.bulk_create(rows)
    head.size, head.frontier = head.size + len(rows), frontier.to_bytes()
    head.save(update_fields=["size", "frontier"])
    return [row.seq for row in rows]


def head(village: str) -> tuple[int, bytes]:
    """Size and root of a village's log; (0, empty root) when nothing was ever recorded."""
    row = Log.objects.filter(village=village).first() or Log(village=village)
    return row.size, Frontier.from_bytes(bytes(row.frontier)).root()


def lock(village: str) -> Log:
    """The head of a village's log, locked until the transaction ends: the last lock an act takes."""
    head = Log.objects.select_for_update().filter(village=village).first()
    if head:
        return head
    try:
        with transaction.atomic():
            Log.objects.create(village=village)
    except IntegrityError:
        pass  # somebody else's first leaf came a moment earlier
    return Log.objects.select_for_update().get(village=village)
