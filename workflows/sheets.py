"""联户评户单: one rater's month from open to confirmed (design/3-processes.md, SheetFlow)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from governance.access import today
from governance.events import record
from governance.models import Subject, User
from governance.refusals import Invalid, Refused
from governance.requests import reading
from governance.saving import save, update_many
from workflows import evidence
from workflows.flows import SheetFlow
from workflows.models import Observation, Sheet, SheetLine
from workflows.observations import check_rater, is_large
from workflows.standins import divert_drafts, lines_of, note_taken_on, stand_aside
from workflows.steps import cancel, lock, locked, step
from workflows.who import check_confirmer

Verdict = SheetLine.Verdict


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

    Subjects that turned out to be the rater's kin, and deductions on households that objected to the rater's
    work meanwhile, are handed to somebody else first. Effects: drafts become filed items, one event for the
    sheet with the digests of its items, the leader's step opens. Raises Refused, Conflict, or Invalid naming
    what is missing.
    """
    lock(sheet.round)  # what is handed over goes to another sheet of the month, which must still be open
    with step(sheet.process, SheetFlow.rate, by=by):
        sheet = lock(sheet)
        role = check_rater(sheet, by=by, at=at)
        note_taken_on(stand_aside(lines_of(sheet), by=by, at=at), by=by, at=at)
        divert_drafts(sheet, role=role, by=by, at=at)
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
    """Return a whole sheet to its rater with a reason; its unsettled items become drafts again.

    Households that left since it was handed in are not on it any more.
    """
    with step(sheet.process, SheetFlow.confirm, by=by):
        sheet = lock(sheet)
        role = check_confirmer(by, sheet, at=at)
        if not why.strip():
            raise Invalid(why="请写为什么退，评议人看得到。")
        items = list(sheet.observations.filter(state=Observation.State.FILED))
        for item in items:
            item.reopen()
        update_many(items, ["state"], action="observation.reopened", by=by, at=at)
        sheet.lines.exclude(subject__in=Subject.objects.enrolled(today(at))).delete()
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


def _check_complete(sheet: Sheet, items: list[Observation]) -> None:
    todo = sheet.lines.filter(verdict=Verdict.TODO).count()
    if todo:
        raise Invalid(lines=f"还有{todo}户没评。没变化的，点“都没变化”；有事的，记一件事。")
    asked = ((item, evidence.missing(item)) for item in items)
    gaps = [f"{item.subject.name}：{missing}" for item, missing in asked if missing]
    if gaps:
        raise Invalid(evidence="；".join(gaps))
