"""信用修复, the household's side: promise, do, show, or let it be (design/3-processes.md, Repair).

A deduction can be repaired once. Nobody is asked to: what is not done in time simply leaves things as they were.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import BinaryIO

from django.db import transaction
from django.db.models import QuerySet

from appeals import channels, exhibits
from appeals.models import Exhibit, Objection, Repair, RepairProcess
from appeals.numbers import next_number
from appeals.repair_flow import RepairFlow
from appeals.repair_who import OVERDUE
from governance import consents, deadlines
from governance.access import today
from governance.events import record
from governance.models import Consent, Division, Entry, Event, Member, Subject, User
from governance.policies import value
from governance.refusals import Conflict, Invalid, Refused
from governance.saving import save
from workflows.steps import cancel, lock, lock_all, reopen, step

State = Repair.State
BESIDE = ("village", "subject__area", "entry__rule", "for_member", "process")
TEXT_LENGTH = 500
REMIND_DAYS = 3
AGAIN_DAYS = 7  # what is sent back late gets at least a week


@transaction.atomic
def apply(
    *, entry: Entry, wrong: str, promise: str, due_on: date, how: str, for_member: Member, by: User, at: datetime
) -> Repair:  # fmt: skip
    """An adult promises to make a deduction of their household good by a day.

    Raises Refused (not theirs, no consent, the rule does not allow it, once already), Conflict (one is open) or
    Invalid (no words, a day out of bounds). Effects: the repair with its number, its process, its deadlines, an event.
    """
    village = Division.objects.select_for_update(no_key=True).get(
        pk=entry.village_id
    )  # numbers follow one another
    role = check_apply(entry, how=how, for_member=for_member, by=by, at=at)
    _check_words(wrong=wrong, promise=promise)
    _check_day(village, due_on, at)
    row = Repair(
        village=village,
        entry=entry,
        subject=entry.subject,
        for_member=for_member,
        filed_by=by,
        how=how,
        number=next_number("XF", village.repairs, at),
        wrong=wrong.strip(),
        promise=promise.strip(),
        due_on=due_on,
        filed_at=at,
    )
    save(row, action="repair.applied", by=by, at=at)
    RepairFlow.start.run(repair=row)
    _set_due(row)
    tell("repair.applied", row, why=row.promise, by=by, at=at, role=role)
    return row


@transaction.atomic
def show(*, repair: Repair, done: str, files: Iterable[BinaryIO] = (), by: User, at: datetime) -> Repair:
    """The household says what it did and shows it; a group leader goes and looks.

    Raises Refused, Conflict (not waiting for the household) or Invalid (no words, a file that is none).
    """
    with step(repair.process, RepairFlow.promise, by=by):
        row = lock(repair, *BESIDE)
        role = check_show(row, by=by, at=at)
        _check_words(done=done)
        handed_in = exhibits.add(row, files=files, is_households=True, by=by, at=at)
        row.done = done.strip()
        row.show()
        save(row, action="repair.shown", by=by, at=at)
        _stop_clock(row, at=at)
        set_overdue(row, at=at)
        tell("repair.shown", row, why=row.done, by=by, at=at, role=role, rows=handed_in)
    return row


@transaction.atomic
def hand_in(
    *, repair: Repair, files: Iterable[BinaryIO] = (), text: str = "", by: User, at: datetime
) -> list[Exhibit]:
    """More photos, papers or words of the household, until a leader has looked. Raises Refused or Invalid."""
    row = lock(repair, *BESIDE)
    role = check_hand_in(row, by=by, at=at)
    rows = exhibits.add(row, files=files, text=text, is_households=True, by=by, at=at)
    if not rows:
        raise Invalid(files="还没有选照片，也没有写话，请至少给一样。")
    tell("repair.handed_in", row, by=by, at=at, role=role, rows=rows)
    return rows


@transaction.atomic
def withdraw(*, repair: Repair, by: User, at: datetime) -> Repair:
    """The household does not want it any more, until it counts; the deduction stays. Raises Refused or Conflict."""
    _lock_process(repair)
    row = lock(repair, *BESIDE)
    role = check_withdraw(row, by=by, at=at)
    _end(row, action="repair.withdrawn", by=by, at=at)
    tell("repair.withdrawn", row, by=by, at=at, role=role)
    return row


@transaction.atomic
def drop_for(*, entries: Iterable[Entry], by: User | None, at: datetime) -> list[Repair]:
    """Deductions are taken out of the ledger another way: their open repairs have nothing to repair any more.

    Whoever reverses lines calls it in its transaction: after its own locks, before it records its event.
    """
    rows = _end_all(Repair.objects.filter(entry__in=list(entries)), action="repair.dropped", by=by, at=at)
    for row in rows:
        tell("repair.dropped", row, by=by, at=at, role="system")
    return rows


def drop_corrected(entries: Iterable[Entry], *, cause: str, by: User | None, at: datetime) -> None:
    """As `drop_for`, for a correction in bulk (appeals.corrections.ON_CORRECTED)."""
    drop_for(entries=entries, by=by, at=at)


def leave(subject: Subject, *, by: User | None, at: datetime) -> None:
    """A household that leaves the scheme takes its repairs with it; the withdrawal of consent is the event."""
    _end_all(Repair.objects.filter(subject=subject), action="repair.withdrawn", by=by, at=at)


@transaction.atomic
def lapse(*, repair: Repair, at: datetime) -> Repair:
    """The promised day passed and nothing was shown: it ends, and may be promised again. No-op in any other state."""
    _lock_process(repair)
    row = lock(repair, *BESIDE)
    if row.state == State.PROMISED:
        row.lapse()
        save(row, action="repair.lapsed", by=None, at=at)
        cancel(row.process)
        tell("repair.lapsed", row, by=None, at=at, role="system")
    return row


@transaction.atomic
def look_again(*, repair: Repair, by: User | None, at: datetime) -> Repair:
    """An objection against the refusal was upheld: other people than before look at it.

    Who may say so is checked by the objection. Raises Conflict when it is not refused, or repaired anew meanwhile.
    """
    _lock_process(repair)
    row = lock(repair, *BESIDE)
    if row.state != State.REFUSED:
        raise Conflict(f"修复{row.number}现在是“{row.get_state_display()}”，不用再看。")
    if newer := _standing(row.entry).exclude(pk=row.pk).first():
        raise Conflict(f"这一条已经另外申请了修复{newer.number}，在办，不用再看{row.number}。")
    row.look_again()
    row.turn += 1
    row.verified_by = None
    save(row, action="repair.looked_again", by=by, at=at)
    reopen(row.process, RepairFlow.verify)
    set_overdue(row, at=at)
    tell("repair.looked_again", row, by=by, at=at, role="system")
    return row


def check_apply(entry: Entry, *, how: str, for_member: Member, by: User, at: datetime) -> str:
    """The role in which a user may apply for a repair now; raises Refused or Conflict with the sentence to show."""
    if for_member.subject_id != entry.subject_id or for_member.left_on:
        raise Refused("只有这一户的成年人能申请这一户的修复。")
    role = channels.check_channel(how, for_member, by=by, at=at)
    agreed = consents.standing(for_member).filter(purpose=Consent.Purpose.SCORING).exists()
    if not agreed or not consents.is_agreed(entry.subject):
        raise Refused("申请修复的人要先同意参加。还没同意的，请先到“同意与退出”里同意。")
    check_repairable(entry)
    return role


def check_repairable(entry: Entry) -> None:
    """Raises Refused or Conflict with the sentence why a line cannot be repaired now."""
    if entry.raw_tenths >= 0 or entry.reverses_id:
        raise Refused("只有减分才能修复，加分不用修。")
    if entry.source.startswith("repair:"):
        raise Refused("一条减分只能修复一次，这一条已经修过了。")
    if old := _standing(entry).first():
        if old.state in (State.PUBLISHED, State.REVOKED):
            raise Refused(f"一条减分只能修复一次，这一条修过了，编号{old.number}。")
        raise Conflict(f"这一条已经申请了修复{old.number}，正在办，不用再申请。")
    if Entry.objects.filter(reverses=entry).exists():
        raise Refused("这一条已经撤销了，不算分，不用修。")
    if not entry.rule.repairable:
        raise Refused(f"细则{entry.rule.number}大会定了不能修复。觉得减得不对，可以提异议。")
    if entry.holds.filter(lifted_at__isnull=True).exists():
        raise Refused("这一条正在办异议，现在不算分。等异议办完了，还减分的话再来申请修复。")
    if case := _objection_to_refusal(entry):
        raise Conflict(f"上一次没批，您提了异议{case.number}，正在办。等有了结果再说。")


def check_show(repair: Repair, *, by: User, at: datetime) -> str:
    """The role in which a user may say now that it is done; raises Refused or Conflict."""
    role = channels.check_household(repair, by=by, at=at)
    if repair.state != State.PROMISED:
        raise Conflict(f"修复{repair.number}现在是“{repair.get_state_display()}”，不用再交。")
    return role


def check_hand_in(repair: Repair, *, by: User, at: datetime) -> str:
    """The role in which a user may hand in more now; raises Refused or Conflict."""
    role = channels.check_household(repair, by=by, at=at)
    if repair.state not in (State.PROMISED, State.SHOWN):
        raise Conflict(f"修复{repair.number}现在是“{repair.get_state_display()}”，不用再补材料。")
    return role


def check_withdraw(repair: Repair, *, by: User, at: datetime) -> str:
    """The role in which a user may withdraw it now; raises Refused or Conflict."""
    role = channels.check_household(repair, by=by, at=at)
    if repair.state not in Repair.OPEN:
        raise Conflict(f"修复{repair.number}已经“{repair.get_state_display()}”，不用再点。")
    return role


def last_day(village: Division, at: datetime) -> date:
    """The latest day that may be promised."""
    return today(at) + timedelta(days=value("repair_days", village, today(at)))


def tell(
    name: str, row: Repair, *, by: User | None, at: datetime, role: str, why: str = "", rows: Iterable = ()
) -> Event:
    """Record what happened to a repair, under the household's key; the last lock of every act."""
    return record(
        name, village=row.village, about=row, by=by, at=at, role=role, why=why, subject_key=row.subject.key,
        detail={"number": row.number, "turn": row.turn}, rows=[row, *rows],
    )  # fmt: skip


