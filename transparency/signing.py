"""Sign a village's log: only what is committed, and only what continues the checkpoint signed last.

The last one is remembered outside the database (transparency.memory). What does not continue it is not signed; that is
logged and stays open as a SigningProblem until it is. design/5-trust.md, Checkpoints.
"""

from __future__ import annotations

import json
import logging
from base64 import b64decode
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from transparency import tiles
from transparency.checkpoints import TreeHead, head_of
from transparency.leaf import commit
from transparency.memory import Memory
from transparency.merkle import Frontier
from transparency.models import Checkpoint, Epoch, Leaf, Log, SigningProblem
from transparency.notes import NoteError, Signer, Verifier, sign_note
from transparency.proofs import ProofError, check_consistency

logger = logging.getLogger("lianping.log")
_SEED_BYTES = 32


class SigningRefused(Exception):
    """The signer does not sign this log as it is; the sentence says why."""


def sign_village(village: str, at: datetime, size: int | None = None) -> Checkpoint | None:
    """Sign a village's log as it stands committed, or its first `size` leaves; run it after the commit.

    Returns the checkpoint, the one that is there when nothing was added since, and None for an empty log or when
    the signer refuses: that is logged and kept as a SigningProblem. Never raises for what is wrong with the log.
    """
    try:
        checkpoint = sign(village, at, size)
    except (SigningRefused, ValueError, OSError) as error:
        _refused(village, at, str(error))
        return None
    SigningProblem.objects.filter(village=village, solved_at=None).update(solved_at=at)
    return checkpoint


def sign_due(at: datetime) -> list[Checkpoint]:
    """The daily signing: every log that grew and was last signed on an earlier day, or could not be signed."""
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    stuck = SigningProblem.objects.filter(solved_at=None).values("village")
    due = _with_last().filter(
        Q(size__gt=F("signed")) & (Q(when=None) | Q(when__lt=midnight)) | Q(village__in=stuck)
    )
    signed = [sign_village(village, at) for village in due.values_list("village", flat=True)]
    return [checkpoint for checkpoint in signed if checkpoint]


def problems():
    """Logs that the signer refuses now, the oldest trouble first."""
    return SigningProblem.objects.filter(solved_at=None).order_by("since")


def unsigned() -> dict[str, int]:
    """How many leaves of each village no checkpoint covers yet, where there are any; one query."""
    return {log.village: log.size - log.signed for log in _with_last().filter(size__gt=F("signed"))}


def sign(village: str, at: datetime, size: int | None = None) -> Checkpoint | None:
    """As `sign_village`, but raises SigningRefused, ProofError or NoteError.

    Effects: the checkpoint's row, full tiles, and the memory outside the database, which is written first, so that
    nothing signed is ever forgotten. Raises RuntimeError inside a transaction: what it would sign is not committed.
    """
    memory = remembered()
    with memory.locked(village), transaction.atomic(durable=True):
        log = Log.objects.filter(village=village).first()
        if log is None or log.size == 0:
            return None
        _check_head(log)
        note = memory.last(village)
        wanted = TreeHead(log.origin, size or log.size, tiles.root_at(village, size or log.size))
        if note and head_of(note).origin == log.origin:
            last = head_of(note)
            _check_continues(log, last)
            if last.size < wanted.size:
                note = _sign(wanted)
        else:
            _check_begins(log, note)
            note = _sign(wanted)
        memory.keep(village, note)
        return _kept(log, note, at)


def agrees(log: Log, note: str) -> bool:
    """Whether a log, as it is now, continues a checkpoint that was signed."""
    last = head_of(note)
    try:
        _check_continues(log, last)
    except (SigningRefused, ProofError):
        return False
    return last.origin == log.origin


def last_signed(village: str) -> str:
    """The checkpoint signed last: from the signer's own memory, or else from the database; empty when there is none."""
    newest = Checkpoint.objects.filter(village=village).order_by("-epoch", "-size").first()
    return remembered().last(village) or (newest.note if newest else "")


def remembers(village: str) -> bool:
    """Whether the signer's own memory of a village is there."""
    return bool(remembered().last(village))


def verifiers(origin: str) -> list[Verifier]:
    """The public keys under a log's name, the one in use first."""
    return [signer.verifier for signer in _signers(origin)]


def remembered() -> Memory:
    """The signer's memory as this installation sets it."""
    return Memory(settings.LOG_SIGNED_DIR)


