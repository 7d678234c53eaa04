"""Consent: who agreed to what, on which paper; a household is enrolled while its head's consent stands.

The law asks for consent that is informed, free, separate by purpose and as easy to take back as to give
(PIPL 13 to 17). Source: design 2-domain.md, Consent and personal data.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import QuerySet

from governance import identity
from governance.access import check_role, today
from governance.crypto import normalise
from governance.deeds import said, who_when
from governance.events import record
from governance.models import Consent, Event, Member, Notice, Subject, User
from governance.models.people import Role
from governance.periods import next_month
from governance.refusals import Conflict, Invalid, Refused
from governance.saving import save

Purpose, How = Consent.Purpose, Consent.How
TOO_YOUNG = "不满18岁，不用本人同意，也不单独参加。"
ASKED = (Purpose.SCORING, Purpose.HONOUR)  # a helper is asked for by the resident, never proposed

# hook(subject, by=…, at=…), run in the same transaction when scoring of a file ends. Upper layers register
# theirs at start: unpublished observations are withdrawn, open cases end as the household wishes.
ON_WITHDRAWN: list[Callable[..., None]] = []


@dataclass(frozen=True)
class Ask:
    """A question a member has not answered yet, under the notice in force."""

    purpose: str
    notice: Notice


def notice_on(day: date) -> Notice | None:
    """The notice in force on a day, if there was one."""
    return Notice.objects.filter(in_force_from__lte=day).first()


def standing(member: Member) -> QuerySet[Consent]:
    """A member's consents that have not been withdrawn, oldest first."""
    return member.consents.filter(withdrawn_on__isnull=True).order_by("given_on", "id")


def asks(member: Member, at: datetime) -> list[Ask]:
    """What is still to be answered: a new notice or purpose asks again, a withdrawal is never argued with.

    Until a new notice is answered, consent to the old one goes on standing.
    """
    notice = notice_on(today(at))
    if notice is None or member.left_on or identity.is_minor(member.id_number, today(at)):
        return []
    given = list(member.consents.all())
    declined = _declined(member, notice)
    return [Ask(p, notice) for p in ASKED if p not in declined and not _answered(p, notice, given)]


def _answered(purpose: str, notice: Notice, given: list[Consent]) -> bool:
    mine = [consent for consent in given if consent.purpose == purpose]
    withdrew = bool(mine) and all(consent.withdrawn_on for consent in mine)
    return withdrew or any(consent.notice_id == notice.pk for consent in mine)


def _declined(member: Member, notice: Notice) -> set[str]:
    names = Event.objects.filter(
        about_type=member._meta.label_lower,
        about_id=str(member.key),
        name__in=[_no(purpose) for purpose in ASKED],
        at__date__gte=notice.in_force_from,
    ).values_list("name", flat=True)
    return {name.partition(".")[0] for name in names}


def _no(purpose: str) -> str:
    return f"{purpose}.declined"


@transaction.atomic
def give(*, member: Member, purpose: str, by: User, at: datetime) -> Consent:
    """An adult says yes to one purpose from their own account, under the notice in force today.

    Enrols the household from the next month when the head agrees to scoring. Raises Refused (not their own
    account, under 18, left, closed file) or Conflict (already standing).
    """
    member = _locked(member)
    _check_own(member, by)
    row = _new(member, purpose, given_on=today(at), how=How.ONLINE)
    return _give(row, by=by, at=at, role="resident")


@transaction.atomic
def give_on_paper(
    *, member: Member, purpose: str, given_on: date, witness: str, by: User, at: datetime
) -> Consent:
    """The clerk records a signed paper with its date and who stood by.

    Raises Refused, Conflict, or Invalid (no witness, clerk or signer as witness, a day that cannot be).
    """
    role = check_role(by, Role.CLERK, village=member.village, at=at)
    member = _locked(member)
    check_witness(witness, signer=member.name, clerk=by)
    check_given_on(given_on, member.consents.filter(purpose=purpose), at)
    row = _new(member, purpose, given_on=given_on, how=How.PAPER, witness=witness.strip())
    return _give(row, by=by, at=at, role=role)