def set_overdue(row: Repair, *, at: datetime) -> None:
    """Whoever judges next has as many working days as the council has for a month, then the township helps."""
    due = deadlines.workdays_after(at, value("council_days", row.village, today(at)))
    deadlines.set_deadline(
        OVERDUE, about=row, village=row.village, due=deadlines.end_of(due.on), provisional=due.provisional
    )


def give_time(row: Repair, *, at: datetime) -> None:
    """What was sent back is due on the promised day again, but not before a week has passed."""
    row.due_on = max(row.due_on, today(at) + timedelta(days=AGAIN_DAYS))
    deadlines.cancel(OVERDUE, about=row, at=at)
    _set_due(row)


def stop_overdue(row: Repair, *, at: datetime) -> None:
    """Nobody's judgement is waited for any more."""
    deadlines.cancel(OVERDUE, about=row, at=at)


def _set_due(row: Repair) -> None:
    last = deadlines.end_of(row.due_on)
    remind = last - timedelta(days=REMIND_DAYS)
    for kind, due in (("repair.due", last), ("repair.reminder", remind)):
        deadlines.set_deadline(kind, about=row, village=row.village, due=due)


def _stop_clock(row: Repair, *, at: datetime) -> None:
    for kind in ("repair.due", "repair.reminder"):
        deadlines.cancel(kind, about=row, at=at)


