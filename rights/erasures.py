"""删除申请: asked for in two steps, waits its days, can be taken back until then (PIPL 47; docs/decisions/0015)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from appeals.models import Objection, Repair
from appeals.numbers import next_number
from governance import deadlines
from governance.access import today, villages
from governance.deeds import said
from governance.events import record
from governance.models import Consent, Division, Event, Member, Subject, User
from governance.models.people import Role
from governance.policies import value
from governance.refusals import Conflict, Refused, why_not
from governance.saving import save
from rights import forgetting
from rights.earlier import rows_before
from rights.models import Erasure
from rights.speaking import check_goes_on, check_speaker, is_enrolled
from workflows.models import Amendment
from workflows.steps import lock

State = Erasure.State
DUE = "erasure.due"
Purpose = Consent.Purpose


@transaction.atomic
def ask(*, for_member: Member, whole: bool, how: str, by: User, at: datetime) -> Erasure:
    """Ask that what is stored be deleted: about the household (`whole`), or about this adult alone.

    It goes along to the files from before a move, a split or a merger (`along`), each with a request of its own.
    Raises Refused with the sentence of what stands in the way, or Conflict (asked already). Effects: the requests
    with their numbers, the day they are carried out, an event each. Returns that of this file.
    """
    village = Division.objects.select_for_update(no_key=True).get(
        pk=for_member.village_id
    )  # numbers follow one another
    Subject.objects.select_for_update(no_key=True).get(pk=for_member.subject_id)
    role = check_speaker(how, for_member, by=by, at=at)
    check_ask(for_member, whole=whole)
    taken_along = along(for_member, whole=whole)
    row = _file(for_member, whole, village, how, by=by, at=at, role=role)
    for member, all_of_it in taken_along:
        _file(member, all_of_it, village, how, by=by, at=at, role=role)
    return row


def _file(
    member: Member, whole: bool, village: Division, how: str, *, by: User, at: datetime, role: str
) -> Erasure:
    days = value("erasure_days", village, today(at))
    row = Erasure(
        village=village, subject=member.subject, member=None if whole else member, for_member=member,
        filed_by=by, how=how, number=next_number("SC", village.erasures, at), filed_at=at,
        due_on=today(at) + timedelta(days=days),
    )  # fmt: skip
    save(row, action="erasure.asked", by=by, at=at)
    deadlines.set_deadline(
        DUE, about=row, village=village, due=deadlines.end_of(row.due_on), is_residents=True
    )
    _tell("erasure.asked", row, by=by, at=at, role=role)
    return row


@transaction.atomic
def undo(*, erasure: Erasure, by: User, at: datetime) -> Erasure:
    """The adult thinks better of it, themself or at the desk: of all that was asked for with it.

    Raises Refused, or Conflict once it is over.
    """
    rows = _locked_together(erasure)
    row = rows[erasure.pk]
    role = check_goes_on(row.for_member, by=by, at=at)
    if row.state != State.WAITING:
        raise Conflict(f"这件已经“{row.get_state_display()}”，不用再点。")
    _undo(rows.values(), by=by, at=at, role=role)
    return row


@transaction.atomic
def come_due(*, erasure: Erasure, at: datetime) -> Erasure:
    """The days are over: carried out with all that was asked for with it, or all called off where something
    stands in the way again. No-op once ended."""
    rows = _locked_together(erasure)
    waiting = [row for row in rows.values() if row.state == State.WAITING]
    try:
        for row in waiting:
            check_free(row.for_member, whole=row.member_id is None)
    except Refused:
        _undo(waiting, by=None, at=at, role="system")
        return rows[erasure.pk]
    for row in waiting:
        _carry_out(row, at=at)
    return rows[erasure.pk]


def check_ask(member: Member, *, whole: bool) -> None:
    """May this adult ask for it now; raises Refused or Conflict with the sentence to show."""
    if whole and not speaks_for_household(member):
        raise Refused("全家的要户主来提。您可以先删您自己的。")
    check_free(member, whole=whole)
    for row, all_of_it in along(member, whole=whole):
        if stop := why_not(check_free, row, whole=all_of_it):
            raise Refused(f"从前在{row.subject.area.name}{row.subject.door}的那份档案也要一起删。{stop}")
    if row := _waiting(member, whole=whole).first():
        raise Conflict(f"已经提过了（{row.number}），{said(row.due_on)}删，不用再提。")
    if Erasure.objects.filter(subject=member.subject, member=None, state=State.DONE).exists():
        raise Conflict("这一户的资料已经删了。")


def along(member: Member, *, whole: bool) -> list[tuple[Member, bool]]:
    """What a request takes along: the adult's row in each file before, and whether all of that file goes.

    All of it where they speak for that household too, else what is theirs; what already waits is left to itself.
    """
    rows = rows_before(member)
    spoken_for = {row.subject_id: row for row in rows if whole and speaks_for_household(row)}
    found = [(row, True) for row in spoken_for.values()]
    found += [(row, False) for row in rows if row.subject_id not in spoken_for]
    return [one for one in found if not _waiting(one[0], whole=one[1]).exists()]


def together(erasure: Erasure) -> QuerySet[Erasure]:
    """All that was asked for in the same act, this one too: by the same account at the same moment."""
    rows = Erasure.objects.filter(village=erasure.village_id, filed_by=erasure.filed_by_id)
    return rows.filter(filed_at=erasure.filed_at).select_related("subject__area", "member").order_by("pk")


def check_free(member: Member, *, whole: bool) -> None:
    """Raises Refused while consent stands or a case is open: first withdraw, first end it."""
    _check_withdrawn(member, whole=whole)
    if n := open_cases(member, whole=whole):
        raise Refused(f"还有{n}件异议或修复在办。先等办完，或者到那一件里点“不办了”，再来删。")
    if whole and Amendment.objects.filter(subject=member.subject, state=Amendment.State.WAITING).exists():
        raise Refused("有一季更正了的分还在等两位委员签字，签好了就能删。")


def open_cases(member: Member, *, whole: bool) -> int:
    """How many cases of the household, or of this adult, are open."""
    of = {"subject": member.subject} if whole else {"for_member": member}
    found = Objection.objects.filter(state__in=Objection.OPEN, **of).count()
    return found + Repair.objects.filter(state__in=Repair.OPEN, **of).count()


def speaks_for_household(member: Member) -> bool:
    """The head; in a file that was closed when the head died, every adult of it."""
    if member.is_head:
        return True
    closed = member.subject.closed_on is not None
    return closed and Event.objects.filter(subject_key=member.subject.key, name="head.died").exists()


def of_member(member: Member) -> QuerySet[Erasure]:
    """Requests about a household's or an adult's data that this adult may follow."""
    rows = Erasure.objects.filter(subject=member.subject).select_related("village", "member", "for_member")
    return rows if speaks_for_household(member) else rows.filter(for_member=member)


def listed(user: User, village: Division, *, at: datetime) -> QuerySet[Erasure]:
    """Requests of a village for its clerk: a number, a day, a state. Whose they are, nobody there is told."""
    rows = Erasure.objects.filter(village=village, village__in=villages(user, Role.CLERK, at=at))
    return rows.order_by("state", "due_on", "pk")


def _waiting(member: Member, *, whole: bool) -> QuerySet[Erasure]:
    """What waits already and would make this request idle."""
    rows = Erasure.objects.filter(subject=member.subject, state=State.WAITING)
    return rows.filter(Q(member=None) if whole else Q(member=None) | Q(member=member))


def _check_withdrawn(member: Member, *, whole: bool) -> None:
    subject = member.subject
    standing = Consent.objects.filter(
        purpose=Purpose.SCORING, withdrawn_on__isnull=True, member__left_on__isnull=True
    )
    if whole:
        if is_enrolled(subject):
            raise Refused("您家还在参加。先到“同意与退出”里退出，再来删。")
        others = standing.filter(member__subject=subject).exclude(member=member).select_related("member")
        if names := "、".join(row.member.name for row in others):
            raise Refused(f"{names}还同意着。请他本人先退出，再来删全家的。")
    elif member.is_head and subject.closed_on is None:
        raise Refused("您是户主，删了您的，这一户的档案就没有人了。请删全家的，或者请文书先换户主。")
    if standing.filter(member=member).exists():
        raise Refused("您还同意着参加。先到“同意与退出”里退出，再来删。")


def _carry_out(row: Erasure, *, at: datetime) -> Erasure:
    """Forget, then say so: what stays is the request itself, with numbers only."""
    whole = row.member_id is None
    done = forgetting.household(row.subject, at=at) if whole else forgetting.adult(row.member, at=at)
    row.carry_out()
    row.counts, row.ended_at = done.counts, at
    save(row, action="erasure.done", by=None, at=at)
    forgetting.sign(row, done, at=at)
    return row


def _undo(rows: Iterable[Erasure], *, by: User | None, at: datetime, role: str) -> None:
    for row in rows:
        if row.state != State.WAITING:
            continue
        row.undo()
        row.ended_at = at
        save(row, action="erasure.undone", by=by, at=at)
        deadlines.cancel(DUE, about=row, at=at)
        _tell("erasure.undone", row, by=by, at=at, role=role)


def _locked_together(erasure: Erasure) -> dict[int, Erasure]:
    """All of one act, locked in the order in which they were written: two timers of one act take turns."""
    return {row.pk: _locked(row) for row in together(erasure)}


def _locked(erasure: Erasure) -> Erasure:
    Subject.objects.select_for_update(no_key=True).get(pk=erasure.subject_id)
    return lock(erasure, "village", "subject__area", "member", "for_member")


def _tell(name: str, row: Erasure, *, by: User | None, at: datetime, role: str) -> None:
    record(
        name, village=row.village, about=row, by=by, at=at, role=role, subject_key=row.subject.key,
        detail={"number": row.number, "whole": row.member_id is None}, rows=[row],
    )  # fmt: skip
