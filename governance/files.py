"""What the clerk reads in a household's file: its people with numbers masked, and what was done, line by line.

Nothing here is about points: what a household scored is its own and its raters' business (limit 4).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Prefetch

from governance.access import check_role, today
from governance.event_names import label
from governance.events import record, why_of
from governance.models import Consent, Event, Member, Subject, User
from governance.models.people import Role
from governance.readings import log_reading, readings_of

OPENED_BY_CLERK = "文书办户册的事"
MOST = 60
_DONE = (
    "subject.opened",
    "subject.corrected",
    "subject.split",
    "subject.merged",
    "subject.moved",
    "subject.closed",
    "subject.revealed",
    "head.died",
    "head.changed",
    "member.added",
    "member.corrected",
    "member.left",
    "member.bound",
    "member.unbound",
    "slip.made",
    "consent.given",
    "consent.withdrawn",
    "scoring.declined",
    "honour.declined",
    "link.made",
    "link.ended",
    "kinship.declared",
    "kinship.ended",
)


@dataclass(frozen=True)
class Done:
    """One thing done to a file: when, what, by whom in which role, and why."""

    at: datetime
    what: str
    by: User | None
    role: str
    why: str = ""


def look(subject: Subject, *, by: User, at: datetime) -> None:
    """Note once a day that the clerk opened a file; the household sees it. Source: design/5-trust.md, Access."""
    looks = readings_of(subject).filter(by=by, why=OPENED_BY_CLERK)
    if not looks.filter(at__date=today(at)).exists():
        log_reading(user=by, subject=subject, role=Role.CLERK, why=OPENED_BY_CLERK, at=at)


@transaction.atomic
def reveal(subject: Subject, *, by: User, at: datetime) -> None:
    """Note that the clerk asked for whole phone and ID numbers. Raises Refused (not the clerk)."""
    role = check_role(by, Role.CLERK, village=subject.village, at=at)
    record(
        "subject.revealed",
        village=subject.village,
        about=subject,
        by=by,
        at=at,
        role=role,
        subject_key=subject.key,
    )


def people(subject: Subject, *, is_open: bool = False) -> list[Member]:
    """Who lives there, the head first, each with consents (`all_consents`), `shown_phone` and `shown_id`."""
    consents = Consent.objects.select_related("notice").order_by("-given_on", "-pk")
    rows = subject.members.order_by("-is_head", "pk").prefetch_related(
        Prefetch("consents", consents, to_attr="all_consents")
    )
    if subject.closed_on is None:
        rows = rows.filter(left_on__isnull=True)
    members = list(rows)
    for member in members:
        member.shown_phone = _shown(member.phone, 3, is_open)
        member.shown_id = _shown(member.id_number, 6, is_open)
    return members


def history(subject: Subject) -> list[Done]:
    """What was done to a file, newest first; three queries however long."""
    events = Event.objects.filter(subject_key=subject.key, name__in=_DONE).select_related("by", "body")
    imports = subject.history.filter(history_change_reason="roster.imported").select_related("history_user")
    lines = [Done(e.at, label(e.name), e.by, e.role, why_of(e)) for e in events.order_by("-at", "-pk")[:MOST]]
    lines += [
        Done(row.history_date, "从表格导入", row.history_user, Role.CLERK)
        for row in imports.order_by("-history_date")[:MOST]
    ]
    return _merged(lines)


def _merged(lines: Iterable[Done]) -> list[Done]:
    """Newest first; what was done several times in one act is one line."""
    found: dict[tuple, Done] = {}
    for done in sorted(lines, key=lambda done: done.at, reverse=True):
        found.setdefault((done.at, done.what, done.by), done)
    return list(found.values())[:MOST]


def _shown(number: str | None, first: int, is_open: bool) -> str:
    """A number with its middle hidden, unless it was asked for; empty when there is none."""
    if not number or is_open:
        return number or ""
    return f"{number[:first]}{'*' * (len(number) - first - 4)}{number[-4:]}"