def _end(row: Repair, *, action: str, by: User | None, at: datetime) -> None:
    row.withdraw()
    save(row, action=action, by=by, at=at)
    cancel(row.process)
    _stop_clock(row, at=at)
    stop_overdue(row, at=at)


def _end_all(rows: QuerySet[Repair], *, action: str, by: User | None, at: datetime) -> list[Repair]:
    open_rows = rows.filter(state__in=Repair.OPEN)
    lock_all(RepairProcess.objects.filter(repair__in=open_rows))
    found = lock_all(open_rows.select_related(*BESIDE))
    for row in found:
        _end(row, action=action, by=by, at=at)
    return found


def _lock_process(repair: Repair) -> None:
    lock_all(RepairProcess.objects.filter(repair=repair))


def _standing(entry: Entry) -> QuerySet[Repair]:
    """Repairs that stand in the way of another: open, or counted once."""
    return entry.repairs.filter(state__in=[*Repair.OPEN, State.PUBLISHED, State.REVOKED])


def _objection_to_refusal(entry: Entry) -> Objection | None:
    return Objection.objects.filter(repair__entry=entry, state__in=Objection.OPEN).first()


def _check_words(**words: str) -> None:
    missing = {
        "wrong": "请写哪里没做好，一两句就行。",
        "promise": "请写打算怎么做，一两句就行。",
        "done": "请写做了什么，一两句就行。",
    }
    slips = {name: missing[name] for name, text in words.items() if not text.strip()}
    slips |= {name: f"最多写{TEXT_LENGTH}个字。" for name, text in words.items() if len(text) > TEXT_LENGTH}
    if slips:
        raise Invalid(**slips)


def _check_day(village: Division, due_on: date, at: datetime) -> None:
    last = last_day(village, at)
    if not today(at) < due_on <= last:
        raise Invalid(due_on=f"请写明天起到{last.month}月{last.day}日之间的一天。")
