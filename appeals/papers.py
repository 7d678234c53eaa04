"""Handing something in: photos, documents and words, by the household at any time, by whoever is on the case or asked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import BinaryIO

from django.db import transaction

from appeals import exhibits, sight, waits
from appeals.channels import check_household
from appeals.models import Exhibit, Objection
from appeals.objections import check_open_case, locked, tell
from appeals.who import IN_OFFICE, check_actor, eligible
from governance.households import adult_of, sees_score
from governance.models import User
from governance.refusals import Invalid


@transaction.atomic
def hand_in(
    *, objection: Objection, files: Iterable[BinaryIO], text: str, by: User, at: datetime
) -> list[Exhibit]:
    """Add to the file of an open case; what the household was waited for sets the clock going again.

    Raises Refused (neither the household nor whoever acts on it), Conflict (it is over) or Invalid (nothing, too
    much, no photo or PDF).
    """
    row = locked(objection)
    role, is_households = check_hand_in(row, by=by, at=at)
    added = exhibits.add(row, files=files, text=text, is_households=is_households, by=by, at=at)
    if not added:
        raise Invalid(text="请写几句，或者选照片、PDF。")
    tell("objection.handed_in", row, by=by, at=at, role=role, why=text.strip(), rows=added)
    if is_households and row.suspended_at:
        waits.go_on(row, by=by, role=role, at=at)
    return added


def check_hand_in(case: Objection, *, by: User, at: datetime) -> tuple[str, bool]:
    """The role in which a user hands something in, and whether it is the household's; raises Refused or Conflict."""
    check_open_case(case, *Objection.OPEN)
    if case.for_member.user_id == by.pk:
        return "resident", True
    if case.inquiries.filter(to_user=by).exists():
        return "asked", False
    if case.state in IN_OFFICE and by in eligible(case, at=at):
        return check_actor(case, by=by, at=at), False
    return check_household(case, by=by, at=at), True


def sees(user: User, case: Objection, *, at: datetime) -> bool:
    """May a user read what was handed in: the household's adults who see its score, and who may open the case's file."""
    if member := adult_of(user, case.subject_id):
        return sees_score(member)
    return sight.may_open(case, user, at=at) and not sight.aside(case, user, at=at)


def register() -> None:
    """Let files be opened by who may read them."""
    exhibits.READERS["objection"] = sees
