"""What either side of a case hands in: photos and documents made safe, statements encrypted."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import BinaryIO

from appeals.models import Exhibit, Objection, Repair
from governance import uploads
from governance.models import User
from governance.refusals import Invalid

Kind = Exhibit.Kind
MOST_FILES = 6
TEXT_LENGTH = 2000
# reader(user, case, at=…): may a user see what is handed in for a case; by the noun of the case.
READERS: dict[str, Callable[..., bool]] = {}


def add(
    case: Objection | Repair,
    *,
    files: Iterable[BinaryIO] = (),
    text: str = "",
    is_households: bool,
    by: User,
    at: datetime,
) -> list[Exhibit]:
    """Keep files and a statement for a case; who may is checked by the caller, who also records the event.

    One side hands in at most MOST_FILES files. Raises Invalid(files=… or text=…).
    """
    files, text = list(files), text.strip()
    given = case.exhibits.filter(is_households=is_households).exclude(kind=Kind.STATEMENT).count()
    if given + len(files) > MOST_FILES:
        raise Invalid(files=f"照片和文件最多{MOST_FILES}份，请挑要紧的传。")
    if len(text) > TEXT_LENGTH:
        raise Invalid(text=f"最多写{TEXT_LENGTH}个字，要紧的先写，别的可以当面补。")
    noun = "objection" if isinstance(case, Objection) else "repair"
    beside = {
        "village": case.village, noun: case, "is_households": is_households, "added_by": by, "added_at": at,
    }  # fmt: skip
    rows = [Exhibit(kind=Kind.STATEMENT, text=text, **beside)] if text else []
    for stream in files:
        kept = uploads.keep(stream, folder=f"exhibits/{case.village.code}", field="files")
        rows.append(Exhibit(kind=Kind.PHOTO if kept.is_photo else Kind.DOCUMENT, **kept._asdict(), **beside))
    return Exhibit.objects.bulk_create(rows)


def may_see(user: User, exhibit: Exhibit, *, at: datetime) -> bool:
    """May a user open what was handed in; asks the reader of its case (READERS)."""
    noun = "objection" if exhibit.objection_id else "repair"
    return noun in READERS and READERS[noun](user, getattr(exhibit, noun), at=at)
