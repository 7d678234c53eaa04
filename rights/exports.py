"""存一份: an adult takes home what is held; each copy is noted, and the household sees it (PIPL 45)."""

from __future__ import annotations

from datetime import datetime
from typing import BinaryIO

from django.db import transaction
from django.db.models import QuerySet

from governance import consents
from governance.events import record
from governance.models import Event, Member, User
from governance.readings import log_reading
from governance.refusals import Invalid
from rights.household import written
from rights.speaking import check_speaker, reach_of

WHY = "替本人存一份资料，当面交给本人"


def hand_out(
    *, member: Member, form: str, how: str, by: User, at: datetime, witness: str = ""
) -> bytes | BinaryIO:
    """The file in one of written.FORMS, to its adult or to whoever speaks for them.

    Written first and noted after, so that a copy that cannot be made is not noted. At the desk a third person
    stands by (`witness`), and the reading is listed for the household. Raises Refused (not theirs, no Pango) or
    Invalid (no such form, no witness).
    """
    if form not in written.FORMS:
        raise Invalid(form="请选要哪一种。")
    role = check_speaker(how, member, by=by, at=at)
    if role != "resident":
        consents.check_witness(witness, signer=member.name, clerk=by)
    make = {"pdf": written.as_pdf, "json": written.as_json, "zip": written.as_zip}[form]
    made = make(reach_of(member), at=at)
    _note(member, form, how, role, witness.strip(), by=by, at=at)
    return made


@transaction.atomic
def _note(member: Member, form: str, how: str, role: str, witness: str, *, by: User, at: datetime) -> None:
    subject = member.subject
    if role != "resident":
        log_reading(user=by, subject=subject, role=role, why=WHY, at=at)
    detail = {"form": form, "how": how, "member": str(member.key), "witness": witness}
    record(
        "file.exported", village=member.village, about=member, by=by, at=at, role=role, detail=detail,
        subject_key=subject.key,
    )  # fmt: skip


def copies_of(member: Member) -> QuerySet[Event]:
    """Every copy taken of what this adult may read, newest first."""
    found = Event.objects.filter(subject_key=member.subject.key, name="file.exported")
    if not reach_of(member).whole:
        found = found.filter(about_id=str(member.key))
    return found.select_related("by").order_by("-id")
