"""Taking down an objection: who may, until when, and what happens at once (design/3-processes.md, Objection).

An objection never costs anything: a deduction stops counting while the case is open, a plus goes on counting.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from appeals.models import Objection
from governance import consents, deadlines, holds, policies, stories
from governance.access import check_role, today, villages
from governance.events import record
from governance.models import Consent, Division, Entry, Member, User
from governance.models.people import Role
from governance.refusals import Conflict, Invalid, Refused
from governance.saving import save

How, State, Purpose = Objection.How, Objection.State, Consent.Purpose
TEXT_LENGTH = 2000
LATER = "这一条的公示期过了。一年以内还能提，要镇里的异议专员先看理由收不收：请到村部说一声，文书替您转。"


@transaction.atomic
def file(*, entry: Entry, text: str, how: str, for_member: Member, by: User, at: datetime) -> Objection:
    """Take down an adult's objection to a line of their household, and hold the line at once.

    Own words may be left out only by the adult themself. Raises Refused (not theirs, no consent, too late),
    Conflict (a case is open already) or Invalid (no words, or too many). Effects: the case with its number, a
    hold, one event.
    """
    village = Division.objects.select_for_update().get(pk=entry.village_id)  # numbers follow one another
    role = check_file(entry, how=how, for_member=for_member, by=by, at=at)
    _check_text(text.strip(), how)
    row = Objection(
        village=village,
        entry=entry,
        subject=entry.subject,
        for_member=for_member,
        filed_by=by,
        how=how,
        text=text.strip(),
        number=_next_number(village, at),
        filed_at=at,
        answer_by=_answer_by(village, at),
    )
    holds.place(entry=entry, cause=cause_of(row), by=by, at=at)
    save(row, action="objection.filed", by=by, at=at)
    _record("objection.filed", row, why=row.text, by=by, at=at, role=role)
    return row


@transaction.atomic
def withdraw(*, objection: Objection, by: User, at: datetime) -> Objection:
    """The adult it was filed for does not want it any more, themself or at the desk; the line counts again.

    Raises Refused, or Conflict when it is not open any more.
    """
    row = Objection.objects.select_for_update(of=("self",)).get(pk=objection.pk)
    role = check_withdraw(row, by=by, at=at)
    row.withdraw()
    save(row, action="objection.withdrawn", by=by, at=at)
    holds.lift(cause=cause_of(row), by=by, at=at)
    _record("objection.withdrawn", row, by=by, at=at, role=role)
    return row


def check_file(entry: Entry, *, how: str, for_member: Member, by: User, at: datetime) -> str:
    """The role in which a user may file this now; raises Refused or Conflict with the sentence to show."""
    if for_member.subject_id != entry.subject_id or for_member.left_on:
        raise Refused("只有这一户的成年人能提这一户的异议。")
    role = _check_channel(how, for_member, by=by, at=at)
    if not _agreed(for_member, Purpose.SCORING):
        raise Refused("提异议的人要先同意参加。还没同意的，请先到“同意与退出”里同意。")
    _check_open(entry, at)
    return role


def check_withdraw(objection: Objection, *, by: User, at: datetime) -> str:
    """The role in which a user may withdraw a case now; raises Refused or Conflict."""
    if objection.state != State.FILED:
        raise Conflict(f"这件异议已经“{objection.get_state_display()}”，不用再点。")
    if objection.for_member.user_id == by.pk:
        return "resident"
    return check_role(by, Role.CLERK, village=objection.village, at=at)


def fact_of(entry: Entry) -> stories.Fact | None:
    """What a line is about and until when it may be objected to; None when nobody tells."""
    return stories.facts([entry.source]).get(entry.source)


def visible(user: User, *, at: datetime) -> QuerySet[Objection]:
    """Cases a user may open: their own household's, those of villages whose clerk or officer they are, and as a
    helper those they filed themself."""
    home = Q(for_member__user=user) | Q(subject__members__in=_adults_of(user))
    staff = Q(village__in=villages(user, Role.CLERK, Role.OFFICER, at=at))
    helper = Q(filed_by=user, village__in=villages(user, Role.HELPER, at=at))
    rows = Objection.objects.filter(home | staff | helper)
    return rows.select_related(
        "village", "subject__area", "for_member", "filed_by", "entry__rule__rulebook"
    ).distinct()


def cause_of(objection: Objection) -> str:
    """What the hold says it is there for."""
    return f"objection:{objection.key}"


def cases(keys: list[str]) -> dict[str, stories.Case]:
    """What the household's page says about cases, by key; one query."""
    return {
        str(row.key): stories.Case(
            row.number, row.filed_at, row.answer_by, reverse("objection", args=[row.key])
        )
        for row in Objection.objects.filter(key__in=keys)
    }