def _with_last():
    """Logs that hold something, with the size signed last in their epoch and when."""
    last = Checkpoint.objects.filter(village=OuterRef("village"), epoch=OuterRef("epoch")).order_by("-size")
    return (
        Log.objects.filter(size__gt=0)
        .annotate(
            signed=Coalesce(Subquery(last.values("size")[:1]), 0), when=Subquery(last.values("signed_at")[:1])
        )
        .order_by("village")
    )


def _check_head(log: Log) -> None:
    tiles.keep(log.village, log.size)
    head = Frontier.from_bytes(bytes(log.frontier))
    if (head.size, head.root()) != (log.size, tiles.root_at(log.village, log.size)):
        raise SigningRefused(f"{log.village}的记录和它自己的日志头对不上，日志被改过。")


def _check_continues(log: Log, last: TreeHead) -> None:
    if last.size > log.size:
        raise SigningRefused(
            f"{log.village}的日志只有{log.size}条，签到过{last.size}条：多半恢复了旧备份，要用begin_epoch说明。"
        )
    try:
        proof = tiles.consistency(log.village, last.size, log.size)
        check_consistency(last.size, last.root, log.size, tiles.root_at(log.village, log.size), proof)
    except ProofError as error:
        raise SigningRefused(
            f"{log.village}的前{last.size}条和签过的对不上，日志被改过（{error}）。"
        ) from error


def _check_begins(log: Log, note: str) -> None:
    """A name that was never signed under: the first epoch, or one whose first leaf names what was signed last."""
    if Checkpoint.objects.filter(village=log.village, epoch=log.epoch).exists():
        raise SigningRefused(f"找不到{log.village}上次签的检查点：LOG_SIGNED_DIR这个文件夹换了地方或者丢了。")
    epoch = Epoch.objects.filter(village=log.village, number=log.epoch, origin=log.origin).first()
    if epoch is None or (note and epoch.ended != note) or (epoch.number > 1 and not opens(epoch)):
        raise SigningRefused(f"{log.village}的日志改了名字，却没有说明从哪个检查点接下来。")


def opens(epoch: Epoch) -> bool:
    """Whether an epoch's first leaf is the one that names the checkpoint it says was the last before."""
    leaf = Leaf.objects.filter(village=epoch.village, seq=epoch.starts).first()
    try:
        body, old = json.loads(epoch.body), head_of(epoch.ended)
        named, opened = body["detail"]["ended"], commit(bytes(epoch.salt), body)
    except (ValueError, KeyError, TypeError):  # one odd value of these rows is no epoch
        return False
    return (
        leaf is not None
        and opened == bytes(leaf.commit)
        and named == {"origin": old.origin, "size": old.size, "root": old.root.hex()}
    )


def _sign(head: TreeHead) -> str:
    return str(sign_note(head.text, *_signers(head.origin)))


def _signers(origin: str) -> list[Signer]:
    return [
        Signer(origin, _seed(word.strip())) for word in settings.LOG_SIGNING_KEY.split(",") if word.strip()
    ]


def _seed(text: str) -> bytes:
    """A key as the setting gives it: its seed in base64, or the text of Go's and C2SP's tools."""
    if text.startswith("PRIVATE+KEY+"):
        return Signer.from_text(text).seed
    try:
        seed = b64decode(text, validate=True)
    except ValueError:
        seed = b""
    if len(seed) != _SEED_BYTES:
        raise NoteError("LOG_SIGNING_KEY要么是32字节的base64，要么是PRIVATE+KEY+开头的一行。")
    return seed


def _kept(log: Log, note: str, at: datetime) -> Checkpoint:
    head = head_of(note)
    return Checkpoint.objects.get_or_create(
        village=log.village,
        epoch=log.epoch,
        size=head.size,
        defaults={"root": head.root.hex(), "note": note, "signed_at": at},
    )[0]


def _refused(village: str, at: datetime, says: str) -> None:
    """One open row a village; the log says it once, and again when the reason changes."""
    with transaction.atomic():
        row, new = SigningProblem.objects.get_or_create(
            village=village, solved_at=None, defaults={"says": says, "since": at, "last_at": at}
        )
        if new or row.says != says:
            logger.error("%s", says)
        SigningProblem.objects.filter(pk=row.pk).update(says=says, last_at=at)
