"""Objections and corrections as they are told."""

from datetime import date, timedelta

from appeals import assignments, corrections, decisions, hearings, inquiries, objections, papers, waits
from governance import deadlines
from governance.models import Appointment
from governance.models.people import Role
from tests import people
from tests.appeals.cases import Case
from tests.months import photo
from tests.notifications.stories.beginning import HOUR, ONE, TWO, begin
from tests.people import NOON
from tests.published import posted
from tests.repaired import applied


def an_objection(world):
    people.consent(people.adult(world.wang_home, "王大妈", people.account("王大妈")))  # hears what he does
    opened = begin(world)
    case = Case(world, posted(world)).file()
    opened.look(ONE)
    case.accept()
    opened.look(ONE)
    waits.suspend(objection=case.row, why="请补照片", by=world.officer, at=NOON)
    opened.look(ONE)
    papers.hand_in(objection=case.row, files=[photo()], text="照片在这里", by=world.wang, at=NOON)
    opened.look(ONE)
    papers.hand_in(objection=case.again().row, files=[], text="村里的说明", by=world.officer, at=NOON)
    waits.extend(objection=case.again().row, days=2, why="人不在", by=world.officer, at=NOON)
    inquiry = inquiries.ask(
        objection=case.row, kind="leader", to_user=world.gao, question="看见了吗？", by=world.officer, at=NOON
    )  # fmt: skip
    hearing = hearings.call(
        objection=case.row, takes_place_at=ONE, place="村部", by=world.officer, at=NOON
    )  # fmt: skip
    opened.look(ONE)
    inquiries.answer(inquiry=inquiry, text="没看见", by=world.gao, at=NOON)
    hearings.hold(hearing=hearing, minutes="都到了", by=world.officer, at=TWO)
    again = hearings.call(
        objection=case.row, takes_place_at=NOON + 9 * HOUR, place="村部", by=world.officer, at=TWO
    )
    hearings.cancel(hearing=again, why="不用了", by=world.officer, at=TWO)
    opened.look(TWO)
    case.decide("rejected")
    opened.look(TWO)
    opened.look(deadlines.Deadline.objects.get(kind="objection.window").due_at - 5 * HOUR)
    case.ask_review()
    opened.look(TWO)
    case.decide("rejected", by=world.panel[0])
    opened.look(TWO)
    other = Case(world, case.month).file("sweep")
    opened.look(TWO)
    objections.withdraw(objection=other.row, by=world.wang, at=NOON)
    opened.look(TWO)
    return opened


def closed_and_refused(world):
    opened = begin(world)
    case = Case(world, posted(world)).file()
    decisions.refuse(objection=case.row, grounds="不在公示期。", by=world.officer, at=NOON)
    opened.look(ONE)
    case.to_due()
    return opened.look(case.at)


def late_cases(world):
    opened = begin(world)
    month = posted(world)
    case, plus = Case(world, month).file().accept(), Case(world, month).file("sweep").accept()
    inquiries.ask(
        objection=case.row, kind="leader", to_user=world.gao, question="看见了吗？", by=world.officer, at=NOON
    )  # fmt: skip
    for days in range(1, 60):
        at = NOON + timedelta(days=days)
        deadlines.fire_due(at)
        opened.look(at)
        if "objection.overdue.home" in opened.told:
            break
    assert plus.again().row.state == "reviewing"
    return opened


def handed_on(world):
    opened = begin(world)
    other = people.person("方专员", Role.OFFICER, world.township)
    case = Case(world, posted(world)).file().accept()
    assignments.hand_over(objection=case.row, to=other, why="太忙", by=world.officer, at=NOON)
    opened.look(ONE)
    days = {"starts": date(2026, 11, 17), "ends": date(2026, 11, 20)}
    away = assignments.delegate(to=world.officer, why="出差", by=other, at=NOON, **days)
    opened.look(ONE)
    assignments.end_delegation(delegation=away, by=other, at=NOON)
    opened.look(ONE)
    assignments.give_back(Appointment.objects.get(user=other), world.officer, by=world.clerk, at=NOON)
    opened.look(ONE)
    assignments.give_back(Appointment.objects.get(user=world.officer), None, by=world.clerk, at=NOON)
    return opened.look(ONE)


def a_correction(world):
    opened = begin(world)
    posted(world)
    what = {
        "village": world.village,
        "rule": world.rules["litter"],
        "ground": "没有依据。",
        "source": "第3号",
    }
    row = corrections.propose(**what, by=world.officer, at=NOON)
    opened.look(ONE)
    corrections.drop(correction=row, by=world.panel[0], at=NOON)
    opened.look(ONE)
    row = corrections.propose(**what, by=world.officer, at=NOON)
    corrections.sign(correction=row, by=world.panel[0], at=NOON)
    return opened.look(ONE)


def a_correction_that_overtakes(world):
    opened = begin(world)
    month = posted(world)
    Case(world, month).file()
    _correct_litter(world)
    return opened.look(ONE)


def a_correction_that_makes_a_repair_needless(world):
    opened = begin(world)
    applied(world, posted(world))
    _correct_litter(world)
    return opened.look(ONE)


def _correct_litter(world):
    """The rule is found unlawful by two."""
    row = corrections.propose(
        rule=world.rules["litter"],
        village=world.village,
        ground="没有依据。",
        source="第3号",
        by=world.officer,
        at=NOON,
    )
    corrections.sign(correction=row, by=world.panel[0], at=NOON)


STORIES = (
    an_objection,
    closed_and_refused,
    late_cases,
    handed_on,
    a_correction,
    a_correction_that_overtakes,
    a_correction_that_makes_a_repair_needless,
)
