"""联户评户单: one rater's month from open to confirmed (design/3-processes.md, SheetFlow)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from governance.events import record
from governance.models import Area, Subject, User
from governance.recusal import pairs
from governance.refusals import Invalid, Refused
from governance.requests import reading
from governance.saving import create_many, save, update_many
from workflows import evidence
from workflows.flows import SheetFlow
from workflows.models import Observation, Round, Sheet, SheetLine
from workflows.observations import check_rater, is_large
from workflows.steps import cancel, lock, locked, step
from workflows.who import check_confirmer, raters

Verdict = SheetLine.Verdict


def create(round: Round, asked: Iterable[tuple[User, Area]], *, by, at: datetime) -> list[Sheet]:
    """Make a sheet for each rater and area, and start its process."""
    rows = [Sheet(village=round.village, round=round, rater=rater, area=area) for rater, area in asked]
    made = create_many(rows, action="sheet.opened", by=by, at=at)
    for sheet in made:
        SheetFlow.start.run(sheet=sheet)
    return made


@transaction.atomic
def nothing(*, sheet: Sheet, by: User, at: datetime, subjects: list[Subject] | None = None) -> int:
    """Say "nothing this month" for some subjects, or for all that are still to do. Returns how many."""
    sheet = lock(sheet)
    check_rater(sheet, by=by, at=at)
    lines = sheet.lines.filter(verdict=Verdict.TODO)
    if subjects is not None:
        lines = lines.filter(subject__in=subjects)
    return lines.update(verdict=Verdict.NOTHING)


@transaction.atomic
def undo_nothing(*, sheet: Sheet, subject: Subject, by: User, at: datetime) -> None:
    """Take "nothing this month" back for one subject, before handing in."""
    sheet = lock(sheet)
    check_rater(sheet, by=by, at=at)
    sheet.lines.filter(subject=subject, verdict=Verdict.NOTHING).update(verdict=Verdict.TODO)


@transaction.atomic
def file(*, sheet: Sheet, by: User, at: datetime) -> Sheet:
    """Hand in a sheet: every subject has a verdict, every item its evidence.

    Subjects that turned out to be the rater's kin are handed to somebody else first. Effects: drafts
    become filed items, one event for the sheet with the digests of its items, the leader's step opens.
    Raises Refused, Conflict, or Invalid naming what is missing.
    """
    with step(sheet.process, SheetFlow.rate, by=by):
        sheet = lock(sheet)
        role = check_rater(sheet, by=by, at=at)
        stand_aside(lines_of(sheet), by=by, at=at)
        items = list(
            sheet.observations.filter(state=Observation.State.DRAFTED)
            .select_related("rule", "subject", "village")
            .prefetch_related("evidence")
        )
        _check_complete(sheet, items)
        with reading():  # the village's numbers, once for all items
            for item in items:
                item.file()
                item.needs_ballot = is_large(item)
        update_many(items, ["state", "needs_ballot"], action="observation.filed", by=by, at=at)
        sheet.file()
        sheet.filed_at = at
        save(sheet, action="sheet.filed", by=by, at=at)
        record(
            "sheet.filed", village=sheet.village, about=sheet, by=by, at=at, role=role, rows=[sheet, *items]
        )
    return sheet


@transaction.atomic
def send_back(*, sheet: Sheet, why: str, by: User, at: datetime) -> Sheet:
    """Return a whole sheet to its rater with a reason; its unsettled items become drafts again."""
    with step(sheet.process, SheetFlow.confirm, by=by):
        sheet = lock(sheet)
        role = check_confirmer(by, sheet, at=at)
        if not why.strip():
            raise Invalid(why="请写为什么退，评议人看得到。")
        items = list(sheet.observations.filter(state=Observation.State.FILED))
        for item in items:
            item.reopen()
        update_many(items, ["state"], action="observation.reopened", by=by, at=at)
        sheet.send_back()
        save(sheet, action="sheet.returned", by=by, at=at)
        record(
            "sheet.returned",
            village=sheet.village,
            about=sheet,
            by=by,
            at=at,
            role=role,
            why=why,
            rows=[sheet],
        )
    return sheet


@transaction.atomic
def confirm(*, sheet: Sheet, by: User, at: datetime) -> Sheet:
    """Confirm a sheet whose items are all settled; unchanged households are confirmed with it."""
    with step(sheet.process, SheetFlow.confirm, by=by):
        sheet = lock(sheet)
        role = check_confirmer(by, sheet, at=at)
        left = sheet.observations.filter(state=Observation.State.FILED).count()
        if left:
            raise Refused(f"还有{left}条没核，核完才能整张确认。")
        sheet.confirm()
        sheet.confirmed_by, sheet.confirmed_at = by, at
        save(sheet, action="sheet.confirmed", by=by, at=at)
        record("sheet.confirmed", village=sheet.village, about=sheet, by=by, at=at, role=role, rows=[sheet])
    return sheet


@transaction.atomic
def miss(*, sheet: Sheet, at: datetime) -> Sheet:
    """The due date passed without this sheet: list it as missing and end its process.

    Its drafts stay, to come into the rater's next sheet under their own date.
    """
    with locked(sheet.process, SheetFlow.rate):
        sheet = lock(sheet)
        sheet.miss()
        save(sheet, action="sheet.missed", by=None, at=at)
        cancel(sheet.process)
        record(
            "sheet.missed", village=sheet.village, about=sheet, by=None, at=at, role="system", rows=[sheet]
        )
    return sheet


def stand_aside(lines: list[SheetLine], *, by, at: datetime) -> None:
    """Hand subjects of a rater's own household or kin to another rater of the area, or the township."""
    out = pairs({line.sheet.rater_id for line in lines}, {line.subject_id for line in lines}, at=at)
    for line in lines:
        if (line.sheet.rater_id, line.subject_id) in out:
            hand_over(line, by=by, at=at)


