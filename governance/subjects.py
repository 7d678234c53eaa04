"""The files of a village: opened, corrected, and followed by new ones when a household changes.

Split, merge, move, a head's death and leaving the village close a file with a date and a reason. Its history
and its family ties stay with it; who lives on gets a new file, starts at the base, and is asked for consent
anew.
Source: design 2-domain.md, Consent and personal data.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from governance import consents, kinships, links, members
from governance.access import check_role, today
from governance.deeds import who_when
from governance.events import record
from governance.identity import Person, clean
from governance.models import Area, Division, Member, Subject, User
from governance.models.people import Role
from governance.refusals import Conflict, Invalid
from governance.saving import save

CLOSING = ("subject.split", "subject.merged", "subject.moved", "head.died", "subject.closed")


@dataclass(frozen=True)
class Home:
    """What is written on the cover of a file."""

    area: Area
    door: str
    name: str
    kind: str = Subject.Kind.HOUSEHOLD


@dataclass(frozen=True)
class Part:
    """A new file that follows an old one: its cover, its head, and who goes along."""

    home: Home
    head: Member
    others: Sequence[Member] = ()


@transaction.atomic
def create(*, village: Division, home: Home, head: Person, by: User, at: datetime) -> Subject:
    """Open a file with its head. It is not enrolled: consent comes from the head.

    Raises Refused (not the clerk) or Invalid (door taken, name missing, head under 14 …).
    """
    role = check_role(by, Role.CLERK, village=village, at=at)
    lock_village(village)
    head = clean(head, today(at))
    subject = _open(village, home, action="subject.opened", by=by, at=at, role=role)
    members.check_new(subject, head)
    members.enter(subject, head, action="member.added", by=by, at=at, role=role, is_head=True)
    return subject


@transaction.atomic
def correct(*, subject: Subject, home: Home, why: str, by: User, at: datetime) -> Subject:
    """Mend a cover that was written wrongly; a household that really moved is moved instead.

    Raises Refused, Conflict (closed) or Invalid.
    """
    role = check_role(by, Role.CLERK, village=subject.village, at=at)
    lock_village(subject.village)
    subject = members.locked(subject)
    members.check_reason(why)
    home = _checked(subject.village, home, but=subject)
    before = _cover(subject)
    _write(subject, home)
    save(subject, action="subject.corrected", by=by, at=at)
    detail = {"before": before, "after": _cover(subject)}
    _record("subject.corrected", subject, by=by, at=at, role=role, why=why, detail=detail)
    return subject


@transaction.atomic
def split(
    *, subject: Subject, parts: Sequence[Part], on: date, why: str, by: User, at: datetime
) -> list[Subject]:
    """One household becomes several. Raises Invalid unless every member is in exactly one part."""
    if len(parts) < 2:
        raise Invalid(parts="分户至少要分成两户。")
    return _follow([subject], parts, action="subject.split", on=on, why=why, by=by, at=at)


@transaction.atomic
def merge(*, subjects: Sequence[Subject], part: Part, on: date, why: str, by: User, at: datetime) -> Subject:
    """Several households of one village become one."""
    if len({subject.pk for subject in subjects}) < 2:
        raise Invalid(subjects="并户至少要选两户。")
    return _follow(subjects, [part], action="subject.merged", on=on, why=why, by=by, at=at)[0]


@transaction.atomic
def move(*, subject: Subject, area: Area, door: str, on: date, why: str, by: User, at: datetime) -> Subject:
    """A household moves to another door of the village, with all its members."""
    head, others = _family(subject)
    part = Part(Home(area, door, subject.name, subject.kind), head, others)
    return _follow([subject], [part], action="subject.moved", on=on, why=why, by=by, at=at)[0]


@transaction.atomic
def head_died(
    *, subject: Subject, head: Member, name: str, on: date, why: str, by: User, at: datetime
) -> Subject:
    """The head died: `head` of those who remain follows, in a file called `name`. Nothing is inherited."""
    dead, others = _family(subject)
    if head == dead:
        raise Invalid(head="请选另一位家人当户主。")
    part = Part(Home(subject.area, subject.door, name, subject.kind), head, [m for m in others if m != head])
    return _follow([subject], [part], action="head.died", on=on, why=why, by=by, at=at, gone=[dead])[0]


@transaction.atomic
def close(*, subject: Subject, on: date, why: str, by: User, at: datetime) -> None:
    """Nobody follows: moved away, died out, or a shop that shut."""
    head, others = _family(subject)
    _follow([subject], [], action="subject.closed", on=on, why=why, by=by, at=at, gone=[head, *others])


def lock_village(village: Division) -> None:
    """Who opens, moves or takes in files of one village takes turns, so that no door is given twice."""
    Division.objects.select_for_update(no_key=True).get(pk=village.pk)


def _follow(olds, parts, *, action, on, why, by, at, gone=()) -> list[Subject]:
    """Close `olds` and open a file for each of `parts`; the one way in which a file ends."""
    village = olds[0].village
    role = check_role(by, Role.CLERK, village=village, at=at)
    members.check_reason(why)
    members.check_day(on, at)
    lock_village(village)
    olds = [_locked(old, village) for old in sorted(olds, key=lambda old: old.pk)]
    _check_everybody(olds, parts, gone)
    for old in olds:
        _close(old, on, action=action, by=by, at=at)
    news = [_follower(part, village, olds, by=by, at=at, role=role) for part in parts]
    detail = {"on": str(on), "to": [str(new.key) for new in news]}
    for old in olds:
        kinships.carry_over(old, news, on=on, by=by, at=at)
        _record(action, old, by=by, at=at, role=role, why=why, detail=detail)
    return news


def _locked(subject: Subject, village: Division) -> Subject:
    subject = Subject.objects.select_for_update(no_key=True).get(pk=subject.pk)
    if subject.village_id != village.pk:
        raise Invalid(subjects="只能并同一个村的户。")
    _check_open(subject)
    return subject


def _check_open(subject: Subject) -> None:
    if subject.closed_on:
        raise Conflict(f"这份档案已经结了（{who_when(subject, *CLOSING)}），不用再办。请看看新的档案。")


def _family(subject: Subject) -> tuple[Member, list[Member]]:
    """The head and the others of an open file, which always has a head. Raises Conflict when it is closed."""
    _check_open(Subject.objects.get(pk=subject.pk))
    here = list(subject.members.filter(left_on__isnull=True).order_by("-is_head", "id"))
    return here[0], here[1:]


def _check_everybody(olds, parts, gone) -> None:
    named = [member.pk for part in parts for member in (part.head, *part.others)] + [m.pk for m in gone]
    here = Member.objects.filter(subject__in=olds, left_on__isnull=True).values_list("pk", flat=True)
    if sorted(named) != sorted(here):
        raise Invalid(parts="每位家人都要归到一户，也只能归到一户，请再看一遍。")


def _close(old: Subject, on: date, *, action: str, by: User, at: datetime) -> None:
    for member in old.members.filter(left_on__isnull=True):
        members.go(member, on, action=action, by=by, at=at)
    old.closed_on = on
    save(old, action=action, by=by, at=at, fields=["closed_on"])
    links.end_open(old, on=on, action=action, by=by, at=at)
    consents.keep_enrolment(old, since=on, action=action, by=by, at=at)


def _follower(part: Part, village: Division, olds, *, by: User, at: datetime, role: str) -> Subject:
    new = _open(village, part.home, action="subject.opened", by=by, at=at, role=role)
    new.came_from.add(*olds)
    for member in (part.head, *part.others):
        members.enter(
            new, members.person_of(member), action="member.added", by=by, at=at, role=role,
            is_head=member == part.head, user=member.user,
        )  # fmt: skip
    return new


def _open(village: Division, home: Home, *, action: str, by: User, at: datetime, role: str) -> Subject:
    subject = Subject(village=village)
    _write(subject, _checked(village, home))
    save(subject, action=action, by=by, at=at)
    _record(action, subject, by=by, at=at, role=role, detail={"after": _cover(subject)})
    return subject


def _checked(village: Division, home: Home, but: Subject | None = None) -> Home:
    """The cover as it is stored. Raises Invalid naming every field that cannot be taken."""
    home = Home(home.area, home.door.strip(), home.name.strip(), home.kind)
    errors = {}
    if home.area.village_id != village.pk:
        errors["area"] = "这个片不在本村，请重新选。"
    if not 0 < len(home.door) <= 40:
        errors["door"] = "要写门牌号，最多40个字。"
    if not 0 < len(home.name) <= 60:
        errors["name"] = "要写户名，最多60个字。"
    if home.kind not in Subject.Kind.values:
        errors["kind"] = "只能选户、商户、企业。"
    same = Subject.objects.living().filter(village=village, area=home.area, door=home.door, kind=home.kind)
    if not errors and same.exclude(pk=but.pk if but else None).exists():
        errors["door"] = "这个片的这个门牌号已经有一户了，请核对，或者加上“之1”“之2”。"
    if errors:
        raise Invalid(**errors)
    return home


def _write(subject: Subject, home: Home) -> None:
    subject.area, subject.door, subject.name, subject.kind = home.area, home.door, home.name, home.kind


def _cover(subject: Subject) -> dict[str, str]:
    return {"area": subject.area.name, "door": subject.door, "name": subject.name, "kind": subject.kind}


def _record(name: str, subject: Subject, *, by, at, role, why="", detail=None) -> None:
    record(
        name, village=subject.village, about=subject, by=by, at=at, role=role, why=why, detail=detail,
        subject_key=subject.key,
    )  # fmt: skip
