"""月评: a village's month from opening to close (design/3-processes.md, RoundFlow)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime

from django.db import transaction

from governance import deadlines
from governance.access import check_role, today
from governance.events import record
from governance.models import Division, Entry, Link, Policy, Rulebook, Subject, User
from governance.models.people import Role
from governance.periods import month_end, month_label, month_of, quarter_label, quarter_of
from governance.policies import value
from governance.refusals import Conflict, Refused
from governance.saving import save, update_many
from workflows import second_ratings, sheets, signatures, standins
from workflows.dates import set_ballots_due
from workflows.flows import RoundFlow
from workflows.models import Observation, Round, Settlement, Sheet, SheetLine, SheetProcess
from workflows.steps import lock, lock_all, pass_on, step

# hook(round, at=…), run in the transaction that closes a month.
ON_CLOSED: list[Callable[..., None]] = []


def preflight(village: Division, month: date, *, at: datetime) -> dict[str, list]:
    """What a clerk should know before opening a month: `stop` prevents it, `look` does not."""
    look = []
    enrolled = Subject.objects.filter(village=village).enrolled(month)
    unlinked = enrolled.exclude(links__in=Link.objects.on(today(at)).values("pk"))
    if unlinked.exists():
        look.append(f"有{unlinked.count()}户还没有联户党员，这个月不会有人评，请先在户册里连上。")
    return {"stop": _hindrances(village, month, at=at), "look": look}


def _hindrances(village: Division, month: date, *, at: datetime) -> list[str]:
    stop = []
    if not Rulebook.objects.filter(village=village, state=Rulebook.State.IN_FORCE).exists():
        stop.append("还没有施行的评分细则，先把细则交大会通过。")
    if not Subject.objects.filter(village=village).enrolled(month).exists():
        stop.append("这个月还没有一户同意参加，没有可评的。")
    if Settlement.objects.filter(village=village, quarter=quarter_of(month)).exists():
        stop.append(
            f"{quarter_label(quarter_of(month))}的分已经算了，这一季的月评不能再开。漏了的事请走异议。"
        )
    if month > today(at):
        stop.append(f"{month_label(month)}还没到。")
    return stop


@transaction.atomic
def open_month(*, village: Division, month: date, by: User | None, at: datetime) -> Round:
    """Open a village's month: a sheet for every rater with links, kin handed to others, deadlines set.

    `by` is the clerk, or None when the calendar opens it. Raises Refused (not the clerk, no rulebook,
    nobody enrolled) or Conflict (already open).
    """
    role = check_role(by, Role.CLERK, village=village, at=at) if by else "system"
    lock(village)
    if Round.objects.filter(village=village, month=month).exists():
        raise Conflict(f"{village.name}{month_label(month)}的月评已经开了，不用再开。")
    if stop := _hindrances(village, month, at=at):
        raise Refused("".join(stop))
    round = Round(village=village, month=month, opened_by=by, opened_at=at)
    save(round, action="round.opened", by=by, at=at)
    RoundFlow.start.run(round=round)
    _make_sheets(round, by=by, at=at)
    _set_due_dates(round, at=at)
    record("round.opened", village=village, about=round, by=by, at=at, role=role, rows=[round])
    return round


def open_due(at: datetime) -> list[Round]:
    """Open the running month where a village lets the calendar do it and its day has come.

    A village where it fails does not stop the others: raised together at the end, and tried again by the next tick.
    """
    day, opened, failed = today(at), [], []
    asked = Policy.objects.on(day).filter(name="round_opens_day", value__gt=0)
    everywhere = asked.filter(village__isnull=True).exists()
    places = Division.objects.filter(level=Division.Level.VILLAGE).exclude(rounds__month=month_of(day))
    for village in places if everywhere else places.filter(pk__in=asked.values("village")):
        try:
            opened += _open_if_due(village, day, at)
        except Conflict:
            pass  # the clerk or another ticker was first
        except Exception as error:
            failed.append(error)
    if failed:
        raise ExceptionGroup(f"{len(failed)} months could not be opened", failed)
    return opened


def _open_if_due(village: Division, day: date, at: datetime) -> list[Round]:
    due = value("round_opens_day", village, day)
    if not due or day.day < due or _hindrances(village, month_of(day), at=at):
        return []
    return [open_month(village=village, month=month_of(day), by=None, at=at)]


@transaction.atomic
def start_review(*, round: Round, by: User | None, at: datetime) -> Round:
    """All sheets are confirmed or listed as missing: the council's queue opens, some households are drawn."""
    round = lock(round)
    waiting = round.sheets.exclude(state__in=[Sheet.State.CONFIRMED, Sheet.State.MISSING]).count()
    if waiting:
        raise Refused(f"还有{waiting}张单没核好，核好了或到期了才能开始审议。")
    round.start_review()
    save(round, action="round.reviewing", by=by, at=at)
    pass_on(round.process, RoundFlow.collect)
    set_ballots_due(round, at=at)
    record("round.reviewing", village=round.village, about=round, by=by, at=at, role="system", rows=[round])
    second_ratings.draw(round=round, at=at)
    return round


