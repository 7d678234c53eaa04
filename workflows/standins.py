"""Who rates a household instead of its rater: kin stand aside wholly, who was objected to only from deductions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from governance import shields
from governance.events import record
from governance.models import Area, Rule, User
from governance.recusal import pairs
from governance.refusals import Refused
from governance.saving import create_many, save
from workflows.flows import SheetFlow
from workflows.models import Observation, Round, Sheet, SheetLine
from workflows.who import rater_rungs

Verdict = SheetLine.Verdict


@dataclass(frozen=True)
class Diverted:
    """A deduction that was not taken down: `to` is the sheet whose rater looks instead, None when nobody can."""

    to: Sheet | None


def create(round: Round, asked: Iterable[tuple[User, Area]], *, by, at: datetime) -> list[Sheet]:
    """Make a sheet for each rater and area, and start its process."""
    rows = [Sheet(village=round.village, round=round, rater=rater, area=area) for rater, area in asked]
    made = create_many(rows, action="sheet.opened", by=by, at=at)
    for sheet in made:
        SheetFlow.start.run(sheet=sheet)
    return made


def stand_aside(lines: list[SheetLine], *, by, at: datetime) -> list[Sheet]:
    """Hand subjects of a rater's own household or kin to another rater of the area, or the township; returns onto
    which sheets."""
    out = pairs({line.sheet.rater_id for line in lines}, {line.subject_id for line in lines}, at=at)
    aside = [line for line in lines if (line.sheet.rater_id, line.subject_id) in out]
    return [hand_over(line, by=by, at=at) for line in aside]


def note_taken_on(sheets: Iterable[Sheet], *, by, at: datetime) -> None:
    """Record once for each sheet that households came onto it after the month began: its rater may have handed in."""
    for sheet in dict.fromkeys(sheets):
        record("sheet.taken_on", village=sheet.village, about=sheet, by=by, at=at, rows=[sheet])


def lines_of(sheet: Sheet) -> list[SheetLine]:
    """A sheet's lines with what handing one over needs."""
    return list(sheet.lines.select_related("subject__area", "subject__village"))


def hand_over(line: SheetLine, *, by, at: datetime) -> Sheet:
    """Move one subject with its drafts to somebody else's open sheet of the same month, and return that.

    Drafts of a rater who must stand aside are withdrawn, not passed on: who is kin says nothing.
    """
    target = _sheet_for(line, by=by, at=at)
    if target is None:
        raise Refused("这一户没有人能评：能评的人都要回避，镇里也没有评审组。请文书先请镇里定人。")
    _withdraw(_drafts(line.sheet, line.subject_id), by=by, at=at)
    _move(line, target)
    return target


def divert(line: SheetLine, rule: Rule, *, role: str, by: User, at: datetime) -> Diverted:
    """Somebody else looks at the household too: a line for it on their sheet, without a word of what was seen.

    The rater keeps their own line, for what is to be added. The supervisor sees who, where and by which rule.
    The caller holds the lock of the round.
    """
    target = _sheet_for(line, deducts=True, by=by, at=at)
    if target:
        added, _ = SheetLine.objects.get_or_create(
            sheet=target, subject=line.subject, defaults={"instead_of": line.instead_of or line.sheet.rater}
        )
        if added.verdict == Verdict.NOTHING:
            added.verdict = Verdict.TODO
            added.save(update_fields=["verdict"])
    record(
        "observation.diverted", village=line.sheet.village, about=line.sheet, by=by, at=at, role=role,
        subject_key=line.subject.key,
        detail={"rule": rule.number, "rule_key": str(rule.key), "to": str(target.key) if target else None},
    )  # fmt: skip
    return Diverted(target)


def divert_drafts(sheet: Sheet, *, role: str, by: User, at: datetime) -> None:
    """Before a sheet is handed in: deductions drafted on households that have objected since go to others.

    A household with nothing else on the sheet goes over whole. The caller holds the lock of the round.
    """
    drafts = _drafts(sheet).filter(rule__sign=-1).select_related("rule")
    kept = shields.pairs([by], {row.subject_id for row in drafts}, at=at)
    rows = [row for row in drafts if (by.pk, row.subject_id) in kept]
    if not rows:
        return
    lines = {line.subject_id: line for line in lines_of(sheet)}
    _withdraw(rows, by=by, at=at)
    goes_to = {
        row.subject_id: divert(lines[row.subject_id], row.rule, role=role, by=by, at=at).to for row in rows
    }
    for subject, target in goes_to.items():
        if _drafts(sheet, subject).exists():
            continue
        if target:
            _move(lines[subject], target)
        else:
            lines[subject].verdict = Verdict.NOTHING
            lines[subject].save(update_fields=["verdict"])


def _drafts(sheet: Sheet, subject: int | None = None):
    drafts = sheet.observations.filter(state=Observation.State.DRAFTED)
    return drafts.filter(subject=subject) if subject else drafts


def _withdraw(rows: Iterable[Observation], *, by, at) -> None:
    for row in rows:
        row.withdraw()
        save(row, action="observation.withdrawn", by=by, at=at)


def _move(line: SheetLine, target: Sheet) -> None:
    """To the target's sheet, which may hold the household already."""
    if target.lines.filter(subject=line.subject_id).exists():
        line.delete()
        return
    line.instead_of = line.instead_of or line.sheet.rater
    line.sheet, line.verdict = target, Verdict.TODO
    line.save()


def _sheet_for(line: SheetLine, *, by, at, deducts: bool = False) -> Sheet | None:
    """The open sheet of the nearest who may rate a line's subject, made when there is none."""
    for users in rater_rungs(line.subject, at=at, without=line.sheet.rater, deducts=deducts):
        if target := _open_sheet(line, users, by=by, at=at):
            return target
    return None


def _open_sheet(line: SheetLine, users: list[User], *, by, at) -> Sheet | None:
    """One that holds the household already, else of its area, else with the fewest households."""
    round, area = line.sheet.round, line.subject.area
    if not users:
        return None
    holding = set(round.sheets.filter(lines__subject=line.subject_id).values_list("pk", flat=True))
    open_sheets = round.sheets.filter(rater__in=users, state__in=[Sheet.State.OPEN, Sheet.State.RETURNED])
    best = min(
        open_sheets,
        key=lambda s: (s.pk not in holding, s.area_id != area.pk, s.lines.count(), s.pk),
        default=None,
    )
    if best:
        return best
    for user in users:
        if not round.sheets.filter(rater=user, area=area).exists():
            return create(round, [(user, area)], by=by, at=at)[0]
    return None