@transaction.atomic
def decline(*, member: Member, purpose: str, by: User, at: datetime) -> None:
    """An adult answers no: nothing changes, and they are not asked again under this notice.

    Raises Refused when it is not their own account or the consent stands (then they withdraw it).
    """
    member = _locked(member)
    _check_own(member, by)
    if standing(member).filter(purpose=purpose).exists():
        raise Refused("这一项您以前同意过。不想参加了，请点退出。")
    subject = member.subject
    record(
        _no(purpose),
        village=member.village,
        about=member,
        by=by,
        at=at,
        role="resident",
        subject_key=subject.key,
    )


@transaction.atomic
def withdraw(*, member: Member, by: User, at: datetime, purpose: str = "", why: str = "") -> list[Consent]:
    """Take back one purpose, or all when none is named; a reason is never asked for.

    By the member's own account, or by the clerk when the member says so at the desk. The head's withdrawal
    from scoring ends it today and runs ON_WITHDRAWN. Returns what was withdrawn; raises Refused, or Conflict
    when nothing stands.
    """
    desk = by.pk != member.user_id
    role = check_role(by, Role.CLERK, village=member.village, at=at) if desk else "resident"
    member = _locked(member)
    rows = list(standing(member).filter(**{"purpose": purpose} if purpose else {}))
    if not rows:
        raise Conflict(f"这一项已经退出了{_by_whom(member, purpose)}，不用再点。")
    for row in rows:
        row.withdrawn_on = today(at)
        save(row, action="consent.withdrawn", by=by, at=at)
    # Hooks lock what they withdraw: before the log's head, which is always the last lock.
    keep_enrolment(member.subject, since=today(at), action="consent.withdrawn", by=by, at=at)
    for row in rows:
        _record("consent.withdrawn", row, by=by, at=at, role=role, why=why)
    return rows


def check_given_on(
    given_on: date, earlier: Iterable[Consent], at: datetime, notices: Iterable[Notice] | None = None
) -> None:
    """Raises Invalid for a day in the future, before the first notice, or before a withdrawal.

    `earlier` are the member's consents to the same purpose; `notices` saves a query where many days are checked.
    """
    if given_on > today(at):
        raise Invalid(given_on="这一天还没到，请写纸上签字的那一天。")
    known = Notice.objects.all() if notices is None else notices
    if all(notice.in_force_from > given_on for notice in known):
        raise Invalid(given_on="那一天还没有告知书，签的字不算。请按现在的告知书重新签一张。")
    left = max((row.withdrawn_on for row in earlier if row.withdrawn_on), default=None)
    if left and given_on < left:
        raise Invalid(given_on=f"{said(left)}退出过，那以前签的纸不算。想回来请重新签一张。")


def check_witness(witness: str, *, signer: str, clerk: User | None) -> None:
    """Raises Invalid unless a paper was witnessed by a third person: neither the signer nor the clerk."""
    name = normalise(witness)
    if not name:
        raise Invalid(witness="纸上同意要有见证人，请写上姓名。没有见证人不算同意。")
    if name == normalise(signer):
        raise Invalid(witness="见证人不能是签字的本人，请另请一位在场的人。")
    if clerk and name == normalise(clerk.name):
        raise Invalid(witness="您自己录入，就不能再当见证人。请写当时在场的另一位。")


def keep_enrolment(subject: Subject, *, since: date, action: str, by: User | None, at: datetime) -> None:
    """Bring a file's enrolment in line with its head's consent; the one writer of these two columns.

    Enrols from the month after `since`, or ends today and runs ON_WITHDRAWN. The file must be locked.
    """
    agreed, enrolled = is_agreed(subject), bool(subject.enrolled_from and not subject.enrolled_to)
    if agreed == enrolled:
        return
    if agreed:
        subject.enrolled_from, subject.enrolled_to = next_month(since), None
    else:
        subject.enrolled_to = today(at)
    save(subject, action=action, by=by, at=at, fields=["enrolled_from", "enrolled_to"])
    if not agreed:
        for hook in ON_WITHDRAWN:
            hook(subject, by=by, at=at)


