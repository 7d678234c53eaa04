"""The roster as a spreadsheet in the format that is taken in: taken in again, it changes nothing."""

from datetime import datetime

from django.db import transaction
from django.db.models import Prefetch

from governance.access import check_role
from governance.events import record
from governance.models import Consent, Division, Link, Member, Subject, User
from governance.models.people import Role
from governance.roster_file import RosterRow, write_rows

_HOW = {Consent.How.PAPER: "纸上", Consent.How.ONLINE: "手机"}


@transaction.atomic
def export(*, village: Division, by: User, at: datetime, as_csv: bool = False) -> bytes:
    """The open files of a village with their people; that they were taken out is an event.

    Raises Refused (not the clerk). Holds no score and no colour.
    """
    role = check_role(by, Role.CLERK, village=village, at=at)
    rows = rows_of(village)
    record(
        "roster.exported", village=village, about=village, by=by, at=at, role=role, detail={"rows": len(rows)}
    )
    return write_rows(rows, as_csv=as_csv)


def rows_of(village: Division) -> list[RosterRow]:
    """One row a household, by area and door."""
    return [_row(subject, line) for line, subject in enumerate(_subjects(village).in_order(), start=2)]


def _subjects(village: Division):
    consents = Consent.objects.filter(purpose=Consent.Purpose.SCORING, withdrawn_on__isnull=True)
    agreed = Prefetch("consents", consents.order_by("given_on", "id"), to_attr="agreed")
    here = Member.objects.filter(left_on__isnull=True).order_by("-is_head", "id").prefetch_related(agreed)
    links = Link.objects.filter(ends__isnull=True).select_related("rater")
    return (
        Subject.objects.living()
        .filter(village=village)
        .select_related("area", "village")
        .prefetch_related(Prefetch("members", here, to_attr="here"), Prefetch("links", links, to_attr="now"))
    )


def _row(subject: Subject, line: int) -> RosterRow:
    head, *others = subject.here
    consent = head.agreed[0] if head.agreed else None
    return RosterRow(
        line,
        code=subject.village.code,
        area=subject.area.name,
        door=subject.door,
        name=subject.name,
        kind=subject.get_kind_display(),
        head=head.name,
        phone=head.phone or "",
        id_number=head.id_number or "",
        others="、".join(_other(member) for member in others),
        rater=subject.now[0].rater.name if subject.now else "",
        consent_on=str(consent.given_on) if consent else "",
        consent_how=_HOW[consent.how] if consent else "",
        witness=(consent.witness or "") if consent else "",
    )


def _other(member: Member) -> str:
    about = "，".join(filter(None, (member.phone, member.id_number)))
    return f"{member.name}({about})" if about else member.name
