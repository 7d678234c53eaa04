"""What somebody takes away to check later, without this installation: a leaf, its proof, a signed checkpoint."""

from __future__ import annotations

from django.db.models import Max

from transparency import log, signing, tiles, verify
from transparency.checkpoints import TlogProof, head_of, with_signatures
from transparency.models import Checkpoint, Epoch, Log


class NotSignedYetError(LookupError):
    """There is no such leaf, or no checkpoint covers it yet: the next signing will, tomorrow at the latest."""


def proof_for(village: str, seq: int, size: int | None = None) -> str:
    """The receipt of leaf `seq`, a C2SP tlog-proof whose extra bytes are the public leaf itself.

    Against the newest checkpoint that a witness cosigned, else the newest, else that of `size`. Checked before it is
    given out. Raises NotSignedYetError, ProofError (rows and signature disagree: the log was changed).
    """
    checkpoint = _covering(village, seq, size)
    leaf = leaf_of(village, seq)
    hashes = tuple(tiles.inclusion(village, seq, checkpoint.size))
    proof = TlogProof(seq, hashes, signed(checkpoint), leaf)
    proof.check(leaf, signing.verifiers(head_of(checkpoint.note).origin))
    return proof.text


def leaf_of(village: str, seq: int) -> bytes:
    """The public bytes of a leaf. Raises NotSignedYetError when there is none."""
    for _, data in verify.leaves(village, seq, seq + 1):
        return data
    raise NotSignedYetError(f"{village} has no leaf {seq}")


def newest(village: str, epoch: int | None = None) -> Checkpoint | None:
    """The checkpoint signed last in an epoch, by default the present one."""
    return _of_epoch(village, epoch).order_by("-size").first()


def at_size(village: str, size: int, epoch: int | None = None) -> Checkpoint | None:
    """The checkpoint of this size in an epoch, by default the present one."""
    return _of_epoch(village, epoch).filter(size=size).first()


def signed_size(village: str) -> int:
    """How many leaves are public: those a checkpoint covers. What comes after would tell when, to the minute, it came."""
    head = Log.objects.filter(village=village).values_list("size", flat=True).first() or 0
    covered = Checkpoint.objects.filter(village=village, size__lte=head)
    return covered.aggregate(size=Max("size"))["size"] or 0


def signed(checkpoint: Checkpoint) -> str:
    """A checkpoint with the log's signature and those of all witnesses, as a file holds it."""
    lines = checkpoint.cosignatures.order_by("signed_at", "witness").values_list("line", flat=True)
    return with_signatures(checkpoint.note, lines)


def root_at(village: str, size: int) -> bytes | None:
    """Root of a village's first `size` leaves as they are now: what a photographed notice must show. None: no such size."""
    return tiles.root_at(village, size) if 0 <= size <= log.head(village)[0] else None


def epochs(village: str) -> list[dict]:
    """What opens the first leaf of each epoch of a log to everybody, and the checkpoint it names; one query."""
    return [
        {
            "number": row.number,
            "starts": row.starts,
            "origin": row.origin,
            "ended": row.ended,
            "body": row.body,
            "salt": bytes(row.salt).hex(),
        }
        for row in Epoch.objects.filter(village=village).order_by("number")
    ]


def _covering(village: str, seq: int, size: int | None) -> Checkpoint:
    found = _of_epoch(village, None).filter(size__gt=seq).order_by("-size")
    if size is not None:
        found = found.filter(size=size)
    checkpoint = found.filter(cosignatures__isnull=False).first() or found.first()
    if checkpoint is None:
        raise NotSignedYetError(f"no checkpoint of {village} covers leaf {seq} yet")
    return checkpoint


def _of_epoch(village: str, epoch: int | None):
    if epoch is None:
        epoch = Log.objects.filter(village=village).values_list("epoch", flat=True).first() or 1
    return Checkpoint.objects.filter(village=village, epoch=epoch)
