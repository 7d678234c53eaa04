"""One village's people and months, to measure pages and acts on; rows are written directly, as many as asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import cycle, islice

from django.db import connection, transaction
from django.utils import timezone

from benchmarks import county
from governance import ledger
from governance.events import record
from governance.models import (
    Appointment,
    Area,
    Consent,
    Division,
    Entry,
    Link,
    Member,
    Notice,
    Rule,
    Subject,
    User,
)
from governance.models.people import Role
from governance.periods import month_of, quarter_of
from workflows.models import Evidence, Observation, Publication, Round, Sheet

RATERS, COUNCIL = 40, 5
LINES = 10  # on the resident's sheet
POSTED = 300
_LONG_AGO = date(2025, 1, 1)
_FACT = "上午九点到十一点，和邻居一起打扫了村口到小学的公共路面，带了自家的工具。"
State = Observation.State


@dataclass
class Month:
    """A village with everybody in office: last month before the council, the one before that on the board."""

    village: Division
    raters: list[User]
    council: list[User]
    leader: User
    resident: User
    subjects: list[Subject]
    rules: list[Rule]
    round: Round
    sheet: Sheet


@transaction.atomic
def build(village: Division) -> Month:
    """Give a village of the county people, a month before the council and a resident with points."""
    staff = people(village)
    _appoint(village.parent, Role.PANEL, 3)
    subjects = _named(village)
    first = month_of(timezone.localdate())
    reviewing, posted = (
        Round.objects.create(village=village, month=month, state=state, opened_at=timezone.now())
        for month, state in [
            (month_of(first - timedelta(days=1)), Round.State.REVIEWING),
            (date(first.year - 1, 1, 1), Round.State.PUBLISHED),
        ]
    )
    sheets = [
        Sheet.objects.create(
            village=village, round=round, rater=staff[Role.RATER][0], area=subjects[0].area, state="confirmed"
        )
        for round in (reviewing, posted)
    ]
    month = Month(
        village=village,
        raters=staff[Role.RATER],
        council=staff[Role.COUNCIL],
        leader=staff[Role.LEADER][0],
        resident=_resident(subjects[0]),
        subjects=subjects,
        rules=list(Rule.objects.filter(village=village).order_by("position")),
        round=reviewing,
        sheet=sheets[0],
    )
    _post(month, sheets[1])
    return month


def people(village: Division) -> dict[str, list[User]]:
    """The offices of a village; each household linked to a rater of its area."""
    areas = list(village.areas.all())
    staff = {
        role: _appoint(village, role, number)
        for role, number in [
            (Role.CLERK, 1),
            (Role.RATER, RATERS),
            (Role.COUNCIL, COUNCIL),
            (Role.COMMITTEE, 3),
        ]
    }
    staff[Role.LEADER] = [_appoint(village, Role.LEADER, 1, area)[0] for area in areas]
    by_area = {area.pk: cycle(staff[Role.RATER][n :: len(areas)]) for n, area in enumerate(areas)}
    Link.objects.bulk_create(
        Link(village=village, rater=next(by_area[subject.area_id]), subject=subject, starts=_LONG_AGO)
        for subject in village.subjects.order_by("pk")
    )
    return staff


def items(month: Month, number: int) -> list[Observation]:
    """More items that wait for the council, every fourth for its ballots; oldest first."""
    return facts(month, month.sheet, month.subjects, number, state=State.CONFIRMED)


def facts(month: Month, sheet: Sheet, subjects: list[Subject], number: int, **columns) -> list[Observation]:
    """Observations on a sheet, of these subjects and all rules in turn; the first with photos."""
    turns = zip(cycle(subjects), cycle(month.rules))
    rows = Observation.objects.bulk_create(
        (
            Observation(
                village=month.village, round_id=sheet.round_id, sheet=sheet, subject=subject, rule=rule,
                fact=_FACT, place="村口", occurred_on=sheet.round.month, quantity_milli=1000,
                raw_tenths=rule.sign * rule.points_tenths, filed_tenths=rule.sign * rule.points_tenths,
                filed_quantity_milli=1000, confirmed_by=month.leader, needs_ballot=n % 4 == 0, **columns,
            )
            for n, (subject, rule) in enumerate(islice(turns, number))
        ),
        batch_size=2000,
    )  # fmt: skip
    _photos(rows[:POSTED], by=sheet.rater)
    return rows


def open_tasks(villages: list[Division]) -> int:
    """In each of these villages ten months of 40 raters' sheets, open, each with its process and task; how many."""
    params = {"first": villages[0].pk, "last": villages[-1].pk, "raters": RATERS, "at": timezone.now()}
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in (_MONTHS, _RATERS, _SHEETS, _PROCESSES, _BOUND, _TASKS):
            cursor.execute(statement, params)
        return cursor.rowcount


def _appoint(division: Division, role: str, number: int, area: Area | None = None) -> list[User]:
    name = f"{role}-{division.code}-{area.pk if area else 0}"
    users = User.objects.bulk_create(
        User(username=f"{name}-{n}", name=f"{Role(role).label}{n}", password="!") for n in range(number)
    )
    Appointment.objects.bulk_create(
        Appointment(user=user, role=role, division=division, area=area, starts=_LONG_AGO) for user in users
    )
    return users