def register() -> None:
    """Let the layer below ask: it does not know this one."""
    stories.CASES["objection"] = cases


def _check_channel(how: str, for_member: Member, *, by: User, at: datetime) -> str:
    """Who may file by which way: the adult online, the clerk at the desk, a helper whom the adult asked."""
    match how:
        case How.ONLINE:
            if for_member.user_id != by.pk:
                raise Refused("异议要本人提。帮别人提，请到村部，或者由他请的代办员提。")
            return "resident"
        case How.DESK | How.PAPER:
            return check_role(by, Role.CLERK, village=for_member.village, at=at)
        case How.HELPER:
            role = check_role(by, Role.HELPER, village=for_member.village, at=at)
            if not _agreed(for_member, Purpose.HELPER):
                raise Refused("这一位还没有请代办员。请他先在自己手机上点，或者在纸上签好交文书。")
            return role
    raise Invalid(how="请选是怎么提的。")


def _check_open(entry: Entry, at: datetime) -> None:
    if entry.reverses_id or Entry.objects.filter(reverses=entry).exists():
        raise Refused("这一条已经撤销了，不算分，不用再提。")
    if open_case := entry.objections.filter(state__in=Objection.OPEN).first():
        raise Conflict(f"这一条已经提过异议{open_case.number}，正在办，不用再提。要补充，请到村部说。")
    fact = fact_of(entry)
    if fact is None or at >= fact.open_until:
        raise Refused(LATER)


def _check_text(text: str, how: str) -> None:
    if not text and how != How.ONLINE:
        raise Invalid(text="请把他说的话照样记下来，一两句就行。")
    if len(text) > TEXT_LENGTH:
        raise Invalid(text=f"最多写{TEXT_LENGTH}个字，要紧的先写，别的可以当面补。")


def _agreed(member: Member, purpose: str) -> bool:
    return consents.standing(member).filter(purpose=purpose).exists()


def _next_number(village: Division, at: datetime) -> str:
    """The next number of the year; the village row is locked."""
    prefix = f"YY-{timezone.localtime(at).year}-"
    last = (
        village.objections.filter(number__startswith=prefix).order_by("-id").values_list("number", flat=True)
    )
    return f"{prefix}{int(last[0].removeprefix(prefix)) + 1 if last else 1:04d}"


def _answer_by(village: Division, at: datetime):
    days = policies.value("objection_accept_days", village, today(at))
    return deadlines.workdays_after(at, days).on


def _adults_of(user: User) -> QuerySet[Member]:
    """The user's own membership, while their consent stands."""
    return Member.objects.filter(
        user=user,
        left_on__isnull=True,
        consents__purpose=Purpose.SCORING,
        consents__withdrawn_on__isnull=True,
    )


def _record(name: str, row: Objection, *, by: User, at: datetime, role: str, why: str = "") -> None:
    record(
        name, village=row.village, about=row, by=by, at=at, role=role, why=why, subject_key=row.subject.key,
        detail={"number": row.number, "how": row.how, "for": str(row.for_member.key)}, rows=[row],
    )  # fmt: skip
