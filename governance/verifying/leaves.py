"""The tree: are all leaves there, and do they give every root that was kept anywhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from governance.models import Division
from governance.verifying.found import Found
from transparency import log, signing
from transparency.checkpoints import head_of, open_checkpoint
from transparency.models import Checkpoint, Epoch, Leaf, Log
from transparency.notes import NoteError, Verifier, parse_note
from transparency.verify import replay_log


@dataclass(frozen=True)
class Kept:
    """A root that was written down when the log had a size, by a row of some table."""

    table: str
    row: str
    size: int
    root: str  # in hex


# Who keeps roots: each says which, for a village. Layers above add theirs.
KEPT: list[Callable[[Division], Iterable[Kept]]] = []


def check(found: Found) -> None:
    """Rebuild the tree and compare it with the head and with every root kept."""
    kept = [one for keeper in (_signed, *KEPT) for one in keeper(found.village)]
    tree = replay_log(found.village.code, [one.size for one in kept])
    found.leaves = tree.size
    for first, last in tree.gaps:
        found.broken(Leaf._meta.db_table, f"{first}-{last}", "这几片不见了")
    if not tree.gaps and (tree.size, tree.root) != log.head(found.village.code):
        found.broken(Log._meta.db_table, found.village.code, "各片算出来的大小或根，和日志头记的不一样")
    for one in kept:
        if tree.roots.get(one.size, b"").hex() != one.root:
            found.broken(one.table, one.row, f"写着第{one.size}片为止的根，和各片算出来的不一样")
    _check_notes(found)
    _check_epochs(found)
    _check_memory(found)


def _signed(village: Division) -> Iterable[Kept]:
    for row in Checkpoint.objects.filter(village=village.code):
        yield Kept(row._meta.db_table, str(row.pk), row.size, row.root)


def _check_notes(found: Found) -> None:
    """Each signed checkpoint says what its row says; by a key no longer in use, only its text is compared."""
    keys: dict[str, list[Verifier]] = {}
    names = {name for _, name in log.names(found.village.code)}
    for row in Checkpoint.objects.filter(village=found.village.code).iterator():
        found.rows += 1
        try:
            signed = head_of(row.note)
            known = keys.setdefault(signed.origin, signing.verifiers(signed.origin))
            if {key.key_id for key in known} & {one.key_id for one in parse_note(row.note).signatures}:
                open_checkpoint(row.note, known)
            right = (signed.size, signed.root.hex()) == (row.size, row.root) and signed.origin in names
        except NoteError:
            right = False
        if not right:
            found.broken(row._meta.db_table, row.pk, "检查点的签名不对，或者写的和这一行不一样")


def _check_epochs(found: Found) -> None:
    """Each later epoch begins with the leaf that names what was signed last before it."""
    for epoch in Epoch.objects.filter(village=found.village.code, number__gt=1):
        found.rows += 1
        if not signing.opens(epoch):
            found.broken(epoch._meta.db_table, epoch.pk, "写着从哪里接下来的，和它的第一片对不上")


def _check_memory(found: Found) -> None:
    """What the signer keeps outside the database still fits: a log rewritten together with its checkpoints does not."""
    head, note = (
        Log.objects.filter(village=found.village.code).first(),
        signing.last_signed(found.village.code),
    )
    if note and (head is None or not signing.agrees(head, note)):
        found.broken(
            Log._meta.db_table, found.village.code, "和数据库外面记着的上一个检查点接不上，日志被改写过"
        )
