"""The clock of a case over real years: swapped weekends, waiting, more time, and a year nobody knows yet."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command

from appeals import clock, waits
from appeals.against import Against
from appeals.models import Objection
from governance import calendars
from governance.models import Deadline, Event, Hold
from governance.refusals import Conflict, Invalid, Refused
from tests.appeals.cases import Case
from tests.published import posted

SHANGHAI = ZoneInfo("Asia/Shanghai")
State = Objection.State
NEXT_YEAR = ["2027-01-01,放假", "2027-01-02,放假", "2027-01-03,放假", "2027-10-01,放假"]


def noon(year, month, day) -> datetime:
    return datetime(year, month, day, 12, tzinfo=SHANGHAI)


def case_at(world, at) -> Case:
    """A missing plus, filed at a moment: it needs no posted month."""
    case = Case(world, None, at)
    home = world.wang_home
    return case.file(against=Against.missing(home, at.date() - timedelta(days=2), world.rules["sweep"]))


@pytest.fixture
def case(world, month) -> Case:
    return Case(world, month)


@pytest.mark.parametrize(
    ("filed", "answered", "decided"),
    [
        # National Day 2026: 1 to 7 October off, Saturday 10 October worked
        (noon(2026, 9, 30), date(2026, 10, 8), date(2026, 10, 14)),
        # New Year 2027 is not known to the library: plain weekdays
        (noon(2026, 11, 13), date(2026, 11, 16), date(2026, 11, 23)),
    ],
)
def test_days_are_working_days_of_the_official_calendar(world, filed, answered, decided):
    case = case_at(world, filed)
    assert case.row.answer_by == answered
    case.at = datetime.combine(answered, filed.timetz())
    assert case.accept().row.answer_by == decided


def test_spring_festival_moves_the_day_beyond_the_holidays(world):
    world.wang_home.enrolled_from = date(2026, 1, 1)
    world.wang_home.save()
    # 15 to 23 February 2026 are off, Saturday 14 and 28 February worked
    case = case_at(world, noon(2026, 2, 13))
    assert case.row.answer_by == date(2026, 2, 14)
    case.at = noon(2026, 2, 14)
    assert case.accept().row.answer_by == date(2026, 2, 28)


def test_a_year_nobody_knows_is_provisional_and_never_a_refusal(world):
    month = posted(world, at=noon(2026, 12, 29))
    case = Case(world, month, noon(2026, 12, 30)).file().accept()
    row = clock.running(case.row)
    assert (case.row.answer_by, row.provisional, Hold.objects.count()) == (date(2027, 1, 6), True, 1)
    moved = calendars.enter(calendars.read(NEXT_YEAR), source="国办通知", at=case.at)
    # the officers' time is never lengthened by a later calendar: the household was told the 6th
    assert (moved, case.again().row.answer_by, clock.running(case.row).provisional) == (
        [],
        date(2027, 1, 6),
        False,
    )


def test_the_households_own_time_grows_with_the_calendar(world):
    month = posted(world, at=noon(2026, 12, 28))
    case = Case(world, month, noon(2026, 12, 29)).file().accept()
    case.at = noon(2026, 12, 30)
    case.decide("rejected")
    assert case.row.answer_by == date(2027, 1, 6)
    calendars.enter(calendars.read(NEXT_YEAR), source="国办通知", at=case.at)
    assert case.again().row.answer_by == date(2027, 1, 7)


def test_an_earlier_day_is_kept_by_the_case_too(world):
    case = case_at(world, noon(2026, 12, 30)).accept()
    worked = [*NEXT_YEAR, "2027-01-09,上班"]
    calendars.enter(
        calendars.read([line.replace("01-01,放假", "01-02,上班") for line in worked[:1]]),
        source="甲",
        at=case.at,
    )
    calendars.enter(calendars.read(["2027-10-01,放假"]), source="甲", at=case.at)
    assert case.again().row.answer_by == date(2027, 1, 5)
    assert case.row.history.first().history_change_reason == "objection.recounted"


def test_the_command_names_the_lines_that_do_not_fit(tmp_path, db, capsys):
    file = tmp_path / "2027.csv"
    file.write_text("日期,上班或放假\n2027-01-01,放假\n2027-13-01,休\n", encoding="utf-8")
    with pytest.raises(Exception, match="第3行"):
        call_command("import_calendar", file, source="国办通知")
    file.write_text("\n".join(NEXT_YEAR), encoding="utf-8")
    call_command("import_calendar", file, source="国办通知")
    assert "录入4天" in capsys.readouterr().out


def test_a_warning_comes_as_the_last_day_but_one_begins(case):
    case.file().accept()
    risk = Deadline.objects.get(kind="objection.risk", cancelled_at=None)
    assert risk.due_at.astimezone(SHANGHAI).date() == date(2026, 11, 19)  # the 23rd is a Monday
    case.wait(days=4)
    assert Event.objects.filter(name="objection.at_risk").count() == 1


def test_more_time_is_given_once_with_a_reason_and_within_the_ceiling(case, world):
    case.file().accept()
    give = {"objection": case.row, "by": world.officer, "at": case.at}
    for days, why in [(0, "要问县里"), (16, "要问县里"), (3, " ")]:
        with pytest.raises(Invalid):
            waits.extend(days=days, why=why, **give)
    waits.extend(days=15, why="要问县里", **give)
    assert case.again().row.answer_by == date(2026, 12, 14)  # the 20th working day
    with pytest.raises(Refused, match="延长过了"):
        waits.extend(days=1, why="还要问", **give)


def test_the_clock_stands_while_the_household_is_waited_for(case, world):
    case.file().accept().wait(days=1)
    give = {"objection": case.row, "by": world.officer}
    waits.suspend(why="请带那天的车票", at=case.at, **give)
    case.wait(days=8)
    assert case.row.state == State.ACCEPTED
    assert case.row.suspended_at
    with pytest.raises(Refused, match="正在等住户"):
        case.decide("upheld")
    waits.resume(at=case.at, **give)
    assert case.again().row.answer_by == date(2026, 12, 1)  # four working days were left
    with pytest.raises(Refused, match="已经等过一次"):
        waits.suspend(why="再等等", at=case.at, **give)


def test_what_the_household_brings_sets_the_clock_going(case, world):
    from appeals import papers

    case.file().accept()
    waits.suspend(objection=case.row, why="请带那天的车票", by=world.officer, at=case.at)
    papers.hand_in(objection=case.row, files=[], text="车票丢了，邻居能作证", by=world.wang, at=case.at)
    assert not case.again().row.suspended_at
    with pytest.raises(Conflict, match="没有在等"):
        waits.resume(objection=case.row, by=world.officer, at=case.at)


def test_waiting_ends_by_itself(case, world):
    case.file().accept()
    waits.suspend(objection=case.row, why="请带那天的车票", by=world.officer, at=case.at)
    case.to_due()
    assert (case.row.suspended_at, case.row.state) == (None, State.ACCEPTED)
    case.to_due()
    assert case.row.outcome == "lapsed"
