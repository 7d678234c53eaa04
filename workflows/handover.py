"""What happens to work in hand when somebody's appointment ends or a household leaves (same transaction)."""

from __future__ import annotations

from datetime import datetime

from governance import appointments, consents
from governance.events import record
from governance.models import Appointment, Subject, User
from governance.models.people import Role
from governance.saving import save, update_many
from workflows import sheets, standins
from workflows.flows import SheetFlow
from workflows.models import Observation, Round, Sheet, SheetLine, SheetProcess
from workflows.rounds import start_review_if_ready
from workflows.signatures import resolve_if_covered
from workflows.steps import OPEN, lock_all

UNPOSTED = [
    Observation.State.DRAFTED,
    Observation.State.FILED,
    Observation.State.CONFIRMED,
    Observation.State.APPROVED,
]
UNCONFIRMED = [Sheet.State.OPEN, Sheet.State.RETURNED, Sheet.State.FILED]


def pass_on_sheets(appointment: Appointment, successor: User | None, *, by: User, at: datetime) -> None:
    """A rater's open sheets go to the successor, or household by household to others of the area.

    Tasks of other roles are never owned by one person: they stay in the pool of the role.
    """
    if appointment.role != Role.RATER:
        return
    open_sheets = Sheet.objects.filter(
        rater=appointment.user,
        village=appointment.division,
        state__in=[Sheet.State.OPEN, Sheet.State.RETURNED],
    )
    rounds = lock_all(Round.objects.filter(pk__in=open_sheets.values("round")))
    lock_all(SheetProcess.objects.filter(sheet__in=open_sheets))
    for sheet in lock_all(open_sheets):
        if successor and not sheet.round.sheets.filter(rater=successor, area=sheet.area).exists():
            _reassign(sheet, successor, by=by, at=at)
        else:
            spread(sheet, by=by, at=at)
    for round in rounds:
        start_review_if_ready(round, by=by, at=at)


def withdraw_unposted(subject: Subject, *, by: User, at: datetime) -> None:
    """A household that leaves takes everything not yet posted with it; what was posted stays as it was.

    What it takes may be the last that a month in signing waited for: then the month goes on. The sheets are
    locked before anything is looked for: whoever is writing on one is done first, or finds the household gone.
    """
    unposted = Observation.objects.filter(subject=subject, state__in=UNPOSTED)
    lines = SheetLine.objects.filter(subject=subject)
    rounds = lock_all(Round.objects.filter(pk__in=unposted.values("round"), state=Round.State.RESOLVING))
    lock_all(Sheet.objects.filter(pk__in=lines.values("sheet"), state__in=UNCONFIRMED))
    rows = lock_all(unposted)
    for row in rows:
        row.withdraw()
    update_many(rows, ["state"], action="observation.withdrawn", by=by, at=at)
    lines.filter(sheet__state__in=[Sheet.State.OPEN, Sheet.State.RETURNED]).delete()
    for round in rounds:
        resolve_if_covered(round, at=at)


def register() -> None:
    """Let the layer below call these: it does not know this one."""
    appointments.ON_ENDED.append(pass_on_sheets)
    consents.ON_WITHDRAWN.append(withdraw_unposted)


def _reassign(sheet: Sheet, successor: User, *, by, at) -> None:
    """Give a sheet with its drafts to the successor; households of their own or kin go on to others."""
    before = sheet.rater
    sheet.rater = successor
    save(sheet, action="sheet.handed_over", by=by, at=at)
    tasks = sheet.process.flow_class.task_class._default_manager
    tasks.filter(process_id=sheet.process.pk, flow_task=SheetFlow.rate, status__in=OPEN).update(
        owner=successor
    )
    aside = standins.stand_aside(standins.lines_of(sheet), by=by, at=at)
    standins.note_taken_on(aside, by=by, at=at)
    record(
        "sheet.handed_over", village=sheet.village, about=sheet, by=by, at=at,
        detail={"from": str(before.key), "to": str(successor.key)}, rows=[sheet],
    )  # fmt: skip


def spread(sheet: Sheet, *, by, at) -> None:
    """No successor: each household goes to another rater's open sheet; the empty sheet ends as missing.

    The caller holds the locks of round, process and sheet. Raises Refused when nobody may rate a household.
    """
    lines = sheet.lines.select_related("subject__area__village", "sheet__round", "sheet__rater")
    taken_on = [standins.hand_over(line, by=by, at=at) for line in list(lines)]
    standins.note_taken_on(taken_on, by=by, at=at)
    sheets.miss(sheet=sheet, at=at)