def start_review_if_ready(round: Round, *, by: User | None, at: datetime) -> None:
    """Open the council's queue as soon as the last sheet is in."""
    waiting = round.sheets.exclude(state__in=[Sheet.State.CONFIRMED, Sheet.State.MISSING])
    if round.state == Round.State.COLLECTING and not waiting.exists():
        start_review(round=round, by=by, at=at)


def confirm_sheet(*, sheet: Sheet, by: User, at: datetime) -> Sheet:
    """Confirm a sheet, and open the review when it was the last (locks round before sheet)."""
    with transaction.atomic():
        round = lock(sheet.round)
        sheet = sheets.confirm(sheet=sheet, by=by, at=at)
        start_review_if_ready(round, by=by, at=at)
    return sheet


@transaction.atomic
def close_collection(*, round: Round, at: datetime) -> None:
    """The sheets' due date passed: those not handed in are missing; then review if nothing else waits."""
    round = lock(round)
    if round.state != Round.State.COLLECTING:
        return
    open_sheets = round.sheets.filter(state__in=[Sheet.State.OPEN, Sheet.State.RETURNED])
    lock_all(SheetProcess.objects.filter(sheet__in=open_sheets))
    for sheet in lock_all(open_sheets):
        sheets.miss(sheet=sheet, at=at)
    start_review_if_ready(round, by=None, at=at)


@transaction.atomic
def close(*, round: Round, at: datetime) -> Round:
    """The window is over: items without an open hold become final, held ones stay until their case ends."""
    round = lock(round)
    if round.state != Round.State.PUBLISHED:
        raise Conflict("这个月的公示已经办结了。")
    items = round.observations.filter(state=Observation.State.PUBLISHED)
    final = list(items.exclude(entry__holds__lifted_at__isnull=True, entry__holds__isnull=False))
    for item in final:
        item.finalise()
    update_many(final, ["state"], action="observation.final", by=None, at=at)
    round.close()
    save(round, action="round.closed", by=None, at=at)
    pass_on(round.process, RoundFlow.window)
    record("round.closed", village=round.village, about=round, by=None, at=at, role="system", rows=[round])
    for hook in ON_CLOSED:
        hook(round, at=at)
    return round


@transaction.atomic
def finalise(*, entry: Entry, by: User | None, at: datetime) -> None:
    """A case about a line is over: its item becomes final, if its month is closed and nothing else holds it."""
    rows = Observation.objects.filter(
        entry=entry, state=Observation.State.PUBLISHED, round__state=Round.State.CLOSED
    )
    for row in lock_all(rows.exclude(entry__holds__lifted_at__isnull=True, entry__holds__isnull=False)):
        row.finalise()
        save(row, action="observation.final", by=by, at=at)