def is_agreed(subject: Subject) -> bool:
    """Does the head's consent to scoring stand, in a file still open."""
    return (
        subject.closed_on is None
        and Consent.objects.filter(
            member__subject=subject,
            member__is_head=True,
            member__left_on__isnull=True,
            purpose=Purpose.SCORING,
            withdrawn_on__isnull=True,
        ).exists()
    )


def enrolment_matches_consents(village) -> list[Subject]:
    """Files whose enrolment and consent disagree; empty when all is well. For tests and checks."""
    return [
        subject
        for subject in Subject.objects.filter(village=village)
        if bool(subject.enrolled_from and not subject.enrolled_to) != is_agreed(subject)
        or (subject.enrolled_from and subject.enrolled_from.day != 1)
    ]


def lapse(member: Member, on: date, *, action: str, by: User | None, at: datetime) -> None:
    """All consents of somebody who is no longer of the household end with a day; `action` says why."""
    for row in standing(member):
        row.withdrawn_on = max(on, row.given_on)
        save(row, action=action, by=by, at=at)


def _locked(member: Member) -> Member:
    """The member with their file locked. Raises Refused when they are gone."""
    subject = Subject.objects.select_for_update(no_key=True).get(pk=member.subject_id)
    member = Member.objects.select_related("village").get(pk=member.pk)
    member.subject = subject
    if member.left_on or subject.closed_on:
        raise Refused("这位已经不在这一户，或者这份档案已经结了。请按现在的户册来办。")
    return member


def _check_own(member: Member, by: User) -> None:
    if member.user_id != by.pk:
        raise Refused("同意要本人来点，别人不能代。没有手机的，可以到村部在纸上签。")


def _new(member: Member, purpose: str, *, given_on: date, how: str, witness: str | None = None) -> Consent:
    notice = notice_on(given_on)
    if notice is None:
        raise Refused("村里还没有告知书，没法同意。请先让文书把告知书定下来。")
    return Consent(
        village=member.village,
        member=member,
        notice=notice,
        purpose=purpose,
        how=how,
        given_on=given_on,
        witness=witness,
    )


def _give(row: Consent, *, by: User, at: datetime, role: str) -> Consent:
    member = row.member
    if identity.is_minor(member.id_number, row.given_on):
        raise Refused(TOO_YOUNG)
    already = standing(member).filter(purpose=row.purpose, notice=row.notice).first()
    if already:
        raise Conflict(f"{said(already.given_on)}已经同意过了，不用再办。")
    row.recorded_by = by
    save(row, action="consent.given", by=by, at=at)
    _record("consent.given", row, by=by, at=at, role=role)
    keep_enrolment(member.subject, since=row.given_on, action="consent.given", by=by, at=at)
    return row


def _record(name: str, row: Consent, *, by: User, at: datetime, role: str, why: str = "") -> None:
    detail = {
        "purpose": row.purpose,
        "how": row.how,
        "given_on": str(row.given_on),
        "notice": row.notice.version,
        "witness": row.witness or "",
        "member": str(row.member.key),
    }
    record(
        name, village=row.village, about=row, by=by, at=at, role=role, why=why, detail=detail,
        subject_key=row.member.subject.key,
    )  # fmt: skip


def _by_whom(member: Member, purpose: str) -> str:
    rows = member.consents.filter(withdrawn_on__isnull=False, **{"purpose": purpose} if purpose else {})
    last = rows.order_by("withdrawn_on", "id").last()
    done = who_when(last, "consent.withdrawn") if last else ""
    return f"（{done}）" if done else ""