def lines_of(sheet: Sheet) -> list[SheetLine]:
    """A sheet's lines with what handing one over needs."""
    return list(sheet.lines.select_related("subject__area", "subject__village"))


def hand_over(line: SheetLine, *, by, at: datetime, to: User | None = None) -> None:
    """Move one subject with its drafts to somebody else's open sheet of the same month.

    Drafts of a rater who must stand aside are withdrawn, not passed on: who is kin says nothing.
    """
    sheet = line.sheet
    stand_ins = [to] if to else raters(line.subject.area, line.subject, at=at, without=sheet.rater)
    target = _open_sheet(sheet.round, line.subject.area, stand_ins, by=by, at=at)
    if target is None:
        raise Refused("这一户没有人能评：能评的人都要回避，镇里也没有评审组。请文书先请镇里定人。")
    drafts = list(sheet.observations.filter(subject=line.subject, state=Observation.State.DRAFTED))
    for row in drafts:
        row.withdraw()
        save(row, action="observation.withdrawn", by=by, at=at)
    line.instead_of = line.instead_of or sheet.rater
    line.sheet, line.verdict = target, Verdict.TODO
    line.save()


def _open_sheet(round, area, users, *, by, at) -> Sheet | None:
    ids = {user.pk: user for user in users}
    open_sheets = round.sheets.filter(rater__in=ids, state__in=[Sheet.State.OPEN, Sheet.State.RETURNED])
    best = min(open_sheets, key=lambda s: (s.area_id != area.pk, s.lines.count(), s.pk), default=None)
    if best or not users:
        return best
    for user in users:
        if not round.sheets.filter(rater=user, area=area).exists():
            return create(round, [(user, area)], by=by, at=at)[0]
    return None


def _check_complete(sheet: Sheet, items: list[Observation]) -> None:
    todo = sheet.lines.filter(verdict=Verdict.TODO).count()
    if todo:
        raise Invalid(lines=f"还有{todo}户没评。没变化的，点“都没变化”；有事的，记一件事。")
    asked = ((item, evidence.missing(item)) for item in items)
    gaps = [f"{item.subject.name}：{missing}" for item, missing in asked if missing]
    if gaps:
        raise Invalid(evidence="；".join(gaps))
