"""What somebody kept on paper or in a photo, read as they give it and compared with the log of today.

Two things are printed: in a QR code the signed checkpoint, and beside it the size and the root in hexadecimal. Phones and
keyboards change line breaks, spaces, widths and dashes; base64 tells capitals from small letters and is taken as it is.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from transparency import log, receipts, signing, tiles
from transparency.checkpoints import TreeHead, digest, head_of, open_checkpoint
from transparency.models import Checkpoint, Epoch, Log
from transparency.notes import NoteError
from transparency.proofs import ProofError, check_consistency

_INVISIBLE = re.compile("[\\s\u200b-\u200f\u2060\ufeff]+")
_SIGNED = re.compile(r"(\d{1,18})([A-Za-z0-9+/]{43}=)(.*)", re.S)
_DASHES = "[\u2010-\u2015\u2212\u4e00\u30fc_|~-]*"  # what becomes of an em dash, and the number one drawn as a stroke
_SIGNATURE = "([A-Za-z0-9+/]{91}=)"
_HEX_RUN = re.compile(r"(?<![0-9a-z])[0-9a-foil]{48,82}(?![0-9a-z])")
_HEX = 64
_NEAR = (
    4  # so few wrong characters are slips of who copied them: nobody can make a log with nearly the same root
)
_LIKE = str.maketrans("oil", "011")  # letters that hexadecimal has not, and what they were taken for
_SIZE = re.compile(r"第(\d{1,18})条")
MOST = 4000


class Verdict(StrEnum):
    """What came of comparing."""

    FITS = "fits"  # the log of today still begins with exactly that
    TYPO = "typo"  # nearly the root of that size: a slip in copying it
    ROOT = "root"  # the log of today has another root at that size
    SHORT = "short"  # the log of today has not so many leaves
    SIGNATURE = "signature"  # size and root fit, but the signature is not of this log's key
    FORGED = "forged"  # neither the signature nor the root is this log's
    LOST = "lost"  # signed and real, but in a stretch that an openly declared restore took back
    OTHER = "other"  # of another village
    SIZE = "size"  # a root, but not known of which size
    LENGTH = "length"  # nearly a root: some characters too few or too many
    UNREADABLE = "unreadable"


@dataclass(frozen=True)
class Read:
    """What was made of the text: a size and a root, and the signature when there was one."""

    size: int
    root: bytes
    origin: str = ""
    signature: str = ""

    @property
    def note(self) -> str:
        """The signed checkpoint as it was before it went through a phone."""
        return f"{TreeHead(self.origin, self.size, self.root).text}\n\u2014 {self.origin} {self.signature}\n"


@dataclass(frozen=True)
class Answer:
    """The verdict with what it rests on. `newest` is the signed checkpoint that was proved to continue `read`."""

    verdict: Verdict
    read: Read | None = None
    is_signed: bool = False
    newest: TreeHead | None = None
    hashes: int = 0
    village: str = ""
    length: int = 0
    groups: tuple[int, ...] = ()  # which groups of four, from 1, were copied wrong

    @property
    def fits(self) -> bool:
        """Nothing is wrong."""
        return self.verdict == Verdict.FITS

    @property
    def is_wrong(self) -> bool:
        """The paper and the log contradict each other."""
        return self.verdict in (Verdict.ROOT, Verdict.SHORT, Verdict.FORGED)


def compare(village: str, text: str, size: str = "") -> Answer:
    """Compare what was typed or scanned with a village's log; raises nothing for whatever was typed.

    `size` is what somebody typed beside a printed root; a text that says 第N条 or a root that was printed needs none.
    """
    flat = _flat(text)
    for origin in _names(village):
        if found := _signed(flat, origin):
            return _compare_signed(village, found)
    if other := _other(village, flat):
        return Answer(Verdict.OTHER, village=other)
    return _compare_root(village, flat, _flat(size))


def _compare_signed(village: str, read: Read) -> Answer:
    bare = not read.signature
    is_signed = not bare and _is_signed(read)
    answer = _compare(village, read, is_signed=is_signed)
    if is_signed or bare:
        return _said_openly(village, answer) if is_signed else answer
    return Answer(Verdict.SIGNATURE if answer.fits else Verdict.FORGED, read)


def _compare_root(village: str, flat: str, size: str) -> Answer:
    runs = _HEX_RUN.findall(flat.lower())
    run = next((run for run in runs if len(run) == _HEX), runs[0] if runs else "")
    before, text = run[:-_HEX], run[-_HEX:].translate(_LIKE)
    if len(text) < _HEX or (before and not before.isdigit()):
        return Answer(Verdict.LENGTH, length=len(run)) if run else Answer(Verdict.UNREADABLE)
    root = bytes.fromhex(text)
    said = (
        _SIZE.findall(flat)[:1]
        or re.findall(r"^第?(\d{1,18})条?$", size)
        or re.findall(r"^\d{1,18}$", before)
    )
    answers = [
        _compare(village, Read(int(each), root)) for each in [*said, *_signed_at(village, root)] if int(each)
    ]
    found = next((answer for answer in answers if answer.fits), None)
    if before and not found:
        return Answer(Verdict.LENGTH, length=len(run))
    return found or (answers[0] if answers else Answer(Verdict.SIZE))


def _compare(village: str, read: Read, *, is_signed: bool = False) -> Answer:
    """Does the log of today begin with this, by recomputing its root and by a proof against what was signed since."""
    if read.size > log.head(village)[0]:
        return Answer(Verdict.SHORT, read, is_signed)
    try:
        now = receipts.root_at(village, read.size)
        if now != read.root and not is_signed and read.size > receipts.signed_size(village):
            return Answer(
                Verdict.SHORT, read
            )  # as if it were longer than all: how much is not signed yet tells nobody
        if now != read.root:
            groups = _groups(read.root.hex(), now.hex() if now else "")
            return Answer(
                Verdict.TYPO if groups and not is_signed else Verdict.ROOT, read, is_signed, groups=groups
            )
        newest = receipts.newest(village)
        if newest is None or newest.size < read.size:
            return Answer(Verdict.FITS, read, is_signed)
        head = head_of(newest.note)
        proof = tiles.consistency(village, read.size, head.size)
        check_consistency(read.size, read.root, head.size, head.root, proof)
    except ProofError:
        return Answer(Verdict.ROOT, read, is_signed)
    return Answer(Verdict.FITS, read, is_signed, head, len(proof))


def _said_openly(village: str, answer: Answer) -> Answer:
    """Something signed that the log of today has not: does a later epoch say that it was lost."""
    if answer.fits or answer.read is None:
        return answer
    origins = {row.origin: row.number for row in Epoch.objects.filter(village=village)}
    later = Epoch.objects.filter(village=village, number__gt=origins.get(answer.read.origin, 0))
    size = answer.read.size
    if any(
        row.starts < size <= head_of(row.ended).size and signing.opens(row) for row in later.exclude(ended="")
    ):
        return Answer(Verdict.LOST, answer.read, answer.is_signed)
    return answer


def _is_signed(read: Read) -> bool:
    try:
        open_checkpoint(read.note, signing.verifiers(read.origin))
    except NoteError:
        return False
    return True


def _signed(flat: str, origin: str) -> Read | None:
    """A checkpoint of a log of this name out of a text without any space; None when it is none."""
    head, _, rest = _cut(flat, origin)
    found = _SIGNED.match(rest) if head is not None else None
    if not found or not int(found[1]):
        return None
    try:
        root = digest(found[2])
    except NoteError:
        return None
    under = re.match(rf"{_DASHES}{re.escape(origin)}{_SIGNATURE}", found[3], re.I)
    return Read(int(found[1]), root, origin, under[1] if under else "")


def _cut(flat: str, origin: str) -> tuple[str | None, str, str]:
    """The text before and after the first time a name stands in it, capitals or not."""
    at = flat.lower().find(origin.lower())
    return (None, "", "") if at < 0 else (flat[:at], origin, flat[at + len(origin) :])


def _names(village: str) -> list[str]:
    """The names a village's log ever had, the longest first: the later ones begin with the first."""
    return sorted({name for _, name in log.names(village)}, key=len, reverse=True)


def _other(village: str, flat: str) -> str:
    """Another village whose log is named in the text."""
    codes = [code for code in re.findall(r"(?<=/)\d{12}", flat) if code != village]
    return Log.objects.filter(village__in=codes[:3]).values_list("village", flat=True).first() or ""


def _groups(typed: str, right: str) -> tuple[int, ...]:
    """The groups of four in which two roots differ when that is a slip, else none."""
    wrong = [at for at, (one, other) in enumerate(zip(typed, right, strict=False)) if one != other]
    return tuple(sorted({at // 4 + 1 for at in wrong})) if 0 < len(wrong) <= _NEAR else ()


def _signed_at(village: str, root: bytes) -> list[int]:
    """The size at which this root was signed, if it was."""
    rows = Checkpoint.objects.filter(village=village, root=root.hex()).order_by("size")
    return list(rows.values_list("size", flat=True)[:1])


def _flat(text: str) -> str:
    """Full-width as half-width, without any white space, not too long."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text[:MOST]))
