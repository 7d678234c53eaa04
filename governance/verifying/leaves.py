"""The tree: are all leaves there, and do they give every root that was kept anywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from governance.models import Division
from governance.verifying.found import Found
from transparency import cosigning, log, signing
from transparency.checkpoints import head_of, open_checkpoint
from transparency.models import Checkpoint, Cosignature, Epoch, Leaf, Log, Tile
from transparency.notes import NoteError, Verifier, parse_note
from transparency.verify import Replayed, replay_log


@dataclass(frozen=True)
class Kept:
    """A root that was written down when the log had a size, by a row of some table."""

    table: str
    row: str
    size: int
    root: str  # in hex


# Who keeps roots: each says which, for a village. Layers above add theirs.
KEPT: list[Callable[[Division], Iterable[Kept]]] = []


def remembered(found: Found) -> str:
    """What the signer keeps outside the database, to be read before the database is held still; empty for nothing."""
    try:
        note = signing.remembered().last(found.village.code)
        if note:
            head_of(note)
    except (OSError, ValueError):
        found.broken("LOG_SIGNED_DIR", found.village.code, "数据库外面记着的上一个检查点读不懂")
        return ""
    return note


def check(found: Found, remembered: str) -> None:
    """Rebuild the tree and compare it with the head, its tiles and every root kept, in the database and outside."""
    kept = [one for keeper in (_signed, *KEPT) for one in keeper(found.village)]
    tree = replay_log(found.village.code, [one.size for one in kept])
    found.leaves = tree.size
    for first, last in tree.gaps:
        found.broken(Leaf._meta.db_table, f"{first}-{last}", "这几片不见了")
    _check_head(found, tree)
    _check_tiles(found, tree)
    for one in kept:
        if tree.roots.get(one.size, b"").hex() != one.root:
            found.broken(one.table, one.row, f"写着第{one.size}片为止的根，和各片算出来的不一样")
    _check_notes(found)
    _check_cosignatures(found)
    _check_epochs(found)
    _check_memory(found, remembered)


def _check_head(found: Found, tree: Replayed) -> None:
    """Size and root as the appending wrote them, and the name of the newest epoch."""
    code = found.village.code
    try:
        is_right = bool(tree.gaps) or (tree.size, tree.root) == log.head(code)
    except (ValueError, TypeError):  # no frontier at all
        is_right = False
    if not is_right:
        found.broken(Log._meta.db_table, code, "各片算出来的大小或根，和日志头记的不一样")
    head = Log.objects.filter(village=code).values_list("epoch", "origin").first()
    if head != Epoch.objects.filter(village=code).order_by("number").values_list("number", "origin").last():
        found.broken(Log._meta.db_table, code, "日志头写的纪元，不是最新的一个")


def _check_tiles(found: Found, tree: Replayed) -> None:
    """Kept to make proofs fast; a wrong one stops the signer, so it is named. Deleted, it is made again."""
    rows = Tile.objects.filter(village=found.village.code).values_list("pk", "number", "root")
    for pk, number, root in rows.iterator() if not tree.gaps else ():
        if tree.tiles[number : number + 1] != [_bytes(root)]:
            found.broken(Tile._meta.db_table, pk, "和它那256片算出来的不一样；删掉这一行，签名时会重做")


def _bytes(value: object) -> bytes:
    """What SQLite gives for a column of bytes, were it a text."""
    return value.encode() if isinstance(value, str) else bytes(value)


def _signed(village: Division) -> Iterable[Kept]:
    for row in Checkpoint.objects.filter(village=village.code).only("size", "root"):
        yield Kept(row._meta.db_table, str(row.pk), row.size, row.root)


def _check_notes(found: Found) -> None:
    """Each signed checkpoint says what its row says; by a key no longer in use, only its text is compared."""
    keys: dict[str, list[Verifier]] = {}
    names = dict(Epoch.objects.filter(village=found.village.code).values_list("number", "origin"))
    for row in found.reading(Checkpoint.objects.filter(village=found.village.code).order_by("pk")):
        found.rows += 1
        try:
            signed = head_of(row.note)
            known = keys.setdefault(signed.origin, signing.verifiers(signed.origin))
            if {key.key_id for key in known} & {one.key_id for one in parse_note(row.note).signatures}:
                open_checkpoint(row.note, known)
            right = (signed.size, signed.root.hex()) == (row.size, row.root)
            right = right and signed.origin == names.get(row.epoch)
        except NoteError:
            right = False
        if not right:
            found.broken(row._meta.db_table, row.pk, "检查点的签名不对，或者写的和这一行不一样")


def _check_cosignatures(found: Found) -> None:
    """A witness's line is of the witness it names and of its time, and good where the witness is registered."""
    known = {(each.name, each.key_id): each for each in cosigning.witnesses()}
    rows = Cosignature.objects.filter(checkpoint__village=found.village.code).select_related("checkpoint")
    for row in found.reading(rows.order_by("pk")):
        found.rows += 1
        try:
            right = cosigning.fits(row, known)
        except NoteError:
            right = False
        if not right:
            found.broken(row._meta.db_table, row.pk, "不是这个见证人在这个检查点下面签的")


def _check_epochs(found: Found) -> None:
    """Each later epoch begins with the leaf that names what was signed last before it."""
    for epoch in Epoch.objects.filter(village=found.village.code, number__gt=1):
        found.rows += 1
        if not signing.opens(epoch):
            found.broken(epoch._meta.db_table, epoch.pk, "写着从哪里接下来的，和它的第一片对不上")


def _check_memory(found: Found, note: str) -> None:
    """What the signer keeps outside the database still fits: a log rewritten together with its checkpoints does not."""
    head = Log.objects.filter(village=found.village.code).first()
    if note and (head is None or not signing.agrees(head, note)):
        found.broken(
            Log._meta.db_table, found.village.code, "和数据库外面记着的上一个检查点接不上，日志被改写过"
        )
