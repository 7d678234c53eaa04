"""Logs to tell stories with: leaves without events, at the level of transparency alone."""

from base64 import b64decode
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction

from governance import guards
from transparency import log, tiles, verify
from transparency.checkpoints import TreeHead
from transparency.leaf import leaf_data
from transparency.merkle import Frontier, leaf_hash
from transparency.models import Checkpoint, Epoch, Log
from transparency.notes import Signer, sign_note

HOME, OTHER = "990101103205", "990101103206"
NAME = f"lianping.example/{HOME}"
NOON = datetime(2026, 11, 16, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
TOMORROW = NOON + timedelta(days=1)


def grow(count: int, village: str = HOME, kind: str = "round.published", start: int = 0) -> list[bytes]:
    """Append so many leaves; what each hashes to by the definition, when the log had none."""
    rows = [(kind, f"2026-{1 + n % 12:02}", (start + n).to_bytes(32, "big")) for n in range(count)]
    with transaction.atomic():
        seqs = log.append(village, rows, "lianping.example")
    name = f"lianping.example/{village}"
    return [leaf_hash(leaf_data(name, seq, *row)) for seq, row in zip(seqs, rows, strict=True)]


def signed(village: str, at: datetime, size: int = 0) -> Checkpoint:
    """A checkpoint of the log as it stands (or of its first leaves), by its key, without the signer: that one signs
    nothing before it is committed."""
    head, size = Log.objects.get(village=village), size or log.head(village)[0]
    root = tiles.root_at(village, size)
    note = sign_note(
        TreeHead(head.origin, size, root).text, Signer(head.origin, b64decode(settings.LOG_SIGNING_KEY))
    )
    return Checkpoint.objects.create(
        village=village, epoch=head.epoch, size=size, root=root.hex(), note=str(note), signed_at=at
    )


def at_the_database(sql: str) -> None:
    """Somebody changes rows past the application and its guards."""
    guards.drop()
    with connection.cursor() as cursor:
        cursor.execute(sql)


def restore(size: int, village: str = HOME) -> None:
    """An older backup comes back: the first `size` leaves, their head, and what was signed of them."""
    of = f"village = '{village}'"
    at_the_database("DELETE FROM transparency_cosignature")
    at_the_database(f"DELETE FROM transparency_checkpoint WHERE {of} AND size > {size}")
    at_the_database(f"DELETE FROM transparency_leaf WHERE {of} AND seq >= {size}")
    at_the_database(f"DELETE FROM transparency_epoch WHERE {of} AND starts >= {max(size, 1)}")
    newest = Epoch.objects.filter(village=village).order_by("-number").first()
    Log.objects.filter(village=village).update(origin=newest.origin, epoch=newest.number)
    _fit(village)


def rewrite(seq: int, village: str = HOME) -> None:
    """Somebody with the database changes a leaf and makes everything that follows from it fit again."""
    at_the_database(
        f"UPDATE transparency_leaf SET kind = 'reading.opened' WHERE village = '{village}' AND seq = {seq}"
    )
    _fit(village)


def _fit(village: str) -> None:
    """Make head and tiles what the leaves make them."""
    tree = Frontier()
    tree.extend(digest for _, digest in verify.leaf_hashes(village))
    Log.objects.filter(village=village).update(frontier=tree.to_bytes(), size=tree.size)
    at_the_database(f"DELETE FROM transparency_tile WHERE village = '{village}'")