def _named(village: Division) -> list[Subject]:
    """The village's households, under names that can be read."""
    subjects = list(village.subjects.select_related("area").order_by("pk"))
    for subject in subjects:
        subject.name = f"{subject.door}户"
        subject.save_without_historical_record(update_fields=["name", "name_index", "door_order"])
    return subjects


def _resident(home: Subject) -> User:
    """The head of a household, who agreed and has an account."""
    user = User.objects.create(username=f"resident-{home.pk}", name="户主", password="!")
    member = Member.objects.create(village=home.village, subject=home, name="户主", user=user, is_head=True)
    notice = Notice.objects.get_or_create(version=1, defaults={"text": "告知书", "in_force_from": _LONG_AGO})[
        0
    ]
    Consent.objects.create(
        village=home.village, member=member, notice=notice, purpose=Consent.Purpose.SCORING,
        how=Consent.How.ONLINE, given_on=_LONG_AGO,
    )  # fmt: skip
    return user


def _photos(rows: list[Observation], by: User) -> None:
    Evidence.objects.bulk_create(
        Evidence(
            village_id=row.village_id, observation=row, kind=Evidence.Kind.PHOTO, caption="现场",
            stored_as="evidence/photo.jpg", media_type="image/jpeg", added_by=by, added_at=timezone.now(),
        )
        for row in rows
        for _ in range(2)
    )  # fmt: skip


def _post(month: Month, sheet: Sheet) -> None:
    """Earlier decisions, and lines on the resident's sheet of this quarter under a notice whose window is open."""
    at, round = timezone.now(), sheet.round
    Publication.objects.create(
        village=month.village, round=round, year=round.month.year, number=1, content={}, published_at=at,
        window_ends=at + timedelta(days=5), log_size=0, log_root="",
    )  # fmt: skip
    facts(month, sheet, month.subjects, POSTED, state=State.FINAL)
    lines = [_line(row, at) for row in facts(month, sheet, month.subjects[:1], LINES, state=State.PUBLISHED)]
    event = record("round.published", village=month.village, about=round, by=month.leader, at=at, rows=lines)
    ledger.post(lines, event=event)


def _line(row: Observation, at: datetime) -> Entry:
    return ledger.draft(
        subject=row.subject, rule=row.rule, quarter=quarter_of(timezone.localdate(at)),
        occurred_on=timezone.localdate(at), raw_tenths=row.raw_tenths, quantity_milli=row.quantity_milli,
        source=f"observation:{row.key}",
    )  # fmt: skip


_THERE = "village.level = 'village' AND village.id BETWEEN %(first)s AND %(last)s"
_MONTHS = f"""
    INSERT INTO workflows_round (key, village_id, month, state, opened_at)
    SELECT gen_random_uuid(), village.id, DATE '2025-01-01' + n * INTERVAL '1 month', 'collecting', %(at)s
    FROM governance_division village CROSS JOIN generate_series(1, 10) n WHERE {_THERE}"""
_RATERS = f"""
    INSERT INTO governance_user (key, username, name, password, phone_verified, is_superuser, is_staff, is_active,
        date_joined)
    SELECT gen_random_uuid(), 'open-' || village.id || '-' || n, '联户党员', '!', false, false, false, true, %(at)s
    FROM governance_division village CROSS JOIN generate_series(1, %(raters)s) n WHERE {_THERE}"""
_SHEETS = f"""
    INSERT INTO workflows_sheet (key, village_id, round_id, rater_id, area_id, state)
    SELECT gen_random_uuid(), village.id, round.id, rater.id, area.id, 'open'
    FROM governance_division village
    JOIN workflows_round round ON round.village_id = village.id AND round.state = 'collecting'
    JOIN governance_user rater ON rater.username LIKE 'open-' || village.id || '-%%'
    JOIN governance_area area ON area.village_id = village.id AND area.position = rater.id %% {county.AREAS}
    WHERE {_THERE}"""
_FLOW = "workflows/flows.SheetFlow"
_PROCESSES = f"""
    INSERT INTO viewflow_process (flow_class, status, created, data, seed_object_id)
    SELECT '{_FLOW}', 'NEW', %(at)s, '{{}}', sheet.id FROM workflows_sheet sheet WHERE sheet.state = 'open'"""
_BOUND = f"""
    INSERT INTO workflows_sheetprocess (process_ptr_id, sheet_id)
    SELECT id, seed_object_id FROM viewflow_process WHERE flow_class = '{_FLOW}' AND seed_object_id IS NOT NULL"""
_TASKS = f"""
    INSERT INTO viewflow_task (process_id, flow_task, flow_task_type, status, created, assigned, token, owner_id,
        data)
    SELECT bound.process_ptr_id, '{_FLOW}.rate', 'HUMAN', 'ASSIGNED', %(at)s, %(at)s, 'start', sheet.rater_id, '{{}}'
    FROM workflows_sheetprocess bound JOIN workflows_sheet sheet ON sheet.id = bound.sheet_id
    WHERE sheet.state = 'open'"""
