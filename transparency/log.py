"""Append to a village's log: the only writer of its leaves, its head and its epochs."""

from collections.abc import Iterable

from django.conf import settings
from django.db import IntegrityError, transaction

from transparency.leaf import leaf_data
from transparency.merkle import Frontier, leaf_hash
from transparency.models import Epoch, Leaf, Log


def append(village: str, leaves: Iterable[tuple[str, str, bytes]], origin: str) -> list[int]:
    """Append (kind, period, commit) leaves to the log of a village, all in one go.

    `origin` names a log that begins with these leaves; later ones go under the name it then got. Must run inside
    the caller's transaction: the head stays locked until it ends, so no leaf is ever lost or doubled.
    Returns the sequence numbers. Source: design/5-trust.md, RFC 6962.
    """
    head = lock(village, origin)
    rows = [
        Leaf(village=village, seq=head.size + i, kind=kind, period=period, commit=commit)
        for i, (kind, period, commit) in enumerate(leaves)
    ]
    frontier = Frontier.from_bytes(bytes(head.frontier))
    frontier.extend(
        leaf_hash(leaf_data(head.origin, row.seq, row.kind, row.period, bytes(row.commit))) for row in rows
    )
    Leaf.objects.bulk_create(rows)
    head.size, head.frontier = head.size + len(rows), frontier.to_bytes()
    head.save(update_fields=["size", "frontier"])
    return [row.seq for row in rows]


def head(village: str) -> tuple[int, bytes]:
    """Size and root of a village's log; (0, empty root) when nothing was ever recorded."""
    row = Log.objects.filter(village=village).first() or Log(village=village)
    return row.size, Frontier.from_bytes(bytes(row.frontier)).root()


def lock(village: str, origin: str = "") -> Log:
    """The head of a village's log, locked until the transaction ends: the last lock an act takes."""
    head = Log.objects.select_for_update(no_key=True).filter(village=village).first()
    if head:
        return head
    try:
        with transaction.atomic():
            name = f"{origin or settings.LOG_ORIGIN}/{village}"
            Log.objects.create(village=village, origin=name)
            Epoch.objects.create(village=village, number=1, starts=0, origin=name)
    except IntegrityError:
        pass  # somebody else's first leaf came a moment earlier
    return Log.objects.select_for_update(no_key=True).get(village=village)


def names(village: str) -> list[tuple[int, str]]:
    """The log's names with the first leaf that each is written in, from the first epoch on; one query."""
    return list(Epoch.objects.filter(village=village).order_by("number").values_list("starts", "origin"))


def begin_epoch(village: str, number: int) -> Log:
    """Give the log the name of a new epoch, under which the next leaf is written; returns the locked head.

    Must run inside the transaction that also writes that leaf and `keep_epoch`.
    """
    head = lock(village)
    [(_, first), *_] = names(village)
    head.epoch, head.origin = number, f"{first}/{number}"
    head.save(update_fields=["epoch", "origin"])
    return head


def keep_epoch(head: Log, *, starts: int, ended: str, body: str, salt: bytes) -> Epoch:
    """Keep what opens the first leaf of an epoch to everybody."""
    return Epoch.objects.create(
        village=head.village,
        number=head.epoch,
        starts=starts,
        origin=head.origin,
        ended=ended,
        body=body,
        salt=salt,
    )
