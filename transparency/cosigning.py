"""Keep what registered witnesses signed under a village's checkpoints (C2SP tlog-cosignature)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from django.conf import settings

from transparency.models import Checkpoint, Cosignature
from transparency.notes import COSIGNATURE, NoteError, Verifier, parse_note, parse_signature, signed_time


def witnesses() -> list[Verifier]:
    """Witnesses registered here. Raises NoteError for a key in LOG_WITNESSES that is none of a witness."""
    found = [Verifier.from_vkey(vkey) for vkey in settings.LOG_WITNESSES]
    if any(verifier.kind != COSIGNATURE for verifier in found):
        raise NoteError("LOG_WITNESSES要的是见证人的公钥（manage.py witness第一次运行时打印的那一行）。")
    return found


def accept(village: str, epoch: int, size: int, line: str) -> Cosignature:
    """Keep a witness's signature line; one witness counts once under a checkpoint, and once is kept.

    Raises NoteError: no such checkpoint, not a registered witness, or not its signature of this checkpoint.
    """
    checkpoint = Checkpoint.objects.filter(village=village, epoch=epoch, size=size).first()
    if checkpoint is None:
        raise NoteError(f"no checkpoint of {size} leaves was signed")
    signature = parse_signature(line.removesuffix("\n"))
    known = {(verifier.name, verifier.key_id): verifier for verifier in witnesses()}
    verifier = known.get((signature.name, signature.key_id))
    if verifier is None:
        raise NoteError(f"{signature.name} is not registered in LOG_WITNESSES")
    verifier.check(parse_note(checkpoint.note).text, signature)
    return Cosignature.objects.get_or_create(
        checkpoint=checkpoint,
        witness=signature.name,
        defaults={"line": signature.line(), "signed_at": _time(signed_time(signature))},
    )[0]


def fits(row: Cosignature, known: Mapping[tuple[str, bytes], Verifier]) -> bool:
    """Whether a kept line is of the witness and the time its row says, and of a `known` witness good. Raises NoteError."""
    signature = parse_signature(row.line.removesuffix("\n"))
    if verifier := known.get((signature.name, signature.key_id)):
        verifier.check(parse_note(row.checkpoint.note).text, signature)
    return (signature.name, _time(signed_time(signature))) == (row.witness, row.signed_at)


def _time(seconds: int) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        raise NoteError("a cosignature of no year that can be written") from None
