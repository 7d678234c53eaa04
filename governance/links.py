"""联户: which party member rates which household. One open link a household, one rater a day.

A link to one's own household is refused. A link to kin is allowed, since villages are small: recusal hands
that household to another rater each month (design 3-processes.md), and `caution` says so beforehand.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction

from governance import members, recusal
from governance.access import check_role, holds, today
from governance.events import record
from governance.models import Appointment, Link, Member, Subject, User
from governance.models.people import Role
from governance.refusals import Conflict, Refused
from governance.saving import save


@transaction.atomic
def link(*, rater: User, subject: Subject, by: User, at: datetime) -> Link:
    """The clerk links a household to a rater from today.

    Raises Refused (not a rater here, own household) or Conflict (linked already).
    """
    role = check_role(by, Role.CLERK, village=subject.village, at=at)
    subject = members.locked(subject)
    check_rater(rater, subject, at)
    open_link = _open(subject)
    if open_link:
        raise Conflict(f"这一户现在由{open_link.rater}联。要换人，请用“换联户党员”。")
    return _make(rater, subject, today(at), by=by, at=at, role=role)


@transaction.atomic
def relink(*, subject: Subject, rater: User, why: str, by: User, at: datetime) -> Link:
    """Another rater takes a household over: the old link ends yesterday, or today if it began today.

    Raises Refused, Conflict (this rater has it already) or Invalid (no reason).
    """
    role = check_role(by, Role.CLERK, village=subject.village, at=at)
    subject = members.locked(subject)
    members.check_reason(why)
    check_rater(rater, subject, at)
    old = _open(subject)
    if old and old.rater_id == rater.pk:
        raise Conflict(f"这一户本来就由{rater}联，不用换。")
    return _hand_over(old, subject, rater, today(at), why=why, by=by, at=at, role=role)


@transaction.atomic
def take_over(*, subjects: Iterable[Subject], rater: User, why: str, by: User, at: datetime) -> list[Link]:
    """Several households go to one rater in one act, all or none, linked before or not.

    Raises Refused, Conflict (this rater has one of them already) or Invalid (no reason).
    """
    ordered = sorted(subjects, key=lambda subject: subject.pk)
    return [relink(subject=subject, rater=rater, why=why, by=by, at=at) for subject in ordered]


@transaction.atomic
def end(*, link: Link, why: str, by: User, at: datetime) -> Link:
    """A household has no rater from tomorrow. Raises Refused, Conflict (ended) or Invalid (no reason)."""
    role = check_role(by, Role.CLERK, village=link.village, at=at)
    members.locked(link.subject)
    row = Link.objects.get(pk=link.pk)
    members.check_reason(why)
    if row.ends:
        raise Conflict(f"这条联户{row.ends.month}月{row.ends.day}日已经结束了。")
    _close(row, today(at), action="link.ended", by=by, at=at)
    _record("link.ended", row, by=by, at=at, role=role, why=why)
    return row


def caution(rater: User, subject: Subject, at: datetime) -> str:
    """What the clerk should know before linking: kin are recused each month. Empty when there is nothing."""
    if subject.pk not in recusal.reasons(rater, [subject], at=at):
        return ""
    return "这一户是他的亲属。可以联，不过每个月会自动换别的联户党员来评。"


def check_rater(rater: User, subject: Subject, at: datetime) -> None:
    """Raises Refused unless the user rates in this village and does not live in this household."""
    if not holds(rater, Role.RATER, subject.village, at=at):
        raise Refused(f"{rater}现在不是{subject.village}的联户党员，请先任命。")
    if Member.objects.filter(user=rater, subject=subject, left_on__isnull=True).exists():
        raise Refused(f"{rater}就住这一户，自己家不能自己评，请换一位。")


def hand_over(office: Appointment, successor: User | None, starts: date, *, why, by, at, role) -> None:
    """A rater's links pass on `starts` to the successor, but for the successor's own home, or end the day before."""
    open_links = Link.objects.filter(rater=office.user, village=office.division, ends__isnull=True)
    for old in open_links.select_related("subject").order_by("subject_id"):
        subject = members.locked(old.subject)
        at_home = successor and subject.members.filter(user=successor, left_on__isnull=True).exists()
        rater = None if at_home else successor
        _hand_over(old, subject, rater, starts, why=why, by=by, at=at, role=role)


def end_open(subject: Subject, *, on: date, action: str, by: User, at: datetime) -> None:
    """The open link of a locked file ends with the file."""
    old = _open(subject)
    if old:
        _close(old, on, action=action, by=by, at=at)


def _hand_over(
    old: Link | None, subject, rater: User | None, starts: date, *, why, by, at, role
) -> Link | None:
    if old:
        _close(old, starts - timedelta(days=1), action="link.ended", by=by, at=at)
        _record("link.ended", old, by=by, at=at, role=role, why=why)
        starts = old.ends + timedelta(days=1)
    return _make(rater, subject, starts, by=by, at=at, role=role) if rater else None


def _open(subject: Subject) -> Link | None:
    return subject.links.filter(ends__isnull=True).select_related("rater").first()


def _close(row: Link, last_day: date, *, action: str, by: User, at: datetime) -> None:
    row.ends = max(last_day, row.starts)
    save(row, action=action, by=by, at=at, fields=["ends"])


def _make(rater: User, subject: Subject, starts: date, *, by: User, at: datetime, role: str) -> Link:
    row = Link(village=subject.village, rater=rater, subject=subject, starts=starts)
    save(row, action="link.made", by=by, at=at)
    _record("link.made", row, by=by, at=at, role=role)
    return row


def _record(name: str, row: Link, *, by: User, at: datetime, role: str, why: str = "") -> None:
    record(
        name, village=row.village, about=row, by=by, at=at, role=role, why=why,
        detail={"rater": str(row.rater.key)}, subject_key=row.subject.key,
    )  # fmt: skip
