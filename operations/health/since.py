"""Every check asked, and since when it comes out as it does: kept by the ticker, read by the page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import Error

from governance.models import Condition
from operations.health.checks import CHECKS, Check, Found


@dataclass(frozen=True)
class Line:
    """One check with its answer; `since` None when it came out so only now."""

    check: Check
    found: Found
    since: datetime | None


def look(at: datetime) -> list[Line]:
    """Every check, asked now. One whose question fails is bad and says by which error; the others are asked all the same."""
    answers = [(check, _asked(check, at)) for check in CHECKS]
    known = _known()
    return [Line(check, found, _since(found, known.get(check.name))) for check, found in answers]


def note(at: datetime) -> list[Line]:
    """As `look`, and keep what changed: the next page knows since when."""
    lines = look(at)
    for line in lines:
        name, is_well = line.check.name, line.found.is_well
        if not Condition.objects.filter(name=name, is_well=is_well).exists():
            Condition.objects.update_or_create(name=name, defaults={"is_well": is_well, "since": at})
    return lines


def _asked(check: Check, at: datetime) -> Found:
    try:
        return check.ask(at)
    except (Error, OSError) as error:
        return Found(False, f"查不了：{type(error).__name__}")


def _known() -> dict[str, Condition]:
    try:
        return {row.name: row for row in Condition.objects.all()}
    except Error:
        return {}


def _since(found: Found, known: Condition | None) -> datetime | None:
    if not found.is_well and found.since:
        return found.since
    return known.since if known and known.is_well == found.is_well else None


def are_well(lines: Iterable[Line]) -> bool:
    """Is there nothing to do."""
    return all(line.found.is_well for line in lines)