def check_send(round: Round, *, by: User, at: datetime) -> str:
    """May this user send the round to the committee now; raises Refused with what is left to do."""
    role = check_role(by, Role.COUNCIL, village=round.village, at=at)
    left = round.observations.filter(state__in=signatures.PENDING).count()
    if left:
        raise Refused(f"还有{left}条没定，都定了才能送村两委签字。")
    return role


@transaction.atomic
def send_to_committee(*, round: Round, word: str, by: User, at: datetime) -> Round:
    """The council is done: the first signature, and the committee's step opens."""
    round = lock(round)
    with step(round.process, RoundFlow.review, by=by):
        role = check_send(round, by=by, at=at)
        round.send_to_committee()
        save(round, action="round.sent_to_committee", by=by, at=at)
        signature = signatures.put(round=round, role=role, word=word, by=by, at=at)
        record(
            "round.sent_to_committee",
            village=round.village,
            about=round,
            by=by,
            at=at,
            role=role,
            rows=[round, signature],
        )
    deadlines.cancel("round.ballots", about=round, at=at)
    return round


def _make_sheets(round: Round, *, by, at) -> None:
    """A sheet for each rater and area with links, kin handed on; as many queries for the engine's start only."""
    subjects = Subject.objects.filter(village=round.village).enrolled(round.month).enrolled(today(at))
    links = Link.objects.on(today(at)).filter(village=round.village, subject__in=subjects)
    linked = defaultdict(list)
    for rater, area, subject in links.values_list("rater", "subject__area", "subject"):
        linked[rater, area].append(subject)
    raters = User.objects.in_bulk({rater for rater, _ in linked})
    areas = round.village.areas.in_bulk()
    asked = sorted(linked, key=lambda key: (areas[key[1]].position, key[0]))
    pairs = [(raters[rater], areas[area]) for rater, area in asked]
    made = standins.create(round, pairs, by=by, at=at)
    lines = SheetLine.objects.bulk_create(
        SheetLine(sheet=sheet, subject_id=subject)
        for sheet, key in zip(made, asked, strict=True)
        for subject in linked[key]
    )
    standins.stand_aside(lines, by=by, at=at)
    _take_in_late_facts(round, by=by, at=at)


def _take_in_late_facts(round: Round, *, by, at) -> None:
    """Drafts of missing sheets come into their rater's new one under their own date."""
    missing = Sheet.objects.filter(village=round.village, state=Sheet.State.MISSING)
    late = Observation.objects.filter(sheet__in=missing, state=Observation.State.DRAFTED)
    rows = list(late.select_related("sheet"))
    if not rows:
        return
    lines = SheetLine.objects.filter(sheet__round=round, subject__in=[row.subject_id for row in rows])
    places = {(x.sheet.rater_id, x.sheet.area_id, x.subject_id): x for x in lines.select_related("sheet")}
    taken = {row: places.get((row.sheet.rater_id, row.sheet.area_id, row.subject_id)) for row in rows}
    taken = {row: line for row, line in taken.items() if line}
    for row, line in taken.items():
        row.sheet, row.round = line.sheet, round
    update_many([*taken], ["sheet", "round"], action="observation.came_late", by=by, at=at)
    found = SheetLine.objects.filter(pk__in=[line.pk for line in taken.values()])
    found.update(verdict=SheetLine.Verdict.OBSERVED)


def _set_due_dates(round: Round, *, at) -> None:
    village = round.village
    last = month_end(round.month)
    day = value("sheet_due_day", village, round.month)
    due = last if day == 0 else min(last, round.month.replace(day=min(day, last.day)))
    due = max(due, today(at))
    deadlines.set_deadline("round.sheets", about=round, village=village, due=deadlines.end_of(due))
    area = deadlines.workdays_after(deadlines.end_of(due), value("area_days", village, due))
    deadlines.set_deadline(
        "round.areas",
        about=round,
        village=village,
        due=deadlines.end_of(area.on),
        provisional=area.provisional,
    )
