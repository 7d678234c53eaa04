"""The month and the quarter as they are told, the second look and the watch among them."""

from datetime import date, timedelta

from django.db import transaction

from governance import deadlines
from governance.events import record
from governance.models import Appointment, Rulebook
from governance.models.people import Role
from oversight.models import Finding
from oversight.watch import findings
from oversight.watch.look import Raised, _raise
from tests import people
from tests.months import Month
from tests.notifications.stories.beginning import HOUR, ONE, begin
from tests.people import NOON
from tests.published import posted
from tests.workflows import settled
from workflows import (
    amendment_signing,
    observations,
    publications,
    second_ratings,
    settlements,
    sheets,
    signatures,
    standins,
)
from workflows.models import Amendment, SecondRating, Sheet
from workflows.observations import Fact


def the_month(world):
    opened = begin(world)
    month = Month(world, NOON).open()
    opened.look(ONE)
    month.observe("hours", world.wang_home, "volunteer", quantity_milli=5000)
    month.observe("out", world.wang_home, "sweep")
    month.observe("sweep", world.zhao_home, "sweep")
    month.observe("block", world.liu_home, "block", chosen_tenths=30, grounds="堵了半条通道")
    sheet = month.sheet(world.li)
    sheets.nothing(sheet=sheet, by=world.li, at=NOON)
    sheets.file(sheet=sheet, by=world.li, at=NOON)
    opened.look(ONE)
    sheets.send_back(sheet=Sheet.objects.get(pk=sheet.pk), why="再看看", by=world.shi, at=NOON)
    opened.look(ONE)
    month.file_all()
    opened.look(ONE)
    fewer = Fact(fact="看见hours", occurred_on=date(2026, 10, 10), quantity_milli=3000, photos=())
    observations.adjust(observation=month.items["hours"], fact=fewer, why="只有三小时", by=world.shi, at=NOON)
    observations.reject(observation=month.items["out"], why="没有看见", by=world.shi, at=NOON)
    opened.look(ONE)
    month.confirm_all()
    opened.look(ONE)
    month.vote(month.items["block"], "send_back")
    opened.look(ONE)
    observations.confirm(observation=month.items["block"], by=world.shi, at=NOON)
    month.review_all().send()
    opened.look(ONE)
    month.items["sweep"].refresh_from_db()
    signatures.send_back(observation=month.items["sweep"], why="再投一次", by=world.committee[0], at=NOON)
    opened.look(ONE)
    month.vote(month.items["sweep"], "approve")
    month.sign()
    opened.look(ONE)
    month.publish()
    opened.look(ONE)
    publications.extend(publication=month.round.publication, days=2, why="下雨", by=world.clerk, at=NOON)
    opened.look(ONE)
    return opened


def what_is_late(world):
    opened = begin(world)
    month = Month(world, NOON, date(2026, 11, 1)).open()
    month.observe("litter", world.wang_home, "litter")
    sheet = month.sheet(world.li)
    sheets.nothing(sheet=sheet, by=world.li, at=NOON)
    sheets.file(sheet=sheet, by=world.li, at=NOON)
    office = Appointment.objects.get(user=world.zhou)
    for days in range(1, 40):
        at = NOON + timedelta(days=days)
        deadlines.fire_due(at)
        opened.look(at)
        month.round.refresh_from_db()
        if month.round.state == "collecting" and "round.areas_late" in opened.told:
            month.at = at
            month.confirm_all()
            opened.look(at)
        if "observation.to_township" in opened.told:
            break
    assert office.role == Role.RATER
    return opened


def looking_again(world):
    opened = begin(world)
    month = posted(world)
    opened.look(ONE)
    row = SecondRating.objects.filter(round=month.round, state=SecondRating.State.ASKED).first()
    second_ratings.end_of(row.subject, by=world.clerk, at=NOON)
    opened.look(ONE)
    at = deadlines.Deadline.objects.get(kind="round.window").due_at - 5 * HOUR
    return opened.look(at)


def the_second_look(world):
    opened = begin(world)
    Month(world, NOON).open().to_review()
    at = deadlines.Deadline.objects.get(kind="round.second").due_at - 5 * HOUR
    return opened.look(at)


def the_quarter(world):
    opened = begin(world)
    month = settled.october(world)
    opened.look(ONE)
    quarter = settled.computed(world)
    opened.look(settled.JANUARY)
    quarter = settlements.recompute(
        settlement=quarter, why="再算一遍", by=world.committee[0], at=settled.JANUARY
    )
    opened.look(settled.JANUARY)
    quarter = settled.signed(world, quarter)
    opened.look(settled.JANUARY)
    publications.publish_settlement(settlement=quarter, by=world.clerk, at=settled.JANUARY)
    opened.look(settled.JANUARY)
    settled.take_out(world, settled.line(month, "乱倒"))
    opened.look(settled.LATER)
    row = Amendment.objects.get()
    for signer in world.committee[:2]:
        amendment_signing.look(amendment=row, by=signer, at=settled.LATER)
        amendment_signing.sign(amendment=row, word="", by=signer, at=settled.LATER)
    return opened.look(settled.LATER)


@transaction.atomic
def who_must_stand_aside(world):
    opened = begin(world)
    month = Month(world, NOON).open()
    line = month.sheet(world.li).lines.select_related("sheet__round", "subject__area", "subject__village").get(
        subject=world.wang_home
    )  # fmt: skip
    standins.divert(line, world.rules["litter"], role=Role.RATER, by=world.li, at=NOON)
    return opened.look(ONE)


def rules_and_the_watch(world):
    opened = begin(world)
    book = people.rulebook(world.village, Rulebook.State.ANNOUNCED, version=2)
    book.announced_on = date(2026, 11, 1)
    book.save()
    for name in ("rulebook.announced", "rulebook.adopted", "rulebook.in_force"):
        record(name, village=world.village, about=book, by=world.clerk, at=NOON)
    record("log.epoch", village=world.village, about=world.village, by=None, at=NOON)
    period = date(2026, 7, 1), date(2026, 9, 1)
    raised = [
        Raised(Finding.Kind.IDENTICAL, {"run": 3, "months": 3, "households": 3}, world.li),
        Raised(Finding.Kind.DISAGREE, {"answered": 9, "same": 3, "nothing": 3, "other": 3}, area=world.east),
        Raised(
            Finding.Kind.SLOW, {"late": 5, "cases": 9, "within": 4, "median": 3, "slow": 9}, step="review"
        ),
    ]
    rows = [_raise(each, world.village, period, by=None, at=NOON, role="system") for each in raised]
    opened.look(ONE)
    findings.answer(finding=rows[0], text="那几个月都下雨。", by=world.li, at=NOON)
    opened.look(ONE)
    findings.close(finding=rows[0], why="说得通", by=world.supervision, at=NOON)
    return opened.look(ONE)


STORIES = (
    the_month,
    what_is_late,
    looking_again,
    the_second_look,
    the_quarter,
    who_must_stand_aside,
    rules_and_the_watch,
)
