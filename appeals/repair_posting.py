"""What a repair does to the ledger: with the month's notice it offsets its deduction; a fraud brings it back."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from appeals.models import Objection, Repair, RepairProcess
from appeals.repair_flow import RepairFlow
from appeals.repair_who import touched
from appeals.repairs import BESIDE, TEXT_LENGTH, tell
from governance import ledger
from governance.access import check_role
from governance.models import Division, Entry, Hold, Rule, User
from governance.models.people import Role
from governance.recusal import check_impartial
from governance.refusals import Conflict, Invalid, Refused
from governance.saving import save
from workflows.amendments import follow, lock_settlements
from workflows.models import Round
from workflows.steps import lock, lock_all, pass_on

State = Repair.State
# These shapes count by times or quantity: a line of half a time is worth nothing less (governance.scoring).
COUNTED_ANEW = (Rule.Shape.STEPS, Rule.Shape.THRESHOLDS)


class WithTheMonth:
    """The approved repairs of a village that a month's notice posts (workflows.publications.ALSO_POSTED)."""

    def __init__(self, round: Round):
        self.round = round
        self.rows = list(ready(round.village))

    def notice(self) -> dict:
        """How many, never whose."""
        return {"repairs": len(self.rows)}

    def take(self, *, by: User, at: datetime) -> tuple[list[Entry], list[Repair]]:
        """Lock them and what their lines reach; the lines to post and the rows to vouch for.

        One held by an objection meanwhile is not among them: it waits for a later month.
        """
        approved = Repair.objects.filter(village=self.round.village, state=State.APPROVED)
        locked = lock_all(RepairProcess.objects.filter(repair__in=approved))
        self.rows = lock_all(ready(self.round.village).filter(process__in=locked))
        for row in self.rows:
            row.round = self.round
            row.publish()
            save(row, action="repair.published", by=by, at=at)
            pass_on(row.process, RepairFlow.wait)
        _lock_settlements(self.round.village, self.rows)
        return [line for row in self.rows for line in offset(row)], self.rows

    def posted(self, *, by: User, at: datetime) -> None:
        """Signed scorecards that the lines reach are corrected."""
        for row in self.rows:
            _follow(row, by=by, at=at)


def ready(village: Division) -> QuerySet[Repair]:
    """Approved repairs whose deduction stands and is not held."""
    entry = OuterRef("entry")
    return (
        Repair.objects.filter(village=village, state=State.APPROVED)
        .exclude(Exists(Hold.objects.filter(entry=entry, lifted_at__isnull=True)))
        .exclude(Exists(Entry.objects.filter(reverses=entry)))
        .select_related(*BESIDE)
    )


def offset(row: Repair) -> list[Entry]:
    """The lines that take a deduction out, and leave half of it where the rule says so. No effects."""
    lines = [ledger.reversal(row.entry, source=source_of(row))]
    # Half a tenth is rounded for the resident.
    rest = math.ceil(row.entry.raw_tenths / 2) if is_half(row) else 0
    if rest:
        lines.append(_again(row, rest, source=source_of(row, "half")))
    return lines


def is_half(row: Repair) -> bool:
    """Does the rule leave half of the deduction."""
    rule = row.entry.rule
    return rule.repair_half and rule.shape not in COUNTED_ANEW


def source_of(row: Repair, *what: str) -> str:
    """What a line or a correction says it comes from: "repair:<key>", then ":half", ":revoked"."""
    return ":".join(["repair", str(row.key), *what])


@transaction.atomic
def revoke(*, repair: Repair, why: str, by: User, at: datetime) -> Repair:
    """It was obtained by fraud: the deduction counts again from now on, and the household may object to that line.

    By the township, never by kin or who let it pass. Raises Refused, Conflict or Invalid (no reason).
    """
    row = lock(repair, *BESIDE)
    role = check_revoke(row, by=by, at=at)
    if not why.strip() or len(why) > TEXT_LENGTH:
        raise Invalid(why=f"请写怎么弄虚作假的，最多{TEXT_LENGTH}个字。住户看得到，也能提异议。")
    row.revoke()
    save(row, action="repair.revoked", by=by, at=at)
    _lock_settlements(row.village, [row])
    lines = [_again(row, row.entry.raw_tenths, source=source_of(row, "revoked"))]
    lines += [ledger.reversal(half, source=source_of(row, "revoked", "half")) for half in _half(row)]
    event = tell("repair.revoked", row, why=why.strip(), by=by, at=at, role=role, rows=lines)
    ledger.post(lines, event=event)
    _follow(row, by=by, at=at)
    return row


def check_revoke(repair: Repair, *, by: User, at: datetime) -> str:
    """The role in which a user may revoke it now; raises Refused or Conflict."""
    role = check_role(by, Role.OFFICER, Role.PANEL, village=repair.village, at=at)
    check_impartial(by, repair.subject, at=at)
    if by.pk in judges(repair):
        raise Refused("这件修复是您看过或者投过的，由镇里别的人来办，不用您做什么。")
    if repair.state != State.PUBLISHED:
        raise Conflict(f"修复{repair.number}现在是“{repair.get_state_display()}”，不能取消。")
    if case := Objection.objects.filter(entry__in=_half(repair), state__in=Objection.OPEN).first():
        raise Conflict(f"抵了一半以后的那一条有异议{case.number}正在办，办完了再取消。")
    return role


def judges(repair: Repair) -> set[int]:
    """Ids of those who recorded the deduction, filed the repair, verified it or voted on it, in any turn."""
    return touched([repair])[repair.pk] | set(repair.votes.values_list("voter", flat=True))


def _half(row: Repair) -> QuerySet[Entry]:
    """The line of half the points, if there is one that still counts."""
    source = source_of(row, "half")
    return Entry.objects.filter(
        village=row.village_id, source=source, reverses__isnull=True, reversed_by__isnull=True
    )


def _again(row: Repair, raw_tenths: int, *, source: str) -> Entry:
    entry = row.entry
    return ledger.draft(
        subject=row.subject,
        rule=entry.rule,
        quarter=entry.quarter,
        occurred_on=entry.occurred_on,
        raw_tenths=raw_tenths,
        quantity_milli=entry.quantity_milli,
        origin=entry.origin,
        source=source,
    )


def _lock_settlements(village: Division, rows: Iterable[Repair]) -> None:
    for quarter in sorted({row.entry.quarter for row in rows}):
        lock_settlements(village, quarter)


def _follow(row: Repair, *, by: User, at: datetime) -> None:
    follow(subject=row.subject, quarter=row.entry.quarter, cause=source_of(row), by=by, at=at)
